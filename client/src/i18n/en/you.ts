/** English: one's own corner. */

export const you = {
  "you.title": "You",
  "you.open": "You, {name}",
  "you.contacts": "Whose knock you are asked about",
} as const;
