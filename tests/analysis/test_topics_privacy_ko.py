"""Secrets are planted in Korean talk; none may surface. What is no secret must, or the test could
not fail."""

from __future__ import annotations

import pytest

from analysis.counts import Said
from analysis.insights import traits
from analysis.topics import RoomTopics
from analysis.words import Analysers

pytestmark = pytest.mark.model

ROSTER = ["김지민", "박서연", "Mina Lee", "남궁민수", "이준"]
SECRETS = {
    "digits": ("01049327777", "전화는 01049327777 번으로 주세요"),
    "digits with hyphens": ("9327", "번호는 010-4932-9327 이에요"),
    "digits said aloud": ("공일공", "제 번호는 공일공 사구삼이 칠칠칠칠 이에요"),
    "digits in one breath": ("구삼이", "번호는 공일공사구삼이칠칠칠칠이에요"),
    "a short code": ("사칠구", "비밀번호는 사 칠 구 이 입니다"),
    "numbers by place": ("천이백", "통장에 오천이백삼십만 원이 있어요"),
    "native numbers": ("스물", "나이는 스물일곱 서른하나 입니다"),
    "zero by its other name": ("영영칠", "영영칠구 번이에요"),
    "an e-mail": ("zorvak", "메일은 zorvak@mailbox.test 입니다"),
    "an e-mail said aloud": ("조르박", "메일은 조르박 골뱅이 메일박스 점 테스트 입니다"),
    "letters said aloud": ("mailbox", "메일은 zorvak 골뱅이 mailbox 점 test 예요"),
    "an address": ("vexil", "https://vexil.test/vexil 보세요"),
    "a name with a particle": ("지민", "지민이가 지민이한테 말했대요"),
    "a name with another": ("지민", "지민이는 지민이랑 지민이를"),
    "a name in full": ("김지민", "김지민 씨와 김지민씨가 왔어요"),
    "a name when called": ("서연", "서연아 서연아 서연씨"),
    "a name with a title": ("서연", "서연님이 서연쌤한테"),
    "a family name of two": ("민수", "민수가 민수와"),
    "a given name of one": ("이준", "이준이가 이준에게"),
    "a Latin name": ("mina", "Mina가 Mina한테 mina랑"),
    "a rare word": ("뷁쉛", "뷁쉛 봤어요 뷁쉛 최고예요"),
    "a rare Latin word": ("zelkow", "zelkow 알아요 zelkow 좋아요"),
}
OPEN = "다리를 새로 놓으면 반도체 공장이 좋아지고 반도체 가격이 내려요"


@pytest.fixture(scope="module")
def analysers() -> Analysers:
    return Analysers()


def surfaces(analysers: Analysers, lines: list[tuple[int, str]], roster: list[str]) -> str:
    room = RoomTopics()
    room.block(roster)
    for number, (speaker, text) in enumerate(lines):
        said = Said(speaker, "ko", 5.0 * number, number)
        room.add(said, analysers.words(text, "ko"))
    shown = [topic.term for topic in room.top(60.0, 50)]
    told = traits(room.counts, room.blocked).values()
    named = [term for each in room.segments(90.0) for term in each.terms]
    return " ".join([*shown, *named, *(word.term for words in told for word in words)])


@pytest.mark.parametrize("case", [case for case in SECRETS if "name" in case])
def test_a_name_never_surfaces_though_all_say_it(analysers: Analysers, case: str) -> None:
    secret, line = SECRETS[case]
    lines = [(speaker, line) for speaker in (1, 2, 3, 1, 2, 3)]
    seen = surfaces(analysers, [*lines, (1, OPEN), (2, OPEN)], ROSTER)
    assert "반도체" in seen
    assert secret not in seen


@pytest.mark.parametrize("case", SECRETS)
def test_a_planted_secret_never_surfaces(analysers: Analysers, case: str) -> None:
    secret, line = SECRETS[case]
    lines = [(1, line), (2, OPEN), (1, line), (1, line), (2, OPEN)]
    seen = surfaces(analysers, lines, ROSTER)
    assert "반도체" in seen  # what is no secret does
    for word in seen.split():
        assert secret not in word
        assert not (len(word) > 1 and word in secret)


def test_a_name_that_is_not_on_the_roster_surfaces_so_the_search_can_find(
    analysers: Analysers,
) -> None:
    line = SECRETS["a name with a particle"][1]
    seen = surfaces(analysers, [(1, line), (2, line), (1, line), (2, line)], [])
    assert "지민" in seen
