/** What is being talked about; the weight of a word is its size. */

import { useLayoutEffect, useRef } from "preact/hooks";
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
  const list = useFocusKept();
  return (
    <ul class="topics" aria-label={t("topics.title")} data-testid="topics" ref={list}>
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

/** A browser takes the focus from what is moved in the page; a topic that rises keeps it. */
function useFocusKept() {
  const list = useRef<HTMLUListElement>(null);
  const focused = useRef<HTMLElement | null>(null);
  const { activeElement } = document;
  focused.current =
    activeElement instanceof HTMLElement && list.current?.contains(activeElement) === true
      ? activeElement
      : null;
  useLayoutEffect(() => {
    const before = focused.current;
    if (before?.isConnected === true && document.activeElement === document.body) before.focus();
  });
  return list;
}
