/**
 * What a screen reader says of a room: who comes and goes, hands, captions. Politely, and not more
 * often than it can be listened to. Nothing of it is seen: the page shows the same in its own way.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Text } from "../i18n/text";
import type { RoomView } from "../protocol.gen";
import { speakerOf, type LogLine } from "../room";
import { newsBetween, type News } from "../room-news";
import { useText } from "./language";

const NEWS_EVERY_MS = 1_000;
const CAPTIONS_EVERY_MS = 3_000;

export function SaidNews({ room, myId }: { room: RoomView; myId: string }) {
  const text = useText();
  const told = useRef(room);
  const newest = useNewest(room);
  const [news, setNews] = useState<readonly News[]>([]);
  useAtMostEvery(NEWS_EVERY_MS, room, () => {
    const found = newsBetween(told.current, newest.current, myId);
    told.current = newest.current;
    if (found.length > 0) setNews(found);
  });
  return (
    <p class="hidden" role="status" data-testid="said">
      {news.map((each) => wordsOf(text, each)).join(" ")}
    </p>
  );
}

function wordsOf({ t }: Text, news: News): string {
  switch (news.kind) {
    case "joined":
    case "left":
    case "hand":
      return t(`said.${news.kind}`, { name: news.name });
    default:
      return t(`said.${news.kind}`, { count: news.count });
  }
}

interface SaidCaptionsProps {
  readonly log: readonly LogLine[];
  readonly nameOf: (memberId: string) => string;
}

/** Whole sentences only. They are taken from the log: what is purged there is gone here. */
export function SaidCaptions({ log, nameOf }: SaidCaptionsProps) {
  const said = useRef<ReadonlySet<string>>(new Set(log.map(({ key }) => key)));
  const newest = useNewest(log);
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  useAtMostEvery(CAPTIONS_EVERY_MS, log, () => {
    const finals = newest.current.filter((line) => line.kind === "caption" && line.caption.final);
    const fresh = finals.filter(({ key }) => !said.current.has(key)).map(({ key }) => key);
    said.current = new Set(finals.map(({ key }) => key));
    if (fresh.length > 0) setKeys(new Set(fresh));
  });
  return (
    <div class="hidden" aria-live="polite" data-testid="said-captions">
      {log.map((line) =>
        line.kind === "caption" && keys.has(line.key) ? (
          <p key={line.key} lang={line.caption.language || undefined}>
            {nameOf(speakerOf(line))}: {line.caption.text}
          </p>
        ) : null,
      )}
    </div>
  );
}

function useNewest<T>(value: T): { readonly current: T } {
  const newest = useRef(value);
  newest.current = value;
  return newest;
}

/** Runs `work` after `value` changed, once for all changes within `everyMs`. */
function useAtMostEvery(everyMs: number, value: unknown, work: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      work();
    }, everyMs);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
}
