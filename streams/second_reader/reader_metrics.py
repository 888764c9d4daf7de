"""Metrics of the second reader, declared: how often it is asked, how long articles wait for it, what it costs."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

SECOND_READINGS = Counter(
    "policy_signals_second_readings",
    "Readings that deserved a second reader, by what became of it.",
    ["outcome"],
)
SECOND_READING_SECONDS = Histogram(
    "policy_signals_second_reading_seconds",
    "Time that an article waited for its second reading, cached and failed ones included.",
    buckets=(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10),
)
SECOND_READER_TOKENS = Counter(
    "policy_signals_second_reader_tokens",
    "Tokens that second readings cost, as the endpoint says; estimated where it says nothing or fails.",
)
