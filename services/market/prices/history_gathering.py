"""Rows of a file of history -> the records of ``market.minutes`` and ``market.days``, session by session.

Memory: one session of minutes and three years of closes per instrument, however long the file is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import numpy as np

from services.market.bars.rollup import KEPT_CLOSES, KEPT_SESSIONS, roll_close, session_span
from services.market.prices.history import DailyCloses, HistorySource, SessionMinutes, record_closes, record_minutes
from services.market.prices.price_window import PriceSeries
from services.market.sessions.sessions import ExchangeCalendar, Session

LEFT_OUT = ("unknown_instrument", "no_session", "not_over", "too_old")
"""Why a row is not taken: not in the catalogue; a holiday by the calendar; a session that goes on; not kept so long."""
_ONE_MINUTE = timedelta(minutes=1)
_ROOM_FOR_CLOSES = 2 * KEPT_CLOSES
Record = SessionMinutes | DailyCloses


class HistoryRow(NamedTuple):
    """One price. ``second``: of the local day, at which its minute began; None for the close of a whole day."""

    instrument: str
    day: date
    second: int | None
    close: float
    volume: float


class OutOfOrder(ValueError):
    """Minutes of an earlier day came after those of a later one."""


class HistoryGathering:
    """Takes rows, gives records. Minutes must come with the days of each instrument ascending, closes in any order."""

    def __init__(
        self, calendar_of: Callable[[str], ExchangeCalendar], knows: Callable[[str], bool], now: datetime
    ) -> None:
        """``now``: sessions that are not over by then are left out; the live line writes them when they are."""
        self._calendar_of = calendar_of
        self._knows = knows
        self._now = now
        self._open: dict[str, tuple[date, dict[int, tuple[float, float]]]] = {}
        self._closes: dict[str, dict[date, tuple[int, float, float]]] = {}
        self._given: set[tuple[str, date]] = set()
        self._first_days: dict[str, date] = {}
        self.left_out: Counter[str] = Counter()

    def add(self, row: HistoryRow) -> Iterator[SessionMinutes]:
        """Take one row; gives the session that it ends. Raises OutOfOrder."""
        if self._session(row.instrument, row.day) is None:
            return
        if row.second is None:
            self._add_close(row)
            return
        day, minutes = self._open.get(row.instrument, (row.day, {}))
        if row.day < day:
            raise OutOfOrder(f"{row.day} comes after {day}")
        if row.day > day:
            yield from self._finish_session(row.instrument)
            minutes = {}
        minute = row.second // 60
        # Several prices in a minute, as from a file of seconds: the last one counts, volumes add up.
        minutes[minute] = (row.close, row.volume + minutes.get(minute, (0.0, 0.0))[1])
        self._open[row.instrument] = (row.day, minutes)

    def finish(self) -> Iterator[Record]:
        """What is left: the last session of each instrument, then all closes, one record a year."""
        for instrument in list(self._open):
            yield from self._finish_session(instrument)
        for instrument, closes in self._closes.items():
            newest = sorted(closes.items())[-KEPT_CLOSES:]
            for _, year in groupby(newest, key=lambda item: item[0].year):
                yield record_closes(instrument, [close for _, close in year], HistorySource.LOADED)
        self._closes.clear()

    def _session(self, instrument: str, day: date) -> Session | None:
        if not self._knows(instrument):
            self.left_out["unknown_instrument"] += 1
            return None
        calendar = self._calendar_of(instrument)
        session = calendar.session_on(day)
        if session is None:
            self.left_out["no_session"] += 1
        elif session_span(session, calendar)[1] > self._now.timestamp():
            self.left_out["not_over"] += 1
            session = None
        return session

    def _add_close(self, row: HistoryRow) -> None:
        session = self._calendar_of(row.instrument).session_on(row.day)
        if session is not None:
            self._keep_close(row.instrument, row.day, (int(session.settled_at.timestamp()), row.close, row.volume))
            self._given.add((row.instrument, row.day))

    def _keep_close(self, instrument: str, day: date, close: tuple[int, float, float]) -> None:
        closes = self._closes.setdefault(instrument, {})
        closes[day] = close
        if len(closes) > _ROOM_FOR_CLOSES:
            for old in sorted(closes)[:-KEPT_CLOSES]:
                del closes[old]
                self._given.discard((instrument, old))
                self.left_out["too_old"] += 1

    def _finish_session(self, instrument: str) -> Iterator[SessionMinutes]:
        """The record of the minutes; their last price is the day's close where no row of a whole day says another."""
        day, minutes = self._open.pop(instrument)
        calendar = self._calendar_of(instrument)
        session = calendar.session_on(day)
        if session is None:
            return
        series = _series(instrument, minutes, session, calendar)
        close = roll_close(series, session, calendar, printed_within=_ONE_MINUTE)
        if close is not None and (instrument, day) not in self._given:
            self._keep_close(instrument, day, close)
        if day < self._first_day(calendar):
            self.left_out["too_old"] += len(minutes)
            return
        yield record_minutes(series, day, HistorySource.LOADED)

    def _first_day(self, calendar: ExchangeCalendar) -> date:
        """The oldest session of which minutes are kept."""
        if calendar.exchange not in self._first_days:
            session = calendar.previous_session(self._now)
            for _ in range(KEPT_SESSIONS - 1):
                session = calendar.previous_session(session.opens_at)
            self._first_days[calendar.exchange] = session.day
        return self._first_days[calendar.exchange]


def _series(
    instrument: str, minutes: dict[int, tuple[float, float]], session: Session, calendar: ExchangeCalendar
) -> PriceSeries:
    """Minutes of the local day as bars; counted back from the open, because clocks may change in the night."""
    opens = session.opens_at.astimezone(calendar.timezone)
    midnight = int(opens.astimezone(UTC).timestamp()) - opens.hour * 3_600 - opens.minute * 60 - opens.second
    rows = sorted(minutes.items())
    return PriceSeries(
        instrument,
        midnight + np.array([minute for minute, _ in rows], dtype=np.int64) * 60 + 59,
        np.array([values[0] for _, values in rows], dtype=np.float64),
        np.array([values[1] for _, values in rows], dtype=np.float64),
    )
