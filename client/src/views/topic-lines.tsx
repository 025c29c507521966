/** Who said a topic, and when; with the words, where the page still holds them. */

import { useEffect, useState } from "preact/hooks";
import type { Caption, MentionView } from "../protocol.gen";
import type { LogLine } from "../room";
import { useText } from "./language";
import type { NameOf } from "./said-lines";

export interface TopicLinesProps {
  readonly topicId: number;
  readonly log: readonly LogLine[];
  readonly nameOf: NameOf;
  readonly onAsk: (topicId: number) => Promise<readonly MentionView[] | null>;
}

export function TopicLines({ topicId, log, nameOf, onAsk }: TopicLinesProps) {
  const { t, time } = useText();
  const [mentions, setMentions] = useState<readonly MentionView[] | null>(null);
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    let over = false;
    void onAsk(topicId).then((found) => {
      if (over) return;
      setMentions(found);
      setAsked(true);
    });
    return () => {
      over = true;
    };
  }, [topicId]);
  if (!asked) return <p role="status" class="later">{t("topic.loading")}</p>;
  const known = (mentions ?? []).filter(({ memberId }) => nameOf(memberId) !== "");
  if (known.length === 0) return <p class="small">{t("ribbon.no_lines")}</p>;
  return (
    <ul class="said-lines" tabIndex={0} aria-label={t("topic.lines")}>
      {known.map(({ captionId, memberId, atMs }) => {
        const line = lineOf(log, captionId);
        return (
          <li key={captionId}>
            <time dateTime={new Date(atMs).toISOString()}>{time(atMs)}</time> <b>{nameOf(memberId)}</b>{" "}
            {line === undefined ? (
              <small>{t("topic.words_gone")}</small>
            ) : (
              <span lang={line.language || undefined}>{line.text}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function lineOf(log: readonly LogLine[], captionId: number): Caption | undefined {
  for (const line of log) {
    if (line.kind === "caption" && line.caption.captionId === captionId) return line.caption;
  }
  return undefined;
}
