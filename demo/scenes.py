"""Who lives in the demo house and what they talk about. Written for this; nobody is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ko"]
Reaction = Literal["clap", "heart", "laugh", "wow", "agree"]


@dataclass(frozen=True, slots=True)
class Voice:
    """How the synthesiser speaks for somebody."""

    name: str
    """A voice of espeak-ng."""
    pitch: int
    words_a_minute: int


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody in a scene; without a voice he listens."""

    name: str
    number: str
    voice: Voice | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One turn, and how the listener takes it."""

    who: int
    """Which of the scene's people."""
    text: str
    reaction: Reaction | None = None
    chat: str | None = None
    """What the listener writes beside it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A room and its dialogue, which begins anew when it is over. The first person is the host."""

    title: str
    language: Language
    people: tuple[Role, ...]
    lines: tuple[Line, ...]


BREAD = Scene(
    "Sourdough, slowly",
    "en",
    (
        Role("Mina", "010-3000-1001", Voice("en-us+f3", 55, 155)),
        Role("Jonas", "010-3000-1002", Voice("en-gb+m3", 38, 150)),
        Role("Sora", "010-3000-1003"),
    ),
    (
        Line(0, "My sourdough needs a whole day now, because the kitchen is so cold."),
        Line(1, "A cold kitchen is good for sourdough. The crust gets better with time."),
        Line(0, "The crust was wonderful, but the crumb stayed wet in the middle.", "laugh"),
        Line(1, "Then the oven was too hot. Bake the bread longer, and with less heat."),
        Line(0, "How do you keep the starter alive when you travel?", chat="Good question!"),
        Line(1, "I dry the starter on paper. Dry starter keeps for months in a jar.", "wow"),
        Line(0, "Dried starter in a jar. I never thought of that.", "clap"),
        Line(1, "My grandmother hid a jar of starter in her coat when she moved.", "heart"),
        Line(0, "Then every bread in your family comes from one old jar.", chat="What a story."),
        Line(1, "It does, and the oldest jar still smells like her kitchen.", "agree"),
    ),
)

WALK = Scene(
    "퇴근길 산책",
    "ko",
    (
        Role("하늘", "010-3000-2001", Voice("ko+f2", 60, 150)),
        Role("지우", "010-3000-2002", Voice("ko+m2", 45, 145)),
        Role("보리", "010-3000-2003"),
    ),
    (
        Line(0, "오늘은 강변 산책로로 걸어서 집에 왔어요."),
        Line(1, "강변 산책로는 바람이 차지 않았어요?"),
        Line(0, "바람은 찼지만 노을이 정말 예뻤어요.", "heart"),
        Line(1, "저는 골목길이 더 좋아요. 골목 빵집에서 냄새가 나거든요.", "laugh"),
        Line(0, "그 골목 빵집, 아직도 늦게까지 문을 열어요?", chat="저도 궁금해요"),
        Line(1, "네, 산책하는 사람들 덕분에 밤에도 열어 둔대요.", "clap"),
        Line(0, "그럼 내일은 산책 끝에 빵집에 들러야겠네요.", "agree"),
        Line(1, "강변에서 노을을 보고 골목으로 오면 딱 좋아요.", chat="같이 가요!"),
    ),
)

SCENES = (BREAD, WALK)
