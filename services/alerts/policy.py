"""The thresholds that people tune, as one typed value; the numbers stand in config/alerting.toml."""

from __future__ import annotations

from msgspec import Struct


class AlertPolicy(Struct, frozen=True, kw_only=True):
    """When to speak, how loudly, and what counts as an answer of the market."""

    minimum_confidence: float
    minimum_score: float
    stale_after_hours: float
    urgent_from: float
    flash_from: float
    confirming_z: float
    confirming_return: float
    """Abnormal return that counts as an answer where history is too short for a z-score; a fraction."""
    moved_before_z: float
    moved_before_return: float
    largest_basket: int
    """At most this many exposures are measured."""
