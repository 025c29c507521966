import { describe, expect, it } from "vitest";
import type { Locale } from "./i18n/text";
import { PushSwitch } from "./push";
import {
  PushFailedError,
  type BrowserRegistration,
  type BrowserSubscription,
  type PushBrowser,
  type PushSupport,
} from "./push-browser";
import { CommandError, type Command } from "./signalling";
import { initialState } from "./state";
import { Store } from "./store";

const KEY = "AQID";
const KNOCK = { knockId: "k", name: "Jiwoo", contactId: "c", knockedAtMs: 1 };

/** A browser with a push service that does what it is told. */
class FakeBrowser implements PushBrowser {
  supported: PushSupport = "yes";
  allowed: NotificationPermission = "default";
  answer: NotificationPermission = "granted";
  fails = false;
  isHidden = false;
  installed = false;
  subscription: BrowserSubscription | null = null;
  shown: { tag: string; title: string; close(): void }[] = [];

  readonly registration: BrowserRegistration = {
    pushManager: {
      getSubscription: async () => this.subscription,
      subscribe: () => Promise.reject(new Error("only by the browser's own method")),
    },
    showNotification: async (title, options) => {
      const tag = options?.tag ?? "";
      const close = () => (this.shown = this.shown.filter((each) => each.tag !== tag));
      this.shown.push({ tag, title, close });
    },
    getNotifications: async () => [...this.shown],
  };

  support = () => this.supported;
  permission = () => this.allowed;
  askPermission = async () => (this.allowed = this.answer);
  registered = async () => (this.installed ? this.registration : null);
  register = async () => {
    this.installed = true;
    return this.registration;
  };
  subscribe = async (_: BrowserRegistration, key: string) => {
    if (this.fails) throw new PushFailedError("no push service");
    return this.subscribed(key);
  };
  hidden = () => this.isHidden;

  subscribed(key: string): BrowserSubscription {
    const bytes = Uint8Array.from(atob(key), (char) => char.charCodeAt(0));
    const endpoint = "https://push.example/1";
    this.installed = true;
    this.subscription = {
      endpoint,
      options: { applicationServerKey: bytes.buffer },
      toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        this.subscription = null;
        return true;
      },
    };
    return this.subscription;
  }
}

function house(language: Locale = "ko") {
  const browser = new FakeBrowser();
  const store = new Store(initialState({ view: "hallway" }, null, "KR"));
  const said: Command[] = [];
  const state = { refuse: false, language };
  const signalling = {
    request: async (command: Command) => {
      if (state.refuse) throw new CommandError("unavailable");
      said.push(command);
      return { type: "ok", id: 1 } as never;
    },
  };
  const push = new PushSwitch({ store, signalling, browser, language: () => state.language });
  return { browser, store, said, push, state, power: () => store.get().push.power };
}

const SUBSCRIBED = {
  type: "subscribe_push",
  endpoint: "https://push.example/1",
  p256dh: "p",
  auth: "a",
  language: "ko",
};

describe("the switch", () => {
  it("asks the browser, subscribes with the house's key, and tells the gate", async () => {
    const { browser, push, said, power, store } = house();
    expect(store.get().push.busy).toBe(true);
    await push.open(KEY, []);
    expect(store.get().push).toEqual({ power: "off", busy: false, problem: null });
    await push.turnOn();
    expect(power()).toBe("on");
    expect(said).toEqual([SUBSCRIBED]);
    await push.turnOff();
    expect(power()).toBe("off");
    expect(browser.subscription).toBeNull();
    expect(said[1]).toEqual({ type: "unsubscribe_push" });
  });

  it("says why it cannot be turned on", async () => {
    const denied = house();
    denied.browser.answer = "denied";
    await denied.push.open(KEY, []);
    await denied.push.turnOn();
    expect(denied.power()).toBe("denied");
    expect(denied.said).toEqual([]);
    for (const [support, power] of [["no", "unsupported"], ["needs_install", "needs_install"]] as const) {
      const other = house();
      other.browser.supported = support;
      await other.push.open(KEY, []);
      expect(other.power()).toBe(power);
      await other.push.turnOn();
      expect(other.said).toEqual([]);
    }
  });

  it("tells of a push service that cannot be reached, and of a gate that refuses", async () => {
    const { browser, push, store, power, state } = house();
    await push.open(KEY, []);
    browser.fails = true;
    await push.turnOn();
    expect(store.get().push).toEqual({ power: "off", busy: false, problem: "push_failed" });
    browser.fails = false;
    state.refuse = true;
    await push.turnOn();
    expect(store.get().push.problem).toBe("unavailable");
    state.refuse = false;
    await push.turnOn();
    expect([power(), store.get().push.problem]).toEqual(["on", null]);
  });
});

