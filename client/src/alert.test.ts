import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { alertOf, payloadOf, unknownAlert } from "./alert";
import type { PushPayload } from "./protocol.gen";

const FILE = new URL("../../protocol/vectors/push.json", import.meta.url);
const { valid } = JSON.parse(readFileSync(FILE, "utf8")) as {
  valid: { PushPayload: PushPayload[] };
};

describe("a notification", () => {
  it("says in the reader's language who is at the door, and offers to let in", () => {
    const knock = { type: "knock_pushed", knockId: "k", name: "하나" } as const;
    expect(alertOf({ ...knock, language: "en" })).toEqual({
      title: "하나 is at the door",
      options: {
        lang: "en",
        body: "Somebody you know is waiting. Come and let them in?",
        tag: "knock-k",
        actions: [{ action: "let_in", title: "Let in" }],
      },
    });
    const korean = alertOf({ ...knock, language: "ko" });
    expect(korean.title).toBe("하나님이 문 앞이에요");
    expect(korean.options.actions?.[0]?.title).toBe("들여보내기");
  });

  it("puts a name in as it is, even where it looks like a pattern", () => {
    const strange = "{name} $& <b>";
    const { title } = alertOf({ type: "knock_pushed", knockId: "k", name: strange, language: "en" });
    expect(title).toBe(`${strange} is at the door`);
  });

  it("says that the door is open", () => {
    expect(alertOf({ type: "admission_pushed", language: "ko" }).title).toBe("문이 열렸어요");
    expect(alertOf({ type: "admission_pushed", language: "en" }).title).toBe("The door is open");
  });
});

describe("a reminder of a scheduled room", () => {
  const reminder = { type: "reminder_pushed", scheduledId: "s", title: "국물" } as const;

  it("says in the reader's language what begins, and leads into the room once it is open", () => {
    const soon = alertOf({ ...reminder, news: "soon", roomId: null, language: "ko" });
    expect([soon.title, soon.options.body, soon.options.data]).toEqual(["국물", "곧 시작해요.", undefined]);
    const started = alertOf({ ...reminder, news: "started", roomId: "r", language: "en" });
    expect([started.options.body, started.options.data]).toEqual(["Starts now.", { roomId: "r" }]);
    expect(started.options.tag).toBe(soon.options.tag);
    const off = alertOf({ ...reminder, news: "cancelled", roomId: null, language: "en" });
    expect(off.options.body).toBe("Will not take place.");
  });
});

describe("a pushed message", () => {
  it("is read as the gate writes it, filled up with spaces", () => {
    for (const payload of valid.PushPayload) {
      expect(payloadOf(JSON.stringify(payload).padEnd(512))).toEqual(payload);
    }
  });

  it("that is none is not taken for one, and still shown", () => {
    const bad = [
      undefined, "", "{", "null", "[]", "{}",
      '{"type":"knock_pushed","language":"en"}',
      '{"type":"knock_pushed","language":"toString","name":"x","knockId":"k"}',
      '{"type":"caption_pushed","language":"en"}',
      '{"type":"admission_pushed","language":"fr"}',
    ];
    for (const text of bad) expect(payloadOf(text), text).toBeNull();
    expect(unknownAlert(["ko-KR"]).title).toBe("마실에 새 소식이 있어요");
    expect(unknownAlert([]).title).toBe("Something is new at Masil");
  });
});
