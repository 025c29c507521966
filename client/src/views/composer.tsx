/** What one writes oneself: a line, or on stage a turn in place of one's voice. */

import { useId, useState } from "preact/hooks";
import type { ParticipantView } from "../protocol.gen";
import type { ProblemCode } from "../state";
import { useText } from "./language";
import { Problem } from "./problem";

const LINE_MAX_CHARS = 400;

export interface ComposerProps {
  readonly me: ParticipantView;
  readonly captionsOn: boolean;
  /** Whether the chat is on; captioned turns need none. */
  readonly on: boolean;
  readonly onWrite: (text: string, turn: boolean) => Promise<ProblemCode | null>;
}

export function Composer({ me, captionsOn, on, onWrite }: ComposerProps) {
  const { t } = useText();
  const hint = useId();
  const [text, setText] = useState("");
  const [wanted, setWanted] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const onStage = me.role !== "listener";
  const captioned = onStage && captionsOn && me.consented;
  if (!on && !captioned) return null;
  const turn = onStage && (wanted || !on);
  const send = async (event: Event) => {
    event.preventDefault();
    const written = text.trim();
    if (written === "") return;
    const refused = await onWrite(written, turn);
    setProblem(refused);
    // What was typed meanwhile stays.
    if (refused === null) setText((now) => (now.trim() === written ? "" : now));
  };
  return (
    <form class="composer" onSubmit={(event) => void send(event)}>
      <div class="row">
        <input
          class="grow"
          name="line"
          autoComplete="off"
          enterkeyhint="send"
          maxLength={LINE_MAX_CHARS}
          aria-label={turn ? t("chat.write_turn") : t("chat.write")}
          aria-describedby={turn ? hint : undefined}
          placeholder={turn ? t("chat.write_turn") : t("chat.write")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button small-button">
          {t("chat.send")}
        </button>
      </div>
      {onStage && on && (
        <label class="choice small">
          <input
            type="checkbox"
            name="turn"
            checked={wanted}
            onChange={(event) => setWanted(event.currentTarget.checked)}
          />
          <span>{t("chat.as_turn")}</span>
        </label>
      )}
      {turn && (
        <p class="small" id={hint}>
          {captioned ? t("chat.as_turn_caption") : t("chat.as_turn_line")}
        </p>
      )}
      <Problem code={problem} />
    </form>
  );
}
