import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerMessage } from "./protocol.gen";
import { BACK_OFF_S, REACH_MS, Signalling, type Connection, type GateEvent, type SocketLike } from "./signalling";

class FakeSocket implements SocketLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  sent: { type: string; id: number }[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as { type: string; id: number });
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServerMessage | string): void {
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.onmessage?.({ data } as MessageEvent);
  }
  die(): void {
    this.onclose?.({} as CloseEvent);
  }
}

const WELCOME: ServerMessage = {
  type: "welcome",
  me: { memberId: "m", name: "M", membership: "member", isAdmin: false },
  rooms: [],
  knocks: [],
  contacts: { kept: 0, firstExpiresAtMs: null, lastExpiresAtMs: null, asksMe: true },
  mediaUp: true,
  captions: { state: "ready", detail: "", progress: null },
  defaultRegion: "KR",
  reportsWaiting: 0,
  pushKey: "",
  scheduled: [],
  reminders: [],
};

let sockets: FakeSocket[];
let events: GateEvent[];
let connections: Connection[];
let refused: number;
let signalling: Signalling;

const newest = (): FakeSocket => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
};
const connect = async (): Promise<FakeSocket> => {
  signalling.start();
  await vi.advanceTimersByTimeAsync(0);
  newest().say(WELCOME);
  return newest();
};

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  events = [];
  connections = [];
  refused = 0;
  signalling = new Signalling({
    open: () => {
      sockets.push(new FakeSocket());
      return newest();
    },
    onEvent: (event) => events.push(event),
    onConnection: (connection) => connections.push(connection),
    onRefused: () => (refused += 1),
    random: () => 0.5,
  });
});

afterEach(() => {
  signalling.stop();
  vi.useRealTimers();
});

