import { describe, expect, it } from "vitest";
import { sharedTitle } from "./shared-text";

const shared = (search: string) => sharedTitle({ pathname: "/share", search });

describe("what another app shared", () => {
  it("is the title, else the text, else the link, in one line", () => {
    expect(shared("?title=Soup&text=Tonight&url=https%3A%2F%2Fa.example")).toBe("Soup");
    expect(shared("?title=&text=Soup%0A%20for%20all")).toBe("Soup for all");
    expect(shared("?url=https%3A%2F%2Fa.example%2Fb")).toBe("https://a.example/b");
  });

  it("is no longer than a title may be, and never cut within a letter", () => {
    expect(shared(`?text=${encodeURIComponent("🍲".repeat(90))}`)).toBe("🍲".repeat(80));
  });

  it("is empty where only a room is wanted, and null at every other address", () => {
    expect(shared("")).toBe("");
    expect(sharedTitle({ pathname: "/", search: "?title=Soup" })).toBeNull();
  });
});
