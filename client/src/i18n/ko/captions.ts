/** Korean: the scribe, captions and topics. */

export const captions = {
  "captions.title": "받아쓰기",
  "captions.turn_on": "받아쓰기 켜기",
  "captions.turn_off": "받아쓰기 끄기",
  "captions.off": "받아쓰기가 꺼져 있어요. 누구의 말도 글로 바뀌지 않아요.",
  "captions.off_host": "켜면 서기가 들어오고, 말하는 사람마다 스스로 정해요.",
  "captions.empty": "아직 글이 없어요. 좋다고 한 사람의 말만 받아써요.",
  "captions.mine_on": "내 받아쓰기: 켜짐",
  "captions.mine_off": "내 받아쓰기: 꺼짐",
  "captions.mine_text": "켜면 내 말만 이 서버에서 글로 바뀌고, 방이 끝나면 사라져요.",
  "captions.mine_text_on": "끄면 내 말이 모두의 화면에서 사라져요.",
  "captions.consent": "켜기",
  "captions.withdraw": "끄기",
  "captions.consent_mine": "내 받아쓰기 켜기",
  "captions.withdraw_mine": "내 받아쓰기 끄기",
  "captions.language": "내가 쓰는 말",
  "captions.language_any": "언어 자동",
  "captions.gap": "여기서 말을 조금 놓쳤어요",
  "captions.missing": "누군가 받아쓰기를 켜면 음성 모델을 내려받아요.",
  "captions.fetching": "음성 모델을 내려받는 중… {percent}",
  "captions.loading": "서기가 연필을 깎는 중이에요…",
  "captions.only": "이 서버의 음성 모델은 {languages}만 알아들어요. 다른 말은 글로 적어 주세요.",
  "captions.unavailable": "받아쓰기를 쓸 수 없어요: {detail}. 무대에서 글로 적은 말은 그대로 나와요.",

  "topics.empty": "받아쓰기를 켠 사람들이 거듭 말하는 낱말이 여기 나타나요.",
} as const;
