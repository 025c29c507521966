/** What several rooms talk about at the same time. */

import type { TrendingView } from "../protocol.gen";
import { useText } from "./language";

export interface TrendingProps {
  readonly topics: readonly TrendingView[];
  /** A topic leads to the rooms that talk about it. */
  readonly onFind: (query: string) => void;
}

export function Trending({ topics, onFind }: TrendingProps) {
  const { t } = useText();
  if (topics.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="trending-title" data-testid="trending">
      <h2 class="section" id="trending-title">
        {t("trending.title")}
      </h2>
      <ul class="topics">
        {topics.map(({ term, rooms }) => (
          <li key={term} class="topic">
            <button type="button" onClick={() => onFind(term)}>
              {term} <small>{t("trending.rooms", { count: rooms })}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
