/** English: the scribe, captions and topics. */

export const captions = {
  "captions.title": "Captions",
  "captions.turn_on": "Turn captions on",
  "captions.turn_off": "Turn captions off",
  "captions.off": "Captions are off. Nobody’s words are turned into text.",
  "captions.off_host":
    "Turn them on to ask the scribe in. Each speaker then decides alone.",
  "captions.empty": "No words yet. Only speakers who said yes are captioned.",
  "captions.mine_on": "My captions: on",
  "captions.mine_off": "My captions: off",
  "captions.mine_text":
    "Only your words, turned into text on this server, gone when the room ends.",
  "captions.mine_text_on": "Switch it off and your words vanish from every screen.",
  "captions.consent": "Turn on",
  "captions.withdraw": "Turn off",
  "captions.consent_mine": "Turn on my captions",
  "captions.withdraw_mine": "Turn off my captions",
  "captions.language": "I speak",
  "captions.language_any": "any language",
  "captions.gap": "some words were lost here",
  "captions.missing": "The speech model is fetched when the first speaker turns captions on.",
  "captions.fetching": "Fetching the speech model… {percent}",
  "captions.loading": "The scribe is sharpening the pencil…",
  "captions.only": "The speech model here knows {languages} only. Other languages come out as nonsense; they can be typed.",
  "captions.unavailable": "Captions unavailable: {detail}. What is typed on stage is still shown.",

  "topics.empty": "Topics appear here when captioned speakers return to a word.",
} as const;
