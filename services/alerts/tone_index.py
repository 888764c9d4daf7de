"""Where policy leans now: an exponentially weighted tone per sector and regulator, and how busy it is against normal.

The index is a geometric moving average (Roberts, 1959, "Control chart tests based on geometric moving averages") in
event time. A report weighs its confidence times its novelty, half as much after each half-life. One neutral report of
weight 1 is imagined beside them, so a single report moves the index half of the way and silence brings it back to 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from msgspec import Struct

from services.signals.signal import PolicySignal

HALF_LIFE = timedelta(days=3)
"""A report counts half after three days, a tenth after ten: the desk's week, without last month's quarrels."""
BUSY_HALF_LIFE, NORMAL_HALF_LIFE = timedelta(days=1), timedelta(days=20)
IMAGINED_WEIGHT = 1.0
NORMAL_REPORTS_PER_DAY = 1.0
"""Added to both rates of heat, so that the first report after a long silence is not infinitely hot."""
OTHER = "other"


class Lean(Struct, frozen=True, kw_only=True):
    """One sector or regulator at one time."""

    index: float
    """-1 (all restrictive) .. 1 (all supportive); 0 when balanced or silent."""
    weight: float
    """Weight of the reports behind it: 1 is one sure, new report of this moment."""
    heat: float
    """Reports a day now against the last weeks; 1 is normal."""


class _Fading:
    """A sum whose terms halve after each half-life. Times that go back are taken as the newest one."""

    def __init__(self, half_life: timedelta) -> None:
        self._half_life = half_life.total_seconds()
        self._sum = 0.0
        self._at = 0.0

    def add(self, value: float, at: float) -> None:
        self._sum = self.value(at) + value
        self._at = max(self._at, at)

    def value(self, at: float) -> float:
        return float(self._sum * 0.5 ** (max(0.0, at - self._at) / self._half_life))


class _Leaning:
    def __init__(self) -> None:
        self._score, self._weight = _Fading(HALF_LIFE), _Fading(HALF_LIFE)
        self._busy, self._normal = _Fading(BUSY_HALF_LIFE), _Fading(NORMAL_HALF_LIFE)

    def add(self, score: float, weight: float, at: float) -> None:
        self._score.add(score * weight, at)
        self._weight.add(weight, at)
        self._busy.add(1.0, at)
        self._normal.add(1.0, at)

    def at(self, at: float) -> Lean:
        weight = self._weight.value(at)
        busy, normal = _per_day(self._busy, BUSY_HALF_LIFE, at), _per_day(self._normal, NORMAL_HALF_LIFE, at)
        return Lean(
            index=self._score.value(at) / (weight + IMAGINED_WEIGHT),
            weight=weight,
            heat=(busy + NORMAL_REPORTS_PER_DAY) / (normal + NORMAL_REPORTS_PER_DAY),
        )


class ToneIndex:
    """Leans of a closed set of ids; what is not in it counts for ``other``."""

    def __init__(self, ids: Collection[str]) -> None:
        self._leanings: Mapping[str, _Leaning] = MappingProxyType({name: _Leaning() for name in (*ids, OTHER)})

    def add(self, names: Iterable[str], signal: PolicySignal) -> None:
        """Count one signal for each of the names. Commentary and what has no score say nothing."""
        if signal.score is None or signal.commentary:
            return
        weight = signal.confidence * signal.novelty / 100
        for name in {name if name in self._leanings else OTHER for name in names}:
            self._leanings[name].add(signal.score, weight, signal.received_at.timestamp())

    def lean(self, name: str, now: datetime) -> Lean:
        """Of one id at an event time; raises KeyError for an id that was not given."""
        return self._leanings[name].at(now.timestamp())

    def busiest(self, now: datetime, count: int) -> dict[str, Lean]:
        """The heaviest ids, at most ``count``, heaviest first, ids of equal weight by name; those of weight 0 not."""
        leans = {name: self.lean(name, now) for name in self._leanings if name != OTHER}
        ranked = sorted(leans.items(), key=lambda item: (-item[1].weight, item[0]))
        return {name: lean for name, lean in ranked[:count] if lean.weight > 0.0}


def _per_day(fading: _Fading, half_life: timedelta, at: float) -> float:
    """Rate of an exponentially fading count: its sum times the decay per day."""
    return fading.value(at) * 0.6931471805599453 / (half_life / timedelta(days=1))
