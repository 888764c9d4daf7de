"""Metrics of the ways in. ``feed`` is an id of feeds.toml: its owner decides how many there are."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from services.news.entry_memory import EntryFate
from services.news.feed_dates import DateOrigin
from services.news.feed_reading import LeftOut
from services.news.poll_plan import PollResult

FEED_POLLS = Counter("policy_signals_feed_polls", "Polls of feeds, by what they came to.", ["feed", "result"])
FEED_FAILURES = Counter("policy_signals_feed_failures", "Polls that failed, by reason.", ["reason"])
FEED_ENTRIES = Counter(
    "policy_signals_feed_entries", "Entries of answers, by what became of them; new and revised are sent.", ["outcome"]
)
FEED_DATES = Counter(
    "policy_signals_feed_dates", "Entries sent, by what their time of publication rests on.", ["origin"]
)
FEED_PAGES = Counter(
    "policy_signals_feed_pages", "Pages fetched for the text behind a teaser, by outcome.", ["outcome"]
)
FEED_LAST_ANSWER = Gauge(
    "policy_signals_feed_last_answer_timestamp_seconds", "Wall time at which a feed last answered.", ["feed"]
)
FEED_LAST_ENTRY = Gauge(
    "policy_signals_feed_last_entry_timestamp_seconds", "Wall time at which a feed last had news.", ["feed"]
)
FEED_QUIET = Gauge(
    "policy_signals_feed_quiet_ratio",
    "The silence of a feed over the longest that its own rhythm allows; over 1 it is quiet, 0 until that is learned.",
    ["feed"],
)
FEED_BACK_DATED = Counter(
    "policy_signals_feed_back_dated",
    "New entries whose date lies hours before an answer of the same feed that did not hold them; their date counts.",
)
INTAKE_ARTICLES = Counter(
    "policy_signals_intake_articles",
    "Articles handed over, by way in and outcome; a call that is turned away unread counts as one.",
    ["way", "outcome"],
)

FETCH_PROBLEMS = (
    *("bad_url", "bad_port", "with_login", "not_public", "no_name", "no_connection", "no_tls", "timeout"),
    *("too_large", "bad_encoding", "bad_redirect", "too_many_redirects", "rate_limited", "gone", "refused"),
    *("server_error", "robots", "broken_answer"),
)
PARSE_PROBLEMS = ("not_a_feed", "unsafe_xml", "not_json", "too_slow", "parser_died", "parser_failed")
OUTCOMES_BY_WAY_IN = {
    "http": ("accepted", "refused", "unsent", "unauthorized", "too_large", "timeout", "bad_encoding"),
    "folder": ("accepted", "refused", "unsent", "unread"),
}
"""``unread``: files that the process may not open or move; each look counts."""

for _reason in (*FETCH_PROBLEMS, *PARSE_PROBLEMS, "kafka", "internal_error"):
    FEED_FAILURES.labels(_reason)
for _outcome in (*FETCH_PROBLEMS, *PARSE_PROBLEMS, "full_text", "no_text"):
    FEED_PAGES.labels(_outcome)
for _outcome in (*EntryFate, *LeftOut):
    FEED_ENTRIES.labels(_outcome.value)
for _origin in DateOrigin:
    FEED_DATES.labels(_origin.value)
for _way, _outcomes in OUTCOMES_BY_WAY_IN.items():
    for _outcome in _outcomes:
        INTAKE_ARTICLES.labels(_way, _outcome)


def serve_feed(feed_id: str) -> None:
    """The series of one feed, at 0 from the start."""
    for result in PollResult:
        FEED_POLLS.labels(feed_id, result.value)
    FEED_LAST_ANSWER.labels(feed_id)
    FEED_LAST_ENTRY.labels(feed_id)
    FEED_QUIET.labels(feed_id)
