/** The reader's language, for every view below, and the switch. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { LANGUAGE_NAMES, LOCALES, type Locale, type Text } from "../i18n/text";

export const TextContext = createContext<Text | null>(null);

export function useText(): Text {
  const text = useContext(TextContext);
  if (text === null) throw new Error("no language above this view");
  return text;
}

export interface LanguageProps {
  readonly onLocale: (locale: Locale) => void;
}

export function LanguageSwitch({ onLocale }: LanguageProps) {
  const { t, locale } = useText();
  return (
    <div class="languages" role="group" aria-label={t("app.language")}>
      {LOCALES.map((choice) => (
        <button
          key={choice}
          type="button"
          class="link"
          lang={choice}
          aria-pressed={choice === locale}
          onClick={() => onLocale(choice)}
        >
          {LANGUAGE_NAMES[choice]}
        </button>
      ))}
    </div>
  );
}
