/** Why the gate refused; anything else that went wrong is a fault of the page, and stays one. */

import { HttpError } from "./http";
import { CommandError } from "./signalling";
import type { ProblemCode } from "./state";

/** The code of a refusal. Throws what is none. */
export function codeOf(error: unknown): ProblemCode {
  if (error instanceof CommandError || error instanceof HttpError) return error.code;
  throw error;
}

/** Null where it went well, or why not. */
export async function problemOf(work: Promise<unknown>): Promise<ProblemCode | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return codeOf(error);
  }
}
