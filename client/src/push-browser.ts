/** The browser's own part of Web Push, behind a seam so that tests can bring their own. */

/** Where the service worker is: one script at a fixed address, whose scope is the whole house. */
export const SERVICE_WORKER = "/sw.js";
const READY_TIMEOUT_MS = 15_000;
/** A push service that cannot be reached may never answer. */
const SUBSCRIBE_TIMEOUT_MS = 20_000;

/** Whether this browser can be told something while the page is closed. */
export type PushSupport = "yes" | "no" | "needs_install";

/** The part of `PushSubscription` that is used. */
export interface BrowserSubscription {
  readonly endpoint: string;
  readonly options: { readonly applicationServerKey: ArrayBuffer | null };
  toJSON(): PushSubscriptionJSON;
  unsubscribe(): Promise<boolean>;
}

/** The part of `ServiceWorkerRegistration` that is used. */
export interface BrowserRegistration {
  readonly pushManager: {
    getSubscription(): Promise<BrowserSubscription | null>;
    subscribe(options: PushSubscriptionOptionsInit): Promise<BrowserSubscription>;
  };
  showNotification(title: string, options?: NotificationOptions): Promise<void>;
  getNotifications(): Promise<readonly { readonly tag: string; close(): void }[]>;
}

export interface PushBrowser {
  support(): PushSupport;
  permission(): NotificationPermission;
  /** Must be called in answer to a tap. */
  askPermission(): Promise<NotificationPermission>;
  /** The service worker's registration where there is one. */
  registered(): Promise<BrowserRegistration | null>;
  /** The registration of a service worker that runs. Throws `PushFailedError`. */
  register(): Promise<BrowserRegistration>;
  /** Throws `PushFailedError`. */
  subscribe(registration: BrowserRegistration, key: string): Promise<BrowserSubscription>;
  /** Whether nobody looks at the page now. */
  hidden(): boolean;
}

/** The browser or its push service could not do it. */
export class PushFailedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PushFailedError";
  }
}

export const realBrowser: PushBrowser = {
  support: () => {
    if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
      return "yes";
    }
    return isIos() && !isInstalled() ? "needs_install" : "no";
  },
  permission: () => Notification.permission,
  askPermission: () => Notification.requestPermission(),
  registered: async () => (await navigator.serviceWorker.getRegistration("/")) ?? null,
  register: () =>
    attempt(READY_TIMEOUT_MS, async () => {
      await navigator.serviceWorker.register(SERVICE_WORKER, { scope: "/" });
      return navigator.serviceWorker.ready;
    }),
  subscribe: ({ pushManager }, key) =>
    attempt(SUBSCRIBE_TIMEOUT_MS, () =>
      pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }),
    ),
  hidden: () => document.visibilityState === "hidden",
};

async function attempt<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PushFailedError("no answer in time")), timeoutMs);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    // Refused, forbidden by a policy, no push service: each browser names it in its own way.
    if (error instanceof DOMException || error instanceof TypeError) {
      throw new PushFailedError(error.message);
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** iPads say that they are Macs, but no Mac has a touch screen. */
function isIos(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches;
}
