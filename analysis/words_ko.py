"""Korean: nouns by Kiwi's morphology, foreign words by the English rules. Keeps nothing of it.

Kiwi takes seconds to load and half a gigabyte: made when Korean is first heard, once a process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import stopwordsiso
import wordfreq
from kiwipiepy import Kiwi, Token

from analysis.words import Word
from analysis.words_en import EnglishWords

_NOUNS = frozenset(("NNG", "NNP"))
_FOREIGN = "SL"
_DIGITS = "SN"
_CONTENT = _NOUNS | {_FOREIGN}
_SPELLED = re.compile(
    r"\S+\s*골뱅이\s*\S+(?:\s*(?:점|닷)\s*\S+)*"
    r"|(?:[공영일이삼사오육칠팔구][\s\-]*){5,}"
    r"|\S*@\S+|\S*://\S+|\bwww\.\S+"
)
"""An address, also said aloud, or a number said digit by digit: never a topic."""

FILLERS = frozenset(
    """
    가지 감사 거기 결과 경우 그거 그것 그게 그날 그냥 그때 그분 기분 나중 내년 내용
    내일 누구 느낌 다음 다들 당신 대답 대해 덕분 동안 뒤쪽 때문 마음 마지막 만약 말씀
    매일 모두 모레 무엇 문제 방금 부분 부탁 분들 사실 사람 상황 생각 아까 아래 아침
    안녕 앞쪽 약간 얘기 어디 어제 언제 얼마 여기 여러 여러분 오늘 오전 오후 올해 요즘
    우리 원래 위쪽 의미 이거 이것 이게 이때 이랑 이번 이야기 이유 이전 이후 일단 자기
    자신 자체 작년 잠깐 잠시 저거 저것 저기 저녁 저번 저희 전부 점심 정도 정말 제일
    조금 종류 주말 준비 중간 중요 지금 지난번 진짜 질문 처음 최근 추가 친구 필요 하나
    하루 하지만 한번 해당 혹시 확인
    """.split()  # noqa: SIM905
)


class KoreanWords:
    """The Korean analyser."""

    def __init__(self) -> None:
        self._kiwi = Kiwi(num_workers=1)
        self._english = EnglishWords()
        # word_frequency("ko") would want MeCab; the list itself does not.
        self._frequency: dict[str, float] = wordfreq.get_frequency_dict("ko")
        self._stop = stopwordsiso.stopwords("ko") | FILLERS

    def words(self, text: str) -> list[Word | None]:
        """Analyse one utterance."""
        words: list[Word | None] = []
        end = -1
        tokens = self._kiwi.tokenize(_SPELLED.sub(" . ", text))
        for token, form in _joined(tokens):
            if token.tag == _FOREIGN and form == token.form:
                words += self._english.words(form)
            elif token.tag in _CONTENT and len(form) > 1 and form not in self._stop:
                frequency = self._frequency.get(form, 0.0)
                words.append(Word(form, form, frequency, glued=token.start == end))
            else:
                words.append(None)
            end = token.start + len(form)
        return words


def _joined(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Tokens and their forms, of which a letter and a noun written as one are one: S펜, X선, K팝.

    Either alone would be too short to stand for anything.
    """
    place = 0
    while place < len(tokens):
        token = tokens[place]
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        counted = place > 0 and tokens[place - 1].tag == _DIGITS
        if after and _are_one(token, after) and not counted:
            yield token, (token.form + after.form).lower()
            place += 2
        else:
            yield token, token.form
            place += 1


def _are_one(token: Token, after: Token) -> bool:
    return (
        token.tag == _FOREIGN
        and after.tag in _NOUNS
        and after.start == token.start + token.len
        and 1 in (token.len, after.len)
    )
