"""The thresholds that people tune, as one typed value; the numbers stand in config/alerting.toml."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from services.alerts.alert import Severity
from services.alerts.watchlists import Watchlist


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
    holding_share: float
    """A verdict once given holds until the strength falls below this share of its threshold."""
    moved_before_z: float
    moved_before_return: float
    mover_z: float
    """|z| from which an instrument that nobody named is shown as moved."""
    mover_return: float
    """And its abnormal return, a fraction: a large z on a tiny move is noise."""
    largest_basket: int
    """At most this many exposures are measured."""
    late_flash_minutes: float = 60.0
    """News scored so long after its publication is late: it stands in a brief and makes no sound."""
    late_urgent_minutes: float = 120.0
    late_alert_minutes: float = 240.0
    caps: Mapping[str, Severity] = {}
    """The loudest that a kind of report may be by itself; keys: ``standing.CAP_KEYS``."""
    watchlists: Mapping[str, Watchlist] = {}
    """By name; from config/routing.toml."""
