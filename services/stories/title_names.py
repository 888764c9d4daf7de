"""Whom a headline names: two companies that the catalogue does not know are told apart by their names alone.

An authority that fines two firms on one day says the same of both, so their names decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.stories.words import RARE_WORD, Weights, list_words

RARE_NAME_FROM = 6.8
"""Weight from which an English word is a name that few articles know; months, countries and authorities lie below."""
RARE_PAIR_FROM = 4.6
"""The same for a pair of Han characters: 公司 and 集团 stand in every name."""
MOSTLY_CAPITALS = 0.7
_MONTHS_AND_SIDES = """
jan feb mar apr jun jul aug sep sept oct nov dec west u.s l krw mid-air
"""
_NO_NAMES = frozenset(_MONTHS_AND_SIDES.split())
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9&'’.-]*")
_HAN_ADDRESSEE = re.compile(
    r"(?:对|约谈)([\u3400-\u9fffa-z0-9·]{2,16}?)"
    r"(?:依法|涉嫌)?(?:作出|启动|罚款|罚没|开出|处以|立案|采取|开展|实施|发起|进行|违|垄断|有限|股份)"
)


def find_names(title: str, normal_title: str, weights: Weights) -> frozenset[str]:
    """Words of the names in a headline; ``normal_title`` in lower case and simplified characters.

    A headline in capitals or in Title Case does not show which of its words are names: then there are none.
    """
    return frozenset(_latin_names(title, weights)) | frozenset(_han_names(normal_title, weights))


def _latin_names(title: str, weights: Weights) -> Iterator[str]:
    words = [match[0] for match in _WORD.finditer(title)]
    if not any(word[0].isupper() for word in words):
        return
    long = [word for word in words[1:] if len(word) > 3]
    if not long or sum(word[0].isupper() for word in long) > MOSTLY_CAPITALS * len(long):
        return
    for word in words:
        if word[0].isupper():
            for stem in list_words(word.lower().replace("’", "'")):
                if stem not in _NO_NAMES and weights.get(stem, RARE_WORD) >= RARE_NAME_FROM:
                    yield stem


def _han_names(title: str, weights: Weights) -> Iterator[str]:
    for match in _HAN_ADDRESSEE.finditer(title):
        for pair in list_words(match[1]):
            if weights.get(pair, RARE_WORD) >= RARE_PAIR_FROM:
                yield pair
