"""The figures of `make evaluate`: each is a function of items, so that any group of items can be measured alike.

"unclear" counts as neutral in the strict F1, and apart in its own column: it is an answer that costs recall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from services.signals.signal import Reading, Role, Tone

LABELS = ("supportive", "restrictive", "neutral", "irrelevant")
DIRECTED = LABELS[:2]
RESAMPLED = 400


class Item(Struct, frozen=True):
    """One labelled example with its reading."""

    example: dict[str, Any]
    reading: Reading
    listed: frozenset[str] = frozenset()
    """Issuers of the catalogue that have a listing: only they can be exposures."""
    later: frozenset[str] = frozenset()
    """Issuers that came into the catalogue after the labels were made: no label could name them, so none is judged."""

    @property
    def said(self) -> str:
        """The label read, ``neutral`` for unclear."""
        return "neutral" if self.reading.tone is Tone.UNCLEAR else self.reading.tone.value


Items = Sequence[Item]
Measure = Callable[[Items], float]


def macro_f1(items: Items, *, lenient: bool = False) -> float:
    """Mean F1 over the labels that occur; lenient: a second acceptable label that was said counts as the label."""
    pairs = [
        (item.said if lenient and item.said == item.example["also"] else item.example["tone"], item.said)
        for item in items
    ]
    scores = []
    for label in LABELS:
        true, said = sum(t == label for t, _ in pairs), sum(s == label for _, s in pairs)
        if true:
            scores.append(2 * sum(t == s == label for t, s in pairs) / (true + said))
    return float(np.mean(scores)) if scores else float("nan")


def lenient_f1(items: Items) -> float:
    """Macro-F1 where a second acceptable label counts."""
    return macro_f1(items, lenient=True)


def flip_rate(items: Items) -> float:
    """Share of items with a direction that are read with the opposite one; unclear is no flip."""
    directed = [item for item in items if item.example["tone"] in DIRECTED]
    return float(np.mean([is_flip(item) for item in directed])) if directed else float("nan")


def is_flip(item: Item) -> bool:
    """True when supportive was read as restrictive or the reverse."""
    return item.example["tone"] in DIRECTED and item.said in DIRECTED and item.said != item.example["tone"]


def gate_f1(items: Items) -> float:
    """F1 of "relevant" against "irrelevant"."""
    true = sum(item.example["tone"] != "irrelevant" for item in items)
    said = sum(item.said != "irrelevant" for item in items)
    both = sum(item.example["tone"] != "irrelevant" and item.said != "irrelevant" for item in items)
    return 2 * both / (true + said) if true + said else float("nan")


def unclear_share(items: Items) -> float:
    """Share of answers below the least confidence."""
    return float(np.mean([item.reading.tone is Tone.UNCLEAR for item in items])) if items else float("nan")


def calibration_error(items: Items, bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017): mean gap of confidence and hit rate, weighted by the bins' sizes."""
    confidence, hit = confidences(items)
    if not len(confidence):
        return float("nan")
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[places == b].mean() - hit[places == b].mean()) * (places == b).mean() for b in set(places)]
    return float(sum(gaps))


def confidences(items: Items) -> tuple[np.ndarray, np.ndarray]:
    """Confidence, and 1.0 where the best label was right, for every item; of an unclear one its best label counts."""
    confidence = np.array([item.reading.confidence for item in items])
    hit = np.array([_best_label(item.reading) == item.example["tone"] for item in items], dtype=float)
    return confidence, hit


def _best_label(reading: Reading) -> str:
    if reading.tone is not Tone.UNCLEAR:
        return reading.tone.value
    return reading.notes[0].rsplit(" ", 1)[-1]


def stage_accuracy(items: Items) -> float:
    """Share of relevant items whose stage is right; one that is read as irrelevant is wrong."""
    staged = [item for item in items if item.example["stage"]]
    return float(np.mean([item.example["stage"] == item.reading.stage for item in staged])) if staged else float("nan")


def regulator_precision(items: Items) -> float:
    """Of the authorities found, how many act or speak."""
    return _shares(items, _regulators)[0]


def regulator_recall(items: Items) -> float:
    """Of the authorities that act or speak, how many were found."""
    return _shares(items, _regulators)[1]


def issuer_precision(items: Items) -> float:
    """Of the listed companies exposed directly, how many are concerned."""
    return _shares(items, _issuers)[0]


def issuer_recall(items: Items) -> float:
    """Of the listed companies concerned, how many are exposed directly."""
    return _shares(items, _issuers)[1]


def _regulators(item: Item) -> tuple[set[str], set[str]]:
    return set(item.example["regulators"]), set(item.reading.regulators)


def _issuers(item: Item) -> tuple[set[str], set[str]]:
    found = {exposure.issuer for exposure in item.reading.exposures if exposure.role is Role.DIRECT}
    return set(item.example["issuers"]) & item.listed, found - item.later


def _shares(items: Items, sets_of: Callable[[Item], tuple[set[str], set[str]]]) -> tuple[float, float]:
    pairs = [sets_of(item) for item in items if item.example["tone"] != "irrelevant"]
    hit = sum(len(wanted & found) for wanted, found in pairs)
    said, true = sum(len(found) for _, found in pairs), sum(len(wanted) for wanted, _ in pairs)
    return hit / said if said else float("nan"), hit / true if true else float("nan")


MEASURES: dict[str, Measure] = {
    "macro_f1": macro_f1,
    "lenient_f1": lenient_f1,
    "flip_rate": flip_rate,
    "gate_f1": gate_f1,
    "unclear": unclear_share,
    "calibration_error": calibration_error,
    "stage": stage_accuracy,
    "regulator_precision": regulator_precision,
    "regulator_recall": regulator_recall,
    "issuer_precision": issuer_precision,
    "issuer_recall": issuer_recall,
}


def interval(items: Items, measure: Measure, seed: int = 1) -> tuple[float, float]:
    """95 % bootstrap interval, resampled by event: reports of one event are not independent."""
    events: dict[str, list[Item]] = {}
    for item in items:
        events.setdefault(item.example["event"], []).append(item)
    groups = list(events.values())
    random = np.random.default_rng(seed)
    drawn = [
        measure([item for place in random.integers(0, len(groups), len(groups)) for item in groups[place]])
        for _ in range(RESAMPLED)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def agreement(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Share of pairs that agree, and Cohen's kappa (Cohen 1960): agreement beyond chance."""
    seen = float(np.mean([first == second for first, second in pairs]))
    labels = {label for pair in pairs for label in pair}
    chance = sum(
        float(np.mean([first == label for first, _ in pairs]))
        * float(np.mean([second == label for _, second in pairs]))
        for label in labels
    )
    return seen, (seen - chance) / (1 - chance) if chance < 1 else 1.0
