/** English. The keys of this catalogue are the keys of all. */

import { account } from "./en/account";
import { admin } from "./en/admin";
import { alerts } from "./en/alerts";
import { captions } from "./en/captions";
import { door } from "./en/door";
import { doors } from "./en/doors";
import { hallway } from "./en/hallway";
import { invitations } from "./en/invitations";
import { page } from "./en/page";
import { people } from "./en/people";
import { plans } from "./en/plans";
import { problems } from "./en/problems";
import { push } from "./en/push";
import { room } from "./en/room";
import { scribe } from "./en/scribe";
import { shell } from "./en/shell";
import { sound } from "./en/sound";
import { stage } from "./en/stage";
import { talk } from "./en/talk";
import { you } from "./en/you";

export const en = {
  ...page,
  ...door,
  ...hallway,
  ...you,
  ...invitations,
  ...people,
  ...admin,
  ...account,
  ...room,
  ...captions,
  ...problems,
  ...push,
  ...alerts,
  ...stage,
  ...doors,
  ...talk,
  ...shell,
  ...sound,
  ...plans,
  ...scribe,
} as const;
