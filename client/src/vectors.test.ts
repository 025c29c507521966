/** The golden messages of protocol/vectors, which the gate's tests read too. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reduceHallway, type HallwayEvent } from "./hallway";
import type { ClientMessage, ServerMessage } from "./protocol.gen";
import { enterRoom, reduceRoom, type RoomEvent } from "./room";
import { Signalling, type Command, type GateEvent, type SocketLike } from "./signalling";
import { initialState } from "./state";
import { NO_TALK, reduceTalk, type TalkEvent } from "./talk";

/** Complete by the type system: a message that is added to the protocol does not compile here. */
const CLIENT: Record<ClientMessage["type"], true> = {
  ping: true,
  schedule_room: true, change_scheduled: true, cancel_scheduled: true, open_scheduled: true,
  set_reminder: true, get_calendar: true, make_calendar: true, revoke_calendar: true,
  open_room: true, join_room: true, answer_media: true, renew_media: true, sync_room: true,
  leave_room: true, end_room: true, raise_hand: true, invite_to_stage: true, answer_stage: true,
  step_down: true, move_to_audience: true, mute: true, mute_participant: true,
  switch_captions: true, consent: true, add_contacts: true, forget_contacts: true, admit: true,
  ignore_knock: true, withdraw_knock: true,
  list_members: true, ban_member: true, unban_member: true, set_admin: true, list_reports: true,
  give_invite: true, export_member: true, erase_member: true,
  close_report: true, create_invite: true, list_invites: true, revoke_invite: true,
  use_invite: true, subscribe_push: true, unsubscribe_push: true, set_asks_me: true,
  get_profile: true, get_own_profile: true, update_profile: true,
  set_preferences: true, follow: true, block: true, list_people: true, report_member: true,
  make_moderator: true, unmake_moderator: true, mute_all: true, ask_to_unmute: true,
  allow_unmute: true, remove_from_room: true, ban_from_room: true, unban_from_room: true,
  open_up: true, ping_into_room: true, find_rooms: true,
  lock_room: true, list_room_bans: true, take_over: true,
  react: true, get_chat: true, write_line: true, take_line_back: true, switch_chat: true,
  get_room_log: true, report_room: true,
  ask_scribe_to_leave: true, keep_scribe: true, hide_word: true, ask_topic: true,
  show_traits: true, keep_captions: true, list_receipts: true,
};
const SERVER: Record<ServerMessage["type"], "reply" | "hallway" | "room" | "talk" | "end"> = {
  room_scheduled: "reply", calendar_address: "reply",
  schedule_changed: "hallway", reminders_changed: "hallway", reminded: "hallway",
  ok: "reply", error: "reply", room_opened: "reply", joined: "reply", media_offer: "reply",
  room_snapshot: "reply", contacts_added: "reply",
  welcome: "hallway", hallway: "hallway", knocked: "hallway", knock_closed: "hallway",
  admitted: "hallway", captions_engine_changed: "hallway", media_up: "hallway",
  participant_changed: "room", participant_left: "room", room_changed: "room", caption: "room",
  caption_gap: "room", captions_purged: "room", topics: "room",
  captions_recent: "room", timeline: "room", relations: "room", traits: "room",
  hidden_words: "room", scribe_asked_to_leave: "room", trending: "hallway",
  topic_mentions: "reply", receipts: "reply",
  room_ended: "end",
  room_log: "reply", chat: "reply", line_written: "talk", line_taken_back: "talk", chat_switched: "talk",
  reactions: "talk",
  invite_created: "reply", invites: "reply", invite_changed: "end", contacts_changed: "hallway",
  profile: "reply", own_profile: "reply", people_listed: "reply",
  me_changed: "hallway", reports_waiting: "hallway", invite_given: "reply", members_listed: "reply", reports_listed: "reply",
  member_exported: "reply", rooms_found: "reply", pinged: "hallway", ping_closed: "hallway",
  room_bans: "reply", put_out: "end",
};

interface Vectors {
  valid: { ClientMessage: ClientMessage[]; ServerMessage: ServerMessage[] };
}

const FILE = new URL("../../protocol/vectors/signalling.json", import.meta.url);
const { valid } = JSON.parse(readFileSync(FILE, "utf8")) as Vectors;
const client = valid.ClientMessage;
const server = valid.ServerMessage;

describe("the golden messages", () => {
  it("show every message that the page knows, and no other", () => {
    expect([...new Set(client.map((m) => m.type))].sort()).toEqual(Object.keys(CLIENT).sort());
    expect([...new Set(server.map((m) => m.type))].sort()).toEqual(Object.keys(SERVER).sort());
  });

  it("of the gate are taken by the reducers", () => {
    const state = initialState({ view: "hallway" }, null, "KR");
    for (const message of server) {
      if (SERVER[message.type] === "hallway") reduceHallway(state, message as HallwayEvent);
      if (SERVER[message.type] === "talk") {
        const event = message as TalkEvent;
        const talk = { ...NO_TALK, roomId: event.roomId };
        expect(reduceTalk(talk, event, "me", 1_760_000_000_000), message.type).not.toBe(talk);
      }
      if (SERVER[message.type] !== "room") continue;
      const event = message as RoomEvent;
      const room = enterRoom({
        roomId: event.roomId,
        title: "",
        revision: "revision" in event ? event.revision - 1 : 0,
        openedAtMs: 0,
        captionsOn: true,
        participants: [],
        topics: [],
        kind: "open",
        locked: false,
        banned: 0,
        hostless: false,
        asked: null,
        captionsKeptMin: 5,
        hiddenWords: [],
      });
      expect(reduceRoom(room, event).needsSync, message.type).toBe(false);
    }
  });

  it("of the gate come out of the socket as they went in", () => {
    const events: GateEvent[] = [];
    const socket: SocketLike = { send() {}, close() {}, onopen: null, onmessage: null, onclose: null };
    const signalling = new Signalling({
      open: () => socket,
      onEvent: (event) => events.push(event),
      onConnection() {},
      onRefused() {},
    });
    signalling.start();
    return new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => {
      const lasting = server.filter((m) => m.type !== "error" || m.id !== null);
      for (const message of lasting) socket.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
      signalling.stop();
      expect(events).toEqual(server.filter((message) => SERVER[message.type] !== "reply"));
    });
  });

  it("of the page are commands that it can send", () => {
    for (const { id, ...command } of client) {
      expect(typeof id).toBe("number");
      expect(command satisfies Command).toBeTruthy();
    }
  });
});
