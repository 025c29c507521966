/** The stage: rounded squares, so that a face is never mistaken for a button. */

import type { ComponentChildren } from "preact";
import type { ParticipantView } from "../protocol.gen";
import type { Text } from "../i18n/text";
import type { Command } from "../signalling";
import { initialOf, useColour } from "./face";
import { PersonActions } from "./host-actions";
import { MicrophoneIcon } from "./icons";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { AtFace } from "./reactions";

export interface StageProps {
  readonly people: readonly ParticipantView[];
  readonly myId: string;
  readonly moderating: boolean;
  readonly captionsOn: boolean;
  /** The scribe's seat, where it is here. */
  readonly scribe: ComponentChildren;
  /** CSRCs of the voices that can be heard now. */
  readonly speaking: ReadonlySet<number>;
  readonly ownVoice: boolean;
  readonly onCommand: (command: Command) => void;
}

export function Stage(props: StageProps) {
  const { t } = useText();
  const { people, myId, captionsOn } = props;
  return (
    <section aria-label={t("room.stage")}>
      <ul class="stage" data-testid="stage">
        {people.map((person) => (
          <Seat
            key={person.memberId}
            person={person}
            mine={person.memberId === myId}
            talking={
              !person.muted &&
              (person.memberId === myId ? props.ownVoice : props.speaking.has(person.csrc))
            }
            captionsOn={captionsOn}
            actions={props.moderating && person.memberId !== myId}
            onCommand={props.onCommand}
          />
        ))}
        {captionsOn && props.scribe}
      </ul>
    </section>
  );
}

interface SeatProps {
  readonly person: ParticipantView;
  readonly mine: boolean;
  readonly talking: boolean;
  readonly captionsOn: boolean;
  readonly actions: boolean;
  readonly onCommand: (command: Command) => void;
}

function Seat({ person, mine, talking, captionsOn, actions, onCommand }: SeatProps) {
  const text = useText();
  const { t } = text;
  return (
    <li
      class={`seat${talking ? " talking" : ""}${person.connected ? "" : " away"}`}
      data-testid="seat"
      data-member-id={person.memberId}
      data-speaking={talking}
    >
      <div class={`square ${useColour(person.memberId)}`} aria-hidden="true">
        {initialOf(person.name)}
        {person.muted && (
          <span class="badge">
            <MicrophoneIcon off />
          </span>
        )}
        <AtFace memberId={person.memberId} />
      </div>
      {actions && <PersonActions person={person} onCommand={onCommand} />}
      <span class="who">
        <PersonButton {...person}>{person.name}</PersonButton>
        {mine && <span class="mine"> ({t("room.you")})</span>}
      </span>
      <span class="how">{describe(text, person, talking)}</span>
      {captionsOn && (
        <span class="how">
          {person.consented ? text.t("room.captioned") : text.t("room.not_captioned")}
        </span>
      )}
    </li>
  );
}

/** A seat in words; what is shown is what a screen reader says. */
function describe({ t }: Text, person: ParticipantView, talking: boolean): string {
  const state = () => {
    if (!person.connected) return t("room.away");
    if (person.unmuteAskedAtMs !== null) return t("stage.asks");
    if (person.held) return t("stage.held_by_host");
    if (person.muted) return t("room.muted");
    return talking ? t("room.speaking") : null;
  };
  const host = person.role === "moderator" ? t("room.moderator") : null;
  return [host, state()].filter((word) => word !== null).join(" · ") || t("room.speaker");
}
