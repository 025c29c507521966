import { describe, expect, it } from "vitest";
import { anotherIsDue, named, type ListedDevice } from "./devices";

const input = (deviceId: string, groupId: string): ListedDevice => ({
  kind: "audioinput",
  deviceId,
  groupId,
  label: `Name of ${deviceId}`,
});
const BUILT_IN = input("built-in", "laptop");
const HEADSET = input("headset", "bluetooth");
const OPEN_BUILT_IN = { deviceId: "built-in", groupId: "laptop" };

describe("devices that can be chosen", () => {
  it("have a name and are not the system's own choice in disguise", () => {
    const speaker = { ...BUILT_IN, kind: "audiooutput" as const };
    const listed = [input("default", "laptop"), BUILT_IN, speaker, { ...HEADSET, label: "" }];
    expect(named(listed)).toEqual({
      microphones: [{ id: "built-in", name: "Name of built-in" }],
      loudspeakers: [{ id: "built-in", name: "Name of built-in" }],
    });
  });
});

describe("another microphone", () => {
  it("is not due where something else came or went", () => {
    expect(anotherIsDue(OPEN_BUILT_IN, "", [BUILT_IN, HEADSET])).toBe(false);
    expect(anotherIsDue(OPEN_BUILT_IN, "built-in", [BUILT_IN])).toBe(false);
  });

  it("is due where the chosen one is back", () => {
    expect(anotherIsDue(OPEN_BUILT_IN, "headset", [BUILT_IN])).toBe(false);
    expect(anotherIsDue(OPEN_BUILT_IN, "headset", [BUILT_IN, HEADSET])).toBe(true);
  });

  it("is due where the open one went", () => {
    const open = { deviceId: "headset", groupId: "bluetooth" };
    expect(anotherIsDue(open, "", [BUILT_IN])).toBe(true);
    expect(anotherIsDue(open, "headset", [BUILT_IN])).toBe(true);
  });

  it("is due where the system now takes another one, and nobody chose", () => {
    const open = { deviceId: "default", groupId: "laptop" };
    expect(anotherIsDue(open, "", [input("default", "laptop"), BUILT_IN, HEADSET])).toBe(false);
    expect(anotherIsDue(open, "", [input("default", "bluetooth"), BUILT_IN, HEADSET])).toBe(true);
  });
});
