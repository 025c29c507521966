/** Some of the lines that the page still holds: who said it, when, and what. */

import type { Caption } from "../protocol.gen";
import { useText } from "./language";

export type NameOf = (memberId: string) => string;

export interface SaidLinesProps {
  readonly lines: readonly Caption[];
  readonly empty: string;
  readonly nameOf: NameOf;
}

export function SaidLines({ lines, empty, nameOf }: SaidLinesProps) {
  const { t, time } = useText();
  if (lines.length === 0) return <p class="small">{empty}</p>;
  return (
    <ul class="said-lines" tabIndex={0} aria-label={t("topic.lines")}>
      {lines.map((line) => (
        <li key={line.captionId}>
          <time dateTime={new Date(line.atMs).toISOString()}>{time(line.atMs)}</time>{" "}
          <b>{nameOf(line.memberId)}</b> <span lang={line.language || undefined}>{line.text}</span>
        </li>
      ))}
    </ul>
  );
}
