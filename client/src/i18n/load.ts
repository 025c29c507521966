/**
 * Catalogues, each two files in the build: a reader fetches the language he reads, and what only
 * later views say with the first of them.
 *
 * Owns what was fetched.
 */

import type { Catalogue, FirstCatalogue, LaterCatalogue } from "./catalogue";
import { textIn, type Locale, type Text } from "./text";

interface Files {
  readonly first: () => Promise<FirstCatalogue>;
  readonly later: () => Promise<LaterCatalogue>;
}

const FILES: Readonly<Record<Locale, Files>> = {
  en: {
    first: async () => (await import("./en")).en,
    later: async () => (await import("./en-later")).later,
  },
  ko: {
    first: async () => (await import("./ko")).ko,
    later: async () => (await import("./ko-later")).later,
  },
};

/** Languages that were asked for, with what of them is here: later views add to it. */
const texts = new Map<Locale, Partial<Catalogue>>();
let laterWanted = false;

/** The texts of a language, fetched where they are not here yet. */
export async function loadText(locale: Locale): Promise<Text> {
  const known = of(locale);
  Object.assign(known, await FILES[locale].first());
  if (laterWanted) Object.assign(known, await FILES[locale].later());
  // A view whose texts are not here yet is not here either: `loadLater` comes with it.
  return textIn(locale, known as Catalogue);
}

/** What later views say, in every language that is read here. */
export async function loadLater(): Promise<void> {
  laterWanted = true;
  await Promise.all(
    [...texts].map(async ([locale, known]) => Object.assign(known, await FILES[locale].later())),
  );
}

function of(locale: Locale): Partial<Catalogue> {
  const known = texts.get(locale) ?? {};
  texts.set(locale, known);
  return known;
}
