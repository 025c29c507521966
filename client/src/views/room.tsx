/** A room: stage and audience on one side, what is said and what it is about on the other. */

import { useState } from "preact/hooks";
import type { CaptionsEngine, KnockView, ParticipantView } from "../protocol.gen";
import {
  aftermathOf,
  audience,
  hands,
  mayStepDown,
  onStage,
  unmuteRequests,
  type RoomState,
} from "../room";
import type { Command, Connection } from "../signalling";
import type { VisitState } from "../state";
import type { Doors, DoorsState } from "../doors";
import { AskIn } from "./ask-in";
import { useArrival } from "./arrival";
import { Audience, Hands } from "./audience";
import { Captions } from "./captions";
import { ConnectionBanner, ConnectionState } from "./connection";
import { Confirm } from "./dialog";
import { UnmuteRequests } from "./held";
import { SoundIcon } from "./icons";
import { Knocks } from "./knocks";
import { useText } from "./language";
import { Leave } from "./leave";
import { OwnBar } from "./own-bar";
import { LockedLine, RoomMenu } from "./room-menu";
import { ReportRoom } from "./report-room";
import { RoomTopics } from "./room-topics";
import { SaidNews } from "./said";
import { ScribeSeat } from "./scribe-seat";
import { Stage } from "./stage";
import { TakeOver } from "./take-over";
import { Words } from "./words";

export interface RoomProps {
  readonly visit: VisitState;
  readonly myId: string;
  readonly connection: Connection;
  readonly mediaUp: boolean;
  readonly engine: CaptionsEngine;
  readonly microphonesOffered: boolean;
  readonly knocks: readonly KnockView[];
  readonly contactNames: Readonly<Record<string, string>>;
  readonly onAdmit: (knockId: string, name: string) => void;
  readonly onIgnore: (knockId: string) => void;
  readonly onLeave: () => void;
  readonly onMicrophone: () => void;
  readonly onHear: () => void;
  readonly onCommand: (command: Command) => void;
  readonly onListBans: () => void;
  readonly doors: DoorsState;
  readonly doorActions: Doors;
}

export function Room(props: RoomProps) {
  const { t } = useText();
  const { visit } = props;
  if (visit.status === "refused") return <Refused {...props} />;
  const { state } = visit;
  const me = state?.room.participants.find((p) => p.memberId === props.myId);
  return (
    <div class="view room" data-testid="room" data-status={visit.status} data-voice={visit.voice}>
      <header class="top">
        <Leave
          aftermath={state === null || me === undefined ? null : aftermathOf(state.room, me)}
          onLeave={props.onLeave}
        />
        <span class="grow" />
        {state !== null && me !== undefined && (
          <AskIn
            {...props}
            room={state.room}
            moderating={me.role === "moderator"}
            actions={props.doorActions}
          />
        )}
        <ConnectionState {...props} voice={visit.voice} weakness={visit.weakness} />
        {state !== null && me?.role === "moderator" && (
          <RoomMenu {...props} room={state.room} bans={visit.bans} />
        )}
      </header>
      <ConnectionBanner {...props} voice={visit.voice} weakness={visit.weakness} />
      {visit.blocked && <TapToHear onHear={props.onHear} />}
      {state === null || me === undefined ? (
        <main id="content" tabIndex={-1}>
          <p role="status">{t("room.joining")}</p>
        </main>
      ) : (
        <Inside {...props} state={state} me={me} />
      )}
    </div>
  );
}

interface InsideProps extends RoomProps {
  readonly state: RoomState;
  readonly me: ParticipantView;
}

function Inside(props: InsideProps) {
  const { visit, state, me, onCommand } = props;
  const main = useArrival();
  const { room } = state;
  const moderating = me.role === "moderator";
  const nameOf = (memberId: string) =>
    room.participants.find((p) => p.memberId === memberId)?.name ?? "";
  return (
    <>
      <main id="content" ref={main} tabIndex={-1} class="room-grid">
        <div class="people">
          <h1 class="room-title">{room.title}</h1>
          <SaidNews room={room} myId={props.myId} />
          <LockedLine locked={room.locked} />
          <TakeOver room={room} myId={props.myId} onCommand={onCommand} />
          <Knocks {...props} />
          <Stage
            people={onStage(room)}
            myId={props.myId}
            moderating={moderating}
            captionsOn={room.captionsOn}
            scribe={<ScribeSeat {...{ me, room, nameOf, onCommand }} scribe={state.scribe} engine={props.engine} />}
            speaking={visit.speaking}
            ownVoice={visit.ownVoice}
            onCommand={onCommand}
          />
          {moderating && <UnmuteRequests people={unmuteRequests(room)} onCommand={onCommand} />}
          <Hands hands={hands(room)} moderating={moderating} onCommand={onCommand} />
        </div>
        <div class="words">
          {room.captionsOn && (
            <RoomTopics state={state} moderating={moderating} nameOf={nameOf} />
          )}
          <Words me={me} captionsOn={room.captionsOn}>
            <Captions
              on={room.captionsOn}
              moderating={moderating}
              engine={props.engine}
              log={state.log}
              nameOf={nameOf}
              onSwitch={(on) => onCommand({ type: "switch_captions", on })}
            />
          </Words>
        </div>
        <div class="listening">
          <Audience
            people={audience(room)}
            myId={props.myId}
            moderating={moderating}
            onCommand={onCommand}
          />
          <ReportRoom title={room.title} />
          {moderating && <EndRoom onEnd={() => onCommand({ type: "end_room" })} />}
        </div>
      </main>
      <OwnBar
        me={me}
        captionsOn={room.captionsOn}
        handPlace={hands(room).findIndex((p) => p.memberId === props.myId) + 1}
        mayStepDown={mayStepDown(room, me)}
        askingMicrophone={visit.askingMicrophone}
        holding={visit.holding}
        microphonesOffered={props.microphonesOffered}
        onMicrophone={props.onMicrophone}
        onCommand={onCommand}
      />
    </>
  );
}

function TapToHear({ onHear }: { onHear: () => void }) {
  const { t } = useText();
  return (
    <div class="banner row" role="status">
      <span class="grow">{t("room.tap_to_hear_text")}</span>
      <button type="button" class="button" onClick={onHear}>
        <SoundIcon />
        {t("room.tap_to_hear")}
      </button>
    </div>
  );
}

function EndRoom({ onEnd }: { onEnd: () => void }) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  return (
    <p>
      <button type="button" class="link danger-link" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {t("room.end")}
      </button>
      {asking && (
        <Confirm
          title={t("room.end")}
          text={t("room.end_confirm")}
          yes={t("room.end_yes")}
          onYes={onEnd}
          onClose={() => setAsking(false)}
        />
      )}
    </p>
  );
}

function Refused({ visit, onLeave }: RoomProps) {
  const { t } = useText();
  return (
    <div class="view door">
      <main id="content" tabIndex={-1}>
        <h1>{t("room.refused")}</h1>
        <p role="alert">{t(`problem.${visit.problem ?? "room_not_found"}`)}</p>
        <button type="button" class="button" onClick={onLeave}>
          {t("room.to_hallway")}
        </button>
      </main>
    </div>
  );
}
