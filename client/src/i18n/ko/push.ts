/** Korean: being told while the page is closed. */

export const push = {
  "push.title": "알림",
  "push.row": "누가 문 앞에 왔거나 나를 부를 때",
  "push.text":
    "이 화면을 닫아 두어도 아는 사람이 문 앞에 오거나, 팔로우하는 사람이 방으로 부르거나, 알림을 신청한 방이 시작할 때 알려 드려요. 다른 소식이나 권유는 보내지 않아요.",
  "push.how":
    "알림은 브라우저를 만든 곳의 서비스를 거쳐 오지만, 이 기기만 열 수 있게 봉해서 보내요. 그곳에서는 알림이 언제 하나 가는지만 알고, 누구 이야기인지는 몰라요.",
  "push.switch": "이 기기로 알려 주세요",
  "push.switch_on": "켜짐, 여기서 로그아웃할 때까지",
  "push.switch_off": "꺼짐",
  "push.asking": "브라우저에 물어보는 중…",
  "push.unsupported": "이 브라우저는 화면을 닫으면 알림을 받을 수 없어요. 대신 화면을 열어 두세요.",
  "push.needs_install":
    "아이폰과 아이패드에서는 홈 화면에서 열어야 알림을 받을 수 있어요. 공유를 누르고 ‘홈 화면에 추가’를 고른 뒤, 거기서 마실을 열어 주세요.",
  "push.denied":
    "이 브라우저에서 이 화면의 알림을 막아 두었어요. 바꾸려면 브라우저의 사이트 설정을 열어 주세요.",
  "push.waiting": "누군가 들여보내 주면 알려 주세요",
  "push.waiting_off": "이 화면을 닫아 두어도 알려 드려요",
  "push.waiting_on": "이제 이 화면을 닫아도 돼요",
} as const;
