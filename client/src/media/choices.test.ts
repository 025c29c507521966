import { describe, expect, it } from "vitest";
import {
  choicesFrom,
  constraintsOf,
  SoundChoiceStore,
  USUAL,
  volumeOf,
  VOLUMES_MAX,
  withVolume,
} from "./choices";

describe("sound choices", () => {
  it("are as usual where nothing, or nonsense, is kept", () => {
    for (const text of [null, "", "no json", "17", "[]", '{"music":"yes","volumes":[1],"talkKey":5}']) {
      expect(choicesFrom(text)).toEqual(USUAL);
    }
  });

  it("come back as they were kept", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    const chosen = withVolume({ ...USUAL, music: true, microphoneId: "m", talkKey: "KeyV" }, "ann", 0.3);
    expect(new SoundChoiceStore(storage).save(chosen)).toBe(true);
    expect(new SoundChoiceStore(storage).read()).toEqual(chosen);
  });

  it("keep a volume for who is quieter only, and for no more than a few hundred", () => {
    let choices = withVolume(USUAL, "ann", 0.5);
    expect(volumeOf(choices, "ann")).toBe(0.5);
    expect(volumeOf(choices, "bea")).toBe(1);
    choices = withVolume(choices, "ann", 1);
    expect(choices.volumes).toEqual({});
    for (let n = 0; n <= VOLUMES_MAX; n += 1) choices = withVolume(choices, `m${n}`, 0.1);
    expect(Object.keys(choices.volumes)).toHaveLength(VOLUMES_MAX);
    expect(volumeOf(choices, "m0")).toBe(1);
    expect(volumeOf(choices, `m${VOLUMES_MAX}`)).toBe(0.1);
  });

  it("take no volume out of range from the device's storage", () => {
    expect(choicesFrom('{"volumes":{"a":-1,"b":7,"c":"x","d":0.5}}').volumes).toEqual({ d: 0.5 });
  });

  it("ask for a device without insisting on it", () => {
    expect(constraintsOf({ ...USUAL, microphoneId: "gone" })).toMatchObject({
      deviceId: { ideal: "gone" },
      noiseSuppression: true,
    });
    expect(constraintsOf(USUAL)).not.toHaveProperty("deviceId");
  });

  it("leave music alone, and take both its channels", () => {
    expect(constraintsOf({ ...USUAL, music: true })).toEqual({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: 2 },
    });
  });
});