describe("replies", () => {
  it("find their command by id, in any order", async () => {
    const socket = await connect();
    const first = signalling.request({ type: "open_room", title: "a" });
    const second = signalling.request({ type: "leave_room" });
    const [a, b] = socket.sent;
    socket.say({ type: "ok", id: b?.id ?? -1 });
    socket.say({ type: "room_opened", id: a?.id ?? -1, roomId: "r" });
    expect((await first).roomId).toBe("r");
    expect((await second).type).toBe("ok");
  });

  it("are refusals with their code", async () => {
    const socket = await connect();
    const request = signalling.request({ type: "end_room" });
    socket.say({ type: "error", id: socket.sent[0]?.id ?? -1, code: "not_moderator", message: "no" });
    await expect(request).rejects.toMatchObject({ code: "not_moderator" });
  });

  it("to nothing that was asked are ignored, and so is what is not ours", async () => {
    const socket = await connect();
    socket.say({ type: "ok", id: 4711 });
    socket.say("not json");
    socket.say("17");
    expect(events.map((event) => event.type)).toEqual(["welcome"]);
  });

  it("that never come mean a dead socket: the command fails and a new socket is opened", async () => {
    const socket = await connect();
    const request = signalling.request({ type: "sync_room" }, 3_000);
    const failed = expect(request).rejects.toMatchObject({ code: "timed_out" });
    await vi.advanceTimersByTimeAsync(3_000);
    await failed;
    expect(socket.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(2);
  });

  it("are not waited for where there is no connection", async () => {
    await expect(signalling.request({ type: "leave_room" })).rejects.toMatchObject({
      code: "not_connected",
    });
  });
});

describe("commands while the page starts", () => {
  it("wait for the first welcome", async () => {
    signalling.start();
    await vi.advanceTimersByTimeAsync(1);
    const socket = sockets[0];
    const request = signalling.request({ type: "forget_contacts" });
    socket?.say(WELCOME);
    await vi.advanceTimersByTimeAsync(1);
    socket?.say({ type: "ok", id: 1 });
    await expect(request).resolves.toEqual({ type: "ok", id: 1 });
  });
});

/** Each attempt dies, and the next one comes after so many seconds and no sooner. */
async function asksAgainAfter(waits: readonly number[]): Promise<void> {
  for (const seconds of waits) {
    const before = sockets.length;
    newest().die();
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(sockets).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(before + 1);
  }
}

describe("reconnecting", () => {
  it("happens at once, and commands on their way fail", async () => {
    const socket = await connect();
    const request = signalling.request({ type: "leave_room" });
    const failed = expect(request).rejects.toMatchObject({ code: "connection_lost" });
    socket.die();
    await failed;
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
    newest().say(WELCOME);
    expect(connections.at(-1)).toEqual({ state: "connected" });
  });

  it("waits longer each time: 0, 0.3, 1.2, 2.7, 4.8, 7, 7 seconds", async () => {
    signalling.start();
    await vi.advanceTimersByTimeAsync(0);
    await asksAgainAfter([0.3, 1.2, 2.7, 4.8, 7, 7]);
  });

  it("asks a gate that hung up more often in the first seconds, then as seldom as any other", async () => {
    const socket = await connect();
    socket.die();
    await vi.advanceTimersByTimeAsync(0);
    await asksAgainAfter([0.3, 0.5, 0.5, 0.5, 0.7, 1, 1.5, 2.7, 4.8, 7, 7]);
  });

  it("does not wait where the network has just come back", async () => {
    signalling.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().die();
    signalling.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });

  it("begins anew where the network has come back while a socket of the old one still tries", async () => {
    await connect();
    signalling.reconnect("offline");
    await vi.advanceTimersByTimeAsync(0);
    const hanging = newest();
    signalling.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(hanging.closed).toBe(true);
    expect(sockets).toHaveLength(3);
    newest().say(WELCOME);
    signalling.retryNow(); // there is nothing to repair
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(3);
  });

  it("knows a gate that answers from one that is out of reach, and replaces the socket then", async () => {
    const socket = await connect();
    const reached = signalling.reach();
    const ping = socket.sent.at(-1);
    expect(ping?.type).toBe("ping");
    socket.say({ type: "ok", id: ping?.id ?? -1 });
    expect(await reached).toBe(true);
    expect(sockets).toHaveLength(1);

    const unanswered = signalling.reach();
    await vi.advanceTimersByTimeAsync(REACH_MS);
    expect(await unanswered).toBe(false);
    expect(socket.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(2);
  });

  it("has more patience where replies take long", async () => {
    const socket = await connect();
    const slow = signalling.request({ type: "leave_room" });
    await vi.advanceTimersByTimeAsync(400);
    socket.say({ type: "ok", id: socket.sent.at(-1)?.id ?? -1 });
    await slow;
    const reached = signalling.reach();
    await vi.advanceTimersByTimeAsync(1_000);
    socket.say({ type: "ok", id: socket.sent.at(-1)?.id ?? -1 });
    expect(await reached).toBe(true);
    expect(socket.closed).toBe(false);
  });

  it("says why until it is back, however many attempts fail", async () => {
    await connect();
    signalling.reconnect("offline");
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(2_000);
      newest().die();
    }
    expect(connections.at(-1)).toMatchObject({ state: "connecting", reason: "offline" });
    signalling.retryNow();
    expect(connections.at(-1)).toMatchObject({ reason: "lost", attempt: 0 });
  });

  it("tells a server that hung up from a network that was away", async () => {
    const socket = await connect();
    socket.die();
    expect(connections.at(-1)).toMatchObject({ state: "connecting", reason: "server" });
    signalling.retryNow();
    expect(connections.at(-1)).toMatchObject({ reason: "server", attempt: 0 });
  });

  it("asks anew soon where nothing comes through, and has more patience each time", async () => {
    await connect();
    signalling.reconnect("unanswered");
    await vi.advanceTimersByTimeAsync(0);
    for (const [attempt, seconds] of [1.5, 1.5, 2, 3, 5, 8, 8].entries()) {
      const silent = newest();
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(silent.closed).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(silent.closed).toBe(true);
      await vi.advanceTimersByTimeAsync(1_000 * (BACK_OFF_S[attempt + 1] ?? 7));
    }
  });

  it("gives up a socket that never says anything", async () => {
    signalling.start();
    await vi.advanceTimersByTimeAsync(0);
    const silent = newest();
    await vi.advanceTimersByTimeAsync(9_000);
    expect(silent.closed).toBe(true);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("asks whether the session is over where a socket closes without a word", async () => {
    signalling.start();
    await vi.advanceTimersByTimeAsync(0);
    newest().die();
    expect(refused).toBe(1);
  });

  it("stops where another device took the seat, until it is asked for", async () => {
    const socket = await connect();
    socket.say({ type: "error", id: null, code: "replaced", message: "" });
    socket.die();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sockets).toHaveLength(1);
    expect(connections.at(-1)).toEqual({ state: "closed", code: "replaced" });
    signalling.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });

  it("ignores what a socket of the past still says", async () => {
    const old = await connect();
    old.die();
    await vi.advanceTimersByTimeAsync(0);
    old.say({ type: "media_up", up: false });
    old.die();
    expect(events.map((event) => event.type)).toEqual(["welcome"]);
    expect(sockets).toHaveLength(2);
  });
});
