/** A name or a face that leads to its person: to a page, or in a room to a dialog over it. */

import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { useText } from "./language";

export type OpenPerson = (memberId: string) => void;
export const OpenPersonContext = createContext<OpenPerson>(() => undefined);
/** Whether that opens a dialog over the view. */
export const OverTheViewContext = createContext(false);

export interface PersonButtonProps {
  readonly memberId: string;
  readonly name: string;
  readonly children: ComponentChildren;
}

export function PersonButton({ memberId, name, children }: PersonButtonProps) {
  const { t } = useText();
  const open = useContext(OpenPersonContext);
  const over = useContext(OverTheViewContext);
  return (
    <button
      type="button"
      class="person-button"
      aria-label={t("person.open", { name })}
      aria-haspopup={over ? "dialog" : undefined}
      onClick={() => open(memberId)}
    >
      {children}
    </button>
  );
}
