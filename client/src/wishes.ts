/**
 * What the page shows before the gate has answered: (room, wishes) → room as it is wished, pure.
 *
 * A wish is about the own seat only, and is dropped with the answer, whichever it is: by then the
 * gate has told the truth. Never changes what the gate said, and never opens a microphone.
 */

import type { ParticipantView } from "./protocol.gen";
import type { RoomState } from "./room";
import type { Command } from "./signalling";

export type Wish = (seat: ParticipantView) => ParticipantView;

/** What a command is going to change of the own seat, if that can be known at once. */
export function wishOf(command: Command, nowMs: number): Wish | null {
  switch (command.type) {
    case "mute": {
      const { muted } = command;
      return (seat) => (seat.role === "listener" || seat.held ? seat : { ...seat, muted });
    }
    case "raise_hand": {
      const handRaisedAtMs = command.raised ? nowMs : null;
      return (seat) =>
        seat.role === "listener" && command.raised !== (seat.handRaisedAtMs !== null)
          ? { ...seat, handRaisedAtMs }
          : seat;
    }
    case "ask_to_unmute": {
      const unmuteAskedAtMs = command.asked ? nowMs : null;
      return (seat) => (seat.held ? { ...seat, unmuteAskedAtMs } : seat);
    }
    default:
      return null;
  }
}

/** The room with the wishes fulfilled, in the order in which they were made. */
export function withWishes(
  state: RoomState,
  memberId: string,
  wishes: readonly Wish[],
): RoomState {
  if (wishes.length === 0) return state;
  const participants = state.room.participants.map((seat) =>
    seat.memberId === memberId ? wishes.reduce((wished, wish) => wish(wished), seat) : seat,
  );
  return { ...state, room: { ...state.room, participants } };
}
