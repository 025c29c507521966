import { describe, expect, it } from "vitest";
import { dropLink, linkOf, pastedInvite, takeLink } from "./links";

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

describe("links", () => {
  it("hold their token in the fragment only", () => {
    expect(linkOf({ pathname: "/founder", hash: "#tok" })).toEqual({ kind: "founder", token: "tok" });
    expect(linkOf({ pathname: "/invite/", hash: "#a_b-1" })).toEqual({ kind: "invite", token: "a_b-1" });
    expect(linkOf({ pathname: "/founder", hash: "" })).toBeNull();
    expect(linkOf({ pathname: "/", hash: "#tok" })).toBeNull();
    expect(linkOf({ pathname: "/invite", hash: "#<b>" })).toBeNull();
  });

  it("leave the address bar, and are found again by the same tab until they are dropped", () => {
    const storage = memory();
    const shown: string[] = [];
    const history = { replaceState: (_: unknown, __: string, path: string) => void shown.push(path) };
    const opened = { pathname: "/invite", hash: "#tok" } as Location;
    expect(takeLink(opened, history as never, storage)).toEqual({ kind: "invite", token: "tok" });
    expect(shown).toEqual(["/invite"]);
    const reloaded = { pathname: "/invite", hash: "" } as Location;
    expect(takeLink(reloaded, history as never, storage)).toEqual({ kind: "invite", token: "tok" });
    expect(takeLink({ pathname: "/founder", hash: "" } as Location, history as never, storage)).toBeNull();
    dropLink("invite", storage);
    expect(takeLink(reloaded, history as never, storage)).toBeNull();
  });

  it("may be pasted whole or in part", () => {
    expect(pastedInvite(" https://masil.example/invite#vT4nJ0m-Vnq2C_5b \n")).toBe("vT4nJ0m-Vnq2C_5b");
    expect(pastedInvite("vT4nJ0m")).toBe("vT4nJ0m");
    expect(pastedInvite("come over!")).toBeNull();
    expect(pastedInvite("")).toBeNull();
  });
});
