import { describe, expect, it } from "vitest";
import { colourAmong, COLOURS, dealColours, ownColour, type Colours, type Seated } from "./colours";
import type { Role } from "./protocol.gen";

const person = (memberId: string, role: Role = "speaker"): Seated => ({ memberId, role });
/** Ids that all have the same colour of their own. */
const alike = (count: number): string[] => {
  const ids = Array.from({ length: 500 }, (_, n) => `p-${n}`);
  const wanted = ownColour("p-0");
  return ids.filter((id) => ownColour(id) === wanted).slice(0, count);
};
const worn = (colours: Colours, people: readonly Seated[]) =>
  people.map((p) => colourAmong(colours, p.memberId));

describe("the colours of faces", () => {
  it("are a person's own where nobody else wears it", () => {
    expect(worn(dealColours([person("p-0")]), [person("p-0")])).toEqual([ownColour("p-0")]);
  });

  it("differ for as many people as there are colours, even where all prefer the same", () => {
    const people = alike(COLOURS).map((id) => person(id));
    expect(new Set(worn(dealColours(people), people)).size).toBe(COLOURS);
  });

  it("are a person's own again where there are more people than colours", () => {
    const people = alike(COLOURS + 2).map((id) => person(id));
    expect(worn(dealColours(people), people).at(-1)).toBe(ownColour("p-0"));
  });

  it("are chosen on stage before the audience", () => {
    const [listener = "", speaker = ""] = alike(2);
    const people = [person(listener, "listener"), person(speaker)];
    expect(worn(dealColours(people), people)[1]).toBe(ownColour(speaker));
  });

  it("stay as they are when somebody comes or goes", () => {
    const ids = alike(4);
    const three = ids.slice(0, 3).map((id) => person(id));
    const before = dealColours(three);
    const four = [...three, person(ids[3] ?? "")];
    const joined = dealColours(four, before);
    expect(worn(joined, three)).toEqual(worn(before, three));
    const left = dealColours(four.slice(1), joined);
    expect(worn(left, four.slice(1))).toEqual(worn(joined, four.slice(1)));
  });

  it("on stage stay as they are when somebody steps up who joined earlier", () => {
    const many = alike(COLOURS + 1);
    const [early = "", ...others] = many;
    const seated = [person(early, "listener"), ...others.map((id) => person(id))];
    const before = dealColours(seated);
    const stage = seated.slice(1, 4);
    const steppedUp = [person(early), ...stage];
    const after = dealColours(steppedUp, before);
    expect(worn(after, stage)).toEqual(worn(before, stage));
    expect(new Set(worn(after, steppedUp)).size).toBe(4);
  });
});
