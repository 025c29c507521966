/** Korean: one's own devices, passkeys and data. */

export const account = {
  "signin.passkey": "패스키로 로그인",
  "signin.or": "또는",

  "devices.title": "기기와 패스키",
  "devices.row": "어디서, 어떻게 로그인해 있는지",
  "devices.signed_in": "로그인한 기기",
  "devices.on": "{system}의 {browser}",
  "devices.unknown": "알 수 없는 기기",
  "devices.this": "이 기기",
  "devices.open": "지금 열려 있음",
  "devices.seen": "마지막 방문 {when}",
  "devices.seen_lately": "한 시간 안에 다녀감",
  "devices.since": "{date}부터",
  "devices.end": "로그아웃",
  "devices.end_name": "{device} 로그아웃시키기",
  "devices.end_others": "다른 기기 모두 로그아웃",
  "devices.end_others_confirm":
    "다른 기기에서 모두 로그아웃할까요? 그곳에 열려 있는 화면은 바로 닫히고, 그곳에서 들리던 목소리도 멈춰요.",
  "devices.short":
    "기기는 종류만, 마지막 방문은 한 시간 단위로만 적어 두어요. 90일 동안 오지 않은 기기는 저절로 로그아웃돼요.",

  "passkeys.title": "패스키",
  "passkeys.text":
    "패스키가 있으면 인증번호를 기다리지 않고 로그인할 수 있어요. 지문이나 얼굴, 기기의 PIN으로 기기가 본인을 확인하고, 그 정보는 기기를 떠나지 않아요. 이 집에는 열쇠의 공개된 반쪽만 남아요.",
  "passkeys.none": "아직 패스키가 없어요.",
  "passkeys.made": "{date}에 만듦",
  "passkeys.used": "마지막 사용 {when}",
  "passkeys.unused": "아직 쓰지 않음",
  "passkeys.make": "이 기기에 패스키 만들기",
  "passkeys.remove": "없애기",
  "passkeys.remove_name": "{device} 패스키 없애기",
  "passkeys.remove_confirm":
    "이 패스키를 없앨까요? 이제 아무도 이 패스키로 로그인할 수 없어요. 기기에는 계속 보일 수 있으니 기기에서도 지워 주세요.",

  "data.title": "내 데이터",
  "data.row": "가져가거나 지우기",
  "data.export_title": "가져가기",
  "data.export_text":
    "이 집이 나에 대해 가진 모든 것을 파일 하나(JSON)로 받아요. 빠진 것과 그 이유도 적혀 있어요. 나눈 이야기는 들어 있지 않아요. 애초에 남기지 않으니까요.",
  "data.export": "모두 내려받기",
  "data.erase_title": "계정 지우기",
  "data.erase_text": "바로, 완전히 지워요. 되돌릴 수 없고 아무도 되살려 줄 수 없어요.",
  "data.goes": "사라지는 것:",
  "data.goes_you": "이름과 소개, 어떻게 들어왔는지",
  "data.goes_devices": "모든 기기와 패스키, 어디서나 로그아웃돼요",
  "data.goes_people": "연락처 번호, 팔로우와 차단, 내가 준 초대",
  "data.goes_room": "방의 내 자리, 그리고 내 목소리",
  "data.stays": "남는 것:",
  "data.stays_reports": "내가 한 신고, 내 이름 없이",
  "data.admin":
    "나는 이 집의 관리자예요. 관리자가 나뿐이라면 먼저 다른 사람에게 맡겨 주세요. 그 뒤에는 서버 운영자만 정할 수 있어요.",
  "data.free": "번호는 다시 비어요. 그 번호로 새로 문을 두드릴 수 있지만, 처음 온 사람이 돼요.",
  "data.erase": "내 계정 지우기",
  "data.erase_yes": "지금 지우기",
} as const;
