"""The newest alerts as a table in Grafana: what each is about, in words of the catalogue, and when its news came."""

from __future__ import annotations

from typing import NamedTuple

from config.catalogue import load_catalogue
from services.alerts.alert import Alert
from services.signals.signal import PolicySignal
from streams.watching.desk_metrics import LATEST_ALERT

SHOWN_ALERTS = 10
NONE, OTHER = "none", "other"
NOTHING_YET = (NONE,) * 5
"""Stands alone, at 0, until the first alert: Grafana's choices need a series to read."""


class _Shown(NamedTuple):
    labels: tuple[str, ...]
    raised_at: float
    published_at: float


class LatestAlerts:
    """Fed with every revision, also at a rebuild; a newer revision takes the place of the older one."""

    def __init__(self) -> None:
        catalogue = load_catalogue()
        self._sectors, self._regulators = frozenset(catalogue.sectors), frozenset(catalogue.regulators)
        self._instruments = frozenset(one.instrument for one in catalogue.listings())
        self._shown: dict[str, _Shown] = {}
        self.forget_all()

    def forget_all(self) -> None:
        """None, before a rebuild."""
        self._shown.clear()
        self._show()

    def take(self, alert: Alert) -> None:
        """Remember one revision, and show the ten alerts that were raised last."""
        labels = (*self._about(alert.signal), alert.severity.value, alert.signal.tone.value)
        self._shown[alert.alert_id] = _Shown(labels, alert.raised_at.timestamp(), alert.signal.published_at.timestamp())
        if len(self._shown) > SHOWN_ALERTS:
            del self._shown[min(self._shown, key=lambda known: self._shown[known].raised_at)]
        self._show()

    def _about(self, signal: PolicySignal) -> tuple[str, str, str]:
        named = max(signal.exposures, key=lambda one: one.relevance, default=None)
        return (
            _word(signal.sectors[0] if signal.sectors else NONE, self._sectors),
            _word(signal.regulators[0] if signal.regulators else NONE, self._regulators),
            _word(named.instrument if named else NONE, self._instruments),
        )

    def _show(self) -> None:
        """Two alerts about the same count as one, with the newer time."""
        newest: dict[tuple[str, ...], float] = {NOTHING_YET: 0.0} if not self._shown else {}
        for one in sorted(self._shown.values(), key=lambda one: one.published_at):
            newest[one.labels] = one.published_at
        for sample in next(iter(LATEST_ALERT.collect())).samples:
            labels = tuple(sample.labels[name] for name in LATEST_ALERT._labelnames)
            if labels not in newest:
                LATEST_ALERT.remove(*labels)
        for labels, published_at in newest.items():
            LATEST_ALERT.labels(*labels).set(published_at)


def _word(name: str, known: frozenset[str]) -> str:
    """Names come from Kafka: what the catalogue does not hold must not become a label."""
    return name if name in known or name == NONE else OTHER
