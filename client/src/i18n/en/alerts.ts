/** English: notifications outside the page. The service worker has these and no other texts. */

export const alerts = {
  "alert.knock": "{name} is at the door",
  "alert.knock_text": "Somebody you know is waiting. Come and let them in?",
  "alert.let_in": "Let in",
  "alert.admitted": "The door is open",
  "alert.admitted_text": "Somebody let you in. Come on over.",
  "alert.ping": "{name} asks you in",
  "alert.other": "Something is new at Masil",
  "alert.soon": "Starts soon.",
  "alert.started": "Starts now.",
  "alert.moved": "Has another time.",
  "alert.cancelled": "Will not take place.",
} as const;
