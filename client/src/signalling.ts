/**
 * The socket to the gate: typed commands, replies paired by id, reconnection.
 *
 * Owns one WebSocket at a time. Never touches the DOM and never decides what an event means.
 */

import type {
  Chat,
  CalendarAddress,
  ClientMessage,
  ContactsAdded,
  ErrorCode,
  InviteCreated,
  Invites,
  Joined,
  MediaOffer,
  MemberExported,
  MembersListed,
  Ok,
  OwnProfile,
  PeopleListed,
  Profile,
  Receipts,
  ReportsListed,
  RoomBans,
  RoomLog,
  RoomOpened,
  RoomScheduled,
  RoomSnapshot,
  RoomsFound,
  ServerMessage,
  TopicMentions,
} from "./protocol.gen";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** A message to the gate whose `id` the socket still has to choose. */
export type Command = WithoutId<ClientMessage>;

interface Replies {
  get_chat: Chat;
  get_room_log: RoomLog;
  get_profile: Profile;
  get_own_profile: OwnProfile;
  list_people: PeopleListed;
  create_invite: InviteCreated;
  list_invites: Invites;
  list_members: MembersListed;
  list_reports: ReportsListed;
  find_rooms: RoomsFound;
  export_member: MemberExported;
  open_room: RoomOpened;
  join_room: Joined;
  renew_media: MediaOffer;
  sync_room: RoomSnapshot;
  list_room_bans: RoomBans;
  add_contacts: ContactsAdded;
  schedule_room: RoomScheduled;
  open_scheduled: RoomOpened;
  get_calendar: CalendarAddress;
  make_calendar: CalendarAddress;
  revoke_calendar: CalendarAddress;
  ask_topic: TopicMentions;
  list_receipts: Receipts;
}
export type ReplyTo<T extends Command["type"]> = T extends keyof Replies ? Replies[T] : Ok;

type Refusal = Extract<ServerMessage, { type: "error" }>;
/** Whatever carries the id of a command. */
type Reply = Exclude<Extract<ServerMessage, { id: number }>, Refusal>;
/** Everything that the gate says without being asked. */
export type GateEvent = Exclude<ServerMessage, Reply | Refusal>;

/** Codes of this page's own, beside the gate's. */
export type LocalCode = "not_connected" | "connection_lost" | "timed_out";
export type FailureCode = ErrorCode | LocalCode;

/** A command that did not succeed; `code` is stable, `message` is for logs only. */
export class CommandError extends Error {
  constructor(
    readonly code: FailureCode,
    message: string = code,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/**
 * Why there is no connection: shown to people.
 *
 * `server`: it hung up. `offline`: the device has no network. `lost`: it has one again, or another
 * one. `unanswered`: nothing comes through, and nobody knows where it ends.
 */
export type DownReason = "starting" | "lost" | "offline" | "unanswered" | "server";
export type Connection =
  | { state: "connecting"; reason: DownReason; attempt: number }
  | { state: "connected" }
  | { state: "closed"; code: ErrorCode | null };

/** The part of WebSocket that is used, so that tests can bring their own. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

export interface SignallingOptions {
  open: () => SocketLike;
  onEvent: (event: GateEvent) => void;
  onConnection: (connection: Connection) => void;
  /** Called when an attempt ended without a single message: perhaps the session is over. */
  onRefused: () => void;
  random?: () => number;
}

export const BACK_OFF_S = [0, 0.3, 1.2, 2.7, 4.8, 7] as const;
/** Where the gate itself hung up: started anew it is back in two or three seconds, so ask often then. */
export const BACK_OFF_SERVER_S = [0, 0.3, 0.5, 0.5, 0.5, 0.7, 1, 1.5, 2.7, 4.8, 7] as const;
export const REQUEST_TIMEOUT_MS = 10_000;
/** How long the answer to a ping may take: this, or so many times what the last reply took. */
export const REACH_MS = 250;
const REACH_REPLIES = 3;
/**
 * How long an attempt may take. Where packets are lost without a word, the browser repeats its own
 * first one after 1, 3 and 7 s only: a new attempt comes through sooner once the way is open.
 */
export const CONNECT_TIMEOUT_S = [1.5, 1.5, 2, 3, 5, 8] as const;
const FIRST_CONNECT_TIMEOUT_S = 8;
const FIRST_WELCOME_MS = 4_000;
/** Errors after which this page must not come back by itself. */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set(["replaced", "not_signed_in", "bad_origin"]);

interface Pending {
  resolve: (reply: Reply) => void;
  reject: (error: CommandError) => void;
  timer: ReturnType<typeof setTimeout>;
  sentAtMs: number;
}

/** One lasting connection over many sockets. */
export class Signalling {
  #socket: SocketLike | null = null;
  #pending = new Map<number, Pending>();
  #nextId = 1;
  #attempt = 0;
  #reason: DownReason = "starting";
  #welcomed = false;
  #stopped = true;
  #replyMs = 0;
  #onFirstWelcome: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #connectTimer: ReturnType<typeof setTimeout> | null = null;
  readonly #options: SignallingOptions;

  constructor(options: SignallingOptions) {
    this.#options = options;
  }

