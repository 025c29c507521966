/** A name or a face that leads to its person: to a page, or in a room to a dialog over it. */

import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { useText } from "./language";

export type OpenPerson = (memberId: string) => void;
export const OpenPersonContext = createContext<OpenPerson>(() => undefined);

export interface PersonButtonProps {
  readonly memberId: string;
  readonly name: string;
  readonly children: ComponentChildren;
}

export function PersonButton({ memberId, name, children }: PersonButtonProps) {
  const { t } = useText();
  const open = useContext(OpenPersonContext);
  return (
    <button
      type="button"
      class="person-button"
      aria-label={t("person.open", { name })}
      onClick={() => open(memberId)}
    >
      {children}
    </button>
  );
}
