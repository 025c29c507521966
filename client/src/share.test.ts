import { describe, expect, it } from "vitest";
import { shareLink } from "./share";

const refuse = (name: string) => async () => {
  throw new DOMException("", name);
};

describe("handing a link on", () => {
  it("is the system's, where it has a way", async () => {
    const given: unknown[] = [];
    const share = async (data: unknown) => void given.push(data);
    expect(await shareLink("Soup", "https://x.example/room/r", { share })).toBe("shared");
    expect(given).toEqual([{ title: "Soup", url: "https://x.example/room/r" }]);
    expect(await shareLink("", "", { share: refuse("AbortError") })).toBe("closed");
  });

  it("is a copy else, and a field to copy from where that is not allowed either", async () => {
    const copied: string[] = [];
    const clipboard = { writeText: async (text: string) => void copied.push(text) };
    expect(await shareLink("Soup", "link", { clipboard })).toBe("copied");
    expect(await shareLink("Soup", "link", { clipboard, share: refuse("NotAllowedError") })).toBe("copied");
    expect(copied).toEqual(["link", "link"]);
    const denied = { writeText: refuse("NotAllowedError") };
    expect(await shareLink("Soup", "link", { clipboard: denied })).toBe("by_hand");
    expect(await shareLink("Soup", "link", {})).toBe("by_hand");
  });
});
