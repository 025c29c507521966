/** How the connection is, in words that people understand. */

import type { Weakness } from "../media/quality";
import type { VoiceState } from "../media/voice";
import type { Connection } from "../signalling";
import type { Text } from "../i18n/text";
import { useText } from "./language";

export interface ConnectionProps {
  readonly connection: Connection;
  readonly mediaUp: boolean;
  /** Null outside rooms. */
  readonly voice: VoiceState | null;
  readonly weakness: Weakness | null;
}

type Shown = "connected" | "weak" | "connecting" | "reconnecting";

function shown({ connection, voice, mediaUp, weakness }: ConnectionProps): Shown {
  if (connection.state === "connecting") {
    return connection.reason === "starting" ? "connecting" : "reconnecting";
  }
  if (!mediaUp || voice === "reconnecting") return "reconnecting";
  if (voice !== null && voice !== "connected") return "connecting";
  return weakness === null ? "connected" : "weak";
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

/** Why it is not connected, or in what it is weak. */
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

function reasonOf(text: Text, props: ConnectionProps): string | null {
  const { t } = text;
  const { connection, mediaUp, voice, weakness } = props;
  if (connection.state === "connecting" && connection.reason !== "starting") {
    return t(`connection.${connection.reason}`);
  }
  if (connection.state !== "connected" || voice === null) return null;
  if (!mediaUp) return t("connection.media_down");
  if (voice === "reconnecting") return t("connection.voices");
  return voice === "connected" && weakness !== null ? weaknessIn(text, weakness) : null;
}

/** Shares in steps of five per cent: a figure that changes every second is read out every second. */
function weaknessIn({ t, percent, number }: Text, weakness: Weakness): string {
  switch (weakness.kind) {
    case "loss":
    case "own_loss":
      return t(`weak.${weakness.kind}`, { share: percent(Math.ceil(weakness.share * 20) / 20) });
    case "slow":
      return t("weak.slow", { ms: number(Math.ceil(weakness.roundTripMs / 250) * 250) });
    case "silent":
      return t("weak.silent");
    default:
      return weakness satisfies never;
  }
}
