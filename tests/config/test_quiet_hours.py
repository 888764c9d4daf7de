"""The words about time in routing.toml: read as people mean them, and each mistake named."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from config.exchanges import load_calendars
from config.quiet_hours import QuietEntry, build_quiet, check_cooldown, read_digest_time
from services.alerts.alert import Severity
from services.alerts.digest_schedule import DigestMoment, DigestTime
from services.alerts.loudness import Cooldown
from services.alerts.quiet_hours import QuietMode, quiet_until
from services.errors import Misconfigured

CALENDARS = load_calendars()
FILE = Path("routing.toml")
BRIEF, CRITICAL = QuietMode.HOLD_AND_BRIEF, QuietMode.CRITICAL_ONLY


def entry(**changes: object) -> QuietEntry:
    fields: dict[str, object] = {"mode": BRIEF, "zone": "Asia/Hong_Kong", "spans": ("22:00-07:00",), **changes}
    return QuietEntry(**fields)  # type: ignore[arg-type]


def test_a_night_is_read_with_its_zone_and_all_days_when_none_is_named() -> None:
    """A span over midnight ends on the next day, on the clock of the zone."""
    quiet = build_quiet(FILE, "night", entry(), CALENDARS)
    assert quiet.days == frozenset(range(7))
    assert (quiet.spans[0].starts, quiet.spans[0].ends) == (time(22), time(7))
    at = datetime(2023, 7, 13, 15, 0, tzinfo=UTC)
    assert quiet_until(quiet, at, CALENDARS) == datetime(2023, 7, 13, 23, 0, tzinfo=UTC)


def test_days_are_read_in_any_case_and_a_whole_day_may_end_at_24() -> None:
    """As people write them."""
    quiet = build_quiet(FILE, "weekend", entry(days=("Sat", "sun"), spans=("00:00-24:00",)), CALENDARS)
    assert quiet.days == {5, 6}
    assert quiet_until(quiet, datetime(2023, 7, 14, 12, 0, tzinfo=UTC), CALENDARS) is None
    assert quiet_until(quiet, datetime(2023, 7, 15, 4, 0, tzinfo=UTC), CALENDARS) == datetime(
        2023, 7, 16, 16, 0, tzinfo=UTC
    )


def test_outside_the_sessions_of_an_exchange_needs_no_zone() -> None:
    """Its calendar has one."""
    quiet = build_quiet(FILE, "closed", entry(zone="", spans=(), outside=("XHKG",), mode=CRITICAL), CALENDARS)
    assert quiet.zone is None
    assert quiet_until(quiet, datetime(2023, 7, 13, 2, 0, tzinfo=UTC), CALENDARS) is None
    assert quiet_until(quiet, datetime(2023, 7, 13, 12, 0, tzinfo=UTC), CALENDARS) is not None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zone": "", "spans": ()}, 'quiet.n: give spans such as ["22:00-07:00"], or outside such as ["XHKG"]'),
        ({"zone": "London"}, "quiet.n: zone: 'London' is no IANA time zone, such as Europe/London"),
        ({"zone": ""}, "quiet.n: zone: '' is no IANA time zone"),
        ({"zone": "../etc/passwd"}, "is no IANA time zone"),
        ({"zone": "A" * 300}, "is no IANA time zone"),
        ({"spans": (), "outside": ("XHKG",)}, "quiet.n: zone and days belong to spans, and there are none"),
        ({"days": ("monday",)}, "quiet.n: days: 'monday' is none of mon, tue, wed, thu, fri, sat, sun"),
        ({"spans": ("22-7",)}, "quiet.n: spans: '22-7' is not like \"22:00-07:00\""),
        ({"spans": ("25:00-07:00",)}, "is not like"),
        ({"spans": ("22:00-24:30",)}, "is not like"),
        ({"spans": ("٢٢:00-07:00",)}, "is not like"),
        ({"spans": ("07:00-07:00",)}, 'ends where it starts; for a whole day write "00:00-24:00"'),
        ({"outside": ("HKEX",)}, "quiet.n: outside: 'HKEX' is no exchange of exchanges.toml"),
        ({"passes": Severity.ALERT}, "quiet.n: passes: 'alert' lets everything pass"),
        ({"mode": CRITICAL, "passes": Severity.URGENT}, "with mode critical-only it is always flash"),
        ({"spans": ("00:00-24:00",)}, "quiet.n: it would be quiet for more than 21 days; leave a gap"),
        ({"spans": ("00:00-12:00", "11:00-00:30")}, "leave a gap"),
    ],
)
def test_each_mistake_of_quiet_hours_is_named(changes: dict[str, object], sentence: str) -> None:
    """File, table, key, and what to write instead."""
    with pytest.raises(Misconfigured) as caught:
        build_quiet(FILE, "n", entry(**changes), CALENDARS)
    assert str(caught.value).startswith("routing.toml: quiet.n")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("said", "moment", "exchange"),
    [
        ("hourly", DigestMoment.HOURLY, ""),
        ("open XHKG", DigestMoment.OPEN, "XHKG"),
        (" close XNYS ", DigestMoment.CLOSE, "XNYS"),
    ],
)
def test_a_digest_is_hourly_or_at_an_exchange(said: str, moment: DigestMoment, exchange: str) -> None:
    """Three words to learn."""
    assert read_digest_time("here", said, CALENDARS) == DigestTime(moment=moment, exchange=exchange)


@pytest.mark.parametrize("said", ["daily", "hourly XHKG", "open", "close ", "open XXXX", "", "09:00"])
def test_any_other_digest_is_refused_with_the_three_words(said: str) -> None:
    """The sentence shows what there is."""
    with pytest.raises(Misconfigured, match=r"here: .*(none of|no exchange)"):
        read_digest_time("here", said, CALENDARS)


@pytest.mark.parametrize(("minutes", "is_good"), [(1, True), (1_440, True), (0.5, False), (1_441, False), (-5, False)])
def test_a_cooldown_is_between_a_minute_and_a_day(minutes: float, is_good: bool) -> None:
    """Longer, and the second penalty of a week would be silent."""
    if is_good:
        check_cooldown("here", Cooldown(minutes=minutes))
        return
    with pytest.raises(Misconfigured, match="here: cooldown: minutes is"):
        check_cooldown("here", Cooldown(minutes=minutes))


def test_no_cooldown_is_right() -> None:
    """It is off by default."""
    check_cooldown("here", None)
