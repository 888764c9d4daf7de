"""Fits ``services.signals.rules.confidence``: how often a reading was right, by kind of label and stated confidence.

Run from the repository root: ``python tests/signals/fit_confidence.py``. It reads ``blind_readings.jsonl``: for every item
of the blind rounds the label we wrote, the label read and the raw confidence at the moment of that round, before any rule
was changed for it. Pool-adjacent-violators with two pseudo-observations at the raw value keep small bins sane.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, json

KINDS = {"supportive": "directed", "restrictive": "directed", "neutral": "neutral", "irrelevant": "irrelevant"}
KNOTS = {
    "directed": (0.5, 0.65, 0.72, 0.78, 0.83, 0.88),
    "neutral": (0.5, 0.57, 0.63, 0.7, 0.8),
    "irrelevant": (0.58, 0.7, 0.85, 0.9),
}
PSEUDO = 2.0


class BlindReading(Struct, frozen=True):
    """One item of a blind round."""

    round: str
    case: str
    written: str
    read: str
    confidence: float


def load() -> list[BlindReading]:
    """Every blind reading on record."""
    lines = Path(__file__).with_name("blind_readings.jsonl").read_bytes().splitlines()
    return [json.decode(line, type=BlindReading) for line in lines]


def fit(readings: Iterable[BlindReading]) -> dict[str, list[tuple[float, float]]]:
    """Knots (raw, calibrated) by kind of label, rising."""
    readings = list(readings)
    return {kind: _fit_kind([item for item in readings if KINDS[item.read] == kind], KNOTS[kind]) for kind in KNOTS}


def _fit_kind(readings: list[BlindReading], knots: tuple[float, ...]) -> list[tuple[float, float]]:
    right = dict.fromkeys(knots, 0.0)
    seen = dict.fromkeys(knots, 0.0)
    for knot in knots:
        right[knot], seen[knot] = PSEUDO * knot, PSEUDO
    for item in readings:
        nearest = min(knots, key=lambda knot: abs(knot - item.confidence))
        right[nearest] += item.written == item.read
        seen[nearest] += 1
    blocks = [[right[knot], seen[knot], 1.0] for knot in knots]
    while any(low[0] / low[1] > high[0] / high[1] for low, high in pairwise(blocks)):
        at = next(i for i, (low, high) in enumerate(pairwise(blocks)) if low[0] / low[1] > high[0] / high[1])
        blocks[at : at + 2] = [[sum(column) for column in zip(blocks[at], blocks[at + 1], strict=True)]]
    values = [round(hits / count, 2) for hits, count, width in blocks for _ in range(int(width))]
    return list(zip(knots, values, strict=True))


if __name__ == "__main__":
    for kind, table in fit(load()).items():
        print(kind, table)  # noqa: T201
