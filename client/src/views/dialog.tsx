/** A question over the page: modal, closed by Escape, focus stays inside and comes back. */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { useText } from "./language";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Comes from the lower edge of a phone. */
  readonly sheet?: boolean;
  /** Is read first: the focus is on its title, not on the first thing that can be switched. */
  readonly reading?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onClose, sheet = false, reading = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close(); // gives the focus back
  }, []);
  return (
    <dialog
      ref={element}
      class={sheet ? "sheet" : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={id} tabIndex={reading ? -1 : undefined} autoFocus={reading}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  /** Where there is a better word for no. */
  readonly stay?: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asked before what cannot be taken back. */
export function Confirm({ title, text, yes, stay, onYes, onClose }: ConfirmProps) {
  const { t } = useText();
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <div class="row end">
        <button type="button" class="button quiet" onClick={onClose}>
          {stay ?? t("app.cancel")}
        </button>
        <button type="button" class="button danger" onClick={onYes}>
          {yes}
        </button>
      </div>
    </Dialog>
  );
}
