/**
 * Text in the reader's language: messages, plurals, numbers, times.
 *
 * Owns no state. Plural rules and formats are the browser's own (`Intl`).
 */

import type { Arguments, Catalogue, Key } from "./catalogue";

export type Locale = "en" | "ko";
export const LOCALES: readonly Locale[] = ["ko", "en"];
export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { en: "English", ko: "한국어" };

const MINUTE_MS = 60_000;

export interface Text {
  readonly locale: Locale;
  /** A message with its values put in. */
  t<K extends Key>(key: K, ...values: Arguments<K>): string;
  number(value: number): string;
  percent(share: number): string;
  date(atMs: number): string;
  /** Day and hour in the reader's time zone, for example "Sun, Nov 30, 7:30 PM". */
  moment(atMs: number): string;
  /** Of the day, for example 9:41 PM. */
  time(atMs: number): string;
  /** For example "3 minutes ago". */
  ago(atMs: number, nowMs: number): string;
  /** For example "South Korea" for KR. */
  country(region: string): string;
}

/** The texts of one language. */
export function textIn(locale: Locale, catalogue: Catalogue): Text {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: "percent" });
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const moments = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  return {
    locale,
    t(key, ...[values]) {
      const given: Readonly<Record<string, string | number>> = values ?? {};
      const message = catalogue[key];
      const count = given["count"];
      const form =
        typeof message === "string"
          ? message
          : (message[plurals.select(Number(count ?? 0))] ?? message.other);
      return form.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = given[name];
        return typeof value === "number" ? numbers.format(value) : (value ?? "");
      });
    },
    number: (value) => numbers.format(value),
    percent: (share) => percents.format(share),
    date: (atMs) => dates.format(atMs),
    moment: (atMs) => moments.format(atMs),
    time: (atMs) => times.format(atMs),
    ago: (atMs, nowMs) => agoIn(relative, Math.max(0, nowMs - atMs)),
    country: (region) => countries.of(region) ?? region,
  };
}

function agoIn(format: Intl.RelativeTimeFormat, elapsedMs: number): string {
  const minutes = Math.floor(elapsedMs / MINUTE_MS);
  if (minutes < 1) return format.format(0, "second");
  if (minutes < 60) return format.format(-minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? format.format(-hours, "hour") : format.format(-Math.floor(hours / 24), "day");
}

/** The first of the reader's languages that there is; English where there is none. */
export function chooseLocale(saved: string | null, preferred: readonly string[]): Locale {
  for (const tag of saved === null ? preferred : [saved, ...preferred]) {
    const language = tag.split("-")[0]?.toLowerCase();
    const locale = LOCALES.find((known) => known === language);
    if (locale !== undefined) return locale;
  }
  return "en";
}

/** The country to start with: the region of the reader's language, else South Korea. */
export function chooseRegion(preferred: readonly string[]): string {
  for (const tag of preferred) {
    const region = new Intl.Locale(tag).region;
    if (region !== undefined && /^[A-Z]{2}$/.test(region)) return region;
  }
  return "KR";
}
