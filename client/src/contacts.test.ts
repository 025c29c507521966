import { describe, expect, it } from "vitest";
import { ContactsError, decodeFile, ENTRIES_MAX, FILE_MAX_BYTES, parseTyped, parseVcards } from "./contacts";

const card = (...lines: string[]) => ["BEGIN:VCARD", ...lines, "END:VCARD"].join("\r\n");
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ContactsError) return error.code;
    throw error;
  }
  return "none";
};

describe("a contacts file", () => {
  it("gives names and numbers, and nothing else", () => {
    const text = card("VERSION:3.0", "FN:Jiwoo Kim", "TEL;TYPE=CELL:010-1234-5678", "EMAIL:a@b.c", "NOTE:TEL:999");
    expect(parseVcards(text)).toEqual([{ name: "Jiwoo Kim", number: "01012345678" }]);
  });

  it("joins folded lines", () => {
    const text = card("FN:Ji", " woo", "TEL;TYPE=CELL,", "\tVOICE:+82 10 1234", "  5678");
    expect(parseVcards(text)).toEqual([{ name: "Jiwoo", number: "+821012345678" }]);
  });

  it("reads version 4 links, groups and escapes", () => {
    const text = card("VERSION:4.0", "FN:Kim\\, Jiwoo", 'item1.TEL;VALUE=uri;TYPE="cell,voice":tel:+82-10-1234-5678;ext=5');
    expect(parseVcards(text)).toEqual([{ name: "Kim, Jiwoo", number: "+821012345678" }]);
  });

  it("reads the quoted-printable names of older phones, broken over lines", () => {
    const text = card(
      "VERSION:2.1",
      "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=EA=B9=80;=EC=A7=80=",
      "=EC=9A=B0;;;",
      "TEL;CELL:01012345678",
    );
    expect(parseVcards(text)).toEqual([{ name: "김지우", number: "01012345678" }]);
  });

  it("puts given names first where they are not Korean", () => {
    expect(parseVcards(card("N:Lovelace;Ada;;;", "TEL:1"))[0]?.name).toBe("Ada Lovelace");
  });

  it("counts a number once, and keeps the name that there is", () => {
    const text = card("TEL:010") + "\n" + card("FN:A", "TEL:010", "TEL:020");
    expect(parseVcards(text)).toEqual([
      { name: "A", number: "010" },
      { name: "A", number: "020" },
    ]);
  });

  it("keeps digits of any script, and drops what stands between them", () => {
    const text = card("FN:A", "TEL:０１０－１２３４－５６７８", "TEL:٠١٠ ١٢٣٤", "TEL:\u202a+82 10\u20111234\u202c");
    expect(parseVcards(text).map((entry) => entry.number)).toEqual(["０１０１２３４５６７８", "٠١٠١٢٣٤", "+82101234"]);
  });

  it("does not make one number of a number and its extension", () => {
    const numbers = parseVcards(card("TEL:010-1234-5678 x5", "TEL:010-1234-5678,,5")).map((e) => e.number);
    expect(numbers).toEqual(["01012345678x5", "01012345678,,5"]);
  });

  it("skips cards without a number", () => {
    expect(parseVcards(card("FN:Nobody", "TEL:"))).toEqual([]);
  });

  it("is refused where it is none", () => {
    expect(codeOf(() => parseVcards("name,number\nA,010"))).toBe("not_a_vcard");
  });

  it("is refused with too many entries or bytes", () => {
    const many = Array.from({ length: ENTRIES_MAX + 1 }, (_, i) => `TEL:${i}`);
    expect(codeOf(() => parseVcards(card(...many)))).toBe("too_many_entries");
    expect(codeOf(() => decodeFile(new Uint8Array(FILE_MAX_BYTES + 1)))).toBe("file_too_large");
  });

  it("of five megabytes with a photo is read in good time", () => {
    const photo = "PHOTO;ENCODING=b:" + `${"A".repeat(74)}\r\n `.repeat(66_000);
    const started = performance.now();
    expect(parseVcards(card("FN:A", photo, "TEL:010"))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("may be in EUC-KR", () => {
    const bytes = new Uint8Array([...new TextEncoder().encode("FN:"), 0xb1, 0xe8]);
    expect(decodeFile(bytes)).toBe("FN:김");
  });
});

describe("typed numbers", () => {
  it("stand one a line or between commas, with or without a name", () => {
    expect(parseTyped("Jiwoo 010-1234-5678\n+1 (415) 555-0100, 엄마: 02 123 4567")).toEqual([
      { name: "Jiwoo", number: "01012345678" },
      { name: "", number: "+14155550100" },
      { name: "엄마", number: "021234567" },
    ]);
  });

  it("may be in the digits and the commas of another script", () => {
    expect(parseTyped("지우 ０１０－１２３４－５６７８，٠١٠ ١٢٣٤")).toEqual([
      { name: "지우", number: "０１０１２３４５６７８" },
      { name: "", number: "٠١٠١٢٣٤" },
    ]);
  });

  it("with an extension stay whole, so that the gate can say so", () => {
    expect(parseTyped("010-1234-5678 ext 5")).toEqual([{ name: "", number: "010-1234-5678 ext 5" }]);
  });

  it("that are none are sent all the same, so that the gate can say so", () => {
    expect(parseTyped("hello")).toEqual([{ name: "", number: "hello" }]);
    expect(parseTyped("  \n ,, ")).toEqual([]);
  });
});
