import { describe, expect, it } from "vitest";
import { OfflineShell, sourceOf, type Source } from "./offline";

const HOUSE = "https://masil.example";
const built = { addresses: ["/", "/assets/index-1.js", "/favicon.svg"], version: "1" };

const source = (path: string, mode: RequestMode = "cors", method = "GET"): Source | null =>
  sourceOf({ url: new URL(path, HOUSE).href, mode, method }, HOUSE, built);

describe("what the service worker answers", () => {
  it("is the page from the network, and without one from this device", () => {
    for (const path of ["/", "/room/abc-1", "/invite", "/founder"]) {
      expect(source(path, "navigate"), path).toBe("network_then_page");
    }
  });

  it("is a built file from this device", () => {
    expect(source("/assets/index-1.js")).toBe("kept");
    expect(source("/favicon.svg")).toBe("kept");
  });

  it("is what was shared, without telling the network", () => {
    expect(source("/share?title=Soup", "navigate")).toBe("page");
  });

  it("is a part of an older version, for a tab that still runs it", () => {
    expect(source("/assets/you-0.js")).toBe("older");
    expect(source("/assets/you-0.js?x", "cors")).toBeNull();
  });

  it("is never anything of the API, of another house, or that changes something", () => {
    for (const path of ["/api/session", "/api/invite", "/ws", "/healthz", "/sw.js", "/new.js"]) {
      expect(source(path), path).toBeNull();
    }
    expect(source("/api/account/export", "navigate")).toBeNull();
    expect(source("https://other.example/favicon.svg")).toBeNull();
    expect(source("/assets/index-1.js", "cors", "POST")).toBeNull();
    expect(source("/", "cors")).toBeNull();
  });
});

/** As much of the browser's caches as is used: names and their files, the oldest first. */
class FakeCaches {
  readonly files = new Map<string, Map<string, string>>();

  keys = async () => [...this.files.keys()];
  delete = async (name: string) => this.files.delete(name);
  open = async (name: string) => ({
    match: async (path: string) => response(this.files.get(name)?.get(path)),
    addAll: async (requests: Request[]) => {
      const paths = requests.map(({ url }) => new URL(url).pathname);
      this.files.set(name, new Map(paths.map((path) => [path, name])));
    },
  });
  match = async (path: string) => {
    const found = [...this.files.values()].find((kept) => kept.has(path));
    return response(found?.get(path));
  };
}

const response = (text: string | undefined) => (text === undefined ? undefined : new Response(text));

function version(caches: FakeCaches, name: string): OfflineShell {
  const files = { addresses: [`${HOUSE}/`, `${HOUSE}/assets/you-${name}.js`], version: name };
  return new OfflineShell(files, caches as unknown as CacheStorage, async () => new Response("network"));
}

describe("versions of the page", () => {
  it("leave the one before, whose tabs find their parts, and none older", async () => {
    const caches = new FakeCaches();
    for (const name of ["1", "2", "3"]) {
      const shell = version(caches, name);
      await shell.keep();
      await shell.forgetOthers();
    }
    expect(await caches.keys()).toEqual(["masil-2", "masil-3"]);
    const now = version(caches, "3");
    const text = async (path: string) => (await now.answer(new Request(HOUSE + path), "older")).text();
    expect(await text("/assets/you-2.js")).toBe("masil-2");
    expect(await text("/assets/you-1.js")).toBe("network");
  });
});
