/** To whom a room is open: chosen when it is opened. */

import type { RoomKind } from "../protocol.gen";
import { useText } from "./language";

export const KINDS: readonly RoomKind[] = ["open", "social", "closed"];

export interface KindsProps {
  readonly chosen: RoomKind;
  readonly onChoose: (kind: RoomKind) => void;
}

export function Kinds({ chosen, onChoose }: KindsProps) {
  const { t } = useText();
  return (
    <fieldset class="choices">
      <legend>{t("doors.kind")}</legend>
      {KINDS.map((kind) => (
        <label key={kind} class="choice">
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={kind === chosen}
            onChange={() => onChoose(kind)}
          />
          <span>
            {t(`doors.${kind}`)}
            <small>{t(`doors.${kind}_text`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
