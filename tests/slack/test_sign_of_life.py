"""The daily sign of life: once a day, through restarts and kills, after the alerts, and missed by an alarm."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from prometheus_client import REGISTRY

from config.routing import RoutingFile
from services.alerts.alert import DeliveryState, Receipt, Severity
from services.alerts.sign_of_life import DailySign, last_sign_due, name_sign, say_sign
from tests.slack.conftest import CHANNEL, START, make_alert
from tests.slack.notifier_bench import RISK, NotifierBench, payload_of

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
AT_TEN = DailySign(at=time(10, 0), zone=HONG_KONG, channel="desk")
"""The bench begins at 09:30 in Hong Kong."""
DAY = 86_400.0


class SignBench(NotifierBench):
    """A desk that asks for a sign of life."""

    def __init__(self, sign: DailySign = AT_TEN) -> None:
        self.sign = sign
        super().__init__()

    def restart(self) -> None:
        self._routing = RoutingFile(table=self._routing.table, channels=self._routing.channels, sign_of_life=self.sign)
        super().restart()

    def signs(self, channel: str = CHANNEL) -> list[str]:
        """Texts of the signs in a channel, the oldest first."""
        return [
            message.text
            for message in self.messages(channel)
            if str(payload_of(message)["alert_id"]).startswith("sign-of-life")
        ]

    def wait(self, seconds: float) -> None:
        """Time goes by without every tenth of a second being looked at."""
        self.clock.seconds += seconds
        self.run(2)


def shown_at() -> float:
    value = REGISTRY.get_sample_value("policy_signals_sign_of_life_timestamp_seconds")
    assert value is not None
    return value


def test_row_43_a_quiet_day_still_has_one_message():
    """Without it a desk cannot tell a day without news from a line that tells nothing."""
    bench = SignBench()
    bench.run(5)
    assert bench.signs() == []
    bench.wait(1_800)
    (text,) = bench.signs()
    assert text.startswith("Sign of life, Thu 13 Jul 10:00 HKT: alerts reach this channel.")
    assert "none was due here" in text
    assert "ask who runs policy-signals" in text
    bench.wait(3_600)
    bench.restart()
    bench.wait(3_600)
    assert len(bench.signs()) == 1
    bench.wait(DAY)
    assert len(bench.signs()) == 2
    assert "Fri 14 Jul" in bench.signs()[1]


def test_a_new_line_does_not_begin_with_the_sign_of_a_morning_before_it():
    """It would say of a time that this line did not see."""
    bench = SignBench(replace(AT_TEN, at=time(9, 0)))
    bench.wait(600)
    bench.restart()
    bench.wait(600)
    assert bench.signs() == []


def test_a_sign_that_was_due_while_nothing_ran_is_told_afterwards():
    """Late is better than an alarm for a line that works again."""
    bench = SignBench()
    bench.run(5)
    bench.clock.seconds += 7_200
    bench.restart()
    bench.run(5)
    (text,) = bench.signs()
    assert "11:30 HKT" in text


def test_it_says_what_the_day_brought():
    """A number that people can hold against what they saw."""
    bench = SignBench()
    alerts = [replace(make_alert(number), severity=Severity.ALERT) for number in range(3)]
    bench.publish(*alerts, replace(make_alert(4), severity=Severity.FLASH))
    bench.run(10)
    bench.wait(1_800)
    (text,) = bench.signs()
    assert "In the last 24 hours 4 told here (1 FLASH, 3 ALERT). The last one came Thu 13 Jul" in text


def test_alerts_go_first():
    """The sign has all day."""
    bench = SignBench()
    bench.run(2)
    bench.clock.seconds += 1_800
    bench.publish(*(make_alert(number) for number in range(4)))
    bench.run(20)
    assert [str(payload_of(message)["alert_id"])[:5] for message in bench.messages()] == ["alert"] * 4 + ["sign-"]


@pytest.mark.parametrize("kill_at", range(1, 9))
def test_a_kill_at_any_boundary_leaves_one_sign(kill_at: int):
    """It goes the way of every message: attempt, post, receipt."""

    class Killed(BaseException):
        """The process is gone."""

    bench, left = SignBench(), [kill_at]
    bench.run(2)
    bench.clock.seconds += 1_800

    def count_down() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    bench.boundary = count_down
    try:
        bench.run(30)
    except Killed:
        bench.boundary = lambda: None
        bench.restart()
        bench.run(30)
    assert len(bench.signs()) == 1


def test_the_time_of_the_last_one_is_a_metric_that_a_restart_does_not_lose():
    """The alarm looks for one that is more than a day old; a restart alone must neither raise nor clear it."""
    bench = SignBench()
    bench.run(2)
    began = shown_at()
    assert began == pytest.approx(START.timestamp(), abs=5)
    bench.wait(1_800)
    told = shown_at()
    assert told == pytest.approx(began + 1_800, abs=5)
    bench.may_send = False
    bench.wait(DAY + 3_600)
    bench.restart()
    bench.run(2)
    assert shown_at() == told
    assert bench.clock.epoch() - shown_at() > 25 * 3_600


def test_another_channel_may_have_it():
    """Such as one that only the people of operations read."""
    bench = SignBench(replace(AT_TEN, channel="risk"))
    bench.run(2)
    bench.wait(1_800)
    assert len(bench.signs(RISK)) == 1
    assert bench.signs() == []


def test_after_a_restart_the_last_message_is_as_old_as_it_is():
    """A process that has just begun has posted nothing itself, and the panel must not say that Slack was never told."""
    bench = SignBench()
    bench.publish(make_alert(1))
    bench.run(5)
    bench.clock.seconds += 900
    bench.restart()
    value = REGISTRY.get_sample_value("policy_signals_last_successful_post_timestamp_seconds")
    assert value == pytest.approx(START.timestamp(), abs=5)


@given(
    now=st.integers(0, 3 * 365 * 24 * 60).map(
        lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    at=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Asia/Hong_Kong", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_there_is_one_sign_a_day_in_every_zone_whatever_its_clocks_do(now: datetime, at: time, zone: str):
    """Also on the days on which clocks are put on or back: never two of one day, never a day without."""
    sign = DailySign(at=at, zone=ZoneInfo(zone), channel="desk")
    due = last_sign_due(sign, now)
    assert due <= now < due + timedelta(hours=26)
    before = last_sign_due(sign, due - timedelta(microseconds=1))
    assert timedelta(hours=22) <= due - before <= timedelta(hours=26)
    assert name_sign(sign, due) != name_sign(sign, before)


@given(severity=st.none() | st.sampled_from(Severity), hours=st.integers(0, 200), waiting=st.integers(0, 5_000))
def test_the_words_fit_into_a_notice(severity: Severity | None, hours: int, waiting: int):
    """A notice is cut at 600 characters, and the last sentence is the one that matters."""
    receipt = Receipt(
        alert_id="alt_1",
        revision=1,
        channel=CHANNEL,
        state=DeliveryState.SENT,
        slack_ts=f"{(START - timedelta(hours=hours)).timestamp():.6f}",
        severity=severity,
        at=START,
    )
    assert len(say_sign(AT_TEN, START, [receipt] * 500, waiting)) < 500
