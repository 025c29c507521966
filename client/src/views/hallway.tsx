/** The hallway: who is at the door, and the rooms as lit windows. */

import { useState } from "preact/hooks";
import { dealColours } from "../colours";
import type { DoorsState } from "../doors";
import type { Plans, PlansState } from "../plans";
import type { KnockView, Me, Pinged, RoomCard, RoomKind, TrendingView } from "../protocol.gen";
import type { Route } from "../route";
import type { ProblemCode } from "../state";
import { useArrival } from "./arrival";
import { Dialog } from "./dialog";
import { ColoursContext, Face } from "./face";
import { BellIcon, LockIcon, PeopleIcon } from "./icons";
import { Kinds } from "./kinds";
import { Knocks } from "./knocks";
import { useText } from "./language";
import { PersonButton } from "./person-button";
import { useSearchWords } from "./search-words";
import { ScheduledRooms, Trending } from "./rare";
import { Topics } from "./topics";

const FACES_SHOWN = 6;
const TOPICS_SHOWN = 5;

export interface HallwayProps {
  readonly me: Me;
  readonly rooms: readonly RoomCard[];
  readonly knocks: readonly KnockView[];
  /** Questions to come into a room; they are answered in their toasts. */
  readonly pings: readonly Pinged[];
  readonly contactNames: Readonly<Record<string, string>>;
  readonly onAdmit: (knockId: string, name: string) => void;
  readonly onIgnore: (knockId: string) => void;
  readonly onEnter: (roomId: string) => void;
  readonly doors: DoorsState;
  readonly onFind: (query: string) => Promise<void>;
  readonly onOpenRoom: (title: string, kind: RoomKind) => Promise<ProblemCode | null>;
  readonly plans: PlansState;
  readonly trending: readonly TrendingView[];
  readonly planning: Plans;
  readonly onPlanned: () => void;
  readonly onGo: (route: Route) => void;
  /** What another app shared: the title of a room to open. */
  readonly shared: string | null;
  readonly onSharedTaken: () => void;
}

export function Hallway(props: HallwayProps) {
  const { t } = useText();
  const main = useArrival();
  const [opening, setOpening] = useState(props.shared !== null);
  return (
    <div class="view hallway">
      <header class="top">
        <h1>{t("app.name")}</h1>
        <button type="button" class="button quiet small-button" onClick={() => props.onGo({ view: "contacts" })}>
          <PeopleIcon />
          {t("hallway.contacts")}
        </button>
        <Bell
          knocks={props.knocks.length}
          pings={props.pings.length}
          reminders={props.plans.reminded.length}
        />
        <button
          type="button"
          class="face-button"
          aria-label={t("you.open", { name: props.me.name })}
          onClick={() => props.onGo({ view: "you" })}
        >
          <Face {...props.me} />
        </button>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        <Knocks {...props} />
        <h2 class="section">{t("hallway.title")}</h2>
        <Find doors={props.doors} onFind={props.onFind} />
        <Rooms
          rooms={props.doors.found ?? props.rooms}
          found={props.doors.found !== null}
          onEnter={props.onEnter}
        />
        {props.trending.length > 0 && (
          <Trending topics={props.trending} onFind={(query) => void props.onFind(query)} />
        )}
        <ScheduledRooms
          plans={props.plans}
          actions={props.planning}
          myId={props.me.memberId}
          myName={props.me.name}
          onPlanned={props.onPlanned}
        />
      </main>
      <div class="bar">
        <button type="button" class="button grow" aria-haspopup="dialog" onClick={() => setOpening(true)}>
          {t("hallway.open")}
        </button>
      </div>
      {opening && (
        <OpenRoom
          name={props.me.name}
          title={props.shared ?? ""}
          onOpenRoom={props.onOpenRoom}
          onClose={() => {
            props.onSharedTaken();
            setOpening(false);
          }}
        />
      )}
    </div>
  );
}

function Find({ doors, onFind }: Pick<HallwayProps, "doors" | "onFind">) {
  const { t } = useText();
  const [query, setQuery] = useSearchWords(doors.query, onFind);
  return (
    <div class="find">
      <input
        type="search"
        name="find"
        aria-label={t("doors.search")}
        placeholder={t("doors.search")}
        autoComplete="off"
        maxLength={80}
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <p class="small" role="status">
        {doors.found !== null && doors.found.length > 0 && t("doors.found", { count: doors.found.length })}
      </p>
    </div>
  );
}

interface RoomsProps extends Pick<HallwayProps, "rooms" | "onEnter"> {
  /** Whether these were looked for. */
  readonly found: boolean;
}

function Rooms({ rooms, found, onEnter }: RoomsProps) {
  const { t } = useText();
  if (rooms.length === 0 && found) return <p role="status">{t("doors.none_found")}</p>;
  if (rooms.length === 0) {
    return (
      <div class="dark-window">
        <div class="panes" aria-hidden="true" />
        <p>{t("hallway.empty")}</p>
      </div>
    );
  }
  return (
    <ul class="windows">
      {rooms.map((room) => (
        <li key={room.roomId}>
          <Window room={room} onEnter={() => onEnter(room.roomId)} />
        </li>
      ))}
    </ul>
  );
}

