/**
 * What a first visit fetches: counted at every build, which fails where it is too much.
 *
 * Owns the sum and the compressed copies that the gate sends (aiohttp sends `x.js.gz` for `x.js`).
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** JavaScript of the first load, gzipped, in bytes. */
export const FIRST_LOAD_MAX_BYTES = 60_000;
const LANGUAGES = /\/i18n\/(en|ko)\.ts$/;
const WORTH_COMPRESSING = /\.(js|css|html|svg|webmanifest)$/;

/** The part of a built file that is used, so that tests can bring their own. */
export interface BuiltChunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  /** What it cannot run without, by file name. */
  readonly imports: readonly string[];
  readonly facadeModuleId: string | null;
  readonly gzippedBytes: number;
}

/** The files of a first visit: the entry, the larger language, and what these cannot run without. */
export function firstLoad(chunks: readonly BuiltChunk[]): readonly BuiltChunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const languages = chunks
    .filter((chunk) => LANGUAGES.test(chunk.facadeModuleId ?? ""))
    .sort((a, b) => b.gzippedBytes - a.gzippedBytes);
  const wanted = [...chunks.filter((chunk) => chunk.isEntry), ...languages.slice(0, 1)];
  const found = new Set<BuiltChunk>();
  for (const chunk of wanted) addWithImports(chunk, byName, found);
  return [...found];
}

function addWithImports(
  chunk: BuiltChunk,
  byName: ReadonlyMap<string, BuiltChunk>,
  found: Set<BuiltChunk>,
): void {
  if (found.has(chunk)) return;
  found.add(chunk);
  for (const name of chunk.imports) {
    const imported = byName.get(name);
    if (imported !== undefined) addWithImports(imported, byName, found);
  }
}

/** Throws where the first load is larger than it may be. */
export function checkFirstLoad(chunks: readonly BuiltChunk[]): string {
  const files = firstLoad(chunks);
  const bytes = files.reduce((sum, file) => sum + file.gzippedBytes, 0);
  const parts = files.map((file) => `${file.fileName} ${file.gzippedBytes}`).join(", ");
  const said = `first load: ${bytes} of ${FIRST_LOAD_MAX_BYTES} bytes of JavaScript, gzipped (${parts})`;
  if (bytes > FIRST_LOAD_MAX_BYTES) throw new Error(`too much: ${said}`);
  return said;
}

/** The check as a part of the build; compresses what was built. */
export function firstLoadPlugin(): Plugin {
  return {
    name: "masil-first-load",
    apply: "build",
    writeBundle(options, bundle) {
      const chunks = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" ? [{ ...pick(file), gzippedBytes: gzipSync(file.code).byteLength }] : [],
      );
      this.info(checkFirstLoad(chunks));
      if (options.dir !== undefined) compressAll(options.dir);
    },
  };
}

type Picked = Omit<BuiltChunk, "gzippedBytes">;

function pick({ fileName, isEntry, imports, facadeModuleId }: Picked): Picked {
  return { fileName, isEntry, imports, facadeModuleId };
}

function compressAll(directory: string): void {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  for (const name of names.filter((each) => WORTH_COMPRESSING.test(each))) {
    const path = join(directory, name);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}
