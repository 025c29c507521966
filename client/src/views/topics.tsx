/** What is being talked about; the weight of a word is its size. */

import type { TopicView } from "../protocol.gen";
import { useText } from "./language";

export interface TopicsProps {
  readonly topics: readonly TopicView[];
  readonly max: number;
}

export function Topics({ topics, max }: TopicsProps) {
  const { t } = useText();
  return (
    <ul class="topics" aria-label={t("topics.title")} data-testid="topics">
      {topics.slice(0, max).map((topic) => (
        <li
          key={topic.term}
          class="topic"
          style={{ "--weight": topic.weight.toFixed(2) }}
          data-weight={topic.weight.toFixed(2)}
          title={t("topics.speakers", { count: topic.speakers })}
        >
          {topic.term}
        </li>
      ))}
    </ul>
  );
}
