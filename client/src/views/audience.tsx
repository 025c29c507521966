/** The audience, and the queue of raised hands. */

import type { ParticipantView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Askers } from "./askers";
import { Face } from "./face";
import { PersonActions } from "./host-actions";
import { HandIcon } from "./icons";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { AtFace } from "./reactions";

const SHOWN_MAX = 60;

export interface AudienceProps {
  readonly people: readonly ParticipantView[];
  readonly myId: string;
  readonly moderating: boolean;
  readonly onCommand: (command: Command) => void;
}

export function Audience({ people, myId, moderating, onCommand }: AudienceProps) {
  const { t } = useText();
  return (
    <section class="audience" aria-labelledby="audience-title">
      <h2 class="section" id="audience-title">
        {t("room.audience", { count: people.length })}
      </h2>
      {people.length === 0 && <p class="small">{t("room.audience_empty")}</p>}
      <ul class="listeners" data-testid="audience">
        {people.slice(0, SHOWN_MAX).map((person) => (
          <li key={person.memberId} class={person.connected ? "" : "away"} data-member-id={person.memberId}>
            <PersonButton {...person}>
              <Face {...person} />
              <span class="who">
                {person.name}
                {person.memberId === myId && <span class="mine"> ({t("room.you")})</span>}
              </span>
            </PersonButton>
            <AtFace memberId={person.memberId} />
            <ListenerState person={person} />
            {moderating && <PersonActions person={person} onCommand={onCommand} />}
          </li>
        ))}
      </ul>
      {people.length > SHOWN_MAX && (
        <p class="small">{t("room.audience_more", { count: people.length - SHOWN_MAX })}</p>
      )}
    </section>
  );
}

function ListenerState({ person }: { person: ParticipantView }) {
  const { t } = useText();
  if (!person.connected) return <span class="how">{t("room.away")}</span>;
  if (person.invited) return <span class="how">{t("room.asked")}</span>;
  if (person.handRaisedAtMs !== null) return <span class="how up">{t("room.hand_up")}</span>;
  return null;
}

export interface HandsProps {
  /** Raised hands, the longest waiting first. */
  readonly hands: readonly ParticipantView[];
  readonly moderating: boolean;
  readonly onCommand: (command: Command) => void;
}

export function Hands({ hands, moderating, onCommand }: HandsProps) {
  const { t } = useText();
  if (hands.length === 0) return null;
  return (
    <div class="hands" data-testid="hands">
      <h2 class="section">
        <HandIcon /> <span role="status">{t("room.hands", { count: hands.length })}</span>
      </h2>
      {moderating && (
        <Askers
          people={hands}
          answer={t("room.invite_short")}
          answerTo={(name) => t("room.invite_name", { name })}
          onAnswer={(memberId) => onCommand({ type: "invite_to_stage", memberId })}
        />
      )}
    </div>
  );
}
