/** What lies over every page: news, and questions that are answered in place. */

import { openPings } from "../hallway";
import { aftermathOf, type Aftermath } from "../room";
import { showsKnocks } from "../route";
import type { AppState } from "../state";
import { KnockToasts } from "./knock-toasts";
import { useAskBeforeLeaving } from "./leave";
import { Notices } from "./notices";
import type { PageProps } from "./page";
import { PingToasts } from "./ping-toasts";
import { ReminderToasts } from "./reminder-toasts";
import { UpdateNote } from "./update-note";

export function Toasts({ state, actions }: Pick<PageProps, "state" | "actions">) {
  const { ask, question } = useAskBeforeLeaving(ownAftermath(state));
  return (
    <>
      <Notices notices={state.notices} onDismiss={actions.dismiss}>
        <KnockToasts
          knocks={state.knocks}
          contactNames={state.contactNames}
          shownInPage={showsKnocks(state.route)}
          onAdmit={actions.admit}
          onIgnore={actions.ignore}
        />
        <PingToasts
          pings={openPings(state)}
          onEnter={(roomId) =>
            ask(() => {
              actions.doors.closePing(roomId);
              actions.go({ view: "room", roomId });
            })
          }
          onLater={actions.doors.closePing}
        />
        <ReminderToasts
          reminded={state.plans.reminded}
          myId={state.me?.memberId}
          actions={actions.plans}
          onEnter={(roomId) => ask(() => actions.go({ view: "room", roomId }))}
        />
        <UpdateNote
          waiting={state.updateWaiting}
          inRoom={state.route.view === "room"}
          onTake={actions.updates.take}
        />
      </Notices>
      {question}
    </>
  );
}

/** What becomes of the room one is in where one goes into another. */
function ownAftermath({ visit, me }: AppState): Aftermath | null {
  const room = visit?.state?.room;
  const seat = room?.participants.find((person) => person.memberId === me?.memberId);
  return room === undefined || seat === undefined ? null : aftermathOf(room, seat);
}
