"""Every topic in one table: name, key, value, partitions, retention. Nothing else names a topic."""

from __future__ import annotations

from dataclasses import dataclass

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One topic. ``retention_ms`` None means compacted: the last record per key is kept for ever.

    ``is_compacted`` with a retention: the last record per key, for that long.
    """

    name: str
    key: str
    value: str
    partitions: int
    retention_ms: int | None
    has_dead_letters: bool = True
    is_compacted: bool = False

    @property
    def dead_letters(self) -> str:
        """Name of the dead-letter twin, where what cannot be read is set aside."""
        return f"{self.name}.dlq"


NEWS_ARTICLES = Topic(
    name="news.articles", key="any; url recommended", value="JSON article", partitions=1, retention_ms=30 * _DAY_MS
)
POLICY_SIGNALS = Topic(
    name="policy.signals", key="story_id", value="PolicySignal", partitions=1, retention_ms=30 * _DAY_MS
)
POLICY_SILENCES = Topic(
    name="policy.silences",
    key="article_id",
    value="Silence",
    partitions=1,
    retention_ms=30 * _DAY_MS,
    has_dead_letters=False,
)
POLICY_TRACE = Topic(
    name="policy.trace",
    key="article_id",
    value="Trace",
    partitions=1,
    retention_ms=30 * _DAY_MS,
    has_dead_letters=False,
)
"""What was decided about each signal, with the numbers: for ``why``."""
MARKET_TICKS = Topic(
    name="market.ticks", key="instrument", value="JSON tick or frame", partitions=4, retention_ms=_DAY_MS
)
MARKET_BARS = Topic(name="market.bars", key="shard", value="BarFrame", partitions=1, retention_ms=14 * _DAY_MS)
"""Kept for longer than the longest closure of an exchange, so that the last session before it can be read again."""
MARKET_MINUTES = Topic(
    name="market.minutes",
    key="instrument@session day",
    value="SessionMinutes",
    partitions=1,
    retention_ms=140 * _DAY_MS,
    has_dead_letters=False,
    is_compacted=True,
)
"""Ninety sessions of one-minute bars, one record per session that is over."""
MARKET_DAYS = Topic(
    name="market.days",
    key="instrument@session day, or @first..last",
    value="DailyCloses",
    partitions=1,
    retention_ms=3 * 366 * _DAY_MS,
    has_dead_letters=False,
    is_compacted=True,
)
"""Three years of daily closes: one record per session that is over, or per year of a loaded file."""
POLICY_ALERTS = Topic(name="policy.alerts", key="alert_id", value="Alert", partitions=1, retention_ms=None)
POLICY_ALERTS_LOG = Topic(
    name="policy.alerts.log",
    key="alert_id@channel",
    value="Receipt",
    partitions=1,
    retention_ms=None,
    has_dead_letters=False,
)
POLICY_ACTIONS = Topic(
    name="policy.actions", key="what it is about, such as mute/7", value="ActionRecord", partitions=1, retention_ms=None
)
"""What people ordered in Slack and still stands: owners, mutes, watched instruments."""
POLICY_FEEDBACK = Topic(
    name="policy.feedback",
    key="alert_id",
    value="Feedback",
    partitions=1,
    retention_ms=3 * 366 * _DAY_MS,
    has_dead_letters=False,
)
POLICY_AUDIT = Topic(
    name="policy.audit",
    key="request_id",
    value="AuditRecord",
    partitions=1,
    retention_ms=10 * 366 * _DAY_MS,
    has_dead_letters=False,
)
"""Every change that a person made, in one hash chain: one partition, never compacted."""

TOPICS = (
    NEWS_ARTICLES,
    POLICY_SIGNALS,
    POLICY_SILENCES,
    POLICY_TRACE,
    MARKET_TICKS,
    MARKET_BARS,
    MARKET_MINUTES,
    MARKET_DAYS,
    POLICY_ALERTS,
    POLICY_ALERTS_LOG,
    POLICY_ACTIONS,
    POLICY_FEEDBACK,
    POLICY_AUDIT,
)

CLOCK_OFFSET_HEADER = "clock-offset-ms"
"""Event time minus wall time of a replayed record, in milliseconds; live records carry none."""
