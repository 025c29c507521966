/** Korean. */

import type { Catalogue } from "./catalogue";
import { account } from "./ko/account";
import { admin } from "./ko/admin";
import { alerts } from "./ko/alerts";
import { captions } from "./ko/captions";
import { door } from "./ko/door";
import { doors } from "./ko/doors";
import { hallway } from "./ko/hallway";
import { invitations } from "./ko/invitations";
import { page } from "./ko/page";
import { people } from "./ko/people";
import { plans } from "./ko/plans";
import { problems } from "./ko/problems";
import { push } from "./ko/push";
import { room } from "./ko/room";
import { scribe } from "./ko/scribe";
import { shell } from "./ko/shell";
import { sound } from "./ko/sound";
import { stage } from "./ko/stage";
import { talk } from "./ko/talk";
import { you } from "./ko/you";

export const ko: Catalogue = {
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
};
