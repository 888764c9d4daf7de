"""Minutes and closes are functions of the bars of a session, whatever was handed in before."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.market.bars.rollup import find_sessions, pick_session, roll_close, roll_minutes, roll_sessions
from services.market.prices.history import DailyCloses, HistorySource, SessionMinutes, record_closes, record_minutes
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar
from streams import codec

HKT = ZoneInfo("Asia/Hong_Kong")
OPEN = datetime(2023, 7, 13, 9, 30, tzinfo=HKT)
DAY = st.lists(
    st.tuples(st.integers(0, 86_399), st.floats(0.01, 1e6), st.sampled_from([0.0, 1.0, 0.1, 1e9])), max_size=60
)
"""Bars anywhere in one local day: (second of the day, close, volume)."""


def series(rows: list[tuple[int, float, float]], day: datetime = OPEN) -> PriceSeries:
    midnight = int(day.replace(hour=0, minute=0).timestamp())
    return PriceSeries.of_arrays(
        "0700.HK",
        np.array([midnight + second for second, _, _ in rows], dtype=np.int64),
        np.array([close for _, close, _ in rows], dtype=np.float64),
        np.array([volume for _, _, volume in rows], dtype=np.float64),
    )


def rows_of(bars: PriceSeries) -> list[tuple[int, float, float]]:
    return list(zip(bars.second.tolist(), bars.close.tolist(), bars.volume.tolist(), strict=True))


@given(DAY)
def test_a_minute_is_what_its_seconds_are(rows: list[tuple[int, float, float]]) -> None:
    """Against the definition, minute by minute: last close, sum of volumes, no bar without a trade."""
    bars = series(rows)
    minutes: dict[int, list[tuple[int, float, float]]] = {}
    for second, close, volume in rows_of(bars):
        minutes.setdefault(second // 60 * 60 + 59, []).append((second, close, volume))
    rolled = roll_minutes(bars)
    assert rolled.second.tolist() == sorted(minutes)
    for second, close, volume in rows_of(rolled):
        assert close == minutes[second][-1][1]
        assert math.isclose(volume, math.fsum(row[2] for row in minutes[second]), rel_tol=1e-12)


@given(DAY, st.lists(st.floats(0.01, 1e6), max_size=5))
def test_bars_given_again_or_revised_count_once(rows: list[tuple[int, float, float]], revised: list[float]) -> None:
    """A crash repeats bars, a late tick revises them: only the last word on each second is rolled up."""
    final = rows + [(second, close, volume) for (second, _, volume), close in zip(rows, revised, strict=False)]
    once = {second: (close, volume) for second, close, volume in final}
    clean = series([(second, *values) for second, values in sorted(once.items())])
    assert rows_of(roll_minutes(series(final))) == rows_of(roll_minutes(clean))
    assert rows_of(roll_minutes(series([*rows, *final]))) == rows_of(roll_minutes(clean))


@given(DAY)
def test_minutes_of_minutes_are_the_same_minutes(rows: list[tuple[int, float, float]]) -> None:
    """Rolling up twice changes nothing, so a file of minutes takes the same way."""
    minutes = roll_minutes(series(rows))
    assert rows_of(roll_minutes(minutes)) == rows_of(minutes)


@given(days=st.lists(DAY, min_size=3, max_size=3))
def test_sessions_are_rolled_one_by_one(
    hong_kong: ExchangeCalendar, days: list[list[tuple[int, float, float]]]
) -> None:
    """Three days at once or each alone: what a day comes to does not depend on its neighbours."""
    starts = [OPEN + timedelta(days=number) for number in (-1, 0, 1)]
    alone = [
        rolled
        for start, rows in zip(starts, days, strict=True)
        for rolled in roll_sessions(series(rows, start), hong_kong)
    ]
    parts = [series(rows, start) for start, rows in zip(starts, days, strict=True)]
    together = roll_sessions(
        PriceSeries(
            "0700.HK",
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.close for part in parts]),
            np.concatenate([part.volume for part in parts]),
        ),
        hong_kong,
    )
    assert [(one.session, one.close, rows_of(one.minutes)) for one in together] == [
        (one.session, one.close, rows_of(one.minutes)) for one in alone
    ]


def test_the_close_is_the_last_price_known_when_the_session_is_settled(hong_kong: ExchangeCalendar) -> None:
    """The auction's price in the very second counts, a trade reported later does not, the volume is the whole day's."""
    session = hong_kong.session_on(OPEN.date())
    assert session is not None
    hours = 3_600
    rows = [(9 * hours, 340.0, 1.0), (16 * hours + 10 * 60, 350.0, 5.0), (16 * hours + 10 * 60 + 1, 999.0, 7.0)]
    assert roll_close(series(rows), session, hong_kong) == (int(session.settled_at.timestamp()), 350.0, 13.0)
    assert roll_close(series(rows[2:]), session, hong_kong) is None


def test_bars_of_a_holiday_make_no_session(hong_kong: ExchangeCalendar) -> None:
    """A feed that repeats prices on a Sunday must not make a close of it."""
    sunday = datetime(2023, 7, 16, 9, 30, tzinfo=HKT)
    assert roll_sessions(series([(36_000, 1.0, 1.0)], sunday), hong_kong) == []
    assert list(find_sessions(PriceSeries.empty("0700.HK"), hong_kong)) == []


def test_a_day_without_end_is_cut_at_midnight(exchanges: dict[str, ExchangeCalendar]) -> None:
    """Round-the-clock trading: every second belongs to exactly one day."""
    calendar = exchanges["CRYPTO"]
    midnight = int(datetime(2023, 7, 13, tzinfo=calendar.timezone).timestamp())
    bars = PriceSeries("BTC-USD", midnight + np.arange(-100, 100, dtype=np.int64), np.arange(200.0), np.ones(200))
    rolled = roll_sessions(bars, calendar)
    assert [one.close[1:] for one in rolled if one.close] == [(99.0, 100.0), (199.0, 100.0)][: len(rolled)]
    assert sum(len(pick_session(bars, one.session, calendar)) for one in rolled) == 200


@given(DAY.filter(bool))
def test_records_of_history_come_back_as_they_were(rows: list[tuple[int, float, float]]) -> None:
    """Through JSON and back: what a refill reads is what was put away."""
    minutes = roll_minutes(series(rows))
    record = codec.decode(SessionMinutes, codec.encode(record_minutes(minutes, OPEN.date(), HistorySource.LIVE)))
    assert (record.key, rows_of(record.series())) == ("0700.HK@2023-07-13", rows_of(minutes))
    closes = [(86_400 * (19_551 + number), close, volume) for number, (_, close, volume) in enumerate(rows)]
    days = codec.decode(DailyCloses, codec.encode(record_closes("0700.HK", closes, HistorySource.LOADED)))
    assert rows_of(days.series()) == closes


def test_a_record_of_closes_is_named_after_its_days() -> None:
    """The same days again replace themselves; one day of a live session does not replace a loaded year."""
    noon = int(datetime(2023, 7, 13, 8, 10, tzinfo=ZoneInfo("UTC")).timestamp())
    one = record_closes("0700.HK", [(noon, 1.0, 1.0)], HistorySource.LIVE)
    two = record_closes("0700.HK", [(noon, 1.0, 1.0), (noon + 86_400, 1.0, 1.0)], HistorySource.LOADED)
    assert (one.key, two.key) == ("0700.HK@2023-07-13", "0700.HK@2023-07-13..2023-07-14")
    assert date.fromisoformat(one.key.partition("@")[2]) == OPEN.date()
