import { describe, expect, it } from "vitest";
import { ASK_AFTER_MS, LOOK_EVERY_MS, Pulse, RENEW_AFTER_MS } from "./pulse";

/** Looks at the usual pace from `fromMs` on, while nothing arrives; what was advised, and when. */
function silence(pulse: Pulse, arrived: number, fromMs: number, forMs: number): [string, number][] {
  const advised: [string, number][] = [];
  for (let now = fromMs + LOOK_EVERY_MS; now <= fromMs + forMs; now += LOOK_EVERY_MS) {
    const advice = pulse.look(arrived, now);
    if (advice !== "alive") advised.push([advice, now - fromMs]);
  }
  return advised;
}

describe("the pulse of a connection", () => {
  it("is alive as long as anything arrives before the limit", () => {
    const pulse = new Pulse();
    for (let beat = 0; beat < 20; beat += 1) {
      expect(pulse.look(beat, beat * 400)).toBe("alive");
      expect(silence(pulse, beat, beat * 400, 399)).toEqual([]);
    }
  });

  it("asks once in a silence, then wants a new connection", () => {
    const pulse = new Pulse();
    pulse.look(7, 1_000);
    const advised = silence(pulse, 7, 1_000, RENEW_AFTER_MS);
    expect(advised).toEqual([
      ["ask", ASK_AFTER_MS],
      ["renew", RENEW_AFTER_MS],
    ]);
  });

  it("asks again in the next silence", () => {
    const pulse = new Pulse();
    pulse.look(7, 1_000);
    silence(pulse, 7, 1_000, 700);
    pulse.look(8, 1_750);
    expect(silence(pulse, 8, 1_750, 700)).toEqual([["ask", ASK_AFTER_MS]]);
  });

  it("judges nothing right after a sleep, before what arrived was counted", () => {
    const pulse = new Pulse();
    pulse.look(7, 1_000);
    expect(pulse.look(7, 60_000)).toBe("alive");
    expect(pulse.look(8, 60_125)).toBe("alive");
  });

  it("finds out even where a hidden page may look once a second only", () => {
    const pulse = new Pulse();
    pulse.look(7, 0);
    const advised = [1, 2, 3, 4].map((second) => pulse.look(7, second * 1_000));
    expect(advised).toEqual(["alive", "alive", "ask", "renew"]);
  });
});
