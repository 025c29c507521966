import { describe, expect, it } from "vitest";
import { Desk } from "./desk";
import { initialState } from "./state";
import { Store } from "./store";

class Memory implements Storage {
  readonly #kept = new Map<string, string>();
  get length(): number {
    return this.#kept.size;
  }
  clear = (): void => this.#kept.clear();
  key = (): string | null => null;
  getItem = (key: string): string | null => this.#kept.get(key) ?? null;
  removeItem = (key: string): void => void this.#kept.delete(key);
  setItem = (key: string, value: string): void => void this.#kept.set(key, value);
}

function atDesk(sessionStorage: Storage) {
  const store = new Store(initialState({ view: "hallway" }, null, "KR"));
  const desk = new Desk({
    store,
    signalling: { request: () => Promise.reject(new Error("nothing is asked here")) },
    storage: new Memory(),
    sessionStorage,
    save: () => expect.fail("nothing is saved here"),
    complain: (code) => expect.fail(code),
  });
  return { desk, state: () => store.get().desk };
}

describe("what one missed", () => {
  it("begins when one left this room, also where the page was loaded anew", () => {
    const tab = new Memory();
    const before = atDesk(tab);
    before.desk.enter("r1", 1_000);
    expect(before.state().leftAtMs).toBeNull();
    before.desk.leave("r1", 60_000);
    const after = atDesk(tab);
    after.desk.enter("r2", 90_000);
    expect(after.state().leftAtMs).toBeNull();
    after.desk.enter("r1", 100_000);
    expect(after.state()).toMatchObject({ leftAtMs: 60_000, cameAtMs: 100_000 });
  });

  it("begins when the connection was lost, or the device fell asleep", () => {
    const { desk, state } = atDesk(new Memory());
    desk.enter("r1", 1_000);
    desk.away(50_000);
    desk.away(80_000); // tried again meanwhile
    desk.back(120_000);
    expect(state()).toMatchObject({ leftAtMs: 50_000, cameAtMs: 120_000 });
  });

  it("is not about a moment", () => {
    const { desk, state } = atDesk(new Memory());
    desk.enter("r1", 1_000);
    desk.away(50_000);
    desk.back(55_000);
    desk.back(500_000);
    expect(state()).toMatchObject({ leftAtMs: null, cameAtMs: 1_000 });
  });
});
