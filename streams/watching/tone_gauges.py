"""The tone index as metrics: every sector of the catalogue, and the regulators that are busiest now."""

from __future__ import annotations

from config.catalogue import load_catalogue
from services.alerts.tone_index import OTHER, Lean, ToneIndex
from services.signals.signal import PolicySignal
from streams.clock import Clock, monotonic, shift
from streams.watching import desk_metrics

SHOW_EVERY_SECONDS = 5.0
SHOWN_REGULATORS = 20
"""Of 135, so that the process stays well under 500 series; the rest is looked up on the topic, not in Grafana."""


class ToneGauges:
    """Fed with every signal in order, also at a rebuild; ``show`` brings the gauges up to now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._show_at = 0.0
        self._shown: set[str] = set()
        self.forget_all()
        self._show()

    def forget_all(self) -> None:
        """Empty, before a rebuild."""
        catalogue = load_catalogue()
        self._sectors, self._regulators = ToneIndex(catalogue.sectors), ToneIndex(catalogue.regulators)
        self._sector_ids = tuple(catalogue.sectors)
        self._offset_ms = 0

    def add(self, signal: PolicySignal, clock_offset_ms: int = 0) -> None:
        """Count one signal; with its offset, event time is that of the last record."""
        self._offset_ms = clock_offset_ms
        self._sectors.add(signal.sectors, signal)
        self._regulators.add(signal.regulators, signal)

    def show(self) -> None:
        """Set the gauges, at most once in five seconds: they fade with time, news or not."""
        if monotonic() >= self._show_at:
            self._show_at = monotonic() + SHOW_EVERY_SECONDS
            self._show()

    def _show(self) -> None:
        now = shift(self._clock, self._offset_ms)
        for sector in self._sector_ids:
            lean = self._sectors.lean(sector, now)
            desk_metrics.SECTOR_TONE_INDEX.labels(sector=sector).set(lean.index)
            desk_metrics.SECTOR_NEWS_HEAT.labels(sector=sector).set(lean.heat)
        self._show_regulators(
            {**self._regulators.busiest(now, SHOWN_REGULATORS), OTHER: self._regulators.lean(OTHER, now)}
        )

    def _show_regulators(self, leans: dict[str, Lean]) -> None:
        for regulator in self._shown - leans.keys():
            desk_metrics.REGULATOR_TONE_INDEX.remove(regulator)
            desk_metrics.REGULATOR_NEWS_WEIGHT.remove(regulator)
        for regulator, lean in leans.items():
            desk_metrics.REGULATOR_TONE_INDEX.labels(regulator=regulator).set(lean.index)
            desk_metrics.REGULATOR_NEWS_WEIGHT.labels(regulator=regulator).set(lean.weight)
        self._shown = set(leans)
