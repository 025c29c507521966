/** Korean: notifications outside the page. The service worker has these and no other texts. */

export const alerts = {
  "alert.knock": "{name}님이 문 앞이에요",
  "alert.knock_text": "아는 분이 기다리고 있어요. 들여보내 줄까요?",
  "alert.let_in": "들여보내기",
  "alert.admitted": "문이 열렸어요",
  "alert.admitted_text": "누군가 들여보내 줬어요. 어서 오세요.",
  "alert.ping": "{name}님이 불러요",
  "alert.other": "마실에 새 소식이 있어요",
  "alert.soon": "곧 시작해요.",
  "alert.started": "지금 시작해요.",
  "alert.moved": "시각이 바뀌었어요.",
  "alert.cancelled": "열리지 않게 되었어요.",
} as const;
