"""The words of an article as a bag for linear readings: words, pairs of words, runs of Han characters, and marks.

Marks are what the catalogue found: authorities named, acts that tell their authority, countries in the title, sectors.
Hashed after Weinberger et al. 2009; title words count more than the lead's, the rest is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from services.signals.names.countries import find_countries
from services.signals.names.linking import Gathered
from services.signals.names.name_matcher import NameKind
from services.signals.names.normal_form import HAN, lower

Array = npt.NDArray[np.float32]
BUCKETS = 1 << 15
TITLE_SHARE, BODY_SHARE, MARK_SHARE = 1.0, 0.6, 1.5
MOST_CHARACTERS = 600
LONGEST_RUN = 4

_WORD = re.compile(r"[a-z][a-z'&.-]*[a-z]|\d+|[\u4e00-\u9fff]+")


def count_words(gathered: Gathered) -> dict[int, float]:
    """Bucket -> weight of the words, pairs and runs of characters of title and lead, and of names, topics, sectors."""
    found: dict[int, float] = {}
    room = MOST_CHARACTERS
    for text, passage in zip(gathered.texts, gathered.passages, strict=True):
        share = TITLE_SHARE if passage.in_title else BODY_SHARE
        for phrase in _phrases(lower(text[:room])):
            place = crc32(phrase.encode()) % BUCKETS
            found[place] = max(found.get(place, 0.0), share)
        room -= len(text)
        if room <= 0:
            break
    for mark in _marks(gathered):
        found[crc32(mark.encode()) % BUCKETS] = MARK_SHARE
    return found


def weigh_words(found: Mapping[int, float], rarity: npt.NDArray[np.float16]) -> tuple[npt.NDArray[np.int64], Array]:
    """Known buckets with weight times rarity, scaled to length one."""
    places = np.fromiter(found.keys(), np.int64, len(found))
    values = np.fromiter(found.values(), np.float32, len(found)) * rarity[places].astype(np.float32)
    length = float(np.sqrt(values @ values))
    return places, np.asarray(values / length if length else values, np.float32)


def _phrases(text: str) -> Iterator[str]:
    words: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if HAN.match(word):
            for length in range(2, LONGEST_RUN + 1):
                yield from (f"c{word[at : at + length]}" for at in range(len(word) - length + 1))
        else:
            words.append(word)
    yield from (f"w{word}" for word in words)
    yield from (f"p{first} {second}" for first, second in pairwise(words))


def _marks(gathered: Gathered) -> set[str]:
    marks = {f"n{mention.id}" for mention in gathered.mentions if mention.kind is NameKind.REGULATOR}
    marks |= {f"t{mention.id}" for mention in gathered.topics}
    marks |= {f"k{code}" for code in title_countries(gathered)}
    return marks | {f"s{sector}" for sector in gathered.sectors[:2]}


def title_countries(gathered: Gathered) -> list[str]:
    """Codes of the countries that the title names and that nothing is done to, in order."""
    return [
        country.code
        for text, passage in zip(gathered.texts, gathered.passages, strict=True)
        if passage.in_title
        for country in find_countries(text)
        if not country.is_object
    ]
