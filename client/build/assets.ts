/** What the service worker keeps so that the app opens offline: the built files, and their version. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface BuiltAssets {
  /** Addresses at this house, the page first. */
  readonly addresses: readonly string[];
  /** Another one whenever the content of any file is another. */
  readonly version: string;
}

const KEPT = /\.(js|css|html|svg|png|webmanifest)$/;
/** The worker itself is the browser's to keep. */
const NOT_KEPT = /^sw\.js$/;

/** All files of a build. */
export function builtAssets(directory: string): BuiltAssets {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => KEPT.test(name) && !NOT_KEPT.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update("\0").update(readFileSync(join(directory, name)));
  const others = names.filter((name) => name !== "index.html").map((name) => `/${name}`);
  return { addresses: ["/", ...others], version: hash.digest("hex").slice(0, 12) };
}
