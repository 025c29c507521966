/** What changed in a room between two looks at it, for those who cannot see it change. Pure. */

import type { RoomView } from "./protocol.gen";

export type News =
  | { kind: "joined" | "left" | "hand"; name: string }
  | { kind: "joined_many" | "left_many" | "hand_many"; count: number };

/** More names than that at once are a number. */
const NAMES_MAX = 2;

/** Who came, who went, whose hand went up; oneself is no news. */
export function newsBetween(before: RoomView, after: RoomView, myId: string): readonly News[] {
  const old = new Map(before.participants.map((person) => [person.memberId, person]));
  const now = new Map(after.participants.map((person) => [person.memberId, person]));
  const others = after.participants.filter(({ memberId }) => memberId !== myId);
  const joined = others.filter(({ memberId }) => !old.has(memberId));
  const left = before.participants.filter(({ memberId }) => memberId !== myId && !now.has(memberId));
  const hands = others.filter(
    ({ memberId, handRaisedAtMs }) =>
      handRaisedAtMs !== null && (old.get(memberId)?.handRaisedAtMs ?? null) === null,
  );
  return [...told("joined", joined), ...told("left", left), ...told("hand", hands)];
}

function told(kind: "joined" | "left" | "hand", people: readonly { name: string }[]): readonly News[] {
  if (people.length > NAMES_MAX) return [{ kind: `${kind}_many`, count: people.length }];
  return people.map(({ name }) => ({ kind, name }));
}
