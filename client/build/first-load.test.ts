import { describe, expect, it } from "vitest";
import { checkFirstLoad, firstLoad, FIRST_LOAD_MAX_BYTES, type BuiltChunk } from "./first-load";

const chunk = (fileName: string, gzippedBytes: number, more: Partial<BuiltChunk> = {}): BuiltChunk => ({
  fileName,
  gzippedBytes,
  isEntry: false,
  imports: [],
  facadeModuleId: null,
  ...more,
});
const english = chunk("en.js", 8_000, { facadeModuleId: "/src/i18n/en.ts" });
const korean = chunk("ko.js", 9_000, { facadeModuleId: "/src/i18n/ko.ts" });
const shared = chunk("shared.js", 1_000);
const admin = chunk("admin.js", 90_000, { facadeModuleId: "/src/views/admin.tsx" });
const entry = (bytes: number) => chunk("index.js", bytes, { isEntry: true, imports: ["shared.js"] });

describe("the first load", () => {
  it("is the entry, the larger language, and what they import; not what is opened later", () => {
    const names = firstLoad([entry(40_000), english, korean, shared, admin]).map((c) => c.fileName);
    expect(names.sort()).toEqual(["index.js", "ko.js", "shared.js"]);
  });

  it("may be as large as the limit and not a byte larger", () => {
    const fits = FIRST_LOAD_MAX_BYTES - 9_000 - 1_000;
    expect(checkFirstLoad([entry(fits), korean, shared])).toContain("60000 of 60000");
    expect(() => checkFirstLoad([entry(fits + 1), korean, shared])).toThrow("too much");
  });
});
