import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Doors, PING_MS } from "./doors";
import { reduceHallway } from "./hallway";
import type { PersonView, RoomCard } from "./protocol.gen";
import { CommandError, type Command, type ReplyTo } from "./signalling";
import { initialState, type AppState } from "./state";
import { Store } from "./store";

const FOLLOWERS: PersonView[] = ["a", "b", "c"].map((memberId) => ({ memberId, name: memberId }));

/** A gate with a room for every word, and pages of two followers. */
class Gate {
  readonly asked: string[] = [];
  refuses = false;
  answers: ((rooms: readonly RoomCard[]) => void)[] = [];

  request = async <C extends Command>(command: C): Promise<ReplyTo<C["type"]>> => {
    if (this.refuses) throw new CommandError("pings_too_often");
    return (await this.#reply(command)) as ReplyTo<C["type"]>;
  };

  async #reply(command: Command): Promise<unknown> {
    switch (command.type) {
      case "find_rooms":
        return { rooms: await new Promise<readonly RoomCard[]>((found) => this.answers.push(found)) };
      case "list_people": {
        const from = FOLLOWERS.findIndex((each) => each.memberId === command.after) + 1;
        return { people: FOLLOWERS.slice(from, from + 2), more: from + 2 < FOLLOWERS.length };
      }
      case "ping_into_room":
        this.asked.push(command.memberId);
        return {};
      default:
        throw new Error(command.type);
    }
  }
}

const card = (roomId: string) => ({ roomId }) as RoomCard;

describe("the doors of rooms", () => {
  let gate: Gate;
  let store: Store<AppState>;
  let doors: Doors;
  beforeEach(() => {
    vi.useFakeTimers();
    gate = new Gate();
    store = new Store(initialState({ view: "hallway" }, null, "KR"));
    doors = new Doors(store, gate);
  });
  afterEach(() => vi.useRealTimers());

  it("show the answer to the newest words only, and all rooms again without words", async () => {
    const first = doors.find("br");
    const second = doors.find("bread");
    gate.answers[1]?.([card("bread")]);
    await second;
    gate.answers[0]?.([card("bridge")]);
    await first;
    expect(store.get().doors.found).toEqual([card("bread")]);
    await doors.find("  ");
    expect(store.get().doors.found).toBe(null);
  });

  it("list followers page by page", async () => {
    await doors.open();
    expect(store.get().doors).toMatchObject({ followers: FOLLOWERS.slice(0, 2), moreFollowers: true });
    await doors.moreFollowers();
    expect(store.get().doors).toMatchObject({ followers: FOLLOWERS, moreFollowers: false });
  });

  it("tell who was asked, and why somebody could not be", async () => {
    await doors.ask("a");
    expect(gate.asked).toEqual(["a"]);
    expect(store.get().doors.asked).toEqual(["a"]);
    gate.refuses = true;
    await doors.ask("b");
    expect(store.get().doors).toMatchObject({ asked: ["a"], problem: "pings_too_often" });
  });

  it("let a question go that nobody answers", () => {
    const by = { memberId: "a", name: "a" };
    const event = { type: "pinged", roomId: "r", title: "Soup", by, pingedAtMs: 1 } as const;
    store.patch(reduceHallway(store.get(), event));
    doors.pinged(event);
    expect(store.get().pings).toEqual([event]);
    vi.advanceTimersByTime(PING_MS);
    expect(store.get().pings).toEqual([]);
  });

  it("keep the newer of two questions into one room for its whole time", () => {
    const ask = (memberId: string) => {
      const by = { memberId, name: memberId };
      const event = { type: "pinged", roomId: "r", title: "Soup", by, pingedAtMs: 1 } as const;
      store.patch(reduceHallway(store.get(), event));
      doors.pinged(event);
      return event;
    };
    ask("a");
    vi.advanceTimersByTime(PING_MS - 1);
    const second = ask("b");
    vi.advanceTimersByTime(PING_MS - 1);
    expect(store.get().pings).toEqual([second]);
    vi.advanceTimersByTime(1);
    expect(store.get().pings).toEqual([]);
  });
});
