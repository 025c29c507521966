/** English: what views say that are fetched when they are opened (`views/rare.ts`), and so are their texts. */

import { admin } from "./en/admin";
import { captions } from "./en/captions";
import { scribe } from "./en/scribe";
import { sound } from "./en/sound";
import { talk } from "./en/talk";

export const later = {
  ...admin,
  ...captions,
  ...scribe,
  ...sound,
  ...talk,
} as const;
