/** How the connection is, in words that people understand. */

import type { VoiceState } from "../media/voice";
import type { Connection } from "../signalling";
import type { Text } from "../i18n/text";
import { useText } from "./language";

export interface ConnectionProps {
  readonly connection: Connection;
  readonly mediaUp: boolean;
  /** Null outside rooms. */
  readonly voice: VoiceState | null;
}

type Shown = "connected" | "connecting" | "reconnecting";

function shown({ connection, voice, mediaUp }: ConnectionProps): Shown {
  if (connection.state === "connecting") {
    return connection.reason === "starting" ? "connecting" : "reconnecting";
  }
  if (!mediaUp || voice === "reconnecting") return "reconnecting";
  return voice === null || voice === "connected" ? "connected" : "connecting";
}

/** One word, always there. */
export function ConnectionState(props: ConnectionProps) {
  const { t } = useText();
  const state = shown(props);
  return (
    <span class={`connection ${state}`} role="status" data-testid="connection" data-state={state}>
      {t(`connection.${state}`)}
    </span>
  );
}

/** Why it is not connected, where it is not. */
export function ConnectionBanner(props: ConnectionProps) {
  const text = useText();
  const reason = reasonOf(text, props);
  if (reason === null) return null;
  return (
    <p class="banner" role="status" data-testid="connection-banner">
      {reason}
    </p>
  );
}

function reasonOf({ t }: Text, { connection, mediaUp, voice }: ConnectionProps): string | null {
  if (connection.state === "connecting" && connection.reason !== "starting") {
    return t(`connection.${connection.reason}`);
  }
  if (connection.state !== "connected" || voice === null) return null;
  if (!mediaUp) return t("connection.media_down");
  return voice === "reconnecting" ? t("connection.voices") : null;
}
