/**
 * What the service worker answers by itself: the built page and its parts, so that the app opens
 * without a network.
 *
 * Keeps built files only, one cache a version. Never keeps, reads or answers anything of the API:
 * what people say and who they are is not on the device's disk because of it.
 */

export interface Built {
  readonly addresses: readonly string[];
  readonly version: string;
}

const CACHE = "masil-";
/** A network that is there and does not answer is worse than none. */
const NETWORK_PATIENCE_MS = 4_000;
/** Addresses that people open; each is answered with the one page. */
const PAGES = /^\/(?:|founder\/?|invite\/?|contacts|room\/[\w-]{1,64}\/?)$/;
/** Where the system hands over what was shared: answered here, so that it never leaves the device. */
const SHARE = "/share";
/** Parts of a build; one that this version does not have is asked for by a page of an older one. */
const PARTS = "/assets/";

/** Where a request is answered from; null leaves it to the browser. */
export type Source = "network_then_page" | "page" | "kept" | "older";

/** Pure. */
export function sourceOf(
  request: Pick<Request, "method" | "mode" | "url">,
  origin: string,
  built: Built,
): Source | null {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return null;
  if (request.mode === "navigate") {
    if (url.pathname === SHARE) return "page";
    return PAGES.test(url.pathname) ? "network_then_page" : null;
  }
  if (url.search !== "" || url.pathname === "/") return null;
  if (built.addresses.includes(url.pathname)) return "kept";
  return url.pathname.startsWith(PARTS) ? "older" : null;
}

/** The built files of one version on this device. */
export class OfflineShell {
  readonly #name: string;

  constructor(
    readonly built: Built,
    private readonly stored: CacheStorage,
    private readonly load: typeof fetch,
  ) {
    this.#name = CACHE + built.version;
  }

  /** Fetch all of it. Throws `TypeError` where a file does not come: then this version is not there. */
  async keep(): Promise<void> {
    const cache = await this.stored.open(this.#name);
    await cache.addAll(this.built.addresses.map((path) => new Request(path, { cache: "reload" })));
  }

  /**
   * Forget the files of other versions, but for the one that was replaced: another tab may still
   * run it, in a room even, and must find the views that it has not opened yet.
   */
  async forgetOthers(): Promise<void> {
    const names = await this.stored.keys(); // the oldest first
    const old = names.filter((name) => name.startsWith(CACHE) && name !== this.#name);
    await Promise.all(old.slice(0, -1).map((name) => this.stored.delete(name)));
  }

  async answer(request: Request, source: Source): Promise<Response> {
    switch (source) {
      case "network_then_page":
        return this.#networkThenPage(request);
      case "page":
        return (await this.#kept("/")) ?? this.load(request);
      case "kept":
        return (await this.#kept(new URL(request.url).pathname)) ?? this.load(request);
      case "older":
        return (await this.stored.match(new URL(request.url).pathname)) ?? this.load(request);
      default:
        return source satisfies never;
    }
  }

  async #networkThenPage(request: Request): Promise<Response> {
    const fromNetwork = this.load(request); // a navigation may not be given a signal
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), NETWORK_PATIENCE_MS);
    });
    try {
      const answer = await Promise.race([fromNetwork, patience]);
      return answer ?? (await this.#kept("/")) ?? (await fromNetwork);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // no network
      const page = await this.#kept("/");
      if (page === undefined) throw error;
      return page;
    } finally {
      clearTimeout(timer);
    }
  }

  async #kept(path: string): Promise<Response | undefined> {
    return (await this.stored.open(this.#name)).match(path);
  }
}
