/**
 * The colours of faces: everybody has one of his own, and in a room they are dealt by seat.
 *
 * Pure. Where several people are shown together, no two wear the same while there are colours left;
 * those on stage choose before the audience, and nobody changes colour because another came.
 */

import type { Role } from "./protocol.gen";

export const COLOURS = 7;

/** Who wears another colour than his own, and who keeps it: by member id. */
export type Colours = ReadonlyMap<string, number>;
export const NO_COLOURS: Colours = new Map();

export interface Seated {
  readonly memberId: string;
  /** Left out where everybody is on stage. */
  readonly role?: Role;
}

/** The same colour for the same person wherever he is shown alone. */
export function ownColour(memberId: string): number {
  let sum = 0;
  for (const char of memberId) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLOURS;
}

/** What a person wears among these people. */
export function colourAmong(colours: Colours, memberId: string): number {
  return colours.get(memberId) ?? ownColour(memberId);
}

/**
 * Deal colours to people in order of joining; `before` is what was dealt last.
 *
 * Whoever has one keeps it, unless somebody on stage wears it, too, who had it first.
 */
export function dealColours(people: readonly Seated[], before: Colours = NO_COLOURS): Colours {
  const dealt = new Map<string, number>();
  const taken = new Set<number>();
  for (const { memberId } of inOrder(people, before)) {
    if (taken.size === COLOURS) break;
    const colour = free(colourAmong(before, memberId), taken);
    dealt.set(memberId, colour);
    taken.add(colour);
  }
  return dealt;
}

/** The stage, those who were dealt to earlier first, then the audience. */
function inOrder(people: readonly Seated[], before: Colours): Seated[] {
  const place = new Map([...before.keys()].map((memberId, index) => [memberId, index]));
  const placeOf = ({ memberId }: Seated) => place.get(memberId) ?? before.size;
  const stage = people.filter((p) => p.role !== "listener");
  stage.sort((a, b) => placeOf(a) - placeOf(b));
  return [...stage, ...people.filter((p) => p.role === "listener")];
}

/** The wanted colour, or the next one that nobody wears. */
function free(wanted: number, taken: ReadonlySet<number>): number {
  let colour = wanted;
  while (taken.has(colour)) colour = (colour + 1) % COLOURS;
  return colour;
}
