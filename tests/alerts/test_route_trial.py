"""``route test --at``: the same decisions as the notifier makes, told before they are made."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from config.exchanges import load_calendars
from services.alerts.alert import Alert, Severity
from services.alerts.digest_schedule import DigestMoment, DigestTime
from services.alerts.holding import ChannelRules, HoldRules
from services.alerts.loudness import Cooldown
from services.alerts.quiet_hours import ClockSpan, QuietHours, QuietMode
from services.alerts.route_trial import TrialRules, try_routes
from services.alerts.routing import Route, RoutingTable
from services.signals.signal import Exposure, Role
from tests.slack.conftest import START, make_alert

NIGHT = QuietHours(
    name="night",
    mode=QuietMode.HOLD_AND_BRIEF,
    zone=ZoneInfo("UTC"),
    spans=(ClockSpan(starts=time(22), ends=time(7)),),
)
AT_NIGHT, BY_DAY = datetime(2023, 7, 13, 23, 0, tzinfo=UTC), datetime(2023, 7, 13, 12, 10, tzinfo=UTC)
TENCENT = Exposure(instrument="0700.HK", issuer="tencent", name="Tencent", role=Role.DIRECT, relevance=90)


def of_tencent(number: int, minutes: float = 0.0, **changes: object) -> Alert:
    alert = make_alert(number)
    signal = replace(alert.signal, exposures=(TENCENT,))
    return replace(alert, signal=signal, raised_at=START + timedelta(minutes=minutes), **changes)


def rules(*routes: Route, **channels: ChannelRules) -> TrialRules:
    return TrialRules(
        table=RoutingTable(fallback="desk", routes=routes),
        holding=HoldRules(channels=channels, quiet={"night": NIGHT}, calendars=load_calendars()),
        kinds={"desk": "slack", "hook": "webhook"},
        seconds={"desk": "hook"},
    )


def test_by_day_an_alert_is_told_and_at_night_it_waits_until_the_end_of_the_night() -> None:
    """The time decides; the table says until when."""
    file = rules(desk=ChannelRules(quiet=("night",)))
    (by_day,) = try_routes(make_alert(), file, BY_DAY).channels
    (at_night,) = try_routes(make_alert(), file, AT_NIGHT).channels
    assert (by_day.outcome, by_day.until, by_day.second) == ("told", None, "hook")
    assert (at_night.outcome, at_night.until) == ("held", datetime(2023, 7, 14, 7, 0, tzinfo=UTC))
    assert "quiet_hours: night" in at_night.why
    assert "in a brief" in at_night.why


def test_what_passes_quiet_hours_is_told() -> None:
    """A Flash."""
    (found,) = try_routes(
        replace(make_alert(), severity=Severity.FLASH), rules(desk=ChannelRules(quiet=("night",))), AT_NIGHT
    ).channels
    assert found.outcome == "told"


def test_the_digest_that_would_tell_it_is_named() -> None:
    """Quiet ones are told in digests only, where a channel wants that."""
    hourly = (DigestTime(moment=DigestMoment.HOURLY, exchange=""),)
    file = rules(desk=ChannelRules(schedule=hourly, told_in_digest=Severity.URGENT))
    (found,) = try_routes(make_alert(), file, BY_DAY).channels
    assert (found.outcome, found.until) == ("held", BY_DAY.replace(hour=13, minute=0))


def test_each_channel_of_a_route_is_tried_by_itself_and_the_routes_are_named() -> None:
    """One may be quiet while another is not."""
    file = rules(Route(name="all", to=("desk", "hook")), desk=ChannelRules(quiet=("night",)))
    found = try_routes(make_alert(), file, AT_NIGHT)
    assert [(one.channel, one.kind, one.outcome, one.routes) for one in found.channels] == [
        ("desk", "slack", "held", ("all",)),
        ("hook", "webhook", "told", ("all",)),
    ]
    assert [step.matched for step in found.steps] == [True]


def test_a_like_alert_shortly_after_another_joins_its_thread_and_later_rings_again() -> None:
    """The alerts of the file before it count as told when they were raised."""
    file = rules(desk=ChannelRules(cooldown=Cooldown(minutes=60)))
    first, second = of_tencent(1), of_tencent(2, 30)
    (soon,) = try_routes(second, file, START + timedelta(minutes=30), (first, second)).channels
    (late,) = try_routes(second, file, START + timedelta(minutes=61), (first, second)).channels
    (alone,) = try_routes(second, file, START + timedelta(minutes=30)).channels
    assert (soon.outcome, soon.until) == ("joins", START + timedelta(minutes=60))
    assert "alert1" in soon.why
    assert (late.outcome, alone.outcome) == ("told", "told")
    assert "another one within 1:00:00 would join its thread" in alone.why


def test_what_joined_a_thread_does_not_lengthen_the_cooldown() -> None:
    """Only what rang counts, as in the notifier."""
    file = rules(desk=ChannelRules(cooldown=Cooldown(minutes=60)))
    alerts = [of_tencent(number, minutes) for number, minutes in ((1, 0), (2, 50), (3, 70))]
    (found,) = try_routes(alerts[2], file, START + timedelta(minutes=70), alerts).channels
    assert found.outcome == "told"


def test_commentary_on_a_story_with_an_alert_would_not_be_raised() -> None:
    """Inhibition comes before all routes."""
    root, talk = make_alert(1), make_alert(2)
    talk = replace(talk, signal=replace(talk.signal, story_id="story1", commentary=True))
    found = try_routes(talk, rules(), BY_DAY, (root, talk))
    assert "commentary while alert alert1" in found.inhibited
    assert try_routes(make_alert(3), rules(), BY_DAY, (root,)).inhibited == ""
