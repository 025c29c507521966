import { describe, expect, it } from "vitest";
import { showBadge } from "./badge";

describe("the badge of the app", () => {
  it("tells how many wait, and goes with the last one", () => {
    const told: (number | undefined)[] = [];
    const badging = {
      setAppBadge: async (count?: number) => void told.push(count),
      clearAppBadge: async () => void told.push(0),
    };
    showBadge(2, badging);
    showBadge(0, badging);
    expect(told).toEqual([2, 0]);
  });

  it("is left out where the browser has none or the person does not want it", async () => {
    showBadge(1, {});
    const refused = Promise.reject(new DOMException("no", "NotAllowedError"));
    showBadge(1, { setAppBadge: () => refused });
    await expect(refused).rejects.toThrow("no");
  });
});
