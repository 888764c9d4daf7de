"""What waits on purpose is shown with its end and its reason."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.alerts.alert import DeliveryState, Receipt
from services.alerts.held_list import GONE, MOST_SHOWN, HeldRules, list_held, say_held
from services.alerts.holding import SHELVED, ChannelRules, HoldRules
from services.alerts.quiet_hours import ClockSpan, QuietHours, QuietMode
from services.alerts.routing import RoutingTable
from tests.slack.conftest import START, make_alert

NIGHT = QuietHours(
    name="night",
    mode=QuietMode.HOLD_AND_BRIEF,
    zone=ZoneInfo("UTC"),
    spans=(ClockSpan(starts=time(1), ends=time(3)),),
)
RULES = HeldRules(
    table=RoutingTable(fallback="desk"),
    holding=HoldRules(channels={"desk": ChannelRules(quiet=("night",))}, quiet={"night": NIGHT}),
    names_of=lambda channel: {"C1": ("desk",), "output/hook": ("hook",)}.get(channel, ()),
)
DETAIL = "quiet_hours: brief: night until 2023-07-13 03:00 UTC"


def receipt(number: int = 1, channel: str = "C1", detail: str = DETAIL, **changes: object) -> Receipt:
    fields: dict[str, object] = {"state": DeliveryState.HELD, "at": START, **changes}
    return Receipt(alert_id=f"alert{number}", revision=1, channel=channel, detail=detail, **fields)  # type: ignore[arg-type]


def test_an_alert_that_waits_is_listed_with_channel_end_and_reason() -> None:
    """Until when, as the notifier decides it now."""
    (held,) = list_held([receipt()], {"alert1": make_alert()}, RULES, START)
    assert (held.channel, held.reason, held.in_brief) == ("desk", "quiet_hours", True)
    assert held.until == datetime(2023, 7, 13, 3, 0, tzinfo=UTC)
    assert "night" in held.detail
    assert "▲" in held.title or "Supportive" in held.title


def test_what_was_told_or_is_on_its_way_is_not_listed() -> None:
    """Only what waits."""
    receipts = [receipt(state=DeliveryState.SENT), receipt(2, state=DeliveryState.ATTEMPT, is_released=True)]
    assert list_held(receipts, {}, RULES, START) == []


def test_after_the_end_of_the_wait_it_is_due_now() -> None:
    """The next look of the notifier tells it."""
    now = START + timedelta(hours=3)
    (held,) = list_held([receipt()], {"alert1": make_alert()}, RULES, now)
    assert held.until == now


def test_what_an_output_does_not_take_waits_until_it_does() -> None:
    """No time can be named for that."""
    one = receipt(channel="output/hook", detail=f"{SHELVED}: alone: the output does not take it")
    (held,) = list_held([one], {"alert1": make_alert()}, RULES, START)
    assert (held.channel, held.until, held.in_brief) == ("hook", None, False)
    assert held.detail == "the output does not take it"


def test_an_alert_that_is_gone_from_its_topic_is_listed_all_the_same() -> None:
    """Somebody should look."""
    (held,) = list_held([receipt()], {}, RULES, START)
    assert held.title == GONE


def test_the_words_for_slack_are_bounded_and_harmless() -> None:
    """They stand in an answer that has a limit."""
    alerts = {f"alert{number}": make_alert(number) for number in range(40)}
    held = list_held([receipt(number) for number in range(40)], alerts, RULES, START)
    said = say_held(held, alerts)
    assert said.startswith("*40 wait on purpose*")
    assert said.count("\n") == MOST_SHOWN + 1
    assert "and 25 more" in said
    assert len(said) < 5_500
    assert say_held([], {}) == ""
