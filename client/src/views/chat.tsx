/** The chat of a room: lines that are in memory only, and what one writes oneself. */

import { useEffect, useState } from "preact/hooks";
import { linkify } from "../linkify";
import type { LineView, ParticipantView } from "../protocol.gen";
import type { ProblemCode } from "../state";
import type { Talking } from "../talking";
import { Composer } from "./composer";
import { Confirm } from "./dialog";
import { Face } from "./face";
import { useText } from "./language";
import { Log } from "./log";
import { PersonButton } from "./person-button";
import { Problem } from "./problem";
import { useTalk } from "./talk-context";

export interface ChatProps {
  readonly me: ParticipantView;
  /** Whether anybody is captioned here. */
  readonly captionsOn: boolean;
}

export function Chat({ me, captionsOn }: ChatProps) {
  const { t } = useText();
  const { talk, actions } = useTalk();
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  useEffect(() => actions?.read(), [actions, talk.lines]);
  if (actions === null) return null;
  const attempt = (work: Promise<ProblemCode | null>) => void work.then(setProblem);
  const moderating = me.role === "moderator";
  return (
    <section class="chat" aria-label={t("chat.title")} data-testid="chat">
      <p class="small">{t("chat.gone")}</p>
      {talk.on ? (
        <Lines
          lines={talk.lines}
          me={me}
          onTakeBack={(lineId) => attempt(actions.takeBack(lineId))}
        />
      ) : (
        <p role="status">{t("chat.off")}</p>
      )}
      <Composer me={me} captionsOn={captionsOn} on={talk.on} onWrite={actions.write} />
      <Problem code={problem} />
      <div class="row apart">
        {actions.canReadAloud && <Aloud on={talk.aloud} onSwitch={actions.setAloud} />}
        {moderating && <Switch on={talk.on} actions={actions} attempt={attempt} />}
      </div>
    </section>
  );
}

interface LinesProps {
  readonly lines: readonly LineView[];
  readonly me: ParticipantView;
  readonly onTakeBack: (lineId: number) => void;
}

function Lines({ lines, me, onTakeBack }: LinesProps) {
  const { t } = useText();
  return (
    <Log
      label={t("chat.title")}
      live="polite"
      lines={lines}
      empty={t("chat.empty")}
      extraClass="lines"
    >
      {lines.map((line) => (
        <Line
          key={line.lineId}
          line={line}
          mine={line.memberId === me.memberId}
          moderating={me.role === "moderator"}
          onTakeBack={onTakeBack}
        />
      ))}
    </Log>
  );
}

interface LineProps {
  readonly line: LineView;
  readonly mine: boolean;
  readonly moderating: boolean;
  readonly onTakeBack: (lineId: number) => void;
}

function Line({ line, mine, moderating, onTakeBack }: LineProps) {
  const { t, time } = useText();
  const { lineId, memberId, name, text } = line;
  return (
    <article class={`chat-line${line.turn ? " is-turn" : ""}`} data-testid="line">
      <Face memberId={memberId} name={name} />
      <div class="grow">
        <p class="head">
          <PersonButton memberId={memberId} name={name}>
            <b>{name}</b>
          </PersonButton>
          <time dateTime={new Date(line.atMs).toISOString()}>{time(line.atMs)}</time>
          {line.turn && <span class="tag">{t("chat.turn")}</span>}
          {(mine || moderating) && (
            <button
              type="button"
              class="link"
              aria-label={mine ? t("chat.take_back_line", { text }) : t("chat.delete_line", { name, text })}
              onClick={() => onTakeBack(lineId)}
            >
              {mine ? t("chat.take_back") : t("chat.delete")}
            </button>
          )}
        </p>
        <p>
          <Linked text={text} />
        </p>
      </div>
    </article>
  );
}

/** Addresses lead out of the page, and the page asks nothing of them. */
function Linked({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}

function Aloud({ on, onSwitch }: { on: boolean; onSwitch: (on: boolean) => void }) {
  const { t } = useText();
  return (
    <label class="choice small" title={t("chat.aloud_text")}>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      <span>{t("chat.aloud")}</span>
    </label>
  );
}

interface SwitchProps {
  readonly on: boolean;
  readonly actions: Talking;
  readonly attempt: (work: Promise<ProblemCode | null>) => void;
}

function Switch({ on, actions, attempt }: SwitchProps) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        class="link"
        onClick={() => (on ? setAsking(true) : attempt(actions.switch(true)))}
      >
        {on ? t("chat.turn_off") : t("chat.turn_on")}
      </button>
      {asking && (
        <Confirm
          title={t("chat.turn_off")}
          text={t("chat.off_confirm")}
          yes={t("chat.turn_off")}
          onYes={() => {
            setAsking(false);
            attempt(actions.switch(false));
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
