import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Account, EXPORT_FILE } from "./account";
import type { AccountHttp } from "./account-http";
import { HttpError } from "./http";
import { isAddress, PasskeyError, type PasskeyBrowser } from "./passkey-browser";
import type { Me, RequestOptions, SessionView, UsedCredential } from "./protocol.gen";
import { initialState, type Notice } from "./state";
import { Store } from "./store";

const ME: Me = { memberId: "p-hana", name: "하나", membership: "member", isAdmin: false };
const CREDENTIAL = { id: "AAEC" } as UsedCredential;
const SESSION: SessionView = {
  sessionId: "s", browser: "Chrome", system: "Mac", createdAtMs: 1, lastSeenAtMs: 1, isThis: true, isOpen: true,
};

/** A gate that keeps sessions and takes every passkey. */
class FakeHttp implements AccountHttp {
  asked: string[] = [];
  kept: SessionView[] = [SESSION, { ...SESSION, sessionId: "other", isThis: false }];
  refusal: HttpError | null = null;

  async #answer<T>(what: string, answer: T): Promise<T> {
    this.asked.push(what);
    if (this.refusal !== null) throw this.refusal;
    return answer;
  }

  sessions = () => this.#answer("sessions", { sessions: this.kept });
  passkeys = () => this.#answer("passkeys", { passkeys: [] });
  endSession = (sessionId: string) => {
    this.kept = this.kept.filter((session) => session.sessionId !== sessionId);
    return this.#answer("end", undefined);
  };
  endOtherSessions = () => this.#answer("end others", undefined);
  creationOptions = () => this.#answer("creation options", {} as never);
  addPasskey = () => this.#answer("add", {} as never);
  removePasskey = () => this.#answer("remove", undefined);
  requestOptions = () => this.#answer("request options", {} as RequestOptions);
  signIn = () => this.#answer("sign in", { me: ME });
  export = () => this.#answer("export", new Blob(["{}"]));
  erase = (memberId: string) => this.#answer(`erase ${memberId}`, undefined);
}

/** A browser that suggests a passkey when the test says so. */
class FakeBrowser implements PasskeyBrowser {
  offered = true;
  fails: PasskeyError | null = null;
  suggesting = true;
  choose: (credential: UsedCredential) => void = () => {};

  suggests = async () => this.suggesting;
  create = async () => this.#made({} as never);
  get = async () => this.#made(CREDENTIAL);
  getSuggested = (_: RequestOptions, signal: AbortSignal) =>
    new Promise<UsedCredential | null>((resolve) => {
      this.choose = resolve;
      signal.addEventListener("abort", () => resolve(null));
    });

  #made<T>(made: T): T {
    if (this.fails !== null) throw this.fails;
    return made;
  }
}

function account() {
  const store = new Store(initialState({ view: "data" }, null, "KR"));
  const [http, browser] = [new FakeHttp(), new FakeBrowser()];
  const seen: { in: Me[]; erased: number; files: string[]; notices: Notice[] } = {
    in: [], erased: 0, files: [], notices: [],
  };
  const made = new Account({
    store,
    http,
    browser,
    save: (_, name) => seen.files.push(name),
    signedIn: (me) => seen.in.push(me),
    erased: () => seen.erased++,
    tell: (notice) => seen.notices.push(notice),
  });
  return { account: made, store, http, browser, seen };
}

describe("devices", () => {
  it("are asked for anew when one of them was signed out", async () => {
    const { account: mine, store } = account();
    await mine.open();
    expect(store.get().account.sessions).toHaveLength(2);
    await mine.endSession("other");
    expect(store.get().account).toMatchObject({ busy: false, problem: null, sessions: [SESSION] });
  });

  it("say why not, and keep what they showed", async () => {
    const { account: mine, store, http } = account();
    await mine.open();
    http.refusal = new HttpError("unavailable");
    expect(await mine.endOtherSessions()).toBe(false);
    expect(store.get().account).toMatchObject({ busy: false, problem: "unavailable" });
    expect(store.get().account.sessions).toHaveLength(2);
  });
});

