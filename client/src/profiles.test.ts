import { describe, expect, it } from "vitest";
import type { PersonView, ProfileView } from "./protocol.gen";
import { Profiles } from "./profiles";
import { CommandError, type Command } from "./signalling";
import { initialState, type Notice } from "./state";
import { Store } from "./store";

/** A gate with some people, of whom `blocked` are behind a block. */
class FakeGate {
  readonly asked: Command[] = [];
  blocked: PersonView[] = [];
  refuses = false;
  pageSize = 2;
  #held = new Map<string, () => void>();
  /** Whose profile is answered only when `answer` is called. */
  slow = new Set<string>();

  request = async (command: Command): Promise<never> => {
    this.asked.push(command);
    return (await this.#reply(command)) as never;
  };

  answer(memberId: string): void {
    this.#held.get(memberId)?.();
  }

  async #reply(command: Command): Promise<unknown> {
    if (this.refuses) throw new CommandError("unavailable");
    switch (command.type) {
      case "get_profile":
        if (this.slow.has(command.memberId)) {
          await new Promise<void>((resolve) => this.#held.set(command.memberId, resolve));
        }
        if (this.#isBlocked(command.memberId)) throw new CommandError("no_such_member");
        return { profile: profile(command.memberId) };
      case "get_own_profile":
        return own;
      case "block":
        this.blocked = this.blocked.filter((p) => p.memberId !== command.memberId);
        if (command.blocked) this.blocked.push({ memberId: command.memberId, name: "Jin" });
        return {};
      case "list_people": {
        const after = this.blocked.findIndex((p) => p.memberId === command.after) + 1;
        const people = this.blocked.slice(after, after + this.pageSize);
        return { people, more: after + this.pageSize < this.blocked.length };
      }
      default:
        return {};
    }
  }

  #isBlocked(memberId: string): boolean {
    return memberId === "nobody" || this.blocked.some((p) => p.memberId === memberId);
  }
}

const own = { type: "own_profile", id: 1, name: "Hana", bio: "", letInBy: null, showsAdmitter: true, shownAsAdmitter: true } as const;
const profile = (memberId: string): ProfileView => ({
  memberId,
  name: memberId,
  bio: "",
  letInBy: null,
  following: false,
  followsYou: false,
});

function house() {
  const store = new Store(initialState({ view: "hallway" }, null, "KR"));
  const gate = new FakeGate();
  const notices: Notice[] = [];
  const profiles = new Profiles(store, gate, (notice) => notices.push(notice));
  return { gate, notices, profiles, people: () => store.get().people };
}

describe("looking at people", () => {
  it("drops an answer that another look has overtaken", async () => {
    const { gate, profiles, people } = house();
    gate.slow.add("jin");
    const first = profiles.look("jin");
    await profiles.look("sky");
    gate.answer("jin");
    await first;
    expect(people().person?.profile?.memberId).toBe("sky");
  });

  it("shows nothing any more after looking away", async () => {
    const { gate, profiles, people } = house();
    gate.slow.add("jin");
    const look = profiles.look("jin");
    profiles.lookAway();
    gate.answer("jin");
    await look;
    expect(people().person).toBeNull();
  });

  it("tells nobody from somebody whom one has blocked, on whichever page of the list", async () => {
    const { gate, profiles, people } = house();
    gate.blocked = ["a", "b", "c", "d", "e"].map((memberId) => ({ memberId, name: `Name ${memberId}` }));
    await profiles.look("e");
    expect(people().person).toMatchObject({ profile: null, blockedName: "Name e" });
    await profiles.look("nobody");
    expect(people().person).toMatchObject({ problem: "no_such_member", blockedName: null });
  });

  it("shows a follow where it was tapped", async () => {
    const { profiles, people } = house();
    await profiles.look("jin");
    await profiles.follow("jin", true);
    expect(people().person?.profile?.following).toBe(true);
  });

  it("looks anew after a block, and says what was done", async () => {
    const { notices, profiles, people } = house();
    await profiles.look("jin");
    await profiles.block("jin", "Jin", true);
    expect(people().person).toMatchObject({ profile: null, blockedName: "Jin" });
    await profiles.block("jin", "Jin", false);
    expect(people().person?.profile?.name).toBe("jin");
    expect(notices.map((notice) => notice.kind)).toEqual(["blocked", "unblocked"]);
  });
});

describe("one's own choices", () => {
  it("are shown at once, and as they were where the gate refuses", async () => {
    const { gate, profiles, people } = house();
    await profiles.showOwn();
    gate.refuses = true;
    const choosing = profiles.prefer(false, true);
    expect(people().own?.showsAdmitter).toBe(false);
    await choosing;
    expect(people().own?.showsAdmitter).toBe(true);
    expect(people().problem).toBe("unavailable");
  });
});

describe("lists", () => {
  it("grow page by page", async () => {
    const { gate, profiles, people } = house();
    gate.blocked = ["a", "b", "c"].map((memberId) => ({ memberId, name: memberId }));
    await profiles.list("blocked");
    expect(people().lists.blocked?.more).toBe(true);
    await profiles.more("blocked");
    expect(people().lists.blocked?.people.map((p) => p.name)).toEqual(["a", "b", "c"]);
    expect(people().lists.blocked?.more).toBe(false);
  });
});
