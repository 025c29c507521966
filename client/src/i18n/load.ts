/** Catalogues, each a file of its own in the build: a reader fetches the language he reads. */

import type { Catalogue } from "./catalogue";
import { textIn, type Locale, type Text } from "./text";

/** The texts of a language, fetched where they are not here yet. */
export async function loadText(locale: Locale): Promise<Text> {
  return textIn(locale, await catalogueOf(locale));
}

async function catalogueOf(locale: Locale): Promise<Catalogue> {
  switch (locale) {
    case "en":
      return (await import("./en")).en;
    case "ko":
      return (await import("./ko")).ko;
    default:
      return locale satisfies never;
  }
}
