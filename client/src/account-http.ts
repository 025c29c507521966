/** One's own sessions, passkeys and data over plain HTTP. Never keeps anything. Throws `HttpError`. */

import { call, callForFile } from "./http";
import type {
  CreationOptions,
  NewCredential,
  PasskeysListed,
  PasskeyView,
  RequestOptions,
  SessionsListed,
  SignedIn,
  UsedCredential,
} from "./protocol.gen";

export interface AccountHttp {
  sessions(): Promise<SessionsListed>;
  endSession(sessionId: string): Promise<void>;
  endOtherSessions(): Promise<void>;
  passkeys(): Promise<PasskeysListed>;
  creationOptions(): Promise<CreationOptions>;
  addPasskey(credential: NewCredential): Promise<PasskeyView>;
  removePasskey(passkeyId: string): Promise<void>;
  requestOptions(): Promise<RequestOptions>;
  signIn(credential: UsedCredential): Promise<SignedIn>;
  export(): Promise<Blob>;
  erase(memberId: string): Promise<void>;
}

export const accountHttp: AccountHttp = {
  sessions: () => call("GET", "/api/sessions"),
  endSession: (sessionId) => call("POST", "/api/sessions/end", { sessionId }),
  endOtherSessions: () => call("POST", "/api/sessions/end-others", {}),
  passkeys: () => call("GET", "/api/passkeys"),
  creationOptions: () => call("POST", "/api/passkeys/challenge", {}),
  addPasskey: (credential) => call("POST", "/api/passkeys", { credential }),
  removePasskey: (passkeyId) => call("POST", "/api/passkeys/remove", { passkeyId }),
  requestOptions: () => call("POST", "/api/sign-in/passkey/challenge", {}),
  signIn: (credential) => call("POST", "/api/sign-in/passkey", { credential }),
  export: () => callForFile("/api/export"),
  erase: (memberId) => call("POST", "/api/erase", { memberId }),
};
