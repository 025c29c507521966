import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { voiceIn, VolumeFollower, type Contribution } from "./volumes";

const ANN = 11;
const BEA = 22;

/** A slot whose packets are told by the test. */
class Slot {
  contributions: Contribution[] = [];
  getContributingSources = () => this.contributions;
}

let slots: [Slot, Slot];
let volumes: Map<number, number>;
let follower: VolumeFollower;

beforeEach(() => {
  vi.useFakeTimers();
  slots = [new Slot(), new Slot()];
  volumes = new Map();
  follower = new VolumeFollower((slot, volume) => volumes.set(slot, volume));
  follower.watch(new Map(slots.map((slot, at) => [at + 1, slot as unknown as RTCRtpReceiver])));
});

afterEach(() => {
  follower.stop();
  vi.useRealTimers();
});

describe("a slot", () => {
  it("has the voice whose packet was played last", () => {
    expect(voiceIn([])).toBe(null);
    const played = [
      { source: ANN, timestamp: 100 },
      { source: BEA, timestamp: 120 },
    ];
    expect(voiceIn(played)).toBe(BEA);
  });

  it("is as loud as the person in it is wanted, wherever he moves", () => {
    const [first, second] = slots;
    first.contributions = [{ source: ANN, timestamp: 100 }];
    follower.want(new Map([[ANN, 0.2]]));
    expect([...volumes]).toEqual([[1, 0.2], [2, 1]]);
    first.contributions = [{ source: ANN, timestamp: 100 }, { source: BEA, timestamp: 140 }];
    second.contributions = [{ source: ANN, timestamp: 160 }];
    vi.advanceTimersByTime(20);
    expect([...volumes]).toEqual([[1, 1], [2, 0.2]]);
  });

  it("is as loud as it comes once nobody is wanted quieter, and nothing is looked at any more", () => {
    slots[0].contributions = [{ source: ANN, timestamp: 100 }];
    follower.want(new Map([[ANN, 0]]));
    follower.want(new Map());
    expect([...volumes]).toEqual([[1, 1], [2, 1]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
