/** A scheduled room begins, or changed: answered in place, on whichever page one is. */

import type { Plans } from "../plans";
import type { Reminded } from "../protocol.gen";
import { useText } from "./language";

export interface ReminderToastsProps {
  readonly reminded: readonly Reminded[];
  /** One's own id: who planned a room can open it from here. */
  readonly myId: string | undefined;
  readonly actions: Pick<Plans, "putAway" | "open">;
  readonly onEnter: (roomId: string) => void;
}

export function ReminderToasts({ reminded, ...rest }: ReminderToastsProps) {
  return (
    <>
      {reminded.map((reminder, n) => (
        <ReminderToast
          key={reminder.scheduled.scheduledId}
          reminder={reminder}
          first={n === 0}
          {...rest}
        />
      ))}
    </>
  );
}

type ToastProps = Omit<ReminderToastsProps, "reminded"> & {
  readonly reminder: Reminded;
  /** The bell leads to it. */
  readonly first: boolean;
};

function ReminderToast({ reminder, first, myId, actions, onEnter }: ToastProps) {
  const { t, moment } = useText();
  const { scheduled, news, roomId } = reminder;
  const { scheduledId, title, owner, startsAtMs } = scheduled;
  const begins = news === "soon" || news === "started";
  const goes = begins && (roomId !== null || owner.memberId === myId);
  const go = () => {
    actions.putAway(scheduledId);
    if (roomId === null) void actions.open(scheduledId);
    else onEnter(roomId);
  };
  return (
    <div
      class="notice knocked actions"
      data-testid="reminder"
      id={first ? "reminders" : undefined}
      tabIndex={-1}
    >
      <p>
        <b>{t(`remind.${news}`, { title })}</b>
        <small>{t("remind.with", { moment: moment(startsAtMs), name: owner.name })}</small>
      </p>
      <div class="row">
        {goes && (
          <button type="button" class="button small-button grow" onClick={go}>
            {roomId === null ? t("remind.open") : t("remind.come")}
          </button>
        )}
        <button
          type="button"
          class="button quiet small-button"
          onClick={() => actions.putAway(scheduledId)}
        >
          {goes ? t("remind.later") : t("remind.fine")}
        </button>
      </div>
    </div>
  );
}
