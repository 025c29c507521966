import { describe, expect, it } from "vitest";
import { openHouse, TO_THE_DOOR, type HouseWindow } from "./house-window";

function page(log: string[], name: string, fields: Partial<HouseWindow> = {}): HouseWindow {
  return {
    focused: false,
    visibilityState: "hidden",
    focus: async () => log.push(`focus ${name}`),
    postMessage: (message) => log.push(`${name} ${JSON.stringify(message)}`),
    ...fields,
  };
}

async function tap(...open: ((log: string[]) => HouseWindow)[]): Promise<string[]> {
  const log: string[] = [];
  await openHouse({
    matchAll: async () => open.map((make) => make(log)),
    openWindow: async (url) => log.push(`open ${url}`),
  });
  return log;
}

const SAID = JSON.stringify({ type: TO_THE_DOOR });

describe("a tap on a notification", () => {
  it("opens the house where no page is open", async () => {
    expect(await tap()).toEqual(["open /"]);
  });

  it("brings the page to the front that is looked at, else one that can be seen, else any", async () => {
    const hidden = (log: string[]) => page(log, "hidden");
    const seen = (log: string[]) => page(log, "seen", { visibilityState: "visible" });
    const focused = (log: string[]) => page(log, "focused", { focused: true });
    expect(await tap(hidden, seen, focused)).toEqual([`focused ${SAID}`, "focus focused"]);
    expect(await tap(hidden, seen)).toEqual([`seen ${SAID}`, "focus seen"]);
    expect(await tap(hidden)).toEqual([`hidden ${SAID}`, "focus hidden"]);
  });
});
