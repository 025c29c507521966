/** Plain HTTP: signing in, before there is a socket. Never keeps anything. */

import type {
  CodeRequest,
  CodeSent,
  CodeVerification,
  ErrorCode,
  InviteLook,
  Problem,
  SignedIn,
} from "./protocol.gen";

/** The gate could not be reached, or answered something that is not ours. */
export type HttpFailure = ErrorCode | "unreachable";

/** A request that was refused or got no answer. */
export class HttpError extends Error {
  constructor(
    readonly code: HttpFailure,
    message: string = code,
  ) {
    super(message);
    this.name = "HttpError";
  }
}

const TIMEOUT_MS = 15_000;

/** Ask for a six-digit code. Throws `HttpError`. */
export function requestCode(body: CodeRequest): Promise<CodeSent> {
  return call<CodeSent>("POST", "/api/sign-in/code", body);
}

/** Prove the number; the session cookie comes with the answer. Throws `HttpError`. */
export function verifyCode(body: CodeVerification): Promise<SignedIn> {
  return call<SignedIn>("POST", "/api/sign-in/verify", body);
}

/** How the invitation of a link stands. Throws `HttpError`. */
export function lookAtInvite(token: string): Promise<InviteLook> {
  return call<InviteLook>("POST", "/api/invite", { token });
}

/** Who is signed in; null where nobody is. Throws `HttpError` where the gate is away. */
export async function currentSession(): Promise<SignedIn | null> {
  return (await call<SignedIn | undefined>("GET", "/api/session")) ?? null;
}

/** End the session. Throws `HttpError`. */
export function signOut(): Promise<void> {
  return call<void>("POST", "/api/sign-out", {});
}

/** Ask, and read the answer. Throws `HttpError`. */
export async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const response = await reach(method, path, body);
  if (response.status === 204) return undefined as T;
  if (!response.ok) throw await refusalOf(response);
  const answer: unknown = await response.json().catch(() => null);
  if (answer === null) throw new HttpError("unreachable", "an answer that is not ours");
  return answer as T;
}

/** Ask for a file as it is. Throws `HttpError`. */
export async function callForFile(path: string): Promise<Blob> {
  const response = await reach("GET", path, undefined);
  if (!response.ok) throw await refusalOf(response);
  return response.blob();
}

async function refusalOf(response: Response): Promise<HttpError> {
  const answer: unknown = await response.json().catch(() => null);
  if (isProblem(answer)) return new HttpError(answer.code, answer.message);
  if (response.status === 401) return new HttpError("not_signed_in");
  return new HttpError("unreachable", `status ${response.status}`);
}

async function reach(method: string, path: string, body: unknown): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new HttpError("unreachable", String(error));
  }
}

function isProblem(answer: unknown): answer is Problem {
  return (
    typeof answer === "object" &&
    answer !== null &&
    typeof (answer as Problem).code === "string" &&
    typeof (answer as Problem).message === "string"
  );
}
