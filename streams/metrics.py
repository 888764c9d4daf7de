"""Every metric, declared once. Labels are closed sets: catalogue ids and enums, never text from outside."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from itertools import product

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics

from services.alerts.alert import Agreement, Severity, SilenceReason
from services.alerts.feedback import Verdict
from services.alerts.repeat import Decision
from services.market.reaction import HORIZONS, NormalModel, SessionState
from services.market.ticks.ticks import TICK_REASONS
from services.signals.reading import STEPS
from services.signals.second_reading import Outcome
from services.signals.signal import Relation, Tone
from streams.delivery.delivery_metrics import (  # noqa: F401 - declared there, and seen here with all the others
    BRIEFED,
    CHANNEL_PAUSED_SECONDS,
    CHANNEL_REFUSES,
    COALESCED,
    DIGESTED,
    EDITS,
    HANDED_OVER,
    HELD,
    HELD_OLDEST_SECONDS,
    JOINED,
    OUTPUT_TRIES,
    QUEUE_LENGTH,
    QUEUE_OLDEST_SECONDS,
    REPLIES,
    SECOND_ROUTE,
    SIGN_OF_LIFE,
)
from streams.feeds.feed_metrics import (  # noqa: F401 - declared there, and seen here with all the others
    FEED_BACK_DATED,
    FEED_DATES,
    FEED_ENTRIES,
    FEED_FAILURES,
    FEED_LAST_ANSWER,
    FEED_LAST_ENTRY,
    FEED_PAGES,
    FEED_POLLS,
    FEED_QUIET,
    INTAKE_ARTICLES,
)
from streams.second_reader.reader_metrics import (  # noqa: F401 - the same
    SECOND_READER_TOKENS,
    SECOND_READING_SECONDS,
    SECOND_READINGS,
)
from streams.slack.outcome import Doubt, RefusalLevel
from streams.topics import MARKET_BARS, MARKET_TICKS, NEWS_ARTICLES, POLICY_ACTIONS, POLICY_ALERTS, POLICY_SIGNALS
from streams.watching.desk_metrics import (  # noqa: F401 - the same
    EXCHANGE_OPEN,
    INSTRUMENT_LAST_BAR,
    LAST_BAR,
    LATEST_ALERT,
    REGULATOR_NEWS_WEIGHT,
    REGULATOR_TONE_INDEX,
    SECTOR_NEWS_HEAT,
    SECTOR_TONE_INDEX,
    STALE_INSTRUMENTS,
    STORY_MEMORY,
    STORY_MEMORY_SECONDS,
    STORY_REPORTS,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_UNTIL_DAYS = (*_SECONDS, 1_800, 7_200, 28_800, 86_400, 259_200)

ARTICLES = Counter("policy_signals_articles", "Articles taken from news.articles, by what became of them.", ["outcome"])
READING_SECONDS = Histogram(
    "policy_signals_reading_seconds",
    "Time to read one article for tone, links and story.",
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
)
READING_STEP_SECONDS = Histogram(
    "policy_signals_reading_step_seconds",
    "Time of each step of reading one article: gate, rules, model, linking.",
    ["step"],
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
)
READING_CONFIDENCE = Histogram(
    "policy_signals_reading_confidence_ratio",
    "Confidence of the label, of articles that are not let go as irrelevant; below 0.6 the answer is unclear.",
    buckets=(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1),
)
READER_INFO = Info("policy_signals_reader", "Version of the reader, with the digest of its model.")
SIGNALS = Counter("policy_signals_signals", "Policy signals produced, by tone.", ["tone"])
SILENCES = Counter("policy_signals_silences", "Decisions to send nothing, by reason.", ["reason"])
ALERTS = Counter("policy_signals_alerts", "Alerts raised, by severity and tone.", ["severity", "tone"])
ALERT_REVISIONS = Counter("policy_signals_alert_revisions", "Alert revisions produced, by cause.", ["cause"])
VERDICTS = Counter("policy_signals_verdicts", "Verdicts of text against tape, by agreement.", ["agreement"])
FINAL_VERDICTS = Counter(
    "policy_signals_final_verdicts", "Alerts whose verdict of the close is given, by agreement.", ["agreement"]
)
REACTIONS = Counter(
    "policy_signals_reactions", "Alerts whose basket was measured 30 minutes after publication, by tone.", ["tone"]
)
REACTION_MOVES = Counter(
    "policy_signals_reaction_moves_ratio",
    "Sizes of the mean abnormal returns 30 minutes after publication, added up, by tone and direction.",
    ["tone", "direction"],
)
OPEN_ALERTS = Gauge("policy_signals_open_alerts", "Alerts that still wait for a horizon.")
MEASURE_SECONDS = Histogram(
    "policy_signals_measure_seconds", "Time to measure all exposures of one alert.", buckets=_SECONDS
)

CALENDAR_DAYS_LEFT = Gauge(
    "policy_signals_calendar_days_left",
    "Days until the trading calendar of an exchange runs out; negative afterwards, when plain weekdays are assumed.",
    ["exchange"],
)
EXPOSURE_STATES = Counter(
    "policy_signals_exposure_states",
    "Exposed instruments at each revision, by what their price was: open, lunch, closed, halted, stale, no_data.",
    ["state"],
)
NORMAL_MODELS = Counter(
    "policy_signals_normal_models",
    "Exposed instruments at each revision, by what their abnormal return was measured against.",
    ["model"],
)

TICKS = Counter("policy_signals_ticks", "Ticks taken from market.ticks, by outcome.", ["outcome"])
BARS = Counter("policy_signals_bars", "One-second bars sent to market.bars.")
WATERMARK = Gauge("policy_signals_watermark_seconds", "Event time up to which bars are complete, since 1970 UTC.")
PRICE_STORE_REFILLS = Counter(
    "policy_signals_price_store_refills", "Times the price store was filled anew from the topics."
)
PRICE_STORE_BYTES = Gauge(
    "policy_signals_price_store_bytes",
    "Packed prices in Redis by tier: seconds, minutes, days; counted once in ten minutes.",
    ["tier"],
)
PRICE_STORE_INSTRUMENTS = Gauge(
    "policy_signals_price_store_instruments", "Instruments with prices in Redis; counted once in ten minutes."
)

SOURCE_TICKS = Counter(
    "policy_signals_source_ticks", "Ticks that a tick source took in, by what became of them.", ["source", "outcome"]
)
SOURCE_RECONNECTS = Counter(
    "policy_signals_source_reconnects",
    "Times a tick source asked again after a connection or an answer failed.",
    ["source"],
)
SOURCE_GAPS = Counter("policy_signals_source_gaps", "Sequence numbers that a feed left out.", ["source"])
SOURCE_CLOCK_SKEW = Gauge(
    "policy_signals_source_clock_skew_seconds",
    "Our clock minus the vendor's, median of the last hundred; it holds the way of the tick too.",
    ["source"],
)
SOURCE_LAST_TICK = Gauge(
    "policy_signals_source_last_tick_timestamp_seconds", "Wall time of the last tick that a source took in.", ["source"]
)

SLACK_CALLS = Counter("policy_signals_slack_calls", "Calls to Slack, by method and outcome.", ["method", "outcome"])
DELIVERIES = Counter("policy_signals_deliveries", "Alert revisions handled by the notifier, by decision.", ["decision"])
COPIES_REMOVED = Counter("policy_signals_copies_removed", "Repeated messages that the sweeper removed from Slack.")
PARKED = Counter("policy_signals_parked", "Alert revisions given up: Slack will not take them in any form.")
SLACK_PAUSED_SECONDS = Counter(
    "policy_signals_slack_paused_seconds", "Seconds for which Slack asked the notifier to be silent (429)."
)
SLACK_CLOCK_SKEW = Gauge(
    "policy_signals_slack_clock_skew_seconds",
    "Our clock minus Slack's at the last new message; it holds the way of the answer too.",
)
LAST_POST = Gauge(
    "policy_signals_last_successful_post_timestamp_seconds", "Wall time of the last successful Slack call."
)

RESPONSE_SECONDS = Histogram(
    "policy_signals_response_seconds",
    "Time from the post of a card to its acknowledgement by a person.",
    buckets=(60, 300, 600, 3600),
)
FEEDBACK = Counter("policy_signals_feedback", "Words of people on alerts, by verdict.", ["verdict"])
MUTES_ACTIVE = Gauge("policy_signals_mutes_active", "Mutes that stand now.")
REQUESTS = Counter(
    "policy_signals_slack_requests", "Presses and commands from Slack, by what became of them.", ["outcome"]
)

STAGE_SECONDS = Histogram(
    "policy_signals_stage_seconds",
    "Latency of the line: published_to_received, received_to_scored, scored_to_posted, posted_to_verdict.",
    ["stage"],
    buckets=_UNTIL_DAYS,
)
DEAD_LETTERS = Counter("policy_signals_dead_letters", "Records set aside, by topic and reason.", ["topic", "reason"])
RETRIES = Counter("policy_signals_retries", "Times a record was put back because something was unavailable.", ["what"])
REPAIRED_SIGNALS = Counter(
    "policy_signals_repaired_signals", "Signals taken before a crash and never answered, answered by who took over."
)
DEPENDENCY_UP = Gauge("policy_signals_dependency_up", "1 when the outside system answered last time.", ["dependency"])
LAG_MESSAGES = Gauge(
    "policy_signals_lag_messages", "Records on a partition that this process has not handled.", ["topic", "partition"]
)
LAG_SECONDS = Gauge(
    "policy_signals_lag_seconds",
    "Event time between now and the last record handled of a partition; 0 when nothing is left to handle.",
    ["topic", "partition"],
)
OLDEST_UNPROCESSED_SECONDS = Gauge(
    "policy_signals_oldest_unprocessed_seconds", "Age of the oldest record that was fetched and is not handled yet."
)
HEARTBEAT = Gauge(
    "policy_signals_heartbeat_timestamp_seconds",
    "Wall time when the working loop last went round, records or not; served from another thread.",
)
TRACES = Counter(
    "policy_signals_traces",
    "Traces of decisions, by what became of them: sent, or dropped because policy.trace took none for long.",
    ["outcome"],
)
LAST_PROGRESS = Gauge("policy_signals_last_progress_timestamp_seconds", "Wall time of the last record handled.")
BUILD_INFO = Info(
    "policy_signals_build",
    "Version of this build, with the digests of the model and of the configuration files beside it.",
)

try:
    VERSION = version("policy-signals")
except PackageNotFoundError:  # run from a checkout that was not installed
    VERSION = "unknown"
# The configuration is read by whoever starts a process: streams/watching/build_info.py.
BUILD_INFO.info({"version": VERSION, "model": "not read", "configuration": "not read"})


# A counter that is born at 1 hides its first event from increase() and rate(), and the first dead letter is the one
# that matters; so every combination that can occur stands at 0 from the start.

TICK_SOURCES = ("websocket", "polling", "file")
SOURCE_OUTCOMES = ("sent", "unchanged", "unreadable", "unknown_instrument", "dropped")
TICK_OUTCOMES = (*sorted(TICK_REASONS), "accepted", "corrected", "late", "duplicate", "overflow", "jump")
PRICE_TIERS = ("seconds", "minutes", "days")
SLACK_METHODS = (
    *("chat.postMessage", "chat.update", "chat.delete", "conversations.history", "conversations.replies"),
    *("chat.postEphemeral", "usergroups.users.list"),
)
SLACK_OUTCOMES = (
    *("posted", "read", "rate_limited"),
    *(f"refused_{level.value}" for level in RefusalLevel),
    *(f"unknown_{doubt.value}" for doubt in Doubt),
)
REQUEST_OUTCOMES = ("answered", "changed", "not_allowed", "not_understood", "repeated", "given_up", "failed")
TRACE_OUTCOMES = ("sent", "dropped")
STAGES = ("published_to_received", "received_to_scored", "scored_to_posted", "posted_to_verdict")
WAITED_FOR = ("kafka", "redis", "slack", "ownership")
_BROKEN = ("empty", "internal_error", "not_json", "too_deep", "wrong_type")
_BROKEN_ARTICLE = ("too_large", "missing_field", "newer_schema", "no_text", "bad_url")
DEAD_LETTER_REASONS = {
    NEWS_ARTICLES.name: (*_BROKEN, *_BROKEN_ARTICLE, "naive_time", "future_time", "ancient_time"),
    MARKET_TICKS.name: (*_BROKEN, "too_large", "missing_field", "unknown_format", "bad_frame"),
    **{
        topic.name: (*_BROKEN, "newer_schema") for topic in (POLICY_SIGNALS, MARKET_BARS, POLICY_ALERTS, POLICY_ACTIONS)
    },
}

_KNOWN_LABELS: tuple[tuple[Counter | Gauge | Histogram, tuple[tuple[str, ...], ...]], ...] = (
    (ARTICLES, (("signal", *SilenceReason),)),
    (READING_STEP_SECONDS, (STEPS,)),
    (SECOND_READINGS, (tuple(Outcome),)),
    (SIGNALS, (tuple(Tone),)),
    (STORY_REPORTS, (tuple(Relation),)),
    (SILENCES, (tuple(SilenceReason),)),
    (ALERTS, (tuple(Severity), (Tone.SUPPORTIVE, Tone.RESTRICTIVE))),
    (ALERT_REVISIONS, (("raised", "report", "correction", "new_act", *HORIZONS),)),
    (VERDICTS, (tuple(Agreement),)),
    (FINAL_VERDICTS, (tuple(Agreement),)),
    (REACTIONS, ((Tone.SUPPORTIVE, Tone.RESTRICTIVE),)),
    (REACTION_MOVES, ((Tone.SUPPORTIVE, Tone.RESTRICTIVE), ("up", "down"))),
    (EXPOSURE_STATES, (tuple(SessionState),)),
    (NORMAL_MODELS, (tuple(NormalModel),)),
    (TICKS, (TICK_OUTCOMES,)),
    (PRICE_STORE_BYTES, (PRICE_TIERS,)),
    (SOURCE_TICKS, (TICK_SOURCES, SOURCE_OUTCOMES)),
    *((metric, (TICK_SOURCES,)) for metric in (SOURCE_RECONNECTS, SOURCE_GAPS, SOURCE_CLOCK_SKEW, SOURCE_LAST_TICK)),
    (SLACK_CALLS, (SLACK_METHODS, SLACK_OUTCOMES)),
    (DELIVERIES, (tuple(Decision),)),
    (FEEDBACK, (tuple(Verdict),)),
    (REQUESTS, (REQUEST_OUTCOMES,)),
    (STAGE_SECONDS, (STAGES,)),
    (TRACES, (TRACE_OUTCOMES,)),
    (RETRIES, (WAITED_FOR,)),
    *((DEAD_LETTERS, ((topic,), reasons)) for topic, reasons in DEAD_LETTER_REASONS.items()),
)
for _metric, _values in _KNOWN_LABELS:
    for _combination in product(*_values):
        _metric.labels(*_combination)
