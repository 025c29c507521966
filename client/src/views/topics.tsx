/** What is being talked about; the weight of a word is its size. */

import type { TopicView } from "../protocol.gen";
import { useText } from "./language";

export interface TopicsProps {
  readonly topics: readonly TopicView[];
  readonly max: number;
  /** Where a topic can be opened. */
  readonly onOpen?: (topic: TopicView) => void;
}

export function Topics({ topics, max, onOpen }: TopicsProps) {
  const { t } = useText();
  return (
    <ul class="topics" aria-label={t("topics.title")} data-testid="topics">
      {topics.slice(0, max).map((topic) => (
        <li
          key={topic.topicId}
          class={`topic colour-${topic.colour}`}
          style={{ "--weight": topic.weight.toFixed(2) }}
          data-weight={topic.weight.toFixed(2)}
          title={t("topics.speakers", { count: topic.speakers })}
        >
          {onOpen === undefined ? (
            topic.term
          ) : (
            <button
              type="button"
              aria-haspopup="dialog"
              aria-label={t("topic.open", { term: topic.term })}
              onClick={() => onOpen(topic)}
            >
              {topic.term}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
