"""Whatever the world sends, a scrape of each process stays small: no id, name or word from outside becomes a label.

news_consumer has a file of its own, test_hostile_sources.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from config.settings import DEFAULT_METRICS_PORTS
from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.correlation import Correlation
from services.alerts.repeat import Decision
from services.market.reaction import Window
from services.news.poll_plan import PollResult
from streams import correlator
from streams.broker.kafka import Record
from streams.clock import wall_clock
from streams.correlator import NO_CAUSE, Correlator
from streams.delivery.counting import count_delivered, declare_channels, declare_outputs
from streams.feeds import feed_metrics
from streams.feeds.shown_feeds import SHOWN_FEEDS
from streams.tracing.trace_sender import Stopwatch
from streams.watching.served_metrics import ServedMetrics
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_exposure, make_signal
from tests.alerts.test_correlation import ScriptedMarket
from tests.conftest import make_settings
from tests.streams.test_exemplars import delivered
from tests.streams.test_tick_aggregator import CLOSING, Line, as_columns, tick, topics  # noqa: F401 - a fixture

HOW_MANY = 100_000
MOST_SERIES = 500
EVIL = 'evil"} 1\npolicy_signals_fake{x="'


def series_of(process: str) -> list[str]:
    lines = generate_latest(ServedMetrics(process)).decode().splitlines()  # type: ignore[arg-type]
    return [line for line in lines if not line.startswith("#")]


def assert_is_small(process: str) -> None:
    served = series_of(process)
    assert 0 < len(served) < MOST_SERIES
    assert not any("evil" in line or "fake" in line for line in served)


def alert_of(number: int) -> Alert:
    """Every free word of it is somebody else's."""
    word = f"{EVIL}{number}"
    signal = make_signal(
        signal_id=word,
        story_id=word,
        source=word,
        headline=word,
        regulators=(word,),
        sectors=(word,),
        exposures=(make_exposure(word),),
        reader=word,
        published_at=PUBLISHED + timedelta(seconds=number),
    )
    return Alert(
        alert_id=word,
        revision=1,
        cause=tuple(Window)[number % len(Window)].value if number % 2 else "raised",
        severity=tuple(Severity)[number % len(Severity)],
        agreement=tuple(Agreement)[number % len(Agreement)],
        signal=signal,
        reports=(),
        reactions=(),
        measured=(),
        reasons=(),
        raised_at=signal.published_at,
        revised_at=signal.published_at,
    )


@pytest.fixture(scope="module")
def alerts() -> list[Alert]:
    return [alert_of(number) for number in range(HOW_MANY)]


@pytest.mark.parametrize("process", sorted(DEFAULT_METRICS_PORTS))
def test_before_anything_comes_a_scrape_is_small(process: str) -> None:
    """What each process declares at its start, with ten channels and three outputs."""
    declare_channels([f"channel-{number}" for number in range(10)])
    declare_outputs([f"output-{number}" for number in range(3)])
    assert_is_small(process)


def test_a_hundred_thousand_hostile_instruments_leave_a_small_scrape() -> None:
    """A feed may carry whatever it likes; ticks that the catalogue does not know are counted and forgotten."""
    line = Line()
    for first in range(0, HOW_MANY, 1_000):
        names = [f"{EVIL}{number}" for number in range(first, first + 1_000)]
        line.take(as_columns([tick(0, instrument=name) for name in names] + [tick(first / 1_000)]))
    line.take(CLOSING)
    assert {bar.instrument for bar in line.bars()} == {"0700.HK"}
    assert_is_small("tick_aggregator")
    assert_is_small("tick_source")


def test_a_hundred_thousand_hostile_alerts_leave_a_small_scrape_of_the_correlator(
    alerts: list[Alert], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regulators, sectors, instruments and ids are the sender's words: what the catalogue does not hold is "other"."""
    monkeypatch.setattr(correlator.log, "info", lambda *_, **__: None)

    async def send(topic: str, key: str, value: bytes, cause: Record) -> None:
        """Taken."""

    one = Correlator(make_settings("nowhere:9092"), Correlation(POLICY, ScriptedMarket()), send)

    async def publish_all() -> None:
        for alert in alerts:
            await one._publish(alert, NO_CAUSE, Stopwatch(NO_CAUSE, wall_clock))

    asyncio.run(publish_all())
    assert_is_small("correlator")


def test_a_hundred_thousand_hostile_alerts_leave_a_small_scrape_of_the_notifier(alerts: list[Alert]) -> None:
    """Ids stand beside buckets as exemplars, one each, and only where they can be ids of ours."""
    for number, alert in enumerate(alerts):
        decision = (Decision.POST, Decision.EDIT)[number % 2]
        count_delivered(alert, delivered(decision), PUBLISHED + timedelta(seconds=number), PUBLISHED)
    assert_is_small("slack_notifier")
    assert_is_small("slack_actions")


@pytest.fixture
def many_feeds() -> Iterator[list[str]]:
    """A thousand feeds of an owner who likes feeds; afterwards none, as before."""
    names = [f"feed-{number:04}" for number in range(1_000)]
    for name in names:
        feed_metrics.serve_feed(name)
        feed_metrics.FEED_LAST_ANSWER.labels(name).set(PUBLISHED.timestamp())
        feed_metrics.FEED_POLLS.labels(name, PollResult.ANSWERED.value).inc()
    yield names
    for metric in (
        *(feed_metrics.FEED_POLLS, feed_metrics.FEED_QUIET),
        *(feed_metrics.FEED_LAST_ANSWER, feed_metrics.FEED_LAST_ENTRY),
    ):
        metric.clear()


def feeds_shown() -> set[str]:
    lines = [line for line in series_of("feed_poller") if "feed_last_answer" in line]
    return {line.split('"')[1] for line in lines}


def test_of_many_feeds_those_in_trouble_have_series(many_feeds: list[str]) -> None:
    """The alarms look at a feed's own series, so whatever should alarm must be among the few that are served."""
    never, quiet, stopped = many_feeds[700], many_feeds[800], many_feeds[900]
    feed_metrics.FEED_LAST_ANSWER.labels(never).set(0)
    feed_metrics.FEED_QUIET.labels(quiet).set(1.4)
    feed_metrics.FEED_LAST_ANSWER.labels(stopped).set(PUBLISHED.timestamp() - 9_000)
    assert {never, quiet, stopped} <= feeds_shown()
    assert len(feeds_shown()) == SHOWN_FEEDS
    assert_is_small("feed_poller")


def test_a_feed_that_was_never_asked_is_in_no_trouble(many_feeds: list[str]) -> None:
    """At the start all are at 0: those that were asked and said nothing come first."""
    for name in many_feeds[:500]:
        feed_metrics.FEED_LAST_ANSWER.labels(name).set(0)
        for result in PollResult:
            feed_metrics.FEED_POLLS.remove(name, result.value)
    asked = many_feeds[999]
    feed_metrics.FEED_LAST_ANSWER.labels(asked).set(0)
    assert asked in feeds_shown()
    assert feeds_shown().isdisjoint(many_feeds[:500])
