/**
 * The page's life: signing in, the socket, the hallway, and one visit to a room at a time.
 *
 * Owns the state that the views draw and every action they may call. Never draws anything.
 */

import { Account, NO_ACCOUNT } from "./account";
import { accountHttp } from "./account-http";
import { AddressBook } from "./address-book";
import { Administration, NO_ADMIN } from "./administration";
import { ContactNameStore } from "./contact-names";
import { Desk } from "./desk";
import { Doors, NO_DOORS } from "./doors";
import { reduceHallway, type HallwayEvent } from "./hallway";
import { Entrance } from "./entrance";
import type { Me, RoomKind } from "./protocol.gen";
import { Invitations, NO_INVITATIONS } from "./invitations";
import type { PasskeyBrowser } from "./passkey-browser";
import { PushSwitch } from "./push";
import type { PushBrowser } from "./push-browser";
import { NO_PLANS, Plans } from "./plans";
import { pathOf, routeOf, showsKnocks, type Route } from "./route";
import type { Locale } from "./i18n/text";
import { NoticeBoard } from "./notice-board";
import { codeOf, problemOf } from "./problem-of";
import { pushOf } from "./push-news";
import { NO_PEOPLE, Profiles } from "./profiles";
import { CommandError, Signalling, type Command, type GateEvent, type SocketLike } from "./signalling";
import { NO_CONTACTS, type AppState, type Notice, type ProblemCode } from "./state";
import { Reporting } from "./reporting";
import { Sound } from "./sound";
import type { Store } from "./store";
import { Talking } from "./talking";
import type { KeyAction } from "./keys";
import { SoundChoiceStore } from "./media/choices";
import { ReadAloud } from "./media/read-aloud";
import { Updates, type VersionBrowser } from "./updates";
import { Visit } from "./visit";

export interface AppDependencies {
  readonly store: Store<AppState>;
  readonly openSocket: () => SocketLike;
  readonly loudspeakers: HTMLElement;
  readonly storage: Storage;
  readonly sessionStorage: Storage;
  readonly pushBrowser: PushBrowser;
  readonly versions: VersionBrowser;
  readonly passkeyBrowser: PasskeyBrowser;
  readonly save: (file: Blob, name: string) => void;
  /** The reader's language now. */
  readonly language: () => Locale;
}

export class App {
  readonly #store: Store<AppState>;
  readonly #deps: AppDependencies;
  readonly addressBook: AddressBook;
  readonly administration: Administration;
  readonly doors: Doors;
  readonly plans: Plans;
  readonly invitations: Invitations;
  readonly push: PushSwitch;
  readonly profiles: Profiles;
  readonly account: Account;
  readonly talking: Talking;
  readonly reporting: Reporting;
  readonly updates: Updates;
  readonly sound: Sound;
  readonly desk: Desk;
  readonly entrance: Entrance;
  readonly #board: NoticeBoard;
  readonly #signalling: Signalling;
  #visit: Visit | null = null;

