import { describe, expect, it } from "vitest";
import { actionOf, keyName, mayBeHeld, type Stroke } from "./keys";

const KEYS = { pushToTalk: true, talkKey: "Space", shortcuts: true };
const SPACE: Stroke = {
  down: true,
  code: "Space",
  key: " ",
  repeat: false,
  modified: false,
  where: "page",
  asked: false,
};
const M: Stroke = { ...SPACE, code: "KeyM", key: "m" };
const QUESTION: Stroke = { ...SPACE, code: "Slash", key: "?" };

describe("a key", () => {
  it("talks while it is held", () => {
    expect(actionOf(SPACE, KEYS, false)).toBe("hold");
    expect(actionOf({ ...SPACE, down: false }, KEYS, true)).toBe("release");
  });

  it("is let go wherever the focus went meanwhile, and only if it was held", () => {
    const up: Stroke = { ...SPACE, down: false, where: "field", asked: true, modified: true };
    expect(actionOf(up, KEYS, true)).toBe("release");
    expect(actionOf(up, KEYS, false)).toBe(null);
  });

  it("does nothing while somebody types, in a dialog, or with Ctrl, Alt or Meta", () => {
    for (const stroke of [SPACE, M, QUESTION]) {
      expect(actionOf({ ...stroke, where: "field" }, KEYS, false)).toBe(null);
      expect(actionOf({ ...stroke, asked: true }, KEYS, false)).toBe(null);
      expect(actionOf({ ...stroke, modified: true }, KEYS, false)).toBe(null);
    }
  });

  it("presses the button that has the focus, but for the microphone's own", () => {
    expect(actionOf({ ...SPACE, where: "control" }, KEYS, false)).toBe(null);
    expect(actionOf({ ...SPACE, where: "microphone" }, KEYS, false)).toBe("hold");
    const v = { ...SPACE, code: "KeyV", key: "v", where: "control" as const };
    expect(actionOf(v, { ...KEYS, talkKey: "KeyV" }, false)).toBe("hold");
  });

  it("is M for the microphone whatever the alphabet, once however long it is down", () => {
    expect(actionOf({ ...M, key: "ㅡ" }, KEYS, false)).toBe("microphone");
    expect(actionOf({ ...M, repeat: true }, KEYS, false)).toBe(null);
  });

  it("is ? for the list", () => {
    expect(actionOf(QUESTION, KEYS, false)).toBe("shortcuts");
    expect(actionOf({ ...QUESTION, key: "/" }, KEYS, false)).toBe(null);
  });

  it("does nothing where single keys are off, but for the one that was chosen to talk", () => {
    const off = { ...KEYS, shortcuts: false };
    expect([M, QUESTION].map((stroke) => actionOf(stroke, off, false))).toEqual([null, null]);
    expect(actionOf(SPACE, off, false)).toBe("hold");
    expect(actionOf(SPACE, { ...off, pushToTalk: false }, false)).toBe(null);
  });

  it("may be held to talk if it does nothing else", () => {
    expect(["Space", "KeyV", "Backquote", "F8"].every(mayBeHeld)).toBe(true);
    const others = ["Tab", "Escape", "Enter", "KeyM", "Slash", "ShiftLeft", "ArrowUp", ""];
    expect(others.some(mayBeHeld)).toBe(false);
    expect(["KeyV", "Digit5", "Space", "F8"].map(keyName)).toEqual(["V", "5", "Space", "F8"]);
  });
});
