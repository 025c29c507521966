/** Korean: what views say that are fetched when they are opened (`views/rare.ts`), and so are their texts. */

import type { LaterCatalogue } from "./catalogue";
import { admin } from "./ko/admin";
import { captions } from "./ko/captions";
import { scribe } from "./ko/scribe";
import { sound } from "./ko/sound";
import { talk } from "./ko/talk";

export const later: LaterCatalogue = {
  ...admin,
  ...captions,
  ...scribe,
  ...sound,
  ...talk,
};
