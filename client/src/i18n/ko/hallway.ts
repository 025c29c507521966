/** Korean: the hallway. */

export const hallway = {
  "hallway.title": "지금 불 켜진 방",
  "hallway.empty": "불 켜진 창이 없어요. 방을 열어 첫 불을 켜 보세요.",
  "hallway.open": "방 열기",
  "hallway.room_title": "무슨 이야기를 할까요?",
  "hallway.open_now": "열기",
  "hallway.on_stage": { other: "무대 {count}" },
  "hallway.listening": { other: "듣는 사람 {count}" },
  "hallway.not_recorded": "녹음하지 않아요",
  "hallway.captions_on": "받아쓰기 중",
  "hallway.locked": "잠긴 방이라 새로 들어올 수 없어요",
  "hallway.contacts": "연락처",
  "hallway.bell": { other: "문 앞에 {count}명" },
  "hallway.bell_pings": { other: "방으로 부르는 사람 {count}명" },
  "hallway.bell_none": "문 앞에 아무도 없어요",
} as const;
