/** Reactions: the tray to choose from, at a person's face, of the whole room, and in words. */

import { useState } from "preact/hooks";
import type { Text } from "../i18n/text";
import { crowd, REACTIONS, total, type Counts } from "../talk";
import { SmileIcon } from "./icons";
import { useText } from "./language";
import { ReactionIcon } from "./reaction-icons";
import { useTalk } from "./talk-context";

/** From so many on, the room's reactions are shown as numbers, too. */
const CROWD = 3;

/** Opens the tray, which stays open for the next one. */
export function React() {
  const { t } = useText();
  const { actions } = useTalk();
  const [open, setOpen] = useState(false);
  if (actions === null) return null;
  return (
    <div
      class="react"
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
      }}
    >
      <button
        type="button"
        class="icon-button"
        aria-label={open ? t("react.close") : t("react.open")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <SmileIcon />
      </button>
      {open && (
        <ul class="tray" data-testid="reactions">
          {REACTIONS.map((reaction) => (
            <li key={reaction}>
              <button
                type="button"
                class="icon-button plain"
                aria-label={t(`react.${reaction}`)}
                title={t(`react.${reaction}`)}
                onClick={() => void actions.react(reaction)}
              >
                <ReactionIcon reaction={reaction} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What a person shows now, over the corner of his face. */
export function AtFace({ memberId }: { memberId: string }) {
  const shown = useTalk().talk.faces.get(memberId);
  if (shown === undefined) return null;
  return (
    <span key={shown.atMs} class="at-face" data-testid="at-face" data-reaction={shown.reaction}>
      <ReactionIcon reaction={shown.reaction} />
    </span>
  );
}

/** What the whole room shows now. Takes no place of its own, so that nothing moves. */
export function Crowd() {
  const { number } = useText();
  const counts = crowd(useTalk().talk);
  if (total(counts) < CROWD) return null;
  return (
    <ul class="crowd" aria-hidden="true" data-testid="crowd">
      {REACTIONS.filter((reaction) => counts[reaction] !== undefined).map((reaction) => (
        <li key={reaction}>
          <ReactionIcon reaction={reaction} />
          {number(counts[reaction] ?? 0)}
        </li>
      ))}
    </ul>
  );
}

/** For screen readers, now and then: what was shown, and turns that were typed. */
export function TalkTold({ turns }: { turns: boolean }) {
  const text = useText();
  const { told, turn } = useTalk().talk;
  return (
    <>
      <p class="hidden" role="status" data-testid="reactions-told">
        {total(told) > 0 && text.t("react.told", { reactions: inWords(text, told) })}
      </p>
      <p class="hidden" role="status" data-testid="turn-told">
        {turns && turn !== null && text.t("chat.typed_turn", { name: turn.name, text: turn.text })}
      </p>
    </>
  );
}

function inWords({ t, number }: Text, counts: Counts): string {
  return REACTIONS.filter((reaction) => counts[reaction] !== undefined)
    .map((reaction) =>
      t("react.told_one", {
        reaction: t(`react.${reaction}`),
        number: number(counts[reaction] ?? 0),
      }),
    )
    .join(", ");
}
