/**
 * What the device does about a room one is in: its screen stays on, its lock screen has buttons.
 *
 * Owns the wake lock and the media session (both where the browser has them). Nothing leaves the
 * device; the room's title stands on its lock screen, as a song's would.
 */

import type { AppState } from "./state";

export interface LockScreenActions {
  readonly toggleMicrophone: () => void;
  readonly leaveRoom: () => void;
  readonly hear: () => void;
  readonly hush: () => void;
}

/** Browsers know two that TypeScript's list of actions has not got yet. */
type Action = "togglemicrophone" | "hangup" | "play" | "pause" | "stop";

export class RoomOnDevice {
  readonly #browser: Navigator;
  readonly #page: Document;
  readonly #actions: LockScreenActions;
  #inside = false;
  #lock: WakeLockSentinel | null = null;
  #asking = false;
  #shown = "";

  constructor(page: Document, browser: Navigator, actions: LockScreenActions) {
    this.#page = page;
    this.#browser = browser;
    this.#actions = actions;
    // Browsers take the lock back when the page is hidden.
    page.addEventListener("visibilitychange", () => void this.#keepAwake());
  }

  /** The page's state changed. */
  follow({ visit, me }: Pick<AppState, "visit" | "me">): void {
    const room = visit?.status === "inside" ? visit.state?.room : undefined;
    const seat = room?.participants.find((person) => person.memberId === me?.memberId);
    const inside = room !== undefined;
    if (inside !== this.#inside) {
      this.#inside = inside;
      void this.#keepAwake();
      this.#answerLockScreen(inside);
    }
    this.#show(room?.title ?? null, seat !== undefined && !seat.muted, visit?.blocked ?? false);
  }

  async #keepAwake(): Promise<void> {
    const wanted = this.#inside && this.#page.visibilityState === "visible";
    if (!wanted) return this.#letSleep();
    if (this.#asking || !("wakeLock" in this.#browser)) return;
    if (this.#lock !== null && !this.#lock.released) return;
    this.#asking = true;
    try {
      this.#lock = await this.#browser.wakeLock.request("screen");
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // for example to save the battery
    } finally {
      this.#asking = false;
    }
    if (!this.#inside) await this.#letSleep();
  }

  async #letSleep(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }

  #answerLockScreen(inside: boolean): void {
    const { toggleMicrophone, leaveRoom, hear, hush } = this.#actions;
    const handlers: [Action, () => void][] = [
      ["togglemicrophone", toggleMicrophone],
      ["hangup", leaveRoom],
      ["stop", leaveRoom],
      ["play", hear],
      ["pause", hush],
    ];
    for (const [action, handler] of handlers) this.#set(action, inside ? handler : null);
  }

  #set(action: Action, handler: (() => void) | null): void {
    try {
      this.#browser.mediaSession?.setActionHandler(action as MediaSessionAction, handler);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // an action that this browser does not know
    }
  }

  #show(title: string | null, microphoneOn: boolean, silent: boolean): void {
    const session = this.#browser.mediaSession;
    const shown = JSON.stringify([title, microphoneOn, silent]);
    if (session === undefined || shown === this.#shown) return;
    this.#shown = shown;
    if (title === null) {
      session.metadata = null;
      session.playbackState = "none";
    } else {
      const artwork = [{ src: "/icon-512.png", sizes: "512x512", type: "image/png" }];
      session.metadata = new MediaMetadata({ title, artist: this.#page.location.host, artwork });
      session.playbackState = silent ? "paused" : "playing";
    }
    if ("setMicrophoneActive" in session) void session.setMicrophoneActive(microphoneOn);
  }
}
