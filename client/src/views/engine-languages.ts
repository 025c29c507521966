/** The languages of the speech model, where it knows only some. */

import type { Text } from "../i18n/text";
import type { CaptionsEngine } from "../protocol.gen";

/** In the reader's language; `null` where it knows many. */
export function languagesOf({ locale }: Text, { languages = [] }: CaptionsEngine): string | null {
  if (languages.length === 0) return null;
  const names = new Intl.DisplayNames(locale, { type: "language" });
  return new Intl.ListFormat(locale).format(languages.map((code) => names.of(code) ?? code));
}