  constructor(deps: AppDependencies) {
    this.#deps = deps;
    this.#store = deps.store;
    this.#board = new NoticeBoard(deps.store);
    this.#signalling = new Signalling({
      open: deps.openSocket,
      onEvent: (event) => this.#receive(event),
      onConnection: (connection) => {
        this.#store.patch({ connection });
        if (connection.state !== "connected") this.desk.away(Date.now());
        if (connection.state === "closed") this.#closed(connection.code);
      },
      onRefused: () => void this.entrance.check(),
    });
    this.addressBook = new AddressBook({
      store: deps.store,
      signalling: this.#signalling,
      names: new ContactNameStore(deps.storage),
      tell: (notice) => this.tell(notice),
    });
    this.invitations = new Invitations(deps.store, this.#signalling, deps.sessionStorage);
    this.profiles = new Profiles(deps.store, this.#signalling, (notice) => this.tell(notice));
    this.doors = new Doors(deps.store, this.#signalling);
    this.plans = new Plans({
      store: deps.store,
      signalling: this.#signalling,
      origin: location.origin,
      enter: (roomId) => this.go({ view: "room", roomId }),
      complain: (code) => this.tell({ kind: "problem", code }),
    });
    this.administration = new Administration(deps.store, this.#signalling, deps.save);
    this.reporting = new Reporting(this.#signalling);
    this.talking = new Talking({
      store: deps.store,
      signalling: this.#signalling,
      aloud: new ReadAloud(deps.storage, globalThis.speechSynthesis),
    });
    this.sound = new Sound({
      store: deps.store,
      kept: new SoundChoiceStore(deps.storage),
      loudspeakers: deps.loudspeakers,
      follow: (choices) => void this.#visit?.choose(choices),
      visitLevel: () => this.#visit?.level() ?? null,
    });
    this.desk = new Desk({
      store: deps.store,
      signalling: this.#signalling,
      storage: deps.storage,
      sessionStorage: deps.sessionStorage,
      save: deps.save,
      complain: (code) => this.tell({ kind: "problem", code }),
    });
    const { store, language, pushBrowser: browser } = deps;
    this.push = new PushSwitch({ store, signalling: this.#signalling, browser, language });
    this.updates = new Updates({
      browser: deps.versions,
      inRoom: () => store.get().route.view === "room",
      onWaiting: () => store.patch({ updateWaiting: true }),
    });
    this.account = new Account({
      store,
      http: accountHttp,
      browser: deps.passkeyBrowser,
      save: deps.save,
      signedIn: (me) => this.#signedIn(me),
      erased: () => this.#sessionOver(),
      tell: (notice) => this.tell(notice),
    });
    this.entrance = new Entrance({
      store,
      sessionStorage: deps.sessionStorage,
      invitations: this.invitations,
      language,
      signedIn: (me) => this.#signedIn(me),
      sessionOver: () => this.#sessionOver(),
      signedOut: () => this.#signedOut(),
      complain: (code) => this.tell({ kind: "problem", code }),
    });
  }

  /** Go to another view; leaving a room this way is leaving quietly. */
  go = (route: Route): void => {
    history.pushState(null, "", pathOf(route));
    this.#follow(route);
  };

  /** The reader tapped a notification: show who is at the door, unless he is in a room. */
  toTheDoor = (): void => {
    if (this.#store.get().route.view !== "room") this.go({ view: "hallway" });
    setTimeout(() => document.getElementById("knocks")?.focus());
  };

  /** The page is closed, or loaded anew: whoever comes back can ask what he missed. */
  close = (): void => {
    if (this.#visit !== null) this.desk.leave(this.#visit.state.roomId, Date.now());
  };

  /** The browser's own back and forward. */
  followLocation = (): void => this.#follow(routeOf(location));

  openRoom = async (title: string, kind: RoomKind): Promise<ProblemCode | null> => {
    try {
      const { roomId } = await this.#signalling.request({ type: "open_room", title, kind });
      this.takeShared();
      this.go({ view: "room", roomId });
      return null;
    } catch (error) {
      return codeOf(error);
    }
  };

  admit = async (knockId: string, name: string): Promise<void> => {
    if (await this.#command({ type: "admit", knockId })) {
      this.#dropKnock(knockId);
      this.tell({ kind: "let_in", name });
    }
  };

  ignore = async (knockId: string): Promise<void> => {
    if (await this.#command({ type: "ignore_knock", knockId })) this.#dropKnock(knockId);
  };

  withdrawKnock = async (): Promise<void> => {
    try {
      await this.#signalling.request({ type: "withdraw_knock" });
      this.#signedOut();
    } catch (error) {
      const code = codeOf(error);
      // The account may be gone before its answer is: then the session is, too.
      if (code === "connection_lost") await this.entrance.check();
      else this.tell({ kind: "problem", code });
    }
  };

  leaveRoom = (): void => this.go({ view: "hallway" });
  toggleMicrophone = (): void => void this.#visit?.toggleMicrophone();
  hear = (): void => void this.#visit?.hear();
  /** Silence on this device until `hear`. */
  hush = (): void => this.#visit?.hush();

  /** A key that means something in a room. */
  pressed = (action: KeyAction): void => {
    switch (action) {
      case "microphone":
        if (this.#visit?.me()?.role !== "listener") this.toggleMicrophone();
        break;
      case "hold":
      case "release":
        void this.#visit?.hold(action === "hold");
        break;
      case "shortcuts":
        this.sound.show("shortcuts");
        break;
      default:
        action satisfies never;
    }
  };
  /** A command about the room one is in. */
  inRoom = (command: Command): void => void this.#visit?.command(command);

  /** Find out who is banned from the room one is in. */
  listBans = (): void => void this.#visit?.listBans();

  /** After "entered from another device": come back here. */
  resume = (): void => this.#signalling.start();

  /** The page is looked at again, or the device slept: what was missed is asked for at once. */
  wake = (asleepMs: number): void => {
    if (asleepMs > 0) this.desk.away(Date.now() - asleepMs);
    void this.updates.look();
    void this.push.refresh();
    this.#signalling.retryNow();
    void this.#visit?.wake();
    void this.#signalling.reach().then((reached) => {
      if (!reached) return undefined;
      this.desk.back(Date.now());
      return this.#visit?.sync();
    });
  };

  /** The network is back; coming back to the room brings the voices a new connection. */
  networkBack = (): void => {
    this.#store.patch({ online: true });
    this.#signalling.retryNow();
  };

  /** Something about the network is different: find out at once whether the gate is still there. */
  networkChanged = (): void => void this.#signalling.reach();

  networkGone = (): void => {
    this.#store.patch({ online: false });
    this.#signalling.reconnect("offline");
  };

  /** What was shared is in a room's form, or was not wanted. */
  takeShared = (): void => this.#store.patch({ shared: null });

  tell = (notice: Notice): void => this.#board.tell(notice);
  dismiss = (id: number): void => this.#board.dismiss(id);

  #receive(event: GateEvent): void {
    switch (event.type) {
      case "invite_changed":
        this.invitations.apply(event);
        break;
      case "line_written":
      case "line_taken_back":
      case "chat_switched":
      case "reactions":
        this.talking.apply(event);
        break;
      case "caption":
        this.talking.heard(event);
        this.#visit?.apply(event);
        break;
      case "participant_changed":
      case "participant_left":
      case "room_changed":
      case "caption_gap":
      case "captions_purged":
      case "captions_recent":
      case "topics":
      case "timeline":
      case "relations":
      case "traits":
      case "hidden_words":
      case "scribe_asked_to_leave":
        this.#visit?.apply(event);
        break;
      case "room_ended":
        this.#roomOver(event.roomId, { kind: event.abandoned ? "room_abandoned" : "room_ended" });
        break;
      case "put_out":
        this.#roomOver(event.roomId, {
          kind: event.banned ? "banned_from_room" : "removed_from_room",
        });
        break;
      default:
        this.#receiveOutside(event);
    }
  }

  #receiveOutside(event: HallwayEvent): void {
    this.#store.patch(reduceHallway(this.#store.get(), event));
    switch (event.type) {
      case "welcome":
        this.addressBook.open(event.me);
        void this.push.open(event.pushKey, event.knocks);
        this.#enter();
        break;
      case "admitted":
        this.#enter();
        break;
      case "knocked":
        if (showsKnocks(this.#store.get().route)) this.tell({ kind: "knocked", name: event.knock.name });
        break;
      case "pinged":
        this.doors.pinged(event);
        break;
      case "knock_closed":
        void this.push.closeKnock(event.knockId);
        break;
      case "ping_closed":
        void this.push.closePing(event.roomId);
        break;
      case "media_up":
        this.#visit?.mediaUp(event.up);
        break;
      default:
    }
    const pushed = pushOf(event, this.#deps.language());
    if (pushed !== null) void this.push.showWhileHidden(pushed);
  }

  /** Take the seat in the room that the address names, or take it again. */
  #enter(): void {
    const { route, me, connection } = this.#store.get();
    if (route.view !== "room" || me?.membership !== "member") return;
    if (this.#visit !== null && this.#visit.state.roomId !== route.roomId) this.#leave();
    if (this.#visit === null) {
      this.#visit = new Visit(route.roomId, {
        signalling: this.#signalling,
        memberId: me.memberId,
        loudspeakers: this.#deps.loudspeakers,
        choices: this.sound.choices,
        onTried: this.sound.used,
        onChange: (visit) => this.#store.patch({ visit }),
        onNotice: this.tell,
        onScribe: (what) => this.#scribe(what),
      });
      this.#store.patch({ visit: this.#visit.state });
      this.desk.enter(route.roomId, Date.now());
    }
    if (connection.state === "connected") void this.#join(this.#visit);
  }

  async #join(visit: Visit): Promise<void> {
    await visit.join();
    if (this.#visit === visit && visit.state.status === "inside") {
      this.desk.back(Date.now());
      await this.talking.open(visit.state.roomId);
    }
  }

  /** It comes with a sound, so that nobody misses it who is not looking. */
  #scribe(what: "came" | "here" | "left"): void {
    this.tell({ kind: `scribe_${what}` });
    if (what === "left") this.desk.scribeWent();
    // Where the browser lets nothing sound yet, the notice is all.
    if (what === "came") this.sound.playTone().catch(() => undefined);
  }

  #leave(): void {
    const visit = this.#visit;
    if (visit === null) return;
    if (visit.state.status !== "refused") {
      this.#signalling.request({ type: "leave_room" }).catch((error: unknown) => {
        if (!(error instanceof CommandError)) throw error; // the gate forgets us after a minute
      });
    }
    this.#endVisit();
  }

  #endVisit(): void {
    if (this.#visit !== null) this.desk.leave(this.#visit.state.roomId, Date.now());
    this.#visit?.stop();
    this.#visit = null;
    this.talking.close();
    this.sound.show(null);
    this.#store.patch({ visit: null });
  }

  /** The room ended, or a host put this person out of it. */
  #roomOver(roomId: string, notice: Notice): void {
    if (this.#visit?.state.roomId !== roomId) return;
    this.#endVisit();
    this.tell(notice);
    this.go({ view: "hallway" });
  }

  #follow(route: Route): void {
    this.#store.patch({ route });
    if (route.view !== "room") this.#leave();
    else if (route.roomId !== this.#visit?.state.roomId) this.#enter();
  }

  #signedIn(me: Me): void {
    if (/^\/(founder|invite)\b/.test(location.pathname)) this.#showPath({ view: "hallway" });
    if (me.membership === "member") this.invitations.drop();
    this.#store.patch({ phase: "inside", me });
    this.addressBook.open(me);
    this.#signalling.start();
  }

  /** Ended on purpose, here or elsewhere: the names of contacts leave this device too. */
  #sessionOver(): void {
    const { me } = this.#store.get();
    if (me !== null) this.addressBook.forgetNames(me);
    this.sound.forgetPeople();
    this.#signedOut();
  }

  #signedOut(): void {
    void this.push.forget();
    this.#signalling.stop();
    this.#endVisit();
    this.#showPath({ view: "hallway" });
    this.#store.patch({
      phase: "signed_out",
      me: null,
      rooms: [],
      trending: [],
      knocks: [],
      contacts: NO_CONTACTS,
      contactNames: {},
      admin: NO_ADMIN,
      pings: [],
      plans: NO_PLANS,
      doors: NO_DOORS,
      shared: null,
      invitations: NO_INVITATIONS,
      people: NO_PEOPLE,
      account: NO_ACCOUNT,
    });
  }

  #showPath(route: Route): void {
    history.replaceState(null, "", pathOf(route));
    this.#store.patch({ route });
  }

  #closed(code: string | null): void {
    if (code === "not_signed_in") this.#sessionOver();
    else this.#endVisit();
  }

  #dropKnock(knockId: string): void {
    this.#store.patch(reduceHallway(this.#store.get(), { type: "knock_closed", knockId }));
  }

  async #command(command: Command): Promise<boolean> {
    const problem = await problemOf(this.#signalling.request(command));
    if (problem !== null) this.tell({ kind: "problem", code: problem });
    return problem === null;
  }
}
