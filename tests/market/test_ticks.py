"""A tick is either sound or refused with a reason from the closed set."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.market.ticks.ticks import FUTURE_TOLERANCE, OLDEST, TICK_REASONS, parse_tick, parse_time

NOW = datetime(2023, 7, 13, 2, 0, tzinfo=UTC)
SOUND: dict[str, Any] = {
    "instrument": "0700.HK",
    "price": 349.8,
    "volume": 100,
    "traded_at": "2023-07-13T09:59:58.250+08:00",
    "sequence": 7,
}

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**15, max_value=10**40),
    st.floats(),
    st.text(max_size=30),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.integers(), max_size=2),
)


def reason_of(**changes: object) -> str:
    with pytest.raises(Unreadable) as refused:
        parse_tick({**SOUND, **changes}, NOW)
    return refused.value.reason


def test_a_sound_tick_is_read_in_utc() -> None:
    """The zone of the feed must not survive: everything downstream is UTC."""
    tick = parse_tick(SOUND, NOW)
    assert (tick.instrument, tick.price, tick.volume, tick.sequence) == ("0700.HK", 349.8, 100.0, 7)
    assert tick.traded_at == datetime(2023, 7, 13, 1, 59, 58, 250_000, tzinfo=UTC)
    assert tick.traded_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_the_unit_of_a_number_follows_from_its_size(unit: int) -> None:
    """Feeds send seconds, milliseconds, microseconds and nanoseconds, and none of them says so."""
    at = datetime(2023, 7, 13, 1, 59, 58, tzinfo=UTC)
    assert parse_time(int(at.timestamp()) * unit, NOW) == at
    assert parse_time(at.timestamp() * unit, NOW) == at


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": math.nan}, "not_finite"),
        ({"price": math.inf}, "not_finite"),
        ({"volume": -math.inf}, "not_finite"),
        ({"price": 0}, "not_positive"),
        ({"price": -1.5}, "not_positive"),
        ({"price": -(10**400)}, "not_positive"),
        ({"volume": -1}, "not_positive"),
        ({"price": 1e7}, "absurd"),
        ({"price": 10**400}, "absurd"),
        ({"volume": 1e300}, "absurd"),
        ({"price": True}, "wrong_type"),
        ({"price": "349.8"}, "wrong_type"),
        ({"price": None}, "wrong_type"),
        ({"volume": "1_000"}, "wrong_type"),
        ({"instrument": ""}, "wrong_type"),
        ({"instrument": 700}, "wrong_type"),
        ({"sequence": -1}, "wrong_type"),
        ({"sequence": True}, "wrong_type"),
        ({"sequence": 2**63}, "wrong_type"),
        ({"traded_at": "2023-07-13T09:59:58"}, "naive_time"),
        ({"traded_at": datetime(2023, 7, 13, 1, 59)}, "naive_time"),  # noqa: DTZ001 - the point of the test
        ({"traded_at": "yesterday"}, "wrong_type"),
        ({"traded_at": "1689213598"}, "wrong_type"),
        ({"traded_at": True}, "wrong_type"),
        ({"traded_at": math.nan}, "not_finite"),
        ({"traded_at": 0}, "ancient_time"),
        ({"traded_at": -5}, "ancient_time"),
        ({"traded_at": "1970-01-01T00:00:00Z"}, "ancient_time"),
        ({"traded_at": "2023-07-14T02:00:00Z"}, "future_time"),
        ({"traded_at": 10**30}, "future_time"),
    ],
)
def test_bad_values_are_refused_with_their_reason(changes: dict[str, object], reason: str) -> None:
    """Each is something a JSON parser lets through."""
    assert reason_of(**changes) == reason


def test_two_minutes_ahead_is_still_trusted_and_more_is_not() -> None:
    """Clocks differ a little; a day ahead would make all other ticks late."""
    edge = NOW + FUTURE_TOLERANCE
    assert parse_tick({**SOUND, "traded_at": edge}, NOW).traded_at == edge
    assert reason_of(traded_at=edge + timedelta(microseconds=1)) == "future_time"


def test_something_that_is_no_object_is_refused() -> None:
    """A frame may hold a number or null where a tick should be."""
    with pytest.raises(Unreadable, match="wrong_type"):
        parse_tick([1, 2], NOW)  # type: ignore[arg-type]


@given(raw=st.fixed_dictionaries(dict.fromkeys(SOUND, ANYTHING)))
def test_whatever_comes_is_a_sound_tick_or_a_known_reason(raw: dict[str, object]) -> None:
    """No value may raise anything else, and nothing unsound may pass."""
    try:
        tick = parse_tick(raw, NOW)
    except Unreadable as refused:
        verdict = refused.reason
    else:
        is_sound = 0.0 < tick.price < 1e7 and 0.0 <= tick.volume < math.inf
        verdict = "sound" if is_sound and OLDEST <= tick.traded_at <= NOW + FUTURE_TOLERANCE else "unsound"
    assert verdict in TICK_REASONS | {"sound"}


@given(
    at=st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2023, 7, 1)),  # noqa: DTZ001 - zones follow
    hours=st.integers(-12, 14),
)
def test_iso_text_of_any_zone_comes_back_as_the_same_instant(at: datetime, hours: int) -> None:
    """The zone changes the text, not the instant."""
    zoned = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert parse_time(zoned.isoformat(), NOW) == zoned
