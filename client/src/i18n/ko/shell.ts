/** Korean: the app around the views: its parts, new versions, being offline. */

export const shell = {
  "shell.coming": "가져오는 중…",
  "shell.not_fetched": "이 화면을 가져오지 못했어요.",
  "shell.not_fetched_here": "가져오지 못했어요. 이야기는 그대로 이어져요. 다시 해 보세요.",
  "shell.try_again": "다시 해 보기",
  "shell.reload": "다시 열기",
  "shell.new_version": "마실의 새 버전이 나왔어요.",
  "shell.offline": "지금 오프라인이에요. 인터넷이 다시 되면 방이 저절로 나타나요.",

  "said.joined": "{name}님이 들어왔어요.",
  "said.left": "{name}님이 나갔어요.",
  "said.hand": "{name}님이 손을 들었어요.",
  "said.joined_many": { other: "{count}명이 더 들어왔어요." },
  "said.left_many": { other: "{count}명이 나갔어요." },
  "said.hand_many": { other: "{count}명이 더 손을 들었어요." },
} as const;