  /** Connect, and stay connected until `stop`. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#attempt = 0;
    this.#connectAfter("starting");
  }

  /** Close for good; pending commands fail. */
  stop(): void {
    this.#stopped = true;
    this.#dropSocket("connection_lost");
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Try at once where a connection is being waited for, for example when the network is back. */
  retryNow(): void {
    if (this.#stopped || this.#welcomed) return;
    // A socket that still tries may have begun in a network that is gone.
    this.#dropSocket("connection_lost");
    this.#attempt = 0;
    const staysTrue = this.#reason === "starting" || this.#reason === "server";
    this.#connectAfter(staysTrue ? this.#reason : "lost");
  }

  /** Whether the gate answers at once; where it does not, the socket is replaced. */
  async reach(): Promise<boolean> {
    try {
      await this.#send({ type: "ping" }, Math.max(REACH_MS, REACH_REPLIES * this.#replyMs));
      return true;
    } catch (error) {
      if (error instanceof CommandError) return false;
      throw error;
    }
  }

  /** The socket is known to be dead (no answer, no network): drop it and connect anew. */
  reconnect(reason: DownReason): void {
    if (this.#stopped) return;
    this.#dropSocket("connection_lost");
    this.#connectAfter(reason);
  }

  /**
   * Send a command and wait for its reply.
   *
   * While the page starts, a command waits a moment for the first connection. Throws
   * `CommandError`. No reply within `timeoutMs` means a dead socket, which is replaced.
   */
  async request<C extends Command>(
    command: C,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ): Promise<ReplyTo<C["type"]>> {
    if (!this.#welcomed && !this.#stopped && this.#reason === "starting") await this.#firstWelcome();
    return this.#send(command, timeoutMs);
  }

  /** Resolves at the first welcome, or when it is too late to hope for it. */
  #firstWelcome(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FIRST_WELCOME_MS);
      this.#onFirstWelcome.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #send<C extends Command>(command: C, timeoutMs: number): Promise<ReplyTo<C["type"]>> {
    const socket = this.#socket;
    if (socket === null || !this.#welcomed) {
      return Promise.reject(new CommandError("not_connected"));
    }
    const id = this.#nextId++;
    return new Promise<Reply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new CommandError("timed_out"));
        this.reconnect("unanswered");
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer, sentAtMs: performance.now() });
      socket.send(JSON.stringify({ ...command, id }));
    }) as Promise<ReplyTo<C["type"]>>;
  }

  /** A failed attempt does not change why the connection is away. */
  #reasonNow(): DownReason {
    if (this.#welcomed) return "server";
    return this.#reason === "starting" ? "unanswered" : this.#reason;
  }

  #connectAfter(reason: DownReason): void {
    this.#reason = reason;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const steps = reason === "server" ? BACK_OFF_SERVER_S : BACK_OFF_S;
    const step = steps[Math.min(this.#attempt, steps.length - 1)] ?? 7;
    const jitter = 0.75 + 0.5 * (this.#options.random ?? Math.random)();
    this.#options.onConnection({ state: "connecting", reason, attempt: this.#attempt });
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), step * jitter * 1000);
  }

  #connect(): void {
    this.#timer = null;
    if (this.#stopped || this.#socket !== null) return;
    const socket = this.#options.open();
    let heard = false;
    this.#socket = socket;
    this.#welcomed = false;
    const giveUp = () => this.reconnect(this.#reason === "offline" ? "offline" : "unanswered");
    this.#connectTimer = setTimeout(giveUp, this.#connectTimeoutMs());
    socket.onmessage = (event) => {
      if (this.#socket !== socket) return;
      heard = true;
      this.#receive(event.data);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      const reason = this.#reasonNow();
      this.#dropSocket("connection_lost");
      if (this.#stopped) return;
      if (!heard) this.#options.onRefused();
      if (!this.#stopped) this.#connectAfter(reason);
    };
  }

  #connectTimeoutMs(): number {
    if (this.#reason === "starting") return FIRST_CONNECT_TIMEOUT_S * 1000;
    const step = Math.min(this.#attempt, CONNECT_TIMEOUT_S.length) - 1;
    return (CONNECT_TIMEOUT_S[step] ?? FIRST_CONNECT_TIMEOUT_S) * 1000;
  }

  #receive(data: unknown): void {
    const message = parse(data);
    if (message === null) return;
    if (message.type === "error") {
      this.#refuse(message);
    } else if ("id" in message) {
      const pending = this.#take(message.id);
      if (pending) this.#replyMs = performance.now() - pending.sentAtMs;
      pending?.resolve(message);
    } else {
      if (message.type === "welcome") this.#welcome();
      this.#options.onEvent(message);
    }
  }

  #welcome(): void {
    this.#welcomed = true;
    this.#attempt = 0;
    if (this.#connectTimer !== null) clearTimeout(this.#connectTimer);
    this.#options.onConnection({ state: "connected" });
    for (const go of this.#onFirstWelcome.splice(0)) go();
  }

  #refuse(message: Refusal): void {
    if (message.id !== null) {
      this.#take(message.id)?.reject(new CommandError(message.code, message.message));
    } else if (FINAL_CODES.has(message.code)) {
      this.stop();
      this.#options.onConnection({ state: "closed", code: message.code });
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending) clearTimeout(pending.timer);
    this.#pending.delete(id);
    return pending;
  }

  #dropSocket(code: LocalCode): void {
    if (this.#connectTimer !== null) clearTimeout(this.#connectTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    socket?.close();
    const pending = [...this.#pending.keys()];
    for (const id of pending) this.#take(id)?.reject(new CommandError(code));
  }
}

/** A message of the gate, or null for anything else: newer gates may say what we do not know. */
function parse(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    const typed = typeof value === "object" && value !== null && "type" in value;
    return typed ? (value as ServerMessage) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
