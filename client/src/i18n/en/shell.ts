/** English: the app around the views: its parts, new versions, being offline. */

export const shell = {
  "shell.coming": "Coming…",
  "shell.not_fetched": "This part of the page could not be fetched.",
  "shell.not_fetched_here": "This could not be fetched. The talk goes on; try again.",
  "shell.try_again": "Try again",
  "shell.reload": "Reload",
  "shell.new_version": "A new version of Masil is there.",
  "shell.offline": "This device is offline. The rooms come back by themselves as soon as it is online.",

  "said.joined": "{name} is here.",
  "said.left": "{name} has left.",
  "said.hand": "{name} raised a hand.",
  "said.joined_many": { one: "{count} more person is here.", other: "{count} more people are here." },
  "said.left_many": { one: "{count} person has left.", other: "{count} people have left." },
  "said.hand_many": { one: "{count} more hand is up.", other: "{count} more hands are up." },
} as const;
