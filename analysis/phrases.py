"""Words said side by side, shown as one: which, and in which form. Keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.counts import Mention, Term

MIN_MENTIONS = 2
SHARE = 0.45
"""Of the mentions of the rarer word."""
KEPT_SHARE = 0.3
"""The same for a pair that is shown already, so that it does not come and go."""
TOGETHER = 0.9
"""The same in Korean, where nouns stand side by side without being one thing."""
KEPT_FORM = 2
"""A form that is shown gives way to one that was said so many times more."""

Pair = tuple[str, str]
"""The stems of two words, in the order said."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two words said side by side."""

    pair: Pair
    mentions: list[Mention]
    """Of the second word."""

    def surface(self, shown: str | None) -> str:
        """The form said most, or the one that is shown where it is hardly said less."""
        forms = Counter(
            mention.before.surface + ("" if mention.word.glued else " ") + mention.word.surface
            for mention in self.mentions
            if mention.before
        )
        return most_said(forms, shown)


def find_phrases(top: Mapping[str, Term], shown: frozenset[Pair]) -> dict[str, Phrase]:
    """Join words of the top, each once at most, the most frequent pairs first; by stem."""
    joined: dict[str, Phrase] = {}
    for phrase in _phrases(top, shown):
        if not joined.keys() & set(phrase.pair):
            joined |= dict.fromkeys(phrase.pair, phrase)
    return joined


def most_said(forms: Mapping[str, int], shown: str | None) -> str:
    """The most frequent form; a tie or a narrow lead changes nothing that is shown."""
    best = max(forms, key=lambda form: (forms[form], form))
    if shown is not None and shown in forms and forms[best] < forms[shown] + KEPT_FORM:
        return shown
    return best


def _phrases(top: Mapping[str, Term], shown: frozenset[Pair]) -> list[Phrase]:
    pairs: dict[Pair, list[Mention]] = {}
    for stem, term in top.items():
        for mention in term.mentions:
            if mention.before and mention.before.stem in top and mention.before.stem != stem:
                pairs.setdefault((mention.before.stem, stem), []).append(mention)
    often = [
        Phrase(pair, mentions)
        for pair, mentions in pairs.items()
        if len(mentions) >= MIN_MENTIONS
        and len(mentions)
        >= _share(mentions, shown=pair in shown) * min(len(top[stem].mentions) for stem in pair)
    ]
    return sorted(often, key=lambda p: (p.pair not in shown, -len(p.mentions), p.pair))


def _share(mentions: Sequence[Mention], *, shown: bool) -> float:
    if mentions[-1].said.language == "ko":
        return TOGETHER
    return KEPT_SHARE if shown else SHARE
