/** A person's face: initial and colour; no photo, so that nobody is judged by one. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { colourAmong, NO_COLOURS } from "../colours";

/** What was dealt to those who are shown together; alone, everybody wears his own. */
export const ColoursContext = createContext(NO_COLOURS);

/** The class of a person's colour here. */
export function useColour(memberId: string): string {
  return `colour-${colourAmong(useContext(ColoursContext), memberId)}`;
}

export function initialOf(name: string): string {
  const first = new Intl.Segmenter().segment(name.trim())[Symbol.iterator]().next();
  return first.done === true ? "·" : first.value.segment.toUpperCase();
}

export interface FaceProps {
  readonly memberId: string;
  readonly name: string;
  readonly large?: boolean;
}

/** The initial is drawn by the style: a picture, not a text that would be read before the name. */
export function Face({ memberId, name, large = false }: FaceProps) {
  return (
    <span
      class={`${large ? "square" : "face"} ${useColour(memberId)}`}
      data-initial={initialOf(name)}
      aria-hidden="true"
    />
  );
}
