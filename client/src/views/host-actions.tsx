/** What a host can do about one person, the harsh things only after a question. */

import { useState } from "preact/hooks";
import type { ParticipantView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { MoreIcon } from "./icons";
import { useText } from "./language";
import { StepFrame } from "./step";

export interface HostActionsProps {
  readonly person: ParticipantView;
  readonly onCommand: (command: Command) => void;
  readonly onDone: () => void;
}

type About = Extract<Command, { memberId: string }>["type"];

interface Action {
  readonly type: About;
  readonly label:
    | "room.invite"
    | "room.mute_person"
    | "room.move_to_audience"
    | "stage.allow_unmute"
    | "stage.make_moderator"
    | "stage.take_back";
}

/** What needs no question, by what the person is now. */
function gentle({ role, muted, held, invited }: ParticipantView): readonly Action[] {
  if (role === "listener") {
    if (invited) return [{ type: "move_to_audience", label: "stage.take_back" }];
    return [{ type: "invite_to_stage", label: "room.invite" }];
  }
  const actions: Action[] = [];
  if (held) actions.push({ type: "allow_unmute", label: "stage.allow_unmute" });
  else if (role === "speaker" || !muted) actions.push({ type: "mute_participant", label: "room.mute_person" });
  if (role === "speaker") {
    actions.push({ type: "move_to_audience", label: "room.move_to_audience" });
    actions.push({ type: "make_moderator", label: "stage.make_moderator" });
  }
  return actions;
}

const HARSH = {
  unmake_moderator: {
    label: "stage.unmake_moderator",
    text: "stage.unmake_text",
    yes: "stage.unmake_moderator",
  },
  remove_from_room: { label: "stage.remove", text: "stage.remove_text", yes: "stage.remove_yes" },
  ban_from_room: { label: "stage.ban", text: "stage.ban_text", yes: "stage.ban_yes" },
} as const;
type Harsh = keyof typeof HARSH;

export function HostActions({ person, onCommand, onDone }: HostActionsProps) {
  const { t } = useText();
  const [asking, setAsking] = useState<Harsh | null>(null);
  const { memberId, name } = person;
  const act = (type: About) => {
    onDone();
    onCommand({ type, memberId } as Command);
  };
  if (asking !== null) {
    return (
      <StepFrame title={t(HARSH[asking].label)}>
        <p>{t(HARSH[asking].text, { name })}</p>
        <div class="row end">
          <button type="button" class="button quiet" onClick={() => setAsking(null)}>
            {t("app.cancel")}
          </button>
          <button type="button" class="button danger" onClick={() => act(asking)}>
            {t(HARSH[asking].yes)}
          </button>
        </div>
      </StepFrame>
    );
  }
  const harsh: readonly Harsh[] =
    person.role === "moderator" ? ["unmake_moderator"] : ["remove_from_room", "ban_from_room"];
  return (
    <div class="choices" data-testid="host-actions">
      {gentle(person).map(({ type, label }) => (
        <button key={type} type="button" class="button quiet" onClick={() => act(type)}>
          {t(label)}
        </button>
      ))}
      {harsh.map((type) => (
        <button key={type} type="button" class="button quiet harsh" onClick={() => setAsking(type)}>
          {t(HARSH[type].label)}
        </button>
      ))}
    </div>
  );
}

export interface PersonActionsProps {
  readonly person: ParticipantView;
  readonly onCommand: (command: Command) => void;
}

/** The same behind a button beside a face. */
export function PersonActions({ person, onCommand }: PersonActionsProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button
        type="button"
        class="icon-button plain more"
        aria-label={t("room.actions", { name: person.name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <MoreIcon />
      </button>
      {open && (
        <Dialog title={person.name} onClose={close}>
          <HostActions person={person} onCommand={onCommand} onDone={close} />
          <button type="button" class="button quiet" onClick={close}>
            {t("app.close")}
          </button>
        </Dialog>
      )}
    </>
  );
}