describe("a passkey", () => {
  it("is made and told", async () => {
    const { account: mine, http, seen } = account();
    expect(await mine.addPasskey()).toBe(true);
    expect(http.asked.slice(0, 2)).toEqual(["creation options", "add"]);
    expect(seen.notices).toEqual([{ kind: "passkey_made" }]);
  });

  it("that the reader declines is not sent", async () => {
    const { account: mine, store, http, browser } = account();
    browser.fails = new PasskeyError("passkey_declined", "he said no");
    expect(await mine.addPasskey()).toBe(false);
    expect(http.asked).toEqual(["creation options"]);
    expect(store.get().account.problem).toBe("passkey_declined");
  });

  it("signs in at a tap, or says why not", async () => {
    const { account: mine, http, seen } = account();
    expect(await mine.signIn()).toBeNull();
    http.refusal = new HttpError("banned");
    expect(await mine.signIn()).toBe("banned");
    expect(seen.in).toEqual([ME]);
  });
});

describe("a passkey that the browser suggests", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("signs in when it is chosen", async () => {
    const { account: mine, browser, seen } = account();
    const done = mine.signInSuggested(new AbortController().signal);
    await settle();
    browser.choose(CREDENTIAL);
    expect(await done).toBeNull();
    expect(seen.in).toEqual([ME]);
  });

  it("is not asked for where the browser suggests none", async () => {
    const { account: mine, http, browser } = account();
    browser.suggesting = false;
    expect(await mine.signInSuggested(new AbortController().signal)).toBeNull();
    browser.offered = false;
    expect(await mine.signInSuggested(new AbortController().signal)).toBeNull();
    expect(http.asked).toEqual([]);
  });

  it("is asked for anew before its challenge is too old", async () => {
    const { account: mine, http, browser, seen } = account();
    void mine.signInSuggested(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(17 * 60_000);
    expect(http.asked).toEqual(["request options", "request options", "request options"]);
    browser.choose(CREDENTIAL);
    await settle();
    expect(seen.in).toEqual([ME]);
  });

  it("is let go when the page goes on", async () => {
    const { account: mine, seen } = account();
    const waiting = new AbortController();
    const done = mine.signInSuggested(waiting.signal);
    await settle();
    waiting.abort();
    expect(await done).toBeNull();
    expect(seen.in).toEqual([]);
  });

  it("troubles nobody with a gate that is away, but tells what a chosen one came to", async () => {
    const away = account();
    away.http.refusal = new HttpError("unreachable");
    expect(await away.account.signInSuggested(new AbortController().signal)).toBeNull();
    const unknown = account();
    const done = unknown.account.signInSuggested(new AbortController().signal);
    await settle();
    unknown.http.refusal = new HttpError("passkey_unknown");
    unknown.browser.choose(CREDENTIAL);
    expect(await done).toBe("passkey_unknown");
  });
});

describe("one's own data", () => {
  it("comes as a file", async () => {
    const { account: mine, seen } = account();
    await mine.export();
    expect(seen.files).toEqual([EXPORT_FILE]);
  });

  it("is erased for whom the page shows, and then the session is over", async () => {
    const { account: mine, http, seen } = account();
    await mine.erase(ME);
    expect(http.asked).toEqual(["erase p-hana"]);
    expect(seen.erased).toBe(1);
    expect(seen.notices).toEqual([{ kind: "erased" }]);
  });

  it("stays where the gate refuses", async () => {
    const { account: mine, http, store, seen } = account();
    http.refusal = new HttpError("another_account");
    await mine.erase(ME);
    expect(seen.erased).toBe(0);
    expect(store.get().account.problem).toBe("another_account");
  });
});

describe("a page's address", () => {
  it("binds passkeys where it is a name", () => {
    expect(["127.0.0.1", "203.0.113.7", "[2001:db8::7]"].map(isAddress)).toEqual([true, true, true]);
    expect(["localhost", "masil.example", "1and1.example"].map(isAddress)).toEqual([false, false, false]);
  });
});