describe("a browser that is subscribed", () => {
  it("tells the gate again with every welcome, as the session may be a new one", async () => {
    const { browser, push, said } = house();
    browser.allowed = "granted";
    browser.subscribed(KEY);
    await push.open(KEY, []);
    await push.open(KEY, []);
    expect(said).toEqual([SUBSCRIBED, SUBSCRIBED]);
  });

  it("subscribes anew where the house has another key", async () => {
    const { browser, push, said } = house();
    browser.allowed = "granted";
    const old = browser.subscribed("AAAA");
    await push.open(KEY, []);
    expect(browser.subscription).not.toBe(old);
    expect(said).toEqual([SUBSCRIBED]);
  });

  it("is told in the language that the page speaks now", async () => {
    const { push, said, state } = house();
    await push.open(KEY, []);
    await push.languageChanged();
    expect(said).toEqual([]);
    await push.turnOn();
    state.language = "en";
    await push.languageChanged();
    expect(said[1]).toEqual({ ...SUBSCRIBED, language: "en" });
  });

  it("is told nothing more when the session ends, or the permission is taken away", async () => {
    const { browser, push, power } = house();
    await push.open(KEY, []);
    await push.turnOn();
    browser.allowed = "denied";
    await push.refresh();
    expect(power()).toBe("denied");
    browser.allowed = "granted";
    await push.refresh();
    expect(power()).toBe("on");
    await push.forget();
    expect([browser.subscription, power()]).toEqual([null, "off"]);
  });
});

describe("a page that nobody looks at", () => {
  it("shows what happens, but only where that is wanted and needed", async () => {
    const { browser, push } = house("en");
    const knocked = { type: "knock_pushed", language: "en", ...KNOCK } as const;
    await push.open(KEY, []);
    browser.isHidden = true;
    await push.showWhileHidden(knocked);
    expect(browser.shown).toEqual([]);
    await push.turnOn();
    await push.showWhileHidden(knocked);
    expect(browser.shown.map((each) => each.title)).toEqual(["Jiwoo is at the door"]);
    await push.closeKnock("k");
    browser.isHidden = false;
    await push.showWhileHidden(knocked);
    expect(browser.shown).toEqual([]);
  });

  it("takes the notification of a question away when it is over, and no other", async () => {
    const { browser, push } = house();
    browser.subscribed(KEY);
    for (const tag of ["ping-r", "ping-s", "knock-r"]) {
      await browser.registration.showNotification(tag, { tag });
    }
    await push.closePing("r");
    expect(browser.shown.map((each) => each.tag)).toEqual(["ping-s", "knock-r"]);
  });

  it("takes old notifications away when it is opened", async () => {
    const { browser, push } = house();
    browser.subscribed(KEY);
    const tags = ["knock-k", "knock-old", "admitted", "other"];
    for (const tag of tags) await browser.registration.showNotification(tag, { tag });
    await push.open(KEY, [KNOCK]);
    expect(browser.shown.map((each) => each.tag)).toEqual(["knock-k", "other"]);
  });
});
