import { describe, expect, it } from "vitest";
import { pathOf, routeOf } from "./route";

describe("addresses", () => {
  it("name a view, and views name an address", () => {
    for (const path of ["/", "/room/abc-1_2"]) expect(pathOf(routeOf({ pathname: path, hash: "" }))).toBe(path);
    expect(routeOf({ pathname: "/", hash: "#contacts" })).toEqual({ view: "contacts" });
    expect(routeOf({ pathname: "/", hash: "#admin" })).toEqual({ view: "admin" });
    expect(routeOf({ pathname: "/", hash: "#notifications" })).toEqual({ view: "notifications" });
    expect(routeOf({ pathname: "/", hash: "#you" })).toEqual({ view: "you" });
    for (const hash of ["#profile", "#devices", "#data", "#people/blocked", "#person/p-1_2"]) {
      expect(pathOf(routeOf({ pathname: "/", hash }))).toBe(`/${hash}`);
    }
    expect(routeOf({ pathname: "/", hash: "#people/everybody" })).toEqual({ view: "hallway" });
    expect(routeOf({ pathname: "/", hash: "#person/../x" })).toEqual({ view: "hallway" });
    expect(routeOf({ pathname: "/room/../../x", hash: "" })).toEqual({ view: "hallway" });
  });
});
