/** A person's face: initial and colour, both from what everybody sees of him. */

const COLOURS = 7;

/** The same colour for the same person on every screen. */
export function colourOf(memberId: string): number {
  let sum = 0;
  for (const char of memberId) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return sum % COLOURS;
}

export function initialOf(name: string): string {
  const first = new Intl.Segmenter().segment(name.trim())[Symbol.iterator]().next();
  return first.done === true ? "·" : first.value.segment.toUpperCase();
}

export interface FaceProps {
  readonly memberId: string;
  readonly name: string;
}

export function Face({ memberId, name }: FaceProps) {
  return (
    <span class={`face colour-${colourOf(memberId)}`} aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}
