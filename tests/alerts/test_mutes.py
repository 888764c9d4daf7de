"""Mutes: what they cover, when they end, and that the correlator obeys them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.alert import Alert, Silence, SilenceReason
from services.alerts.correlation import Correlation
from services.alerts.desk import WATCH_WEIGHT, Desk, Watch
from services.alerts.mutes import (
    LONGEST_MUTE,
    Mute,
    MuteKind,
    find_mute,
    find_until,
    list_ended,
    list_standing,
    stands,
)
from services.alerts.wording import HONG_KONG, place_of
from services.signals.signal import Relation, Tone
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_exposure, make_signal
from tests.alerts.test_correlation import ScriptedMarket

NOW = PUBLISHED


def make_mute(**changes: object) -> Mute:
    fields: dict[str, object] = {
        "number": 1,
        "kind": MuteKind.INSTRUMENT,
        "target": "0700.HK",
        "since": NOW - timedelta(hours=1),
        "until": NOW + timedelta(hours=1),
        "by": "U0TRADER",
        "channel": "C0DESK",
        **changes,
    }
    return Mute(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (MuteKind.INSTRUMENT, "0700.HK"),
        (MuteKind.INSTRUMENT, "TCEHY"),
        (MuteKind.REGULATOR, "SAMR"),
        (MuteKind.SECTOR, "internet_platforms"),
        (MuteKind.STORY, "sto_1"),
    ],
)
def test_a_mute_covers_what_it_names_by_any_listing(kind: MuteKind, target: str) -> None:
    """Who mutes the ADR does not want the Hong Kong line either."""
    signal = make_signal(exposures=(replace(make_exposure(), other_listings=("TCEHY",)),))
    assert find_mute(signal, [make_mute(kind=kind, target=target)], NOW) is not None
    assert find_mute(signal, [make_mute(kind=kind, target="another")], NOW) is None


def test_of_several_mutes_the_one_that_stands_longest_is_named() -> None:
    """The reader of a silence must learn when it ends."""
    long = make_mute(number=2, kind=MuteKind.REGULATOR, target="SAMR", until=NOW + timedelta(hours=8))
    assert find_mute(make_signal(), [make_mute(), long], NOW) == long


@given(minutes=st.integers(-200, 200))
def test_a_mute_holds_from_its_order_until_its_end(minutes: int) -> None:
    """Not before, not at the end: a repeat of the work after a restart decides the same."""
    mute, at = make_mute(), NOW + timedelta(minutes=minutes)
    assert stands(mute, at) == (-60 <= minutes < 60)
    assert bool(list_standing([mute], at)) == (-60 <= minutes < 60)
    assert bool(list_ended([mute], at)) == (minutes >= 60)
    assert not list_ended([replace(mute, is_settled=True)], at)


@given(
    span=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=400)),
    hours=st.integers(0, 90_000),
)
def test_every_mute_ends_within_a_week(span: timedelta, hours: int) -> None:
    """A forgotten mute would be a hole in the line for ever."""
    at = PUBLISHED + timedelta(hours=hours)
    assert timedelta(0) < find_until(span, at, HONG_KONG.zone) - at <= LONGEST_MUTE
    assert timedelta(0) < find_until(None, at, HONG_KONG.zone) - at <= timedelta(hours=25)


def test_tomorrow_begins_at_midnight_of_the_exchange() -> None:
    """A trader in London who mutes Tencent means the day in Hong Kong."""
    at = datetime(2023, 7, 13, 15, 30, tzinfo=UTC)
    assert find_until(None, at, place_of("0700.HK").zone) == datetime(2023, 7, 13, 16, 0, tzinfo=UTC)
    assert find_until(None, at, place_of("BABA").zone) == datetime(2023, 7, 14, 4, 0, tzinfo=UTC)


# --- the correlator -------------------------------------------------------------------------------------------------


def make_correlation(*orders: Mute | Watch) -> Correlation:
    correlation = Correlation(POLICY, ScriptedMarket())
    for order in orders:
        correlation.take(order)
    return correlation


def test_a_muted_signal_is_silent_with_the_mute_as_its_reason() -> None:
    """A person's order silences everything it covers, and ``why-not`` can name it."""
    silence = make_correlation(make_mute(number=7)).on_signal(make_signal())
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.MUTED
    assert silence.detail == "mute 7 of instrument 0700.HK until 2023-07-13 03:00 UTC"
    assert silence.instruments == ("0700.HK",)


def test_after_its_end_or_its_taking_back_a_mute_silences_nothing() -> None:
    """The last record per mute counts."""
    over = make_mute(until=NOW - timedelta(minutes=1))
    assert isinstance(make_correlation(over).on_signal(make_signal()), Alert)
    assert isinstance(make_correlation(make_mute(), over).on_signal(make_signal()), Alert)


def test_a_further_report_of_a_muted_story_does_not_touch_the_card() -> None:
    """Snoozed is snoozed; the measurements of the card go on, which nobody is notified of."""
    correlation = make_correlation()
    correlation.on_signal(make_signal())
    correlation.take(make_mute(kind=MuteKind.STORY, target="sto_1"))
    silence = correlation.on_signal(make_signal(signal_id="sig_2", relation=Relation.REPORT))
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.MUTED
    assert [alert.cause for alert in correlation.on_tape(NOW + timedelta(minutes=1))] == ["after_1m"]


def test_a_mute_hides_no_truer_reason() -> None:
    """What would have been silent anyway is counted as what it is."""
    silence = make_correlation(make_mute()).on_signal(make_signal(tone=Tone.NEUTRAL, score=0.0))
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.NEUTRAL


def test_a_mute_is_given_by_the_wall_clock_also_for_replayed_news() -> None:
    """News of 2023 replayed today meets the mutes of today."""
    offset = timedelta(days=-100)
    today = make_mute(since=NOW - offset - timedelta(hours=1), until=NOW - offset + timedelta(hours=1))
    milliseconds = int(offset.total_seconds() * 1000)
    assert isinstance(make_correlation(today).on_signal(make_signal(), milliseconds), Silence)
    assert isinstance(make_correlation(today).on_signal(make_signal()), Alert)


def test_a_watched_instrument_makes_its_alert_louder_until_it_is_removed() -> None:
    """``watch add`` works like a watchlist of routing.toml, with one weight."""
    add = Watch(instrument="0700.HK", is_active=True, by="U0TRADER", at=NOW)
    plain = make_correlation().on_signal(make_signal())
    watched = make_correlation(add).on_signal(make_signal())
    removed = make_correlation(add, replace(add, is_active=False)).on_signal(make_signal())
    assert isinstance(watched, Alert)
    assert f"watchlist {WATCH_WEIGHT:.2f} (0700.HK)" in watched.reasons[-1]
    assert plain == removed


def test_a_rebuild_forgets_orders_and_takes_them_up_again() -> None:
    """Orders lie on their topic; memory must not keep one that the topic has not."""
    correlation = make_correlation(make_mute(), Watch(instrument="0700.HK", is_active=True, by="U0", at=NOW))
    correlation.forget_all()
    alert = correlation.on_signal(make_signal())
    assert isinstance(alert, Alert)
    assert "watchlist" not in alert.reasons[-1]


@given(numbers=st.lists(st.integers(1, 50), max_size=10))
def test_numbers_of_mutes_are_never_given_twice(numbers: list[int]) -> None:
    """``unmute 7`` must mean one mute for ever."""
    desk = Desk()
    for number in numbers:
        desk.take(make_mute(number=number))
    assert desk.next_number() not in numbers
