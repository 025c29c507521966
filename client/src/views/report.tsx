/** A report about a person: what it is about, and what happened, in one's own words. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PersonView, ReportReason } from "../protocol.gen";
import type { ReportDraft } from "../profiles";
import type { RoomReportDraft } from "../reporting";
import type { ProblemCode } from "../state";
import { useText } from "./language";
import { Problem } from "./problem";
import { SendLog } from "./room-log";
import { StepFrame } from "./step";

const REASONS: readonly ReportReason[] = [
  "harassment",
  "hate",
  "spam",
  "impersonation",
  "danger",
  "other",
];

export interface ReportFormProps {
  readonly person: PersonView;
  /** Whether one is in a room, which the report may be about. */
  readonly inRoom: boolean;
  readonly onReport: (draft: ReportDraft) => Promise<ProblemCode | null>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

export function ReportForm({ person, inRoom, onReport, onDone, onCancel }: ReportFormProps) {
  const { t } = useText();
  const { memberId, name } = person;
  const [aboutRoom, setAboutRoom] = useState(inRoom);
  return (
    <StepFrame title={t("person.report")}>
      <p class="small">{t("person.report_text", { name })}</p>
      <ReportFields
        inRoom={inRoom && aboutRoom}
        onReport={(draft) => onReport({ memberId, inRoom: aboutRoom, ...draft })}
        onDone={onDone}
        onCancel={onCancel}
      >
        {inRoom && (
          <label class="choice">
            <input
              type="checkbox"
              name="in-room"
              checked={aboutRoom}
              onChange={(event) => setAboutRoom(event.currentTarget.checked)}
            />
            <span>{t("person.in_room")}</span>
          </label>
        )}
      </ReportFields>
    </StepFrame>
  );
}

export interface ReportFieldsProps {
  /** It is about the room one is in, of which it may tell what happened there. */
  readonly inRoom: boolean;
  readonly onReport: (draft: RoomReportDraft) => Promise<ProblemCode | null>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
  /** What else there is to choose. */
  readonly children?: ComponentChildren;
}

/** The reason, what happened in one's own words, and what goes along. */
export function ReportFields({ inRoom, onReport, onDone, onCancel, children }: ReportFieldsProps) {
  const { t } = useText();
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [statement, setStatement] = useState("");
  const [sendsLog, setSendsLog] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (reason === null) return;
    setBusy(true);
    const refused = await onReport({ reason, statement, withLog: inRoom && sendsLog });
    setBusy(false);
    setProblem(refused);
    if (refused === null) onDone();
  };
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <fieldset class="choices">
        <legend>{t("person.reason")}</legend>
        {REASONS.map((each) => (
          <label key={each} class="choice">
            <input
              type="radio"
              name="reason"
              value={each}
              required
              checked={reason === each}
              onChange={() => setReason(each)}
            />
            <span>{t(`report.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      {reason === "danger" && (
        <p class="plain-words" role="status">
          {t("person.danger_text")}
        </p>
      )}
      <label class="field">
        <span>{t("person.statement")}</span>
        <textarea
          name="statement"
          rows={3}
          maxLength={1000}
          autoComplete="off"
          value={statement}
          onInput={(event) => setStatement(event.currentTarget.value)}
        />
        <small>{t("person.statement_hint")}</small>
      </label>
      {children}
      {inRoom && <SendLog sends={sendsLog} onSends={setSendsLog} />}
      <Problem code={problem} />
      <div class="row end">
        <button type="button" class="button quiet" onClick={onCancel}>
          {t("app.cancel")}
        </button>
        <button type="submit" class="button" disabled={busy}>
          {t("person.send_report")}
        </button>
      </div>
    </form>
  );
}
