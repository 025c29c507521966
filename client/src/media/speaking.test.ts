import { describe, expect, it } from "vitest";
import { SpeakingDetector } from "./speaking";

const look = (detector: SpeakingDetector, atMs: number, timestamp: number, level: number | null) =>
  [...detector.look([{ csrc: 7, timestamp, level }], atMs)];

describe("a voice", () => {
  it("is heard while loud packets come, and a little longer", () => {
    const detector = new SpeakingDetector();
    look(detector, 0, 0, 0.1);
    expect(look(detector, 100, 95, 0.1)).toEqual([7]);
    expect(look(detector, 300, 95, 0.1)).toEqual([7]);
    expect(look(detector, 600, 95, 0.1)).toEqual([]);
  });

  it("is not comfort noise, which tells its level", () => {
    const detector = new SpeakingDetector();
    for (let now = 0; now < 2_000; now += 100) expect(look(detector, now, now, 0.0001)).toEqual([]);
  });

  it("is not comfort noise, a few packets a second that do not tell", () => {
    const detector = new SpeakingDetector();
    for (let now = 0; now < 4_000; now += 100) {
      expect(look(detector, now, Math.floor(now / 400) * 400, null)).toEqual([]);
    }
  });

  it("is a steady stream that does not tell its level", () => {
    const detector = new SpeakingDetector();
    for (let now = 0; now < 300; now += 100) look(detector, now, now, null);
    expect(look(detector, 300, 300, null)).toEqual([7]);
  });

  it("is not what slots that he had before still tell", () => {
    const detector = new SpeakingDetector();
    const before = [
      { csrc: 7, timestamp: 10, level: 0.2 },
      { csrc: 7, timestamp: 20, level: 0.2 },
    ];
    for (let now = 1_000; now < 4_000; now += 100) {
      const silence = { csrc: 7, timestamp: Math.floor(now / 400) * 400, level: null };
      expect([...detector.look([...before, silence], now)]).toEqual([]);
    }
  });
});
