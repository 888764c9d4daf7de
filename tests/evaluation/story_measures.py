"""How well stories were told apart: pairs of articles, counted by the group they belong to.

A pair is right when its two articles tell the same event and got the same story. Pairs with a background piece of
the same event count neither way: whether it belongs to the story is a matter of taste, its relation is counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from tests.evaluation.story_sets import COPIES, Report, text_roots

DRAWS = 2_000
LEVEL = 0.95
CLASSES = ("reprint", "revision", "syndication", "correction", "retraction", "independent", "cross-language")
EXPECTED = {
    "first": {"new"},
    "different": {"new", "follow_up"},
    "follow_up": {"follow_up"},
    "reprint": {"reprint"},
    "revision": {"update"},
    "syndication": {"syndicated", "reprint"},
    "independent": {"report", "translation"},
    "translation": {"translation", "report"},
    "correction": {"correction"},
    "retraction": {"retraction"},
    "background": {"background"},
}
"""By labelled kind: the relations that are right. A syndicated copy may be called a reprint, a translation a report,
an independent report a translation: it tells in other words, and at times in the other language, what was told."""


class Placed(Struct, frozen=True, kw_only=True):
    """One report and where the memory put it."""

    report: Report
    story_id: str
    relation: str


class Figure(Struct, frozen=True, kw_only=True):
    """A share with its 95 % interval over groups; ``total`` is what it was counted over."""

    value: float
    low: float
    high: float
    total: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})" if self.total else "-"


class Tally:
    """Hits and totals by group."""

    def __init__(self) -> None:
        self.hits: dict[str, float] = defaultdict(float)
        self.totals: dict[str, float] = defaultdict(float)

    def add(self, groups: Sequence[str], hit: bool) -> None:
        """Count one case; a case between two groups belongs to each by half."""
        for group in groups:
            self.totals[group] += 1 / len(groups)
            self.hits[group] += hit / len(groups)

    def figure(self) -> Figure:
        """The share of hits; the interval is a bootstrap of whole groups, since pairs of a group hang together.

        Where every case hit or none did, drawing again shows no spread: there the far end is the one-sided bound of
        that many groups (Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all right?").
        """
        groups = sorted(self.totals)
        totals = np.array([self.totals[group] for group in groups], float)
        hits = np.array([self.hits[group] for group in groups], float)
        if not groups:
            return Figure(value=float("nan"), low=float("nan"), high=float("nan"), total=0)
        drawn = np.random.default_rng(7).multinomial(len(groups), np.full(len(groups), 1 / len(groups)), DRAWS)
        shares = (drawn @ hits) / np.maximum(drawn @ totals, 1e-9)
        low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        value = float(hits.sum() / totals.sum())
        bound = 1 - (1 - LEVEL) ** (1 / len(groups))
        low, high = min(low, 1 - bound) if value == 1 else low, max(high, bound) if value == 0 else high
        return Figure(value=value, low=float(low), high=float(high), total=round(totals.sum()))


def pair_class(left: Report, right: Report, roots: dict[str, str]) -> str:
    """How two articles of one event are akin; the later one gives copies their name."""
    if left.language != right.language:
        return "cross-language"
    later = max(left, right, key=lambda report: report.published_at)
    if later.kind == "retraction":
        return "retraction"
    if roots[left.id] == roots[right.id] and later.kind in COPIES:
        return later.kind
    return "independent"


def recalls(placed: Sequence[Placed]) -> dict[str, Tally]:
    """By class of pair, by language, for all copies and for all: of the pairs of one event, those in one story."""
    roots = text_roots(place.report for place in sorted(placed, key=lambda place: place.report.id))
    tallies: dict[str, Tally] = defaultdict(Tally)
    for event in _by(placed, "event"):
        for left, right in combinations((place for place in event if place.report.kind != "background"), 2):
            name = pair_class(left.report, right.report, roots)
            names = {"all", name}
            names |= {"copies"} if name in ("reprint", "revision", "syndication") else set()
            names |= {f"within {left.report.language}"} if left.report.language == right.report.language else set()
            for each in names:
                tallies[each].add([left.report.group], left.story_id == right.story_id)
    return tallies


def precision(placed: Sequence[Placed]) -> dict[str, Tally]:
    """All, and by the later article's language: of the pairs in one story, those of one event."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for story in _by(placed, "story_id"):
        for left, right in combinations(story, 2):
            same = left.report.event == right.report.event
            if same and "background" in (left.report.kind, right.report.kind):
                continue
            languages = {left.report.language, right.report.language}
            name = f"within {languages.pop()}" if len(languages) == 1 else "cross-language"
            for each in ("all", name):
                tallies[each].add(sorted({left.report.group, right.report.group}), same)
    return tallies


def merges(placed: Sequence[Placed]) -> dict[str, Tally]:
    """Of the pairs that must stay apart, those that were merged: by hard kind, for all, and those within 72 hours."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for left, right in (pair for pair in _by(placed, "group") if pair[0].report.hard):
        merged = left.story_id == right.story_id
        near = abs((left.report.published_at - right.report.published_at).total_seconds()) <= 72 * 3600
        for each in ("all", str(left.report.hard), *(["within 72 hours"] if near else [])):
            tallies[each].add([left.report.group], merged)
    return tallies


def new_acts(placed: Sequence[Placed]) -> Tally:
    """Of the first reports of a new act that follows an older one, those that were taken for the older story."""
    tally = Tally()
    stories: dict[str, set[str]] = defaultdict(set)
    for place in placed:
        stories[place.report.event].add(place.story_id)
    for place in placed:
        if place.report.follows:
            tally.add([place.report.group], place.story_id in stories[place.report.follows])
    return tally


def relations(placed: Sequence[Placed]) -> tuple[Tally, Counter[tuple[str, str]]]:
    """How often the relation is right, and labelled kind by given relation. A new act is judged by ``new_acts``."""
    tally, table = Tally(), Counter[tuple[str, str]]()
    for place in placed:
        expected = EXPECTED["follow_up" if place.report.follows else place.report.kind]
        tally.add([place.report.group], place.relation in expected)
        table[place.report.kind, place.relation] += 1
    return tally, table


def _by(placed: Iterable[Placed], name: str) -> list[list[Placed]]:
    sorted_out: dict[str, list[Placed]] = defaultdict(list)
    for place in placed:
        key = place.story_id if name == "story_id" else str(getattr(place.report, name))
        sorted_out[key].append(place)
    return list(sorted_out.values())
