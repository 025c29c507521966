/** English: one's own devices, passkeys and data. */

export const account = {
  "signin.passkey": "Sign in with a passkey",
  "signin.or": "or",

  "devices.title": "Devices and passkeys",
  "devices.row": "Where you are signed in, and how",
  "devices.signed_in": "Signed in",
  "devices.on": "{browser} on {system}",
  "devices.unknown": "Unknown device",
  "devices.this": "This device",
  "devices.open": "Open now",
  "devices.seen": "Last here {when}",
  "devices.seen_lately": "Here within the last hour",
  "devices.since": "since {date}",
  "devices.end": "Sign out there",
  "devices.end_name": "Sign out there: {device}",
  "devices.end_others": "Sign out everywhere else",
  "devices.end_others_confirm":
    "Sign out on all other devices? Pages that are open there close at once, and a voice that comes from there falls silent.",
  "devices.short":
    "A device is known here by its kind only, and when it was last here by the hour. After 90 days without a visit it is signed out by itself.",

  "passkeys.title": "Passkeys",
  "passkeys.text":
    "With a passkey you sign in without waiting for a code: your device makes sure that it is you, by fingerprint, face or its own PIN. Those never leave it; the house keeps the public half of a key.",
  "passkeys.none": "You have no passkey yet.",
  "passkeys.made": "Made {date}",
  "passkeys.used": "last used {when}",
  "passkeys.unused": "not used yet",
  "passkeys.make": "Make a passkey on this device",
  "passkeys.remove": "Remove",
  "passkeys.remove_name": "Remove the passkey: {device}",
  "passkeys.remove_confirm":
    "Remove this passkey? Nobody signs in with it any more. Your device may go on showing it: delete it there too.",

  "data.title": "Your data",
  "data.row": "Take it home, or erase it",
  "data.export_title": "Take it home",
  "data.export_text":
    "One file (JSON) with everything that the house keeps about you, and what is left out of it and why. Nothing that was said is in it: none of that is ever kept.",
  "data.export": "Download everything",
  "data.erase_title": "Erase your account",
  "data.erase_text":
    "At once and for good. There is no way back, and nobody can restore it for you.",
  "data.goes": "What goes:",
  "data.goes_you": "your name, your profile and how you came in",
  "data.goes_devices": "all devices and passkeys; you are signed out everywhere",
  "data.goes_people": "your contacts’ numbers, whom you follow or block, and invitations you gave",
  "data.goes_room": "your seat in a room, and your voice with it",
  "data.stays": "What stays:",
  "data.stays_reports": "reports you made, without your name",
  "data.admin":
    "You keep order here. If nobody else does, make somebody an admin first: afterwards only the operator can.",
  "data.free": "Your number is free again: with it one may knock anew, as a stranger.",
  "data.erase": "Erase my account",
  "data.erase_yes": "Erase it now",
} as const;
