/**
 * The shape of a catalogue: the same keys and the same placeholders in every language.
 *
 * A missing key does not compile; that placeholders match is a test.
 */

import type { en } from "./en";
import type { later } from "./en-later";

type English = typeof en & typeof later;
export type Key = keyof English;

/** Forms by CLDR plural category; `other` is always there. */
export type Plural = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

type In<Texts> = {
  readonly [K in keyof Texts]: Texts[K] extends string ? string : Plural;
};

/** What the first page says. */
export type FirstCatalogue = In<typeof en>;
/** What is said by views that are fetched later. */
export type LaterCatalogue = In<typeof later>;
export type Catalogue = FirstCatalogue & LaterCatalogue;

type PlaceholdersIn<S> = S extends `${string}{${infer P}}${infer Rest}`
  ? P | PlaceholdersIn<Rest>
  : never;

type Placeholder<K extends Key> = English[K] extends string
  ? PlaceholdersIn<English[K]>
  : "count" | PlaceholdersIn<English[K][keyof English[K]]>;

/** The values a message needs; `count` is a number and chooses the plural form. */
export type Values<K extends Key> = {
  readonly [P in Placeholder<K>]: P extends "count" ? number : string;
};

/** No second argument where the message has no placeholders. */
export type Arguments<K extends Key> = [Placeholder<K>] extends [never] ? [] : [Values<K>];
