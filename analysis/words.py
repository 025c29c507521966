"""What is left of an utterance for topics: content words with their stems, in order. No text.

One analyser per language; another language than these yields no words, so no topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Word:
    """A word that may become a topic."""

    stem: str
    """What forms of the same word share."""
    surface: str
    """The word as it was said, in lower case."""
    frequency: float
    """How often this word is said in its language, 0 to 1; 0: unknown to wordfreq."""
    glued: bool = False
    """Written without a space after the word before (Korean compounds)."""


Words = Sequence[Word | None]
"""Words in the order said; None stands for something between that breaks a pair."""


class Lexicon:
    """The words that rooms hold now, each once, however many rooms and mentions there are of it.

    Holds on to none: a word that the last room has forgotten is gone.
    """

    def __init__(self) -> None:
        self._by_surface: WeakValueDictionary[str, Word] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._by_surface)

    def same(self, words: Words) -> Words:
        """The same words, as the objects that are held already."""
        return [word and self._same(word) for word in words]

    def _same(self, word: Word) -> Word:
        held = self._by_surface.setdefault(word.surface, word)
        return held if held == word else word  # the same letters in another language


class WordAnalyser(Protocol):
    """Finds content words; called from one thread only."""

    def words(self, text: str) -> list[Word | None]:
        """Analyse one utterance."""


class Analysers:
    """The analysers by language, each loaded when its language is first heard."""

    def __init__(self) -> None:
        self._loaded: dict[str, WordAnalyser] = {}

    def words(self, text: str, language: str) -> list[Word | None]:
        """Analyse one utterance of a language (ISO 639-1); may load for seconds the first time."""
        self.preload(language)
        analyser = self._loaded.get(language)
        return analyser.words(text) if analyser else []

    def preload(self, language: str) -> None:
        """Load a language before its first utterance; does nothing for one without analyser."""
        if language in ("en", "ko") and language not in self._loaded:
            self._loaded[language] = _load(language)


def _load(language: str) -> WordAnalyser:
    if language == "ko":
        from analysis.words_ko import KoreanWords

        return KoreanWords()
    from analysis.words_en import EnglishWords

    return EnglishWords()
