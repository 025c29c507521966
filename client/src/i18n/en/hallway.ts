/** English: the hallway. */

export const hallway = {
  "hallway.title": "Lights on now",
  "hallway.empty": "All windows are dark. Open a room and light the first one.",
  "hallway.open": "Open a room",
  "hallway.room_title": "What is it about?",
  "hallway.open_now": "Open it",
  "hallway.on_stage": { one: "{count} on stage", other: "{count} on stage" },
  "hallway.listening": { one: "{count} listening", other: "{count} listening" },
  "hallway.not_recorded": "not recorded",
  "hallway.captions_on": "captions on",
  "hallway.locked": "locked: nobody new can come in",
  "hallway.contacts": "Contacts",
  "hallway.bell": {
    one: "{count} person at the door",
    other: "{count} people at the door",
  },
  "hallway.bell_pings": {
    one: "{count} person asks you in",
    other: "{count} people ask you in",
  },
  "hallway.bell_none": "Nobody at the door",
} as const;
