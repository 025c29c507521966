/** English, as far as the first page says it. Its keys, and those of `en-later`, are the keys of all. */

import { account } from "./en/account";
import { alerts } from "./en/alerts";
import { door } from "./en/door";
import { doors } from "./en/doors";
import { first } from "./en/first";
import { hallway } from "./en/hallway";
import { invitations } from "./en/invitations";
import { page } from "./en/page";
import { people } from "./en/people";
import { plans } from "./en/plans";
import { problems } from "./en/problems";
import { push } from "./en/push";
import { room } from "./en/room";
import { shell } from "./en/shell";
import { stage } from "./en/stage";
import { you } from "./en/you";

export const en = {
  ...page,
  ...first,
  ...door,
  ...hallway,
  ...you,
  ...invitations,
  ...people,
  ...account,
  ...room,
  ...problems,
  ...push,
  ...alerts,
  ...stage,
  ...doors,
  ...shell,
  ...plans,
} as const;
