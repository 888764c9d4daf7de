"""``news.articles`` -> read for regulatory tone -> ``policy.signals`` or ``policy.silences``."""

from __future__ import annotations

from collections import deque
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from config.alerting import FOLDER, load_authorities
from config.catalogue import load_catalogue
from config.feeds import load_feeds
from config.settings import Settings
from config.stories import load_teller
from config.tone_model import load_reader
from services.alerts.alert import Silence
from services.alerts.news_desk import NewsDesk
from services.alerts.trace import Trace, trace_signal
from services.news.parsing import parse_article
from services.signals.authority import SourceAuthorities
from services.signals.signal import PolicySignal
from services.stories.story_memory import Limits
from streams import codec, metrics
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record, offset_headers, read_values
from streams.clock import Clock, monotonic, shift, wall_clock
from streams.logs import ids_of, log
from streams.process import read_surroundings, run_loop
from streams.second_reader.reader import ARTICLES_AT_ONCE, build_second_reader
from streams.topics import NEWS_ARTICLES, POLICY_SIGNALS, POLICY_SILENCES
from streams.tracing.trace_sender import Stopwatch, Tracer, TraceSender, drop_trace
from streams.watching import desk_metrics
from streams.watching.exemplars import mark_with
from streams.watching.health import Surroundings
from streams.watching.tone_gauges import ToneGauges

PROCESS = "news_consumer"
REMEMBERED = Limits(articles=20_000, hours=30 * 24.0)
"""What the live line remembers of stories: at most what ``policy.signals`` keeps."""


class NewsConsumer:
    """Takes articles one by one; its memory of stories is rebuilt from ``policy.signals``."""

    def __init__(self, surroundings: Surroundings, outbox: Outbox, clock: Clock, trace: Tracer = drop_trace) -> None:
        self._settings = surroundings.settings
        self._outbox = outbox
        self._trace = trace
        self._clock = clock
        self._reader = load_reader(_time_step)
        metrics.READER_INFO.info({"version": self._reader.version})
        self._authorities = _load_authorities(self._settings)
        self._second = build_second_reader(self._settings)
        self._desk = self._open_desk()
        self._tones = ToneGauges(clock)

    def rebuild(self) -> None:
        """Remember the stories that were told before this process had the partition."""
        self._desk = self._open_desk()
        self._tones.forget_all()
        began = monotonic()
        # Those before them would only be told again to be forgotten.
        newest: deque[PolicySignal] = deque(maxlen=REMEMBERED.articles)
        for signal in read_values(self._settings, POLICY_SIGNALS.name, PolicySignal):
            newest.append(signal)
            self._tones.add(signal)
        for signal in newest:
            self._desk.restore(signal)
        _show_memory(self._desk)
        log.info("stories rebuilt", signals=len(newest), seconds=round(monotonic() - began, 1))

    def _open_desk(self) -> NewsDesk:
        return NewsDesk(self._reader, self._authorities, load_teller(), self._second, REMEMBERED)

    def handle(self, record: Record) -> None:
        """Read one article and send on what it says, or why it says nothing."""
        watch = Stopwatch(record, self._clock)
        arrived_at = datetime.fromtimestamp((record.timestamp_ms + record.clock_offset_ms) / 1000, UTC)
        article = parse_article(record.value, arrived_at)
        with metrics.READING_SECONDS.time():
            outcome = self._desk.take(article, shift(self._clock, record.clock_offset_ms))
        headers = offset_headers(record.clock_offset_ms)
        if isinstance(outcome, Silence):
            self._outbox.send(POLICY_SILENCES.name, article.article_id, codec.encode(outcome), headers)
            metrics.ARTICLES.labels(outcome=outcome.reason.value).inc()
            metrics.SILENCES.labels(reason=outcome.reason.value).inc()
            story_id = outcome.story_id or ""
            log.info("silent", article_id=article.article_id, story_id=story_id, reason=outcome.reason.value)
        else:
            self._outbox.send(POLICY_SIGNALS.name, outcome.story_id, codec.encode(outcome), headers)
            self._trace(lambda: _explain(outcome, watch), record.clock_offset_ms)
            _count_signal(outcome)
            self._tones.add(outcome, record.clock_offset_ms)
            _show_memory(self._desk)

    def idle(self, caught_up: bool) -> None:
        """The tone index fades with time."""
        self._tones.show()

    def oldest_needed(self, partition: int) -> int | None:
        """Each article is done when it is handled."""
        return None


def _load_authorities(settings: Settings) -> SourceAuthorities:
    """By words in the name of a source, and by feed for those that we ask ourselves; raises Misconfigured."""
    path = Path(settings.feeds_file) if settings.feeds_file else FOLDER / "feeds.toml"
    feeds = load_feeds(load_catalogue(), path, settings.feeds_local_port)
    return replace(load_authorities(), class_by_feed={feed.id: feed.authority for feed in feeds})


def _time_step(step: str) -> AbstractContextManager[object]:
    return metrics.READING_STEP_SECONDS.labels(step=step).time()


def _show_memory(desk: NewsDesk) -> None:
    articles, span = desk.remembered
    desk_metrics.STORY_MEMORY.set(articles)
    desk_metrics.STORY_MEMORY_SECONDS.set(max(0.0, span.total_seconds()))


def _explain(signal: PolicySignal, watch: Stopwatch) -> Trace:
    return watch.stamp(trace_signal(signal, PROCESS))


def _count_signal(signal: PolicySignal) -> None:
    metrics.READING_CONFIDENCE.observe(signal.confidence)
    metrics.ARTICLES.labels(outcome="signal").inc()
    metrics.SIGNALS.labels(tone=signal.tone.value).inc()
    desk_metrics.STORY_REPORTS.labels(relation=signal.relation.value).inc()
    to_received = (signal.received_at - signal.published_at).total_seconds()
    to_scored = (signal.scored_at - signal.received_at).total_seconds()
    marked = mark_with("signal_id", signal.signal_id)
    metrics.STAGE_SECONDS.labels(stage="published_to_received").observe(max(0.0, to_received), marked)
    metrics.STAGE_SECONDS.labels(stage="received_to_scored").observe(max(0.0, to_scored), marked)
    log.info("signal", **ids_of(signal), tone=signal.tone.value)


def build() -> tuple[Surroundings, ConsumerLoop, TraceSender]:
    """Wire the process from the environment; raises Misconfigured."""
    surroundings = read_surroundings("kafka")
    outbox, traces = Outbox(surroundings.settings), TraceSender(Outbox(surroundings.settings))
    consumer = NewsConsumer(surroundings, outbox, wall_clock, traces)
    loop = ConsumerLoop(surroundings, PROCESS, NEWS_ARTICLES, consumer, outbox)
    if surroundings.settings.second_reader is not None:
        loop.max_poll_records = ARTICLES_AT_ONCE
    return surroundings, loop, traces


def main() -> None:
    """Run until told to stop."""
    surroundings, loop, traces = build()
    run_loop(PROCESS, surroundings, loop)
    traces.close()
