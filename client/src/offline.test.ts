import { describe, expect, it } from "vitest";
import { sourceOf, type Source } from "./offline";

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

  it("is never anything of the API, of another house, or that changes something", () => {
    for (const path of ["/api/session", "/api/invite", "/ws", "/healthz", "/sw.js", "/assets/new.js"]) {
      expect(source(path), path).toBeNull();
    }
    expect(source("/api/account/export", "navigate")).toBeNull();
    expect(source("https://other.example/favicon.svg")).toBeNull();
    expect(source("/assets/index-1.js", "cors", "POST")).toBeNull();
    expect(source("/", "cors")).toBeNull();
  });
});
