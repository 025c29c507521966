/** A name or a face that leads to its person: to a page, or in a room to a dialog over it. */

import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { useText } from "./language";

export type OpenPerson = (memberId: string) => void;
export const OpenPersonContext = createContext<OpenPerson>(() => undefined);
/** Whether it opens a dialog: said by the button before it is pressed. */
export const PersonInDialogContext = createContext(false);

export interface PersonButtonProps {
  readonly memberId: string;
  readonly name: string;
  readonly children: ComponentChildren;
}

export function PersonButton({ memberId, name, children }: PersonButtonProps) {
  const { t } = useText();
  const open = useContext(OpenPersonContext);
  const inDialog = useContext(PersonInDialogContext);
  return (
    <button
      type="button"
      class="person-button"
      aria-label={t("person.open", { name })}
      aria-haspopup={inDialog ? "dialog" : undefined}
      onClick={() => open(memberId)}
    >
      {children}
    </button>
  );
}
