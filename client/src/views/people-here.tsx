/** The people of the room one is in: their colours, and whoever is looked at, over the room. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Colours } from "../colours";
import type { RoomView } from "../protocol.gen";
import type { ScribeState } from "../scribe";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { ColoursContext } from "./face";
import { HostActions } from "./host-actions";
import { useText } from "./language";
import { KeptContext, type Kept } from "./later";
import { OwnProfileForm, PersonHere } from "./rare";
import { PersonVolume } from "./person-volume";
import { OpenPersonContext, PersonInDialogContext } from "./person-button";
import { TheirTraits } from "./traits";
import type { ProfileProps } from "./profile";

const OWN_BUTTON: Kept = { onClose: null };

export interface PeopleHereProps extends ProfileProps {
  readonly colours: Colours;
  readonly room: RoomView | null;
  readonly traits: ScribeState["traits"];
  readonly onCommand: (command: Command) => void;
  readonly children: ComponentChildren;
}

export function PeopleHere({ colours, children, room, traits, onCommand, ...own }: PeopleHereProps) {
  const { t } = useText();
  const [shown, setShown] = useState<string | null>(null);
  const close = () => setShown(null);
  const nameOf = (memberId: string) => {
    const { person } = own.people;
    return person?.memberId === memberId ? person.profile?.name : undefined;
  };
  return (
    <ColoursContext.Provider value={colours}>
      <OpenPersonContext.Provider value={setShown}>
        <PersonInDialogContext.Provider value>{children}</PersonInDialogContext.Provider>
        {shown === own.me.memberId && (
          <Dialog title={t("profile.title")} onClose={close}>
            <KeptContext.Provider value={OWN_BUTTON}>
              <OwnProfileForm {...own} />
            </KeptContext.Provider>
            <button type="button" class="button quiet" onClick={close}>
              {t("app.close")}
            </button>
          </Dialog>
        )}
        {shown !== null && shown !== own.me.memberId && (
          <Dialog title={nameOf(shown) ?? t("person.title")} onClose={close}>
            <KeptContext.Provider value={{ onClose: close }}>
              <PersonHere
                memberId={shown}
                person={own.people.person}
                problem={own.people.problem}
                actions={own.actions}
                myId={own.me.memberId}
                onClose={close}
                inPlace={
                  <>
                    <TheirTraits traits={traits[shown]} />
                    <Volume room={room} about={shown} />
                    <Hosting
                      {...{ room, onCommand }}
                      me={own.me.memberId}
                      about={shown}
                      onDone={close}
                    />
                  </>
                }
              />
            </KeptContext.Provider>
          </Dialog>
        )}
      </OpenPersonContext.Provider>
    </ColoursContext.Provider>
  );
}

/** Only where he is in the room, and so may be heard. */
function Volume({ room, about }: Pick<HostingProps, "room" | "about">) {
  const person = room?.participants.find((each) => each.memberId === about);
  return person === undefined ? null : <PersonVolume {...person} />;
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
