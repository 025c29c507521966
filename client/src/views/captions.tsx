/** The captions as a log that can be scrolled back; only people who said yes are in it. */

import { LETTERS_MOST } from "../letters";
import type { CaptionsEngine } from "../protocol.gen";
import { speakerOf, type LogLine } from "../room";
import { useDesk } from "./desk-context";
import { PencilIcon } from "./icons";
import { languagesOf } from "./engine-languages";
import { useText } from "./language";
import { Log } from "./log";
import { SaidCaptions } from "./said";

export interface CaptionsProps {
  readonly on: boolean;
  readonly moderating: boolean;
  readonly engine: CaptionsEngine;
  readonly log: readonly LogLine[];
  readonly nameOf: (memberId: string) => string;
  readonly onSwitch: (on: boolean) => void;
}

export function Captions({ on, moderating, engine, log, nameOf, onSwitch }: CaptionsProps) {
  const { t } = useText();
  return (
    <section class="captions" aria-labelledby="captions-title">
      <header class="row">
        <h2 class="section grow" id="captions-title">
          {t("captions.title")}
        </h2>
        {on && <LetterSize />}
        {moderating && (
          <button type="button" class="button quiet small-button" onClick={() => onSwitch(!on)}>
            <PencilIcon />
            {on ? t("captions.turn_off") : t("captions.turn_on")}
          </button>
        )}
      </header>
      {on ? (
        <>
          <Engine engine={engine} moderating={moderating} />
          <Lines log={log} nameOf={nameOf} />
          <SaidCaptions log={log} nameOf={nameOf} />
        </>
      ) : (
        <p class="small">
          {t("captions.off")}
          {moderating && ` ${t("captions.off_host")}`}
        </p>
      )}
    </section>
  );
}

/** The state of the engine, where it is not simply ready for every language. */
function Engine({ engine, moderating }: Pick<CaptionsProps, "engine" | "moderating">) {
  const text = useText();
  const { t, percent } = text;
  const only = languagesOf(text, engine);
  const words = () => {
    switch (engine.state) {
      case "missing":
        return t("captions.missing");
      case "fetching":
        return t("captions.fetching", { percent: percent(engine.progress ?? 0) });
      case "loading":
        return t("captions.loading");
      case "unavailable":
        return t("captions.unavailable", { detail: engine.detail ?? "" });
      case "ready":
        return only === null ? null : t("captions.only", { languages: only });
      default:
        return engine.state satisfies never;
    }
  };
  const said = words();
  return (
    <div role="status" data-testid="captions-engine" data-state={engine.state}>
      {/* Whoever asked the scribe in may do something about it; others are told. */}
      {said !== null && (
        <p class={engine.state === "unavailable" && moderating ? "problem" : "small"}>{said}</p>
      )}
      {engine.state === "fetching" && (
        <progress max={1} value={engine.progress ?? 0} aria-label={said ?? ""} />
      )}
    </div>
  );
}

function Lines({ log, nameOf }: Pick<CaptionsProps, "log" | "nameOf">) {
  const { t } = useText();
  const { letters } = useDesk().desk;
  return (
    <Log label={t("captions.title")} live="off" lines={log} empty={t("captions.empty")} letters={letters}>
      {log.map((line, index) => (
        <Line
          key={line.key}
          line={line}
          name={nameOf(speakerOf(line))}
          named={index === 0 || speakerOf(line) !== speakerOf(log[index - 1] ?? line)}
        />
      ))}
    </Log>
  );
}

/** In the reader's own size, kept on this device. */
function LetterSize() {
  const { t } = useText();
  const { desk, actions } = useDesk();
  const { letters } = desk;
  const size = (by: number, name: string, letter: string, end: boolean) => (
    <button
      type="button"
      class="icon-button plain"
      aria-label={name}
      disabled={end}
      data-letter={letter}
      onClick={() => actions?.write(letters + by)}
    />
  );
  return (
    <div class="letters">
      {size(-1, t("captions.smaller"), "A−", letters === 0)}
      {size(1, t("captions.larger"), "A+", letters === LETTERS_MOST)}
    </div>
  );
}

interface LineProps {
  readonly line: LogLine;
  readonly name: string;
  /** The first line of a turn carries the name. */
  readonly named: boolean;
}

function Line({ line, name, named }: LineProps) {
  const { t } = useText();
  const who = named ? <b>{name} </b> : <span class="hidden">{name}: </span>;
  if (line.kind === "gap") {
    return (
      <p class="line gap" data-testid="caption-gap">
        {who}… {t("captions.gap")}
      </p>
    );
  }
  const { text, final, language, memberId, typed } = line.caption;
  return (
    <p
      class={`line${final ? "" : " partial"}${named ? " turn" : ""}`}
      data-testid="caption"
      data-member-id={memberId}
      data-final={final}
    >
      {who}
      <span lang={language || undefined}>{text}</span>
      {!final && "…"}
      {typed === true && <span class="tag">{t("chat.typed")}</span>}
    </p>
  );
}
