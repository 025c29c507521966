"""Which words may leave a room's counts: names, and rare words of one person, never. Pure."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Final

RARE: Final = 5e-7
"""Rarer words (names, secrets) need two speakers."""
MIN_MENTIONS: Final = 2
MAX_HIDDEN: Final = 200
"""Topics that the moderators of one room may hide."""
HOUSE_ROOMS: Final = 3
HOUSE_SPEAKERS: Final = 3
_KOREAN_NAME: Final = re.compile(r"[가-힣]{2,5}")
_FAMILY_NAMES_OF_TWO: Final = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")
_AFTER_A_NAME: Final = ("아", "야", "이", "씨", "님", "네", "군", "양", "쌤")
"""Said when somebody is called or spoken of: 서연아, 지민이, 민수네."""
"""What is shown of all rooms together is said in so many, by so many."""


class Blocked:
    """The words that one room never shows: names of its roster, and what a moderator hid."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._hidden: dict[str, frozenset[str]] = {}

    def block(self, names: Iterable[str]) -> None:
        """Never show these names nor parts of them, whoever of them is still in the room."""
        self._names |= name_forms(names)

    def hide(self, term: str, stems: Iterable[str], *, hidden: bool) -> None:
        """Hide a topic, whose words have these stems, or show it again; names stay blocked."""
        if not hidden:
            self._hidden.pop(term.lower(), None)
        elif len(self._hidden) < MAX_HIDDEN:
            self._hidden[term.lower()] = frozenset((*stems, *term.lower().split()))

    def holds(self, stem: str, surfaces: Iterable[str]) -> bool:
        """Whether a word must not be shown, in any of its forms."""
        forms = {stem, *surfaces}
        if not self._names.isdisjoint(forms):
            return True
        return any(not hidden.isdisjoint(forms) for hidden in self._hidden.values())


def may_show(frequency: float, said_by: Mapping[Hashable, int]) -> bool:
    """Whether a word was said often enough, and by enough people for how rare it is.

    `frequency`: of the word in its language; `said_by`: mentions by speaker.
    """
    if sum(said_by.values()) < MIN_MENTIONS:
        return False
    return frequency >= RARE or len(said_by) >= 2


def name_forms(names: Iterable[str]) -> frozenset[str]:
    """All forms in which a name might surface: whole, its parts, a Korean given name alone.

    Korean ones also with what is said after a name, which an analyser may take for a part of it.
    """
    forms: set[str] = set()
    for name in names:
        parts = re.findall(r"[^\W\d_]+", name.lower())
        forms |= {"".join(parts), *parts}
        korean = [part for part in ("".join(parts), *parts) if _KOREAN_NAME.fullmatch(part)]
        given = {part[len(_family_name(part)) :] for part in korean} | {p[1:] for p in korean}
        given = {form for form in given | set(korean) if len(form) > 1}
        forms |= given | {form + after for form in given for after in _AFTER_A_NAME}
    return frozenset(form for form in forms if len(form) > 1)


def _family_name(name: str) -> str:
    return name[:2] if name.startswith(_FAMILY_NAMES_OF_TWO) else name[:1]
