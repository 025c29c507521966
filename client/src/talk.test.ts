import { describe, expect, it } from "vitest";
import type { Chat, LineView, Reactions } from "./protocol.gen";
import {
  crowd,
  fade,
  LINE_LIFETIME_MS,
  LINES_KEPT,
  NO_TALK,
  readAll,
  REACTION_MS,
  reduceTalk,
  total,
  unread,
  withChat,
  type TalkEvent,
  type TalkState,
} from "./talk";

const line = (lineId: number, fields: Partial<LineView> = {}): LineView => ({
  lineId,
  memberId: "ann",
  name: "Ann",
  text: `line ${lineId}`,
  atMs: 1_000,
  turn: false,
  ...fields,
});
const chat = (lines: LineView[], on = true): Chat => ({ type: "chat", id: 1, on, lines });
const entered = (...lines: LineView[]) => withChat(NO_TALK, "r", chat(lines));
const after = (state: TalkState, event: TalkEvent, nowMs = 2_000) =>
  reduceTalk(state, event, "me", nowMs);
const written = (written: LineView) =>
  ({ type: "line_written", roomId: "r", line: written }) as const;
const clapping = (count: number, ...people: string[]): Reactions => ({
  type: "reactions",
  roomId: "r",
  counts: [{ reaction: "clap", count }],
  faces: people.map((memberId) => ({ memberId, reaction: "clap" })),
});

describe("lines", () => {
  it("of others are unread until they are seen; the own and the earlier ones never are", () => {
    let state = entered(line(1), line(2));
    expect(unread(state, "me")).toBe(0);
    state = after(state, written(line(3)));
    state = after(state, written(line(4, { memberId: "me" })));
    expect(unread(state, "me")).toBe(1);
    expect(unread(readAll(state), "me")).toBe(0);
  });

  it("stay unread over a reconnection, which brings those that were missed", () => {
    const state = after(entered(line(1)), written(line(2)));
    const back = withChat(state, "r", chat([line(1), line(2), line(3)]));
    expect(unread(back, "me")).toBe(2);
  });

  it("are counted anew where the gate was restarted", () => {
    const state = readAll(entered(line(7)));
    const back = withChat(state, "r", chat([]));
    expect(unread(after(back, written(line(1))), "me")).toBe(1);
  });

  it("are bounded in number and age", () => {
    let state = entered();
    for (let id = 1; id <= LINES_KEPT + 5; id += 1) state = after(state, written(line(id)));
    expect(state.lines.length).toBe(LINES_KEPT);
    expect(fade(state, 1_000 + LINE_LIFETIME_MS).lines).toEqual([]);
  });

  it("leave the screen when taken back, and all of them when the chat goes off", () => {
    const state = entered(line(1), line(2, { turn: true }));
    const less = after(state, { type: "line_taken_back", roomId: "r", lineId: 1 });
    expect(less.lines.map((each) => each.lineId)).toEqual([2]);
    const off = after(less, { type: "chat_switched", roomId: "r", on: false });
    expect([off.on, off.lines]).toEqual([false, []]);
  });

  it("of another room and those that are known change nothing", () => {
    const state = entered(line(1));
    expect(after(state, { ...written(line(2)), roomId: "other" })).toBe(state);
    expect(after(state, written(line(1)))).toBe(state);
  });

  it("of another room do not come along", () => {
    const next = withChat({ ...entered(line(9)), aloud: true }, "s", chat([line(1)]));
    expect(next.lines).toEqual([line(1)]);
    expect(next.aloud).toBe(true);
    expect(unread(after(next, { ...written(line(2)), roomId: "s" }), "me")).toBe(1);
  });
});

describe("typed turns", () => {
  it("of others are said to screen readers, the own are not", () => {
    const turn = line(2, { turn: true });
    expect(after(entered(), written(turn)).turn).toEqual(turn);
    expect(after(entered(), written({ ...turn, memberId: "me" })).turn).toBeNull();
  });
});

describe("reactions", () => {
  it("are shown at faces and added up for a moment", () => {
    let state = after(entered(), clapping(140, "ann", "bea"), 0);
    state = after(state, clapping(60, "ann"), 1_000);
    expect(crowd(state)).toEqual({ clap: 200 });
    expect(total(crowd(state))).toBe(200);
    expect([...state.faces.keys()]).toEqual(["ann", "bea"]);
    state = fade(state, REACTION_MS);
    expect(crowd(state)).toEqual({ clap: 60 });
    expect([...state.faces.keys()]).toEqual(["ann"]);
    state = fade(state, 1_000 + REACTION_MS);
    expect([state.faces.size, state.moments]).toEqual([0, []]);
    expect(fade(state, 9_000)).toBe(state);
  });
});
