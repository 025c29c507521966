import { describe, expect, it } from "vitest";
import { Quality, type Vitals } from "./quality";

const GOOD: Vitals = { arrived: 0, received: 0, lost: 0, roundTripMs: 20, ownLoss: 0 };

/** A voice of 50 packets a second of which a share is lost; what is said after each second. */
function seconds(quality: Quality, from: Vitals, count: number, share: number, atMs: number) {
  const said: (string | null)[] = [];
  let vitals = from;
  for (let second = 1; second <= count; second += 1) {
    const { received, lost } = vitals;
    vitals = { ...vitals, received: received + 50 * (1 - share), lost: lost + 50 * share };
    said.push(quality.look(vitals, atMs + second * 1_000)?.kind ?? null);
  }
  return { said, vitals, atMs: atMs + count * 1_000 };
}

describe("the quality of a connection", () => {
  it("is good where little is lost", () => {
    const quality = new Quality();
    expect(seconds(quality, GOOD, 20, 0.02, 0).said.every((kind) => kind === null)).toBe(true);
  });

  it("is weak some seconds after a tenth is lost, and good again soon after that ends", () => {
    const quality = new Quality();
    const before = seconds(quality, GOOD, 6, 0, 0);
    const bad = seconds(quality, before.vitals, 8, 0.12, before.atMs);
    expect(bad.said.indexOf("loss")).toBeLessThanOrEqual(4);
    expect(bad.said.at(-1)).toBe("loss");
    const after = seconds(quality, bad.vitals, 8, 0, bad.atMs);
    expect(after.said.at(0)).toBe("loss");
    expect(after.said.at(-1)).toBe(null);
  });

  it("does not flicker between its two limits", () => {
    const quality = new Quality();
    const bad = seconds(quality, GOOD, 8, 0.12, 0);
    const less = seconds(quality, bad.vitals, 12, 0.045, bad.atMs);
    expect(new Set(less.said)).toEqual(new Set(["loss"]));
  });

  it("does not judge by a handful of packets, as in a room where nobody speaks", () => {
    const quality = new Quality();
    for (let second = 0; second < 10; second += 1) {
      const vitals = { ...GOOD, received: second * 4, lost: second * 2 };
      expect(quality.look(vitals, second * 1_000)).toBe(null);
    }
  });

  it("is weak where it takes long there and back, or where the own voice has holes", () => {
    const slow = new Quality();
    const own = new Quality();
    for (let second = 0; second < 3; second += 1) {
      slow.look({ ...GOOD, roundTripMs: 700 }, second * 1_000);
      own.look({ ...GOOD, ownLoss: 0.2 }, second * 1_000);
    }
    expect(slow.look(GOOD, 2_500)).toEqual({ kind: "slow", roundTripMs: 700 });
    expect(own.look(GOOD, 2_500)).toEqual({ kind: "own_loss", share: 0.2 });
  });

  it("is asked ten times a second and looks once", () => {
    const quality = new Quality();
    quality.look(GOOD, 0);
    for (let now = 100; now < 1_000; now += 100) {
      expect(quality.look({ ...GOOD, ownLoss: 1 }, now)).toBe(null);
    }
  });
});
