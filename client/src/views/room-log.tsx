/** What happened in a room, in plain words: before it is sent with a report, and for the admins. */

import { useEffect, useState } from "preact/hooks";
import type { Text } from "../i18n/text";
import type { RoomLogEntry } from "../protocol.gen";
import { useText } from "./language";
import { useTalk } from "./talk-context";

export interface RoomLogProps {
  readonly entries: readonly RoomLogEntry[];
}

export function RoomLog({ entries }: RoomLogProps) {
  const text = useText();
  return (
    <ol class="room-log" data-testid="room-log">
      {entries.map((entry, index) => (
        <li key={index}>
          <time dateTime={new Date(entry.atMs).toISOString()}>{text.time(entry.atMs)}</time>{" "}
          {inWords(text, entry)}
        </li>
      ))}
    </ol>
  );
}

function inWords({ t }: Text, { what, person }: RoomLogEntry): string {
  switch (what) {
    case "captions_on":
    case "captions_off":
    case "locked":
    case "unlocked":
      return t(`log.${what}`);
    default:
  }
  return t(`log.${what}`, { name: person?.name ?? t("admin.somebody_gone") });
}

export interface SendLogProps {
  readonly sends: boolean;
  readonly onSends: (sends: boolean) => void;
}

/** Whether the log goes along; it is shown whole, and what is shown is what is sent. */
export function SendLog({ sends, onSends }: SendLogProps) {
  const { t } = useText();
  const { reporting } = useTalk();
  const [entries, setEntries] = useState<readonly RoomLogEntry[] | null>(null);
  useEffect(() => {
    void reporting?.log().then(setEntries);
  }, [reporting]);
  if (entries === null) return null;
  return (
    <div class="stack tight">
      <label class="choice">
        <input
          type="checkbox"
          name="with-log"
          checked={sends}
          onChange={(event) => onSends(event.currentTarget.checked)}
        />
        <span>{t("report.with_log")}</span>
      </label>
      <details>
        <summary>{t("report.log_shown", { count: entries.length })}</summary>
        <RoomLog entries={entries} />
      </details>
      <p class="small">{t("report.log_text")}</p>
    </div>
  );
}
