/** Asking people into the room that one is in: by name, or by its link. */

import { useEffect, useState } from "preact/hooks";
import type { Doors, DoorsState } from "../doors";
import type { PersonView, RoomView } from "../protocol.gen";
import { shareLink, type Shared } from "../share";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { Face } from "./face";
import { PeopleIcon } from "./icons";
import { KINDS } from "./kinds";
import { useText } from "./language";

export interface AskInProps {
  readonly room: RoomView;
  readonly moderating: boolean;
  readonly doors: DoorsState;
  readonly actions: Doors;
  readonly onCommand: (command: Command) => void;
}

export function AskIn(props: AskInProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button quiet small-button ask-in"
        aria-haspopup="dialog"
        aria-label={t("doors.ask_in")}
        onClick={() => setOpen(true)}
      >
        <PeopleIcon />
        <span class="wide-only">{t("doors.ask_in")}</span>
      </button>
      {open && (
        <Dialog title={t("doors.ask_in")} onClose={() => setOpen(false)}>
          <Ways {...props} />
          <div class="row end">
            <button type="button" class="button quiet" onClick={() => setOpen(false)}>
              {t("app.close")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Ways(props: AskInProps) {
  const { t } = useText();
  const { room, doors, actions } = props;
  useEffect(() => void actions.open(), [actions]);
  const outside = doors.followers?.filter(
    (person) => !room.participants.some((inside) => inside.memberId === person.memberId),
  );
  return (
    <div class="stack">
      {doors.problem !== null && (
        <p class="problem" role="alert">
          {t(`problem.${doors.problem}`)}
        </p>
      )}
      <Share room={room} />
      <h3>{t("doors.followers")}</h3>
      {outside?.length === 0 && (
        <p class="small">
          {t(doors.followers?.length === 0 ? "doors.no_followers" : "doors.all_here")}
        </p>
      )}
      <ul class="rows">
        {outside?.map((person) => (
          <Follower
            key={person.memberId}
            person={person}
            asked={doors.asked.includes(person.memberId)}
            onAsk={() => void actions.ask(person.memberId)}
          />
        ))}
      </ul>
      {props.moderating && <Widen {...props} />}
    </div>
  );
}

interface FollowerProps {
  readonly person: PersonView;
  readonly asked: boolean;
  readonly onAsk: () => void;
}

function Follower({ person, asked, onAsk }: FollowerProps) {
  const { t } = useText();
  return (
    <li class="person-row">
      <Face {...person} />
      <span class="grow">{person.name}</span>
      {asked ? (
        <span class="small" role="status">
          {t("doors.asked")}
        </span>
      ) : (
        <button
          type="button"
          class="button quiet small-button"
          aria-label={t("doors.ask_name", { name: person.name })}
          onClick={onAsk}
        >
          {t("doors.ask_person")}
        </button>
      )}
    </li>
  );
}

/** By the phone's own sheet, else by the clipboard, else by a field to copy from. */
function Share({ room }: Pick<AskInProps, "room">) {
  const { t } = useText();
  const [came, setCame] = useState<Shared | null>(null);
  const url = `${location.origin}/room/${room.roomId}`;
  const share = async () => setCame(await shareLink(room.title, url));
  return (
    <>
      <button type="button" class="button quiet" onClick={() => void share()}>
        {t("doors.share")}
      </button>
      {came === "by_hand" && (
        <input
          class="link-shown"
          readOnly
          aria-label={t("doors.share")}
          value={url}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      <p class="small" role="status">
        {came === "copied" ? t("doors.copied") : t("doors.share_text")}
      </p>
    </>
  );
}

function Widen({ room, onCommand }: AskInProps) {
  const { t } = useText();
  const wider = KINDS.slice(0, KINDS.indexOf(room.kind));
  if (wider.length === 0) return null;
  return (
    <>
      <h3>{t("doors.widen")}</h3>
      <p class="small">{t("doors.widen_text")}</p>
      {wider.map((kind) => (
        <button
          key={kind}
          type="button"
          class="button quiet"
          onClick={() => onCommand({ type: "open_up", kind })}
        >
          {t(`doors.${kind}`)}
        </button>
      ))}
    </>
  );
}
