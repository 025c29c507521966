/** Korean: one's own corner. */

export const you = {
  "you.title": "나",
  "you.open": "{name}, 내 자리",
  "you.contacts": "내가 맞이할 사람들의 번호",
} as const;
