"""Finds the few remembered articles that may tell the same event, without looking at the others.

Near copies meet in bands of their MinHash (Indyk and Motwani, 1998: 16 bands of 4 rows find resemblance 0.7 with 99 %);
other reports meet in rare words, companies, amounts and pairs of topic and act.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from services.stories.quantities import Quantities
from services.stories.specifics import COMMON_NAMES
from services.stories.telling import Telling
from services.stories.words import RARE_WORD, Weights

BANDS = 16
ROWS = 4
MOST_CANDIDATES = 5
LONGEST_LIST = 400
"""Beyond that many articles a key says nothing; the newest are kept."""
RARE_FROM = 4.6
MOST_RARE = 14

Key = str | int


class StoryIndex:
    """Articles by serial number; numbers below ``oldest`` are forgotten."""

    def __init__(self) -> None:
        self._lists: defaultdict[Key, list[int]] = defaultdict(list)
        self._added_since_sweep = 0

    def find(self, keys: dict[Key, float], oldest: int) -> list[int]:
        """Serial numbers, those that share the weightiest keys first, at most ``MOST_CANDIDATES``."""
        weights: defaultdict[int, float] = defaultdict(float)
        for key, weight in keys.items():
            known = self._lists.get(key)
            if known:
                alive = known[max(bisect_left(known, oldest), len(known) - LONGEST_LIST) :]
                # A key that many share tells little of each.
                fading = weight / math.sqrt(1.0 + len(alive) / 20.0)
                for serial in alive:
                    weights[serial] += fading
        ranked = [(-weight, serial) for serial, weight in weights.items()]
        ranked.sort()
        return [serial for _, serial in ranked[:MOST_CANDIDATES]]

    def add(self, serial: int, keys: dict[Key, float], oldest: int) -> None:
        """Keep an article under its keys; now and then drop what is forgotten."""
        for key in keys:
            known = self._lists[key]
            known.append(serial)
            if len(known) > 2 * LONGEST_LIST:
                del known[:-LONGEST_LIST]
        self._added_since_sweep += 1
        if self._added_since_sweep > 5_000:
            self._sweep(oldest)

    def _sweep(self, oldest: int) -> None:
        self._added_since_sweep = 0
        for key in list(self._lists):
            known = self._lists[key]
            del known[: bisect_left(known, oldest)]
            if not known:
                del self._lists[key]


def list_keys(telling: Telling, weights: Weights) -> dict[Key, float]:
    """Where an article may meet others, each place with its weight."""
    return dict(_list_keys(telling, weights))


def _list_keys(telling: Telling, weights: Weights) -> Iterator[tuple[Key, float]]:
    for band in range(BANDS):
        yield hash((band, telling.fingerprint[band * ROWS : band * ROWS + ROWS])), 3.0
    yield from _word_keys(telling, weights)
    for company in telling.mentioned:
        yield f"c:{company}", 2.0 if company in telling.companies else 1.0
    for name in telling.names - COMMON_NAMES:
        yield f"n:{name}", 1.0
    yield from _act_keys(telling)
    yield from _number_keys(telling.quantities)


def _word_keys(telling: Telling, weights: Weights) -> Iterator[tuple[Key, float]]:
    rare = [(weights.get(word, RARE_WORD), word) for word in telling.words]
    chosen = sorted((pair for pair in rare if pair[0] >= RARE_FROM), reverse=True)
    in_title = [pair for pair in chosen if pair[1] in telling.title_words]
    for weight, word in [*in_title[:MOST_RARE], *chosen[:MOST_RARE]]:
        yield word, weight / RARE_WORD


def _act_keys(telling: Telling) -> Iterator[tuple[Key, float]]:
    for topic in telling.title_topics or telling.topics:
        for act in telling.title_acts or telling.acts:
            yield f"ta:{topic}:{act}", 0.7
        for regulator in telling.regulators:
            yield f"tr:{topic}:{regulator}", 1.0
        for name in telling.names & COMMON_NAMES:
            yield f"tn:{topic}:{name}", 0.5
    for regulator in telling.regulators:
        for act in telling.title_acts:
            yield f"ra:{regulator}:{act}", 0.6


def _number_keys(quantities: Quantities) -> Iterator[tuple[Key, float]]:
    for money in quantities.money:
        if money.value > 0:
            place = math.log10(money.value) * 12
            yield f"m:{math.floor(place)}", 0.8
            yield f"m:{math.floor(place + 0.5)}+", 0.8
    for count in quantities.counts:
        if count > 12:
            yield f"q:{count}", 0.8
    for percent in quantities.percents:
        yield f"%:{percent}", 0.6
