"""What the desk and the exchanges show, declared. Labels are ids of the catalogue and closed sets."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

SECTOR_TONE_INDEX = Gauge(
    "policy_signals_sector_tone_index",
    "Exponentially weighted tone of policy news on a sector, -1 restrictive to 1 supportive; half-life 3 days.",
    ["sector"],
)
SECTOR_NEWS_HEAT = Gauge(
    "policy_signals_sector_news_heat_ratio",
    "Policy reports on a sector now (half-life 1 day) against its normal (half-life 20 days); 1 is normal.",
    ["sector"],
)
REGULATOR_TONE_INDEX = Gauge(
    "policy_signals_regulator_tone_index",
    "Exponentially weighted tone of the busiest regulators, -1 to 1; half-life 3 days. The rest is other.",
    ["regulator"],
)
REGULATOR_NEWS_WEIGHT = Gauge(
    "policy_signals_regulator_news_weight",
    "Weight of the reports behind a regulator's tone index: 1 is one sure, new report of this moment.",
    ["regulator"],
)
LATEST_ALERT = Gauge(
    "policy_signals_latest_alert_timestamp_seconds",
    "Publication of the news behind each of the newest alerts, by what it is about; ten at most.",
    ["sector", "regulator", "instrument", "severity", "tone"],
)
STORY_REPORTS = Counter(
    "policy_signals_story_reports",
    "Signals, by how their report stands to what was told before: new, or one of many kinds of the same event.",
    ["relation"],
)
STORY_MEMORY = Gauge(
    "policy_signals_story_memory_articles", "Reports that the story memory holds, to know what was told before."
)
STORY_MEMORY_SECONDS = Gauge(
    "policy_signals_story_memory_span_seconds",
    "From the oldest report that the story memory holds to the newest: how far back it knows what was told.",
)
EXCHANGE_OPEN = Gauge(
    "policy_signals_exchange_open",
    "1 while an exchange is in continuous trading by its calendar; 0 in the lunch break, overnight, on holidays.",
    ["exchange"],
)
LAST_BAR = Gauge(
    "policy_signals_last_bar_timestamp_seconds",
    "Event time of the newest bar of any instrument of an exchange; 0 before the first since the start.",
    ["exchange"],
)
STALE_INSTRUMENTS = Gauge(
    "policy_signals_stale_instruments",
    "Instruments of an open exchange that traded within four days and not in the last five minutes; 0 while closed.",
    ["exchange"],
)
INSTRUMENT_LAST_BAR = Gauge(
    "policy_signals_instrument_last_bar_timestamp_seconds",
    "Event time of the newest bar of the busiest instruments since the start; fifty at most.",
    ["instrument"],
)