/** How brightly a window glows: people talking count more than people listening, 0 to 1. */
export function litBy(room: RoomCard): number {
  const liveliness = room.stage.length * 2 + room.listeners;
  return Math.min(1, 0.1 + Math.log2(1 + liveliness) / 6.5);
}

function Window({ room, onEnter }: { room: RoomCard; onEnter: () => void }) {
  const { t } = useText();
  const facts = [
    t("hallway.on_stage", { count: room.stage.length }),
    t("hallway.listening", { count: room.listeners }),
    room.captionsOn ? t("hallway.captions_on") : t("hallway.not_recorded"),
    ...(room.kind === "open" ? [] : [t(`doors.is_${room.kind}`)]),
  ];
  return (
    <article
      class="window"
      style={{ "--lit": litBy(room).toFixed(2) }}
      data-testid="room-card"
      data-room-id={room.roomId}
    >
      <h3>
        <button type="button" class="cover" onClick={onEnter}>
          {room.title}
          {room.locked && <Locked />}
        </button>
      </h3>
      <p class="small">{facts.join(" · ")}</p>
      <Faces stage={room.stage} />
      {room.topics.length > 0 && <Topics topics={room.topics} max={TOPICS_SHOWN} />}
    </article>
  );
}

/** Part of the button's name: whoever would go in hears it before he tries. */
function Locked() {
  const { t } = useText();
  return (
    <span class="locked-mark" data-testid="locked" title={t("hallway.locked")}>
      <LockIcon />
      <span class="hidden">({t("hallway.locked")})</span>
    </span>
  );
}

/** Who is on stage; each face leads to its person, the window around it into the room. */
function Faces({ stage }: Pick<RoomCard, "stage">) {
  const { t } = useText();
  const unseen = stage.length - FACES_SHOWN;
  return (
    <ColoursContext.Provider value={dealColours(stage)}>
      <ul class="faces" aria-label={t("room.stage")}>
        {stage.slice(0, FACES_SHOWN).map((person) => (
          <li key={person.memberId}>
            <PersonButton {...person}>
              <Face {...person} />
            </PersonButton>
          </li>
        ))}
        {unseen > 0 && (
          <li class="small">
            <span aria-hidden="true">+{unseen}</span>
            <span class="hidden">{t("people.on_stage_more", { count: unseen })}</span>
          </li>
        )}
      </ul>
    </ColoursContext.Provider>
  );
}

interface BellProps {
  /** How many wait at the door. */
  readonly knocks: number;
  /** How many ask one into a room. */
  readonly pings: number;
  /** How many planned rooms there is news of. */
  readonly reminders: number;
}

function Bell({ knocks, pings, reminders }: BellProps) {
  const { t } = useText();
  const said = [
    ...(knocks > 0 ? [t("hallway.bell", { count: knocks })] : []),
    ...(pings > 0 ? [t("hallway.bell_pings", { count: pings })] : []),
    ...(reminders > 0 ? [t("hallway.bell_reminders", { count: reminders })] : []),
  ];
  return (
    <button type="button" class="icon-button bell" onClick={lookAtAsking}>
      <BellIcon />
      {said.length > 0 && <b aria-hidden="true">{knocks + pings + reminders}</b>}
      <span class="hidden">{said.length > 0 ? said.join(", ") : t("hallway.bell_none")}</span>
    </button>
  );
}

/** Those at the door first: they have nothing but the door. */
function lookAtAsking(): void {
  const first = ["knocks", "pings", "reminders"].map((id) => document.getElementById(id));
  first.find((asking) => asking !== null)?.focus();
}

interface OpenRoomProps {
  /** Of whoever opens it. */
  readonly name: string;
  /** To start with. */
  readonly title: string;
  readonly onOpenRoom: HallwayProps["onOpenRoom"];
  readonly onClose: () => void;
}

function OpenRoom({ name, onOpenRoom, onClose, title: given }: OpenRoomProps) {
  const { t } = useText();
  const [title, setTitle] = useState(given);
  const [kind, setKind] = useState<RoomKind>("open");
  const unnamed = t("doors.title_default", { name });
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(await onOpenRoom(title.trim() === "" ? unnamed : title, kind));
    setBusy(false);
  };
  return (
    <Dialog title={t("hallway.open")} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>{t("hallway.room_title")}</span>
          <input
            name="title"
            value={title}
            maxLength={80}
            autoComplete="off"
            placeholder={unnamed}
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        <Kinds chosen={kind} onChoose={setKind} />
        {problem !== null && (
          <p class="problem" role="alert">
            {t(`problem.${problem}`)}
          </p>
        )}
        <div class="row end">
          <button type="button" class="button quiet" onClick={onClose}>
            {t("app.cancel")}
          </button>
          <button type="submit" class="button" disabled={busy}>
            {t("hallway.open_now")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
