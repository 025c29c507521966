/** English: what the first page says of views that are fetched later. */

export const first = {
  "admin.title": "Order in the house",
  "topic.open": "“{term}”: who said it and when",
  "traits.of": "Talks about, more than others here",
  "notice.scribe_came":
    "The scribe came in. It hears only those who say yes; you decide for yourself.",
  "notice.scribe_here": "The scribe is in this room. It hears only those who say yes.",
  "notice.scribe_left": "The scribe left. All its words are gone.",
  "receipts.title": "Consents",
  "connection.weak": "weak",
  "weak.loss": "Your connection is weak: {share} of the voices is lost on the way to you.",
  "weak.own_loss": "Your connection is weak: {share} of your voice is lost on its way.",
  "weak.slow": "Your connection is slow: a voice takes {ms} ms longer, there and back.",
  "weak.silent": "Nothing comes from the voices at the moment.",
  "sound.title": "Microphone and sound",
  "sound.shortcuts": "Keys in a room",
  "volume.title": "How loud {name} is for you",
  "volume.text": "Only here, on this device.",
  "problem.insecure_page": "Browsers lend the microphone to secure pages only: https, or localhost.",
  "problem.bad_line": "A line has 1 to 400 characters.",
  "problem.chat_off": "The chat of this room is switched off.",
  "topics.title": "Talking about",
  "topics.speakers": { one: "said by {count} person", other: "said by {count} people" },
} as const;
