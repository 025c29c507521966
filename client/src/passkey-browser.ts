/**
 * WebAuthn as this browser has it: makes passkeys and asks for them.
 *
 * Owns what the browser's errors mean to a person. Decides nothing, keeps nothing.
 */

import type { CreationOptions, NewCredential, RequestOptions, UsedCredential } from "./protocol.gen";

/** Why there is no passkey: he said no, this device has one already, or the browser cannot. */
export type PasskeyProblem = "passkey_declined" | "passkey_here" | "passkey_failed";

export class PasskeyError extends Error {
  constructor(readonly code: PasskeyProblem, message: string) {
    super(message);
    this.name = "PasskeyError";
  }
}

export interface PasskeyBrowser {
  /** Whether passkeys can be made and used on this page. */
  readonly offered: boolean;
  /** Whether the browser offers them by itself, in the suggestions of a field. */
  suggests(): Promise<boolean>;
  /** Throws `PasskeyError`. */
  create(options: CreationOptions): Promise<NewCredential>;
  /** In a window of the browser's own. Throws `PasskeyError`. */
  get(options: RequestOptions): Promise<UsedCredential>;
  /** From a field's suggestions; null when `signal` aborts. Throws `PasskeyError`. */
  getSuggested(options: RequestOptions, signal: AbortSignal): Promise<UsedCredential | null>;
}

/** The browser's own. Passkeys need https or localhost, and a name instead of a number. */
export function passkeysOfBrowser(location: Pick<Location, "hostname">): PasskeyBrowser {
  return {
    offered: isSecureContext && hasPasskeys() && !isAddress(location.hostname),
    suggests: async () =>
      (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false,
    create: (options) =>
      told(async () => {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
        return json<NewCredential>(await navigator.credentials.create({ publicKey }));
      }),
    get: (options) =>
      told(async () => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        return json<UsedCredential>(await navigator.credentials.get({ publicKey }));
      }),
    getSuggested: async (options, signal) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const asked = { publicKey, signal, mediation: "conditional" } as const;
      try {
        return await told(async () => json<UsedCredential>(await navigator.credentials.get(asked)));
      } catch (error) {
        if (signal.aborted && error instanceof PasskeyError) return null;
        throw error;
      }
    },
  };
}

/** Browsers that speak WebAuthn's JSON (Level 3); older ones keep to codes. */
function hasPasskeys(): boolean {
  return (
    "PublicKeyCredential" in globalThis &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** A number in place of a name: no passkey can be bound to it. */
export function isAddress(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.includes(":");
}

function json<T>(credential: Credential | null): T {
  if (!(credential instanceof PublicKeyCredential)) {
    throw new PasskeyError("passkey_failed", "the browser gave no passkey");
  }
  return credential.toJSON() as T;
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new PasskeyError(problemOf(error.name), error.message);
  }
}

/** By the names of WebAuthn, §5.1.3 and §5.1.4. */
function problemOf(name: string): PasskeyProblem {
  switch (name) {
    case "NotAllowedError":
    case "AbortError":
      return "passkey_declined";
    case "InvalidStateError":
      return "passkey_here";
    default:
      return "passkey_failed";
  }
}
