/** Rooms that are planned: the soonest first, with a reminder, a calendar file, and one's own to change. */

import { useEffect, useState } from "preact/hooks";
import { OPENS_BEFORE_MS, type Plans, type PlansState } from "../plans";
import type { ScheduledView } from "../protocol.gen";
import { CalendarDialog } from "./calendar";
import { Confirm } from "./dialog";
import { CalendarIcon } from "./icons";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { PlanDialog } from "./plan-dialog";

const TICK_MS = 15_000;

export interface ScheduledProps {
  readonly plans: PlansState;
  readonly actions: Plans;
  readonly myId: string;
  readonly myName: string;
  readonly onPlanned: () => void;
}

export function ScheduledRooms({ plans, actions, myId, myName, onPlanned }: ScheduledProps) {
  const { t } = useText();
  const [open, setOpen] = useState<"plan" | "calendar" | null>(null);
  const nowMs = useNow();
  const close = () => setOpen(null);
  return (
    <section class="stack plans" aria-labelledby="plans-title">
      <div class="row plans-head">
        <h2 class="section grow" id="plans-title">
          {t("plan.title")}
        </h2>
        <button
          type="button"
          class="button quiet small-button"
          aria-haspopup="dialog"
          onClick={() => setOpen("plan")}
        >
          <CalendarIcon />
          {t("plan.new")}
        </button>
      </div>
      {plans.scheduled.length === 0 ? (
        <p class="small">{t("plan.none")}</p>
      ) : (
        <ul class="rows" aria-labelledby="plans-title">
          {plans.scheduled.map((plan) => (
            <Plan
              key={plan.scheduledId}
              plan={plan}
              mine={plan.owner.memberId === myId}
              reminded={plans.reminders.has(plan.scheduledId)}
              nowMs={nowMs}
              actions={actions}
            />
          ))}
        </ul>
      )}
      <p>
        <button
          type="button"
          class="link"
          aria-haspopup="dialog"
          onClick={() => setOpen("calendar")}
        >
          {t("calendar.open")}
        </button>
      </p>
      {open === "plan" && (
        <PlanDialog
          plan={null}
          myName={myName}
          onSave={actions.save}
          onSaved={onPlanned}
          onClose={close}
        />
      )}
      {open === "calendar" && <CalendarDialog plans={plans} actions={actions} onClose={close} />}
    </section>
  );
}

interface PlanProps {
  readonly plan: ScheduledView;
  readonly mine: boolean;
  readonly reminded: boolean;
  readonly nowMs: number;
  readonly actions: Plans;
}

function Plan({ plan, mine, reminded, nowMs, actions }: PlanProps) {
  const { t, moment } = useText();
  const { scheduledId, title, owner, kind, startsAtMs } = plan;
  return (
    <li class="plan" data-testid="plan">
      <div class="grow">
        <p class="plan-when">
          <time dateTime={new Date(startsAtMs).toISOString()}>{moment(startsAtMs)}</time>
        </p>
        <h3>{title}</h3>
        <p class="small plan-facts">
          {mine ? (
            t("plan.yours")
          ) : (
            <PersonButton {...owner}>{t("plan.with", { name: owner.name })}</PersonButton>
          )}
          {kind !== "open" && <span>{t(`doors.is_${kind}`)}</span>}
          <a
            class="link"
            href={`/api/scheduled/${encodeURIComponent(scheduledId)}.ics`}
            download="masil.ics"
            aria-label={t("plan.ics_name", { title })}
          >
            {t("plan.ics")}
          </a>
        </p>
      </div>
      <div class="row plan-actions">
        {mine && nowMs >= startsAtMs - OPENS_BEFORE_MS && (
          <button
            type="button"
            class="button small-button"
            onClick={() => void actions.open(scheduledId)}
          >
            {t("plan.open")}
          </button>
        )}
        <button
          type="button"
          class={`button quiet small-button${reminded ? " wanted" : ""}`}
          aria-label={t(reminded ? "plan.reminded_name" : "plan.remind_name", { title })}
          onClick={() => void actions.remind(scheduledId, !reminded)}
        >
          {reminded ? t("plan.reminded") : t("plan.remind")}
        </button>
        {mine && <OwnActions plan={plan} actions={actions} />}
      </div>
    </li>
  );
}

function OwnActions({ plan, actions }: Pick<PlanProps, "plan" | "actions">) {
  const { t } = useText();
  const [open, setOpen] = useState<"change" | "cancel" | null>(null);
  const close = () => setOpen(null);
  const { title } = plan;
  return (
    <>
      <button
        type="button"
        class="button quiet small-button"
        aria-haspopup="dialog"
        aria-label={t("plan.change_title", { title })}
        onClick={() => setOpen("change")}
      >
        {t("plan.change")}
      </button>
      {open === "change" && (
        <PlanDialog
          plan={plan}
          myName={plan.owner.name}
          onSave={actions.save}
          onCancelPlan={() => setOpen("cancel")}
          onClose={close}
        />
      )}
      {open === "cancel" && (
        <Confirm
          title={t("plan.cancel_title", { title })}
          text={t("plan.cancel_text")}
          yes={t("plan.cancel_yes")}
          onYes={() => {
            close();
            void actions.cancel(plan.scheduledId);
          }}
          onClose={close}
        />
      )}
    </>
  );
}

/** The time, often enough for "open it now" to appear. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
