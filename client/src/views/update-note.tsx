/** A new version is there: said where a reload interrupts nobody. */

import { useText } from "./language";

export interface UpdateNoteProps {
  readonly waiting: boolean;
  readonly inRoom: boolean;
  readonly onTake: () => void;
}

export function UpdateNote({ waiting, inRoom, onTake }: UpdateNoteProps) {
  const { t } = useText();
  if (!waiting || inRoom) return null;
  return (
    <div class="notice update" data-testid="update">
      <span class="grow">{t("shell.new_version")}</span>
      <button type="button" class="button small-button" onClick={onTake}>
        {t("shell.reload")}
      </button>
    </div>
  );
}
