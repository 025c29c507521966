"""English: content words, their Snowball stems and how common they are. Keeps nothing it is shown.

Stop words are scikit-learn's list and stopwordsiso's, with what people say while they think.
"""

from __future__ import annotations

import re

import snowballstemmer
import stopwordsiso
import wordfreq
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from analysis.words import Word

_PRIVATE = re.compile(r"\S+@\S+|\S*://\S+|\bwww\.\S+|\S*\d\S*")
"""Addresses and whatever holds a digit: never a topic."""
_SPELLED = re.compile(
    r"\b(?:[\w.\-]+\s+){1,3}at\s+(?:[\w\-]+\s+){1,2}dot\s+\w+(?:\s+dot\s+\w+)*"
    r"|\b\w+(?:\s+dot\s+\w+)+"
    r"|\b(?:[a-z]\s+){2,}[a-z]\b"
)
"""An address said aloud ("mina at mailbox dot test", "masil dot test"), or letters one by one."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[^\s\-]")
"""A word with at most one apostrophe, or a mark that is no space or hyphen."""

FILLERS = frozenset(
    """
    actually ah alright anyway aww aye basically bet bit bloody bye certainly cheers cool course cuz
    damn definitely dude eh er erm exactly fine fuck fucking gee gonna gosh gotta great guess guy
    guys ha haha hang hear hello hey hi hm hmm hopefully huh idea kind kinda kay lemme listen
    literally look looking lot lots maybe mean mhm mine mm mmm nah nice nope obviously oh ok okay
    ooh oops ought ow perfect please possibly presumably pretty probably quite really reckon right
    say saying says shall shit sort sorta sorry stuff suppose sure talk talked talking tell thank
    thanks thing things think thinking thought totally true try trying uh uhm um understand wait
    wanna well whatever whoa whole wow ya yah yea yeah yep yes yup
    big different end feel felt good happen happened hard little long make making new nice people
    person place point put start stay stuff today tomorrow tonight yesterday way week work year
    years day days time times morning afternoon evening
    """.split()  # noqa: SIM905  a list of words is read best as words
)
NUMBER_WORDS = frozenset(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred hundreds thousand thousands million millions billion billions dozen dozens half quarter
    first second third fourth fifth sixth seventh eighth ninth tenth once twice double triple
    """.split()  # noqa: SIM905
)


class EnglishWords:
    """The English analyser; making one reads word lists for a second or two."""

    def __init__(self) -> None:
        self._stemmer = snowballstemmer.stemmer("english")
        self._frequency: dict[str, float] = wordfreq.get_frequency_dict("en")
        self._stop = ENGLISH_STOP_WORDS | stopwordsiso.stopwords("en") | FILLERS | NUMBER_WORDS

    def words(self, text: str) -> list[Word | None]:
        """Analyse one utterance."""
        text = _PRIVATE.sub(" . ", text.lower().replace("’", "'"))
        text = _SPELLED.sub(" . ", text)
        return [self._word(token) for token in _TOKEN.findall(text)]

    def _word(self, token: str) -> Word | None:
        token = token.removesuffix("'s")
        if len(token) < 2 or "'" in token or token in self._stop:
            return None
        stem = self._stemmer.stemWord(token)
        # Where they are equal, one string in memory.
        return Word(token if stem == token else stem, token, self._frequency.get(token, 0.0))
