/** "What did I miss?": since one left, or before one came. From what the page was told; asks nobody. */

import { useState } from "preact/hooks";
import type { Text } from "../i18n/text";
import type { TimelineSegmentView } from "../protocol.gen";
import type { LogLine } from "../room";
import { linesBetween, missedBetween } from "../scribe";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { SaidLines, type NameOf } from "./said-lines";

const MINUTE_MS = 60_000;

export interface MissedProps {
  readonly timeline: readonly TimelineSegmentView[];
  readonly log: readonly LogLine[];
  readonly nameOf: NameOf;
  /** When one left this room before; `null`: one was not here before. */
  readonly leftAtMs: number | null;
  /** When one came, or came back. */
  readonly cameAtMs: number;
  readonly openedAtMs: number;
}

export function Missed(props: MissedProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="link" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t("missed.ask")}
      </button>
      {open && (
        <Dialog title={t("missed.ask")} onClose={() => setOpen(false)}>
          <Story {...props} />
          <div class="row end">
            <button type="button" class="button quiet" onClick={() => setOpen(false)}>
              {t("app.close")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Story({ timeline, log, nameOf, leftAtMs, cameAtMs, openedAtMs }: MissedProps) {
  const text = useText();
  const { t, time } = text;
  const from = leftAtMs ?? openedAtMs;
  const missed = missedBetween(timeline, from, cameAtMs);
  const lines = linesBetween(log, from, cameAtMs);
  const to = time(cameAtMs);
  return (
    <div class="stack" data-testid="missed">
      <p>
        {leftAtMs === null
          ? t("missed.before", { to })
          : t("missed.left", { from: time(leftAtMs), to })}
      </p>
      {missed.length === 0 ? (
        <p class="small">{t("missed.nothing")}</p>
      ) : (
        <ol class="missed">
          {missed.map(({ segment, fromMs, toMs }) => (
            <li key={segment.segmentId}>
              <span class={`swatch colour-${segment.colour}`} aria-hidden="true" />
              <b>{segment.terms.join(" · ") || t("ribbon.unnamed")}</b>
              <small>{lasting(text, toMs - fromMs)}</small>
            </li>
          ))}
        </ol>
      )}
      {lines.length > 0 && (
        <>
          <h3>{t("ribbon.lines")}</h3>
          <SaidLines lines={lines} empty="" nameOf={nameOf} />
        </>
      )}
    </div>
  );
}

function lasting({ t }: Text, ms: number): string {
  const count = Math.round(ms / MINUTE_MS);
  return count < 1 ? t("missed.under_minute") : t("missed.minutes", { count });
}
