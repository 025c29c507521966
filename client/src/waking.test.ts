import { describe, expect, it } from "vitest";
import { ASLEEP_MS, SleepWatch } from "./waking";

describe("a page", () => {
  it("was awake where its timer is punctual, or late as in a hidden page", () => {
    const watch = new SleepWatch();
    let now = 5_000;
    for (const step of [1_000, 1_400, 1_000, ASLEEP_MS, 1_000]) {
      expect(watch.look((now += step))).toBe(0);
    }
  });

  it("was asleep where its timer is late by seconds", () => {
    const watch = new SleepWatch();
    watch.look(0);
    expect(watch.look(61_000)).toBe(60_000);
    expect(watch.look(62_000)).toBe(0);
  });
});
