"""Words of a text and what they weigh: what the other modules of this room count and compare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

RARE_WORD = 7.5
"""Weight of a word that the background never saw; natural logarithm of the inverse share of articles."""
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[.&'-][a-z0-9]+)*")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_STOP_WORDS = """
the a an of to in on for and or by with from as at is are was were be been has have had will would its it this
that their his her he she they said says say after before over into amid than more new not but who which also
could may about up out no one two all some other against under per during between while when what how why via
"""
_STOP = frozenset(_STOP_WORDS.split())
Weights = Mapping[str, float]


def list_words(text: str) -> Iterator[str]:
    """Words of a text in lower case: English ones without endings, Han text as overlapping pairs of characters.

    >>> list(list_words("regulators fined 阿里巴巴"))
    ['regulator', 'fin', '阿里', '里巴', '巴巴']
    """
    for match in _LATIN.finditer(text):
        word = match[0]
        if word not in _STOP:
            yield _stem(word)
    for match in _HAN_RUN.finditer(text):
        run = match[0]
        for start in range(len(run) - 1):
            yield run[start : start + 2]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 5:
        for ending in ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er"):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
