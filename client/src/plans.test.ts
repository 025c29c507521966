import { describe, expect, it } from "vitest";
import { initialState } from "./state";
import { reduceHallway } from "./hallway";
import { localInput, momentOf, nextHour, Plans } from "./plans";
import type { Reminded } from "./protocol.gen";
import { CommandError, type Command } from "./signalling";
import { Store } from "./store";

const HOUR_MS = 3_600_000;

function plans(answer: (command: Command) => unknown) {
  const store = new Store(initialState({ view: "hallway" }, null, "KR"));
  const log: string[] = [];
  const actions = new Plans({
    store,
    signalling: { request: (async (command: Command) => answer(command)) as never },
    origin: "https://masil.example",
    enter: (roomId) => log.push(`enter ${roomId}`),
    complain: (code) => log.push(code),
  });
  return { store, actions, log };
}

describe("times", () => {
  it("go into the reader's own time zone and back unchanged", () => {
    for (const at of [Date.UTC(2026, 0, 31, 23, 59), Date.UTC(2026, 6, 1), Date.UTC(2026, 10, 1, 6, 30)]) {
      expect(momentOf(localInput(at))).toBe(at);
    }
    expect(momentOf("")).toBeNull();
  });

  it("begin with a full hour at least half an hour ahead", () => {
    expect(nextHour(10 * HOUR_MS)).toBe(11 * HOUR_MS);
    expect(nextHour(10.4 * HOUR_MS)).toBe(11 * HOUR_MS);
    expect(nextHour(10.6 * HOUR_MS)).toBe(12 * HOUR_MS);
  });
});

describe("a plan", () => {
  const draft = { title: "Soup", kind: "open", startsAtMs: 1 } as const;

  it("is made or changed, and a refusal is told", async () => {
    const sent: Command[] = [];
    const { actions } = plans((command) => sent.push(command));
    expect(await actions.save(null, draft)).toBeNull();
    expect(await actions.save("s", draft)).toBeNull();
    expect(sent).toEqual([
      { type: "schedule_room", ...draft },
      { type: "change_scheduled", scheduledId: "s", ...draft },
    ]);
    const refusing = plans(() => {
      throw new CommandError("bad_time", "");
    });
    expect(await refusing.actions.save(null, draft)).toBe("bad_time");
  });

  it("is opened with one tap, which leads inside", async () => {
    const { actions, log } = plans(() => ({ roomId: "r" }));
    await actions.open("s");
    expect(log).toEqual(["enter r"]);
  });
});

describe("the calendar address", () => {
  it("is shown whole, once", async () => {
    const { store, actions } = plans(() => ({ sinceMs: 5, path: "/calendar/x.ics" }));
    await actions.makeCalendar();
    expect(store.get().plans.calendarLink).toBe("https://masil.example/calendar/x.ics");
    actions.forgetCalendarLink();
    expect(store.get().plans).toMatchObject({ calendarLink: null, calendarSinceMs: 5 });
  });
});

describe("a reminder", () => {
  const reminded = (scheduledId: string, roomId: string | null): Reminded => ({
    type: "reminded",
    scheduled: {
      scheduledId,
      owner: { memberId: "p", name: "Mina" },
      title: "Soup",
      kind: "open",
      startsAtMs: 0,
    },
    news: roomId === null ? "soon" : "started",
    roomId,
  });

  it("rings once for each room, as it stands, until it is put away", () => {
    const { store, actions } = plans(() => ({}));
    for (const event of [reminded("a", null), reminded("b", null), reminded("a", "r")]) {
      store.patch(reduceHallway(store.get(), event));
    }
    const ringing = () =>
      store.get().plans.reminded.map(({ scheduled, roomId }) => [scheduled.scheduledId, roomId]);
    expect(ringing()).toEqual([["b", null], ["a", "r"]]);
    actions.putAway("b");
    expect(ringing()).toEqual([["a", "r"]]);
  });

  it("is bounded", () => {
    const { store } = plans(() => ({}));
    for (let n = 0; n < 9; n++) store.patch(reduceHallway(store.get(), reminded(String(n), null)));
    expect(store.get().plans.reminded.map(({ scheduled }) => scheduled.scheduledId)).toEqual([
      "4", "5", "6", "7", "8",
    ]);
  });
});
