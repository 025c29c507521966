/** Nothing is said outside the catalogues, and nothing in them is unsaid. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { en as first } from "./en";
import { later } from "./en-later";

const en = { ...first, ...later };
const SOURCE = new URL("..", import.meta.url).pathname;
const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|^i18n\/(en|ko)|\.gen\.ts$/.test(name))
  .map((name) => ({ name, code: withoutComments(readFileSync(join(SOURCE, name), "utf8")) }));
const all = sources.map(({ code }) => code).join("\n");

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** Written out, or made of a prefix and a variable: `problem.${code}`. */
function isUsed(key: string): boolean {
  if (all.includes(`"${key}"`) || all.includes(`'${key}'`)) return true;
  return templates.some((template) => template.test(key));
}
const TEMPLATE = /`([a-z_]+\.[^`]*\$\{[^`]*)`/g;
const templates = [...all.matchAll(TEMPLATE)].map(([, text]) => patternOf(text ?? ""));

function patternOf(template: string): RegExp {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("\\w+")}$`);
}

/** What a file cannot run without: by its imports, and theirs, that are not fetched later. */
function firstFiles(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const code = sources.find(({ name }) => name === entry)?.code ?? "";
  const imports = code.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+"(\.[^"]+)"/gms);
  for (const [, path] of imports) {
    const wanted = join(dirname(entry), path ?? "");
    const file = sources.find(({ name }) => name === `${wanted}.ts` || name === `${wanted}.tsx`);
    if (file !== undefined) firstFiles(file.name, found);
  }
  return found;
}

/** Words between tags, or in an attribute that is read out or shown. */
function hardCoded(code: string): string[] {
  const markup = code.replaceAll("=>", "→"); // an arrow closes no tag
  const between = [...markup.matchAll(/<\/?[A-Za-z][^<>]*>([^<>{}]*)(?=<|\{)/g)].map(([, text]) => text ?? "");
  const attributes = [
    ...code.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]*)"/g),
  ].map(([, text]) => text ?? "");
  return [...between, ...attributes].filter((text) => /\p{L}{2,}/u.test(text) && !/[;=→]|\): |\? t\(|\w: \(/.test(text));
}

describe("the texts of the views", () => {
  it("are all used", () => {
    expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([]);
  });

  it("are all in the catalogues", () => {
    const views = sources.filter(({ name }) => name.startsWith("views/") && name.endsWith(".tsx"));
    expect(views.length).toBeGreaterThan(30);
    const found = views.flatMap(({ name, code }) => hardCoded(code).map((text) => `${name}: ${text}`));
    expect(found).toEqual([]);
  });

  it("of the first page are in its own catalogue", () => {
    const early = firstFiles("main.tsx");
    expect(early.size).toBeGreaterThan(80);
    expect(early.has("views/room.tsx")).toBe(false);
    const code = sources.filter(({ name }) => early.has(name)).map((source) => source.code).join("\n");
    expect(Object.keys(later).filter((key) => code.includes(`"${key}"`))).toEqual([]);
    const made = [...code.matchAll(TEMPLATE)].map(([, text]) => patternOf(text ?? ""));
    const wanted = (key: string) => made.some((pattern) => pattern.test(key));
    // Made of a prefix and a variable, of which these are no values.
    const others = ["missed.ask", "missed.left", "missed.before", "missed.nothing", "missed.minutes", "missed.under_minute"];
    expect(Object.keys(later).filter((key) => wanted(key) && !others.includes(key))).toEqual([]);
  });

  it("are told from code by this test", () => {
    expect(hardCoded("<p>Hello there</p>")).toEqual(["Hello there"]);
    expect(hardCoded('<button aria-label="Close it" />')).toEqual(["Close it"]);
    expect(hardCoded("<p>{t(\"app.close\")}</p>")).toEqual([]);
    expect(isUsed("app.never_said")).toBe(false);
  });

  it("leave plurals, numbers and dates to the browser", () => {
    const views = sources.filter(({ name }) => name.startsWith("views/"));
    const own = views.filter(({ code }) => /\.toLocale|\.toFixed\(|=== 1 \?|!== 1 \?/.test(code)).map(({ name }) => name);
    // Numbers for the style, which no reader sees.
    expect(own.filter((name) => !["views/hallway.tsx", "views/topics.tsx"].includes(name))).toEqual([]);
  });
});
