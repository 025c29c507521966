/** The people of the room one is in: their colours, and whoever is looked at, over the room. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Colours } from "../colours";
import type { RoomView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { ColoursContext } from "./face";
import { HostActions } from "./host-actions";
import { useText } from "./language";
import { OwnProfileForm, PersonDialog } from "./rare";
import { OpenPersonContext, OverTheViewContext } from "./person-button";
import type { ProfileProps } from "./profile";

export interface PeopleHereProps extends ProfileProps {
  readonly colours: Colours;
  readonly room: RoomView | null;
  readonly onCommand: (command: Command) => void;
  readonly children: ComponentChildren;
}

export function PeopleHere({ colours, children, room, onCommand, ...own }: PeopleHereProps) {
  const { t } = useText();
  const [shown, setShown] = useState<string | null>(null);
  const close = () => setShown(null);
  return (
    <ColoursContext.Provider value={colours}>
      <OpenPersonContext.Provider value={setShown}>
        <OverTheViewContext.Provider value={true}>{children}</OverTheViewContext.Provider>
        {shown === own.me.memberId && (
          <Dialog title={t("profile.title")} onClose={close}>
            <OwnProfileForm {...own} />
            <button type="button" class="button quiet" onClick={close}>
              {t("app.close")}
            </button>
          </Dialog>
        )}
        {shown !== null && shown !== own.me.memberId && (
          <PersonDialog
            memberId={shown}
            person={own.people.person}
            problem={own.people.problem}
            actions={own.actions}
            myId={own.me.memberId}
            onClose={close}
            inPlace={<Hosting {...{ room, onCommand }} me={own.me.memberId} about={shown} onDone={close} />}
          />
        )}
      </OpenPersonContext.Provider>
    </ColoursContext.Provider>
  );
}

interface HostingProps {
  readonly room: RoomView | null;
  readonly onCommand: (command: Command) => void;
  readonly me: string;
  readonly about: string;
  readonly onDone: () => void;
}

/** What a host can do about whom he looks at, where both are in the room. */
function Hosting({ room, onCommand, me, about, onDone }: HostingProps) {
  const { t } = useText();
  const seatOf = (memberId: string) => room?.participants.find((p) => p.memberId === memberId);
  const person = seatOf(about);
  if (person === undefined || seatOf(me)?.role !== "moderator") return null;
  return (
    <section class="stack" aria-label={t("stage.as_host")}>
      <h3 class="section">{t("stage.as_host")}</h3>
      <HostActions person={person} onCommand={onCommand} onDone={onDone} />
    </section>
  );
}
