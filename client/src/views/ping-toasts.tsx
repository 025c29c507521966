/** Somebody asks one into a room: answered in place, on whichever page one is. */

import type { Pinged } from "../protocol.gen";
import { useText } from "./language";

export interface PingToastsProps {
  readonly pings: readonly Pinged[];
  readonly onEnter: (roomId: string) => void;
  readonly onLater: (roomId: string) => void;
}

export function PingToasts({ pings, onEnter, onLater }: PingToastsProps) {
  const { t } = useText();
  return (
    <>
      {pings.map(({ roomId, title, by }, n) => (
        <div
          key={roomId}
          class="notice knocked actions"
          data-testid="ping-toast"
          id={n === 0 ? "pings" : undefined}
          tabIndex={-1}
        >
          <p>
            <b>{t("doors.pinged", { name: by.name })}</b>
            <small>{title}</small>
          </p>
          <div class="row">
            <button
              type="button"
              class="button small-button grow"
              onClick={() => onEnter(roomId)}
            >
              {t("doors.go_in")}
            </button>
            <button
              type="button"
              class="button quiet small-button"
              onClick={() => onLater(roomId)}
            >
              {t("doors.not_now")}
            </button>
          </div>
        </div>
      ))}
    </>
  );
}
