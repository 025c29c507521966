/** The people of the room one is in: their colours, and whoever is looked at, over the room. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Colours } from "../colours";
import { Dialog } from "./dialog";
import { ColoursContext } from "./face";
import { useText } from "./language";
import { PersonDialog } from "./person";
import { OpenPersonContext } from "./person-button";
import { OwnProfileForm, type ProfileProps } from "./profile";

export interface PeopleHereProps extends ProfileProps {
  readonly colours: Colours;
  readonly children: ComponentChildren;
}

export function PeopleHere({ colours, children, ...own }: PeopleHereProps) {
  const { t } = useText();
  const [shown, setShown] = useState<string | null>(null);
  const close = () => setShown(null);
  return (
    <ColoursContext.Provider value={colours}>
      <OpenPersonContext.Provider value={setShown}>
        {children}
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
          />
        )}
      </OpenPersonContext.Provider>
    </ColoursContext.Provider>
  );
}
