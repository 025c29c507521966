import { beforeEach, describe, expect, it } from "vitest";
import { ReadAloud } from "./read-aloud";

class Utterance {
  voice: { name: string } | null = null;
  lang = "";
  onend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly text: string) {}
}

class Speech {
  readonly spoken: Utterance[] = [];
  voices = [
    { name: "cloud", lang: "en-US", localService: false },
    { name: "own", lang: "en-GB", localService: true },
    { name: "yuna", lang: "ko-KR", localService: true },
  ];
  getVoices = () => this.voices;
  speak = (utterance: Utterance) => this.spoken.push(utterance);
  cancel = () => {
    for (const utterance of this.spoken) utterance.onerror?.();
  };
}

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as unknown as Storage;
}

describe("reading aloud", () => {
  let speech: Speech;
  let aloud: ReadAloud;
  beforeEach(() => {
    Object.assign(globalThis, { SpeechSynthesisUtterance: Utterance });
    speech = new Speech();
    aloud = new ReadAloud(storage(), speech as unknown as SpeechSynthesis);
  });

  it("is off until the reader switches it on", () => {
    aloud.say("hello");
    aloud.set(true);
    aloud.say("hello again");
    expect(speech.spoken.map(({ text }) => text)).toEqual(["hello again"]);
  });

  it("uses voices of the device only, in the language of the text", () => {
    aloud.set(true);
    aloud.say("hello");
    aloud.say("안녕하세요");
    expect(speech.spoken.map(({ voice }) => voice?.name)).toEqual(["own", "yuna"]);
    speech.voices = speech.voices.filter((voice) => !voice.localService);
    aloud.say("nobody hears this");
    expect(speech.spoken.length).toBe(2);
  });

  it("lets a few wait and leaves the rest out", () => {
    aloud.set(true);
    for (let index = 0; index < 9; index += 1) aloud.say("hello");
    expect(speech.spoken.length).toBe(5);
    speech.spoken[0]?.onend?.();
    aloud.say("the next one");
    expect(speech.spoken.at(-1)?.text).toBe("the next one");
  });

  it("is not offered where the browser has no voice", () => {
    expect(new ReadAloud(storage(), undefined).available).toBe(false);
  });
});
