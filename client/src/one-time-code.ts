/**
 * The code in an SMS, read by the phone itself where it can (WebOTP,
 * https://wicg.github.io/web-otp): the message's last line names this page's host.
 *
 * Other phones offer the code above the keyboard by `autocomplete="one-time-code"`.
 */

interface OtpCredential {
  readonly code: string;
}

/** The part of `navigator.credentials` that is used. */
export interface OtpCredentials {
  get(options: {
    otp: { transport: readonly ["sms"] };
    signal: AbortSignal;
  }): Promise<OtpCredential | null>;
}

/** The browser's own, or null where it cannot read messages. */
export function otpCredentials(): OtpCredentials | null {
  if (!("OTPCredential" in globalThis)) return null;
  return navigator.credentials as unknown as OtpCredentials;
}

/** The code of the next message for this page; null where the reader or the phone declines. */
export async function awaitCode(
  credentials: OtpCredentials,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const found = await credentials.get({ otp: { transport: ["sms"] }, signal });
    return found?.code ?? null;
  } catch (error) {
    if (error instanceof DOMException) return null; // aborted, declined, or none came in time
    throw error;
  }
}
