/** Planning a room, or changing one's own plan: what, when, and for whom. */

import { useState } from "preact/hooks";
import { localInput, momentOf, nextHour, type Draft } from "../plans";
import type { RoomKind, ScheduledView } from "../protocol.gen";
import type { ProblemCode } from "../state";
import { Dialog } from "./dialog";
import { KINDS } from "./kinds";
import { useText } from "./language";
import { Problem } from "./problem";

const HORIZON_MS = 90 * 24 * 3_600_000;

export interface PlanDialogProps {
  /** `null`: a new one. */
  readonly plan: ScheduledView | null;
  readonly myName: string;
  readonly onSave: (scheduledId: string | null, draft: Draft) => Promise<ProblemCode | null>;
  readonly onSaved?: () => void;
  readonly onCancelPlan?: () => void;
  readonly onClose: () => void;
}

export function PlanDialog(props: PlanDialogProps) {
  const { t } = useText();
  const { plan, onClose } = props;
  const [title, setTitle] = useState(plan?.title ?? "");
  const [when, setWhen] = useState(() => localInput(plan?.startsAtMs ?? nextHour(Date.now())));
  const [kind, setKind] = useState<RoomKind>(plan?.kind ?? "open");
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const usual = t("doors.title_default", { name: props.myName });
  const save = async (event: Event) => {
    event.preventDefault();
    const startsAtMs = momentOf(when);
    if (startsAtMs === null) return setProblem("bad_time");
    const named = title.trim() === "" ? usual : title;
    const refused = await props.onSave(plan?.scheduledId ?? null, { title: named, kind, startsAtMs });
    if (refused !== null) return setProblem(refused);
    props.onSaved?.();
    onClose();
  };
  const heading = plan === null ? t("plan.new") : t("plan.change_title", { title: plan.title });
  return (
    <Dialog title={heading} onClose={onClose}>
      <form class="form" onSubmit={(event) => void save(event)}>
        <label class="field">
          <span>{t("hallway.room_title")}</span>
          <input
            name="title"
            value={title}
            maxLength={80}
            autoComplete="off"
            placeholder={usual}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        <When value={when} plannedMs={plan?.startsAtMs} onChange={setWhen} />
        <label class="field">
          <span>{t("doors.kind")}</span>
          <select
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as RoomKind)}
          >
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`doors.${each}`)}
              </option>
            ))}
          </select>
          <small>{t(`doors.${kind}_text`)}</small>
        </label>
        {props.onCancelPlan && (
          <p>
            <button
              type="button"
              class="link danger-link"
              aria-haspopup="dialog"
              onClick={props.onCancelPlan}
            >
              {t("plan.cancel")}
            </button>
          </p>
        )}
        <Problem code={problem} />
        <div class="row end">
          <button type="button" class="button quiet" onClick={onClose}>
            {t("app.close")}
          </button>
          <button type="submit" class="button">
            {plan === null ? t("plan.save") : t("plan.save_change")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface WhenProps {
  readonly value: string;
  /** When it was planned for so far: that stays allowed, even where it has passed. */
  readonly plannedMs: number | undefined;
  readonly onChange: (value: string) => void;
}

function When({ value, plannedMs, onChange }: WhenProps) {
  const { t } = useText();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const nowMs = Date.now();
  return (
    <label class="field">
      <span>{t("plan.when")}</span>
      <input
        type="datetime-local"
        name="when"
        required
        value={value}
        min={localInput(Math.min(nowMs, plannedMs ?? nowMs))}
        max={localInput(nowMs + HORIZON_MS)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <small>{t("plan.zone", { zone })}</small>
    </label>
  );
}
