/** English: the app around the views: its parts, new versions, being offline. */

export const shell = {
  "shell.coming": "Coming…",
  "shell.not_fetched": "This part of the page could not be fetched.",
  "shell.reload": "Reload",
  "shell.new_version": "A new version of Masil is there.",
  "shell.offline": "This device is offline. The rooms come back by themselves as soon as it is online.",
} as const;
