/** Korean, as far as the first page says it. */

import type { FirstCatalogue } from "./catalogue";
import { account } from "./ko/account";
import { alerts } from "./ko/alerts";
import { door } from "./ko/door";
import { doors } from "./ko/doors";
import { first } from "./ko/first";
import { hallway } from "./ko/hallway";
import { invitations } from "./ko/invitations";
import { page } from "./ko/page";
import { people } from "./ko/people";
import { plans } from "./ko/plans";
import { problems } from "./ko/problems";
import { push } from "./ko/push";
import { room } from "./ko/room";
import { shell } from "./ko/shell";
import { stage } from "./ko/stage";
import { you } from "./ko/you";

export const ko: FirstCatalogue = {
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
};
