/** A page below another one: a way back, a title, and what it is about. */

import type { ComponentChildren } from "preact";
import { useArrival } from "./arrival";
import { BackIcon } from "./icons";
import { useText } from "./language";

export interface SubpageProps {
  readonly title: string;
  readonly onBack: () => void;
  readonly children: ComponentChildren;
}

export function Subpage({ title, onBack, children }: SubpageProps) {
  const { t } = useText();
  const main = useArrival();
  return (
    <div class="view narrow">
      <header class="top">
        <button type="button" class="icon-button" aria-label={t("app.back")} onClick={onBack}>
          <BackIcon />
        </button>
        <h1>{title}</h1>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
