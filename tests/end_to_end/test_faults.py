"""Redis emptied or away, Slack refusing, silent or broken: the alerts of the day still come out whole and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.market.reaction import Window
from streams.prices.price_store import FILLED_KEY
from streams.slack_stand_in.faults import Fault, FaultKind
from tests.end_to_end.days import (
    Day,
    MeddlingOutbox,
    assert_nothing_lost_nothing_doubled,
    by_alert,
    conclusion,
    play,
    replay,
)
from tests.end_to_end.line import Line, line_in
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

SLACK_FAULTS = (
    Fault(kind=FaultKind.RATE_LIMITED, retry_after="1", count=2),
    Fault(kind=FaultKind.DROPPED, accepted=True, skip=1),
    Fault(kind=FaultKind.SERVER_ERROR, status=503),
    Fault(kind=FaultKind.SERVER_ERROR, status=500, accepted=True),
    Fault(kind=FaultKind.RATE_LIMITED, method="chat.update", retry_after="1.5", skip=1),
    Fault(kind=FaultKind.DROPPED, method="chat.update", accepted=True, skip=1),
    Fault(kind=FaultKind.SERVER_ERROR, method="chat.update", status=502, skip=1),
)
"""Met by the first alerts of the day: refused, accepted without an answer, not accepted without an answer."""


def test_an_emptied_redis_is_filled_again_and_changes_no_figure(short_day: Day, tmp_path: Path) -> None:
    """FLUSHALL twice during trading: the price store comes back from its topic before anything is measured."""
    with line_in(tmp_path) as line:
        line.bring_up()
        outbox = MeddlingOutbox(line)

        def flush_redis(number: int) -> None:
            if number in (10, 13):
                line.redis_client().flushall()

        outbox.after_ticks = flush_redis
        play(line, short_day, outbox)
        outbox.close()
        assert line.redis_client().exists(FILLED_KEY)
        assert_nothing_lost_nothing_doubled(line, short_day)
        assert_every_horizon_as_undisturbed(line, short_day)


class RedisOutage:
    """Redis dies before one article of the day and comes back, empty, after its alert has gone out."""

    def __init__(self, line: Line, article: bytes) -> None:
        self._line = line
        self._article = article
        self.is_away = False
        self.alerted: set[str] = set()

    def after_ticks(self, number: int) -> None:
        """The first ticks of the day take Redis away, the first ones after its alert bring it back."""
        if self.alerted and self.is_away:
            self._line.redis.start()
            self.is_away = False
        elif number == 1:
            self._line.redis.kill()
            self.is_away = True

    def after_article(self, article: bytes) -> None:
        """Slack must have an alert on the article before Redis is back."""
        if self._article in article:
            known = set(self._line.watcher.revisions)
            wait_until(lambda: len(self._line.watcher.revisions) > len(known), "an alert without Redis", 30)
            wait_until(self._line.watcher.is_settled, "on Slack without Redis", 30)
            self.alerted = set(self._line.watcher.revisions) - known


def test_alerts_go_out_while_redis_is_away_and_horizons_catch_up(short_day: Day, tmp_path: Path) -> None:
    """Without prices an alert is text at once; what the market did is added when Redis is back."""
    with line_in(tmp_path) as line:
        line.bring_up()
        outbox = MeddlingOutbox(line)
        outage = RedisOutage(line, b"planner-ten-platform-cases")
        outbox.after_article, outbox.after_ticks = outage.after_article, outage.after_ticks
        play(line, short_day, outbox)
        outbox.close()
        [alert_id] = outage.alerted
        assert not outage.is_away
        assert line.watcher.revisions[alert_id][1].reactions == ()
        assert_nothing_lost_nothing_doubled(line, short_day)
        assert_every_horizon_as_undisturbed(line, short_day)


def test_a_slack_that_refuses_and_falls_silent_costs_time_and_nothing_else(short_day: Day, tmp_path: Path) -> None:
    """Rate limits, dropped replies and server errors, on posts and on edits, before and after acceptance."""
    with line_in(tmp_path) as line:
        line.bring_up()
        line.slack.scripted.add_faults(*SLACK_FAULTS)
        play(line, short_day)
        met = [entry.fault for entry in line.slack.scripted.journal if entry.fault is not None]
        assert len(met) == sum(fault.count for fault in SLACK_FAULTS)
        assert_nothing_lost_nothing_doubled(line, short_day)


def assert_every_horizon_as_undisturbed(line: Line, day: Day) -> None:
    """Not only the final card: each figure was right when it was shown."""
    expected = by_alert(replay(day).alerts)
    for alert_id, revisions in line.watcher.revisions.items():
        measured = {alert.cause: conclusion(alert) for alert in revisions.values() if alert.cause in set(Window)}
        assert measured == {
            alert.cause: conclusion(alert) for alert in expected[alert_id] if alert.cause in set(Window)
        }
