/** English: signing in, waiting, knocks and contacts. */

export const door = {
  "signin.title": "Come on over",
  "signin.founder_title": "Welcome, founder",
  "signin.founder_text":
    "This house is new and you hold its first key. Give your name and your number, and you are in.",
  "signin.number": "Phone number",
  "signin.region": "Country",
  "signin.send_code": "Send me a code",
  "signin.promise": "Nothing that is said here is ever recorded.",
  "signin.plain":
    "Before you start: members who have your number in their contacts may be told that you are waiting, and any one of them can let you in.",
  "signin.code": "Six-digit code",
  "signin.code_sent": "A code is on its way to {number}. It is good for ten minutes.",
  "signin.confirm": "Confirm",
  "signin.other_number": "Another number",
  "signin.send_again": "Send a new code",
  "signin.name": "Your name",
  "signin.name_text": "This number is new here. What shall we call you?",
  "signin.name_hint": "As your friends know you, so that they recognise you at the door.",
  "signin.knock": "Knock on the door",

  "waiting.title": "You are at the door, {name}",
  "waiting.text":
    "Members who have your number are being asked. When one of them lets you in, this page opens by itself.",
  "waiting.hint":
    "Nobody comes? Ask somebody inside to add your number to their contacts: they are asked at once.",
  "waiting.withdraw": "I no longer want to wait",
  "waiting.withdraw_confirm": "Stop waiting? Your number and name are erased here.",
  "waiting.withdraw_yes": "Erase and go",

  "knock.title": "At the door",
  "knock.waits": "{name} is waiting at the door",
  "knock.contact": "Your contact “{contact}”",
  "knock.contact_unnamed": "In your contacts",
  "knock.admit": "Let in",
  "knock.ignore": "Ignore",
  "knock.ignore_hint": "Nobody is told that you ignored it.",

  "contacts.title": "Contacts",
  "contacts.text":
    "When somebody with one of these numbers knocks, you are asked. Names stay on this device; the house keeps each number only in scrambled form, and forgets those it never meets.",
  "contacts.kept": { one: "{count} number is kept", other: "{count} numbers are kept" },
  "contacts.kept_title": "What is kept",
  "contacts.kept_none": "No numbers are kept yet.",
  "contacts.until": "until {date}; sending them again keeps them longer",
  "contacts.between": "the first until {first}, the last until {last}; sending them again keeps them longer",
  "contacts.asks_me": "Ask me who comes in",
  "contacts.asks_me_on": "You are asked when somebody with one of your numbers knocks.",
  "contacts.asks_me_off": "Nobody asks you, and nobody is told. Your numbers are kept all the same.",
  "contacts.pick": "Choose from my phone",
  "contacts.pick_hint": "Your browser shows them; only the numbers of those you choose are sent, and no name.",
  "contacts.type": "Type numbers",
  "contacts.type_hint": "One a line; a name may stand before it.",
  "contacts.type_example": "Jiwoo 010-1234-5678",
  "contacts.add": "Add",
  "contacts.adding": "Adding…",
  "contacts.file": "Choose a contacts file (.vcf)",
  "contacts.file_hint": "It is read on this device. Only names and numbers are looked at, and only the numbers are sent.",
  "contacts.found": { one: "{count} number in the file", other: "{count} numbers in the file" },
  "contacts.found_none": "There is no phone number in this file.",
  "contacts.added": { one: "{count} number added.", other: "{count} numbers added." },
  "contacts.rejected": {
    one: "{count} was not a phone number.",
    other: "{count} were not phone numbers.",
  },
  "contacts.forget": "Forget all contacts",
  "contacts.forget_confirm":
    "Forget all contacts? The house deletes the numbers and this device the names.",
  "contacts.forget_yes": "Forget all",
} as const;
