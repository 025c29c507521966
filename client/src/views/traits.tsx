/** What somebody talks about and others do not; the weight of a word is its size. */

import type { Traits, TraitView } from "../protocol.gen";
import { useText } from "./language";

export function TraitList({ traits }: { traits: readonly TraitView[] }) {
  return (
    <ul class="topics" data-testid="traits">
      {traits.map(({ term, weight }) => (
        <li key={term} class="topic" style={{ "--weight": String(weight) }}>
          {term}
        </li>
      ))}
    </ul>
  );
}

/** Of somebody else, where he shows them. */
export function TheirTraits({ traits }: { traits: Traits | undefined }) {
  const { t } = useText();
  if (traits === undefined || !traits.shown) return null;
  return (
    <section class="stack" aria-label={t("traits.of")}>
      <h3 class="section">{t("traits.of")}</h3>
      <TraitList traits={traits.traits} />
    </section>
  );
}
