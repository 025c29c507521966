import { describe, expect, it } from "vitest";
import { en as firstEn } from "./en";
import { later as laterEn } from "./en-later";
import { ko as firstKo } from "./ko";
import { later as laterKo } from "./ko-later";
import { chooseLocale, chooseRegion, textIn } from "./text";

const en = { ...firstEn, ...laterEn };
const ko = { ...firstKo, ...laterKo };

const forms = (message: string | object): string[] =>
  typeof message === "string" ? [message] : (Object.values(message) as string[]);
const placeholders = (message: string | object): string[] =>
  [...new Set(forms(message).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

describe("the catalogues", () => {
  it("have the same keys and placeholders, and no empty text", () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(placeholders(ko[key]), key).toEqual(placeholders(en[key]));
      expect(forms(ko[key]).every((form) => form.trim() !== ""), key).toBe(true);
    }
  });
});

describe("texts", () => {
  it("follow the plural rules of the language", () => {
    const english = textIn("en", en);
    expect(english.t("hallway.bell", { count: 1 })).toBe("1 person at the door");
    expect(english.t("hallway.bell", { count: 0 })).toBe("0 people at the door");
    expect(english.t("hallway.bell", { count: 1234 })).toBe("1,234 people at the door");
    expect(textIn("ko", ko).t("hallway.bell", { count: 1 })).toBe("문 앞에 1명");
  });

  it("put names in as they are, even where they look like placeholders", () => {
    expect(textIn("en", en).t("knock.waits", { name: "{count} $& <b>" })).toBe(
      "{count} $& <b> is waiting at the door",
    );
  });

  it("tell the time that passed", () => {
    expect(textIn("en", en).ago(0, 3 * 60_000)).toBe("3 minutes ago");
    expect(textIn("ko", ko).ago(0, 3 * 60_000)).toBe("3분 전");
    expect(textIn("ko", ko).ago(0, 2 * 3_600_000)).toBe("2시간 전");
    expect(textIn("en", en).ago(10, 0)).toBe("now");
  });
});

describe("the reader's language", () => {
  it("is the one he chose, else the first that there is", () => {
    expect(chooseLocale("ko", ["en-US"])).toBe("ko");
    expect(chooseLocale(null, ["de-DE", "ko-KR", "en"])).toBe("ko");
    expect(chooseLocale(null, ["fr"])).toBe("en");
  });

  it("says the country", () => {
    expect(chooseRegion(["en", "de-AT"])).toBe("AT");
    expect(chooseRegion(["ko"])).toBe("KR");
  });
});
