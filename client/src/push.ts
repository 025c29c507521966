/**
 * Being told while the page is closed: the switch, and what a page that nobody looks at shows.
 *
 * Owns the push part of the state. A subscription belongs to the session: it is told to the gate
 * anew with every welcome, and ended when the session is.
 */

import { ADMITTED_TAG, KNOCK_TAG, PING_TAG, alertOf } from "./alert";
import type { Locale } from "./i18n/text";
import type { KnockView, PushPayload } from "./protocol.gen";
import {
  PushFailedError,
  type BrowserRegistration,
  type BrowserSubscription,
  type PushBrowser,
} from "./push-browser";
import { CommandError, type Signalling } from "./signalling";
import type { AppState, ProblemCode } from "./state";
import type { Store } from "./store";

export type PushPower = "unsupported" | "needs_install" | "denied" | "off" | "on";

export interface PushState {
  readonly power: PushPower;
  readonly busy: boolean;
  readonly problem: ProblemCode | null;
}

/** Until the first welcome nothing can be turned on: the house's key comes with it. */
export const NO_PUSH: PushState = { power: "off", busy: true, problem: null };

export interface PushDependencies {
  readonly store: Store<AppState>;
  readonly signalling: Pick<Signalling, "request">;
  readonly browser: PushBrowser;
  /** The reader's language now. */
  readonly language: () => Locale;
}

export class PushSwitch {
  readonly #deps: PushDependencies;
  #key: string | null = null;

  constructor(deps: PushDependencies) {
    this.#deps = deps;
  }

  /** The gate said welcome: show how things stand, and tell it again where it is on. */
  open = (key: string, knocks: readonly KnockView[]): Promise<void> =>
    this.#carefully(async () => {
      this.#key = key;
      const registration = await this.#show();
      if (registration === null) return;
      await this.#closeOld(registration, knocks);
      if (this.#deps.store.get().push.power === "on") await this.#subscribe(registration, key);
    });

  /** In answer to a tap. */
  turnOn = (): Promise<void> =>
    this.#carefully(async () => {
      const { browser } = this.#deps;
      const key = this.#key;
      if (browser.support() !== "yes" || key === null) return;
      this.#patch({ busy: true });
      if ((await browser.askPermission()) === "granted") {
        await this.#subscribe(await browser.register(), key);
      }
      await this.#show();
    });

  turnOff = (): Promise<void> =>
    this.#carefully(async () => {
      this.#patch({ busy: true });
      await this.forget();
      await this.#deps.signalling.request({ type: "unsubscribe_push" });
    });

  /** The session is over, or is about to be: this browser is told nothing more. */
  forget = async (): Promise<void> => {
    const subscription = await this.#subscription();
    await subscription?.unsubscribe();
    await this.#show();
  };

  /** The page is looked at again: the permission may have been changed meanwhile. */
  refresh = (): Promise<unknown> => this.#show();

  /** The reader chose another language: what is pushed follows. */
  languageChanged = (): Promise<void> =>
    this.#carefully(async () => {
      const subscription = await this.#subscription();
      if (subscription !== null) await this.#tellGate(subscription);
    });

  /** What happened while the page is open, but nobody looks at it. */
  showWhileHidden = async (payload: PushPayload): Promise<void> => {
    const { browser, store } = this.#deps;
    if (!browser.hidden() || store.get().push.power !== "on") return;
    const { title, options } = alertOf(payload);
    await (await browser.registered())?.showNotification(title, options);
  };

  /** The alert is over: take its notification away. */
  closeKnock = (knockId: string): Promise<void> => this.#close(KNOCK_TAG + knockId);
  closePing = (roomId: string): Promise<void> => this.#close(PING_TAG + roomId);

  async #close(tag: string): Promise<void> {
    if (this.#deps.browser.support() !== "yes") return;
    const shown = await (await this.#deps.browser.registered())?.getNotifications();
    for (const each of shown ?? []) if (each.tag === tag) each.close();
  }

  async #closeOld(registration: BrowserRegistration, knocks: readonly KnockView[]): Promise<void> {
    const waiting = new Set(knocks.map((knock) => KNOCK_TAG + knock.knockId));
    for (const each of await registration.getNotifications()) {
      const old = each.tag === ADMITTED_TAG || each.tag.startsWith(KNOCK_TAG);
      if (old && !waiting.has(each.tag)) each.close();
    }
  }

  /** Subscribe this browser with the house's key of today, and tell the gate. */
  async #subscribe(registration: BrowserRegistration, key: string): Promise<void> {
    const known = await registration.pushManager.getSubscription();
    const fits = known !== null && keyOf(known) === key;
    if (known !== null && !fits) await known.unsubscribe();
    await this.#tellGate(fits ? known : await this.#deps.browser.subscribe(registration, key));
  }

  async #tellGate(subscription: BrowserSubscription): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    await this.#deps.signalling.request({
      type: "subscribe_push",
      endpoint: endpoint ?? subscription.endpoint,
      p256dh: keys?.["p256dh"] ?? "",
      auth: keys?.["auth"] ?? "",
      language: this.#deps.language(),
    });
  }

  async #subscription(): Promise<BrowserSubscription | null> {
    if (this.#deps.browser.support() !== "yes") return null;
    const registration = await this.#deps.browser.registered();
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  /** How things stand; answers the registration where there is one. */
  async #show(): Promise<BrowserRegistration | null> {
    const { browser } = this.#deps;
    const support = browser.support();
    if (support !== "yes") {
      this.#patch({ power: support === "no" ? "unsupported" : support, busy: false });
      return null;
    }
    const registration = await browser.registered();
    if (browser.permission() === "denied") {
      this.#patch({ power: "denied", busy: false });
      return registration;
    }
    const subscription = (await registration?.pushManager.getSubscription()) ?? null;
    const on = subscription !== null && browser.permission() === "granted";
    this.#patch({ power: on ? "on" : "off", busy: false });
    return registration;
  }

  /** Do it, and tell the reader what went wrong. */
  async #carefully(work: () => Promise<void>): Promise<void> {
    this.#patch({ problem: null });
    try {
      await work();
    } catch (error) {
      const problem = problemOf(error);
      await this.#show();
      this.#patch({ problem });
    }
  }

  #patch(fields: Partial<PushState>): void {
    const { store } = this.#deps;
    store.patch({ push: { ...store.get().push, ...fields } });
  }
}

function problemOf(error: unknown): ProblemCode {
  if (error instanceof PushFailedError) return "push_failed";
  if (error instanceof CommandError) return error.code;
  throw error;
}

/** The house's key that a subscription is bound to, as the gate writes it. */
function keyOf(subscription: BrowserSubscription): string | null {
  const key = subscription.options.applicationServerKey;
  if (key === null) return null;
  const text = btoa(String.fromCharCode(...new Uint8Array(key)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
