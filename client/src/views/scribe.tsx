/** The scribe: what it does with words, and what each person and a host can do about it. */

import type { ComponentChildren } from "preact";
import type { CaptionsEngine, ParticipantView, RoomView, Traits } from "../protocol.gen";
import type { ScribeState } from "../scribe";
import type { Command } from "../signalling";
import { Dialog } from "./dialog";
import { languagesOf } from "./engine-languages";
import { useText } from "./language";
import type { NameOf } from "./said-lines";
import { TraitList } from "./traits";

const KEPT = [0, 5, 30] as const;

export interface ScribeDialogProps {
  readonly me: ParticipantView;
  readonly room: RoomView;
  readonly scribe: ScribeState;
  readonly engine: CaptionsEngine;
  readonly nameOf: NameOf;
  /** Whether one has asked for it to leave. */
  readonly asked: boolean;
  readonly onAsk: (asked: boolean) => void;
  readonly onCommand: (command: Command) => void;
  readonly onReceipts: () => void;
  readonly onClose: () => void;
}

export function ScribeDialog(props: ScribeDialogProps) {
  const { t } = useText();
  const { me, scribe, room } = props;
  const moderating = me.role === "moderator";
  return (
    <Dialog title={t("scribe.title")} reading onClose={props.onClose}>
      <div class="stack" data-testid="scribe-dialog">
        <p>{t("scribe.what")}</p>
        <Facts {...props} />
        {me.consented && <OwnTraits {...props} traits={scribe.traits[me.memberId]} />}
        {moderating && <Kept {...props} />}
        {moderating && room.hiddenWords.length > 0 && <Hidden {...props} />}
        {me.role === "speaker" && <AskToLeave {...props} />}
        {moderating && <Decide {...props} />}
        <div class="row end">
          <button type="button" class="link grow-start" onClick={props.onReceipts}>
            {t("scribe.receipts")}
          </button>
          <button type="button" class="button quiet" onClick={props.onClose}>
            {t("app.close")}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Facts({ engine, room }: ScribeDialogProps) {
  const text = useText();
  const { t } = text;
  const minutes = room.captionsKeptMin;
  return (
    <dl class="facts">
      <Fact name={t("scribe.where")}>{t(`scribe.where_${engine.device ?? "none"}`)}</Fact>
      {engine.state === "ready" && (
        <>
          <Fact name={t("scribe.model")}>{engine.detail}</Fact>
          <Fact name={t("scribe.languages")}>
            {languagesOf(text, engine) ?? t("scribe.languages_many")}
          </Fact>
        </>
      )}
      <Fact name={t("scribe.how_long")}>{t("scribe.how_long_text")}</Fact>
      <Fact name={t("scribe.kept")}>
        {minutes === 0 ? t("scribe.kept_0") : t("scribe.kept_minutes", { count: minutes })}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function OwnTraits({ traits, onCommand }: ScribeDialogProps & { traits: Traits | undefined }) {
  const { t } = useText();
  const shown = traits?.shown === true;
  return (
    <section class="stack" aria-labelledby="own-traits">
      <h3 id="own-traits">{t("traits.mine")}</h3>
      {traits === undefined ? (
        <p class="small">{t("traits.none")}</p>
      ) : (
        <>
          <TraitList traits={traits.traits} />
          <label class="choice">
            <input
              type="checkbox"
              checked={shown}
              onChange={() => onCommand({ type: "show_traits", shown: !shown })}
            />
            <span>
              {t("traits.show")}
              <small>{t("traits.show_text")}</small>
            </span>
          </label>
        </>
      )}
    </section>
  );
}

/** How much of the past a late joiner may read. */
function Kept({ room, onCommand }: ScribeDialogProps) {
  const { t } = useText();
  return (
    <label class="field">
      <span>{t("scribe.kept")}</span>
      <select
        value={String(room.captionsKeptMin)}
        onChange={(event) => {
          const minutes = KEPT.find((each) => String(each) === event.currentTarget.value);
          if (minutes !== undefined) onCommand({ type: "keep_captions", minutes });
        }}
      >
        {KEPT.map((minutes) => (
          <option key={minutes} value={String(minutes)}>
            {minutes === 0 ? t("scribe.kept_0") : t("scribe.kept_minutes", { count: minutes })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Hidden({ room, onCommand }: ScribeDialogProps) {
  const { t } = useText();
  return (
    <section aria-labelledby="hidden-words">
      <h3 id="hidden-words">{t("scribe.hidden")}</h3>
      <ul class="rows">
        {room.hiddenWords.map((term) => (
          <li key={term} class="row">
            <span class="grow">{term}</span>
            <button
              type="button"
              class="button quiet small-button"
              aria-label={t("scribe.show_again_term", { term })}
              onClick={() => onCommand({ type: "hide_word", term, hidden: false })}
            >
              {t("scribe.show_again")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function AskToLeave({ asked, onAsk }: ScribeDialogProps) {
  const { t } = useText();
  return (
    <div>
      <button type="button" class="button quiet" aria-pressed={asked} onClick={() => onAsk(!asked)}>
        {asked ? t("scribe.ask_to_leave_not") : t("scribe.ask_to_leave")}
      </button>
      <p class="small" role="status">
        {asked ? t("scribe.asked") : t("scribe.ask_to_leave_text")}
      </p>
    </div>
  );
}

function Decide({ scribe, nameOf, onCommand }: ScribeDialogProps) {
  const { t } = useText();
  const names = scribe.askedToLeave.map(nameOf).filter((name) => name !== "");
  return (
    <div class="stack">
      {names.length > 0 && <p>{t("scribe.somebody_asks", { names: names.join(", ") })}</p>}
      <div class="row">
        <button
          type="button"
          class="button quiet"
          onClick={() => onCommand({ type: "switch_captions", on: false })}
        >
          {t("scribe.send_away")}
        </button>
        {names.length > 0 && (
          <button type="button" class="button quiet" onClick={() => onCommand({ type: "keep_scribe" })}>
            {t("scribe.let_stay")}
          </button>
        )}
      </div>
    </div>
  );
}
