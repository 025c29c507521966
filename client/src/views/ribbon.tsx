/** What was talked about when: one band in the colours of its topics, and each part of it opened. */

import { useState } from "preact/hooks";
import type { TimelineSegmentView } from "../protocol.gen";
import type { LogLine } from "../room";
import type { Text } from "../i18n/text";
import { linesBetween } from "../scribe";
import { Dialog } from "./dialog";
import { useText } from "./language";
import { SaidLines, type NameOf } from "./said-lines";

/** A segment is told by its age, and older by what that took: its first line is not lost to that. */
const UNDERWAY_MS = 2_000;

export interface RibbonProps {
  readonly timeline: readonly TimelineSegmentView[];
  readonly log: readonly LogLine[];
  readonly nameOf: NameOf;
}

export function Ribbon({ timeline, log, nameOf }: RibbonProps) {
  const text = useText();
  const { t } = text;
  const [open, setOpen] = useState<number | null>(null);
  if (timeline.length === 0) return null;
  const nowMs = Date.now();
  const shown = timeline.find(({ segmentId }) => segmentId === open);
  return (
    <>
      <ol class="ribbon" aria-label={t("ribbon.title")} data-testid="ribbon">
        {timeline.map((segment) => (
          <li
            key={segment.segmentId}
            style={{ flexGrow: Math.max(1, (segment.toMs ?? nowMs) - segment.fromMs) }}
          >
            <button
              type="button"
              class={`colour-${segment.colour}`}
              aria-haspopup="dialog"
              aria-label={segmentIn(text, segment)}
              data-testid="segment"
              onClick={() => setOpen(segment.segmentId)}
            >
              {/* A name that does not fit is not shown: half a word names nothing. */}
              <span aria-hidden="true">{segment.terms[0] ?? ""}</span>
            </button>
          </li>
        ))}
      </ol>
      {shown !== undefined && (
        <Dialog title={shown.terms.join(" · ") || t("ribbon.unnamed")} onClose={() => setOpen(null)}>
          <p class="small">{timesIn(text, shown)}</p>
          <h3>{t("ribbon.lines")}</h3>
          <SaidLines
            lines={linesBetween(log, shown.fromMs - UNDERWAY_MS, shown.toMs ?? Infinity)}
            empty={t("ribbon.no_lines")}
            nameOf={nameOf}
          />
          <div class="row end">
            <button type="button" class="button quiet" onClick={() => setOpen(null)}>
              {t("app.close")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function segmentIn(text: Text, segment: TimelineSegmentView): string {
  const terms = segment.terms.join(", ") || text.t("ribbon.unnamed");
  const from = text.time(segment.fromMs);
  if (segment.toMs === null) return text.t("ribbon.segment_now", { terms, from });
  return text.t("ribbon.segment", { terms, from, to: text.time(segment.toMs) });
}

function timesIn(text: Text, { fromMs, toMs }: TimelineSegmentView): string {
  const from = text.time(fromMs);
  if (toMs === null) return text.t("ribbon.since", { from });
  return text.t("ribbon.from_to", { from, to: text.time(toMs) });
}
