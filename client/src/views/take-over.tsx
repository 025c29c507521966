/** A room without a host: everybody is told, and the one who is asked answers. */

import type { RoomView } from "../protocol.gen";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { useText } from "./language";

export interface TakeOverProps {
  readonly room: RoomView;
  readonly myId: string;
  readonly onCommand: (command: Command) => void;
}

export function TakeOver({ room, myId, onCommand }: TakeOverProps) {
  const { t } = useText();
  if (!room.hostless) return null;
  const asked = room.participants.find((person) => person.memberId === room.asked);
  const answer = (accepted: boolean) => onCommand({ type: "take_over", accepted });
  return (
    <>
      <p class="banner" role="status" data-testid="hostless">
        {asked === undefined
          ? t("stage.hostless")
          : t("stage.hostless_name", { name: asked.name })}
      </p>
      {room.asked === myId && (
        <Dialog title={t("stage.take_over")} onClose={() => answer(false)}>
          <p>{t("stage.take_over_text")}</p>
          <div class="row end">
            <button type="button" class="button quiet" onClick={() => answer(false)}>
              {t("stage.take_over_no")}
            </button>
            <button type="button" class="button" autoFocus onClick={() => answer(true)}>
              {t("stage.take_over_yes")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
