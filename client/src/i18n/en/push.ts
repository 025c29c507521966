/** English: being told while the page is closed. */

export const push = {
  "push.title": "Notifications",
  "push.row": "When somebody is at the door or asks you in",
  "push.text":
    "Masil can tell you when somebody you know is at the door, when somebody you follow asks you into a room, and before scheduled rooms you chose to be reminded of, even while this page is closed. It sends nothing else: no news, no offers.",
  "push.how":
    "The message travels through a service of your browser’s maker, sealed for this device. That service sees that there is a message and when, not whom it is about.",
  "push.switch": "Tell me on this device",
  "push.switch_on": "On, until you sign out here",
  "push.switch_off": "Off",
  "push.asking": "Asking the browser…",
  "push.unsupported":
    "This browser cannot be told anything while the page is closed. Keep the page open instead.",
  "push.needs_install":
    "On iPhone and iPad this works from the Home Screen only: tap Share, choose “Add to Home Screen”, and open Masil from there.",
  "push.denied":
    "This browser was told to show no notifications of this page. To change that, open its settings for this site.",
  "push.waiting": "Tell me when I am let in",
  "push.waiting_off": "Even when this page is closed",
  "push.waiting_on": "You may close this page now",
} as const;
