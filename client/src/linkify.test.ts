import { describe, expect, it } from "vitest";
import { linkify } from "./linkify";

const links = (text: string) => linkify(text).flatMap((piece) => piece.href ?? []);

describe("addresses in a line", () => {
  it("lead to where they say, and the text stays as it was", () => {
    const text = "see https://bakery.example/a?b=1, or http://x.example.";
    expect(links(text)).toEqual(["https://bakery.example/a?b=1", "http://x.example/"]);
    expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
  });

  it("end before the bracket or the full stop around them", () => {
    expect(links("(https://a.example/b).")).toEqual(["https://a.example/b"]);
    expect(links("https://a.example/b_(c)")).toEqual(["https://a.example/b_(c)"]);
    expect(links("빵집은 https://a.example/빵。")).toEqual([
      "https://a.example/%EB%B9%B5",
    ]);
  });

  it("are nothing else than http and https", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,hello",
      "mailto:ann@a.example",
      "http://",
      "https://bank.example@evil.example/",
    ]) {
      expect(links(text), text).toEqual([]);
      expect(linkify(text).map((piece) => piece.text).join("")).toBe(text);
    }
  });
});
