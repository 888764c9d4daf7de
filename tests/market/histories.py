"""Months of one-minute prices and years of daily closes by chance, in the shape that exchanges have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from config.exchanges import load_calendars
from services.market.prices.price_window import Floats, PriceSeries, Seconds
from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.study.event_study import MarketEvent

CALENDARS = load_calendars()
OWN, INDEX = "0700.HK", "HSI"
MINUTE = 6e-4
NIGHT = 8e-3


class ArrayBook:
    """A PriceBook over arrays: one-second bars of the last sessions only, as a store has them."""

    def __init__(self, tapes: Sequence[PriceSeries], closes: Sequence[PriceSeries], seconds_since: datetime) -> None:
        self._tapes = {tape.instrument: tape for tape in tapes}
        self._minutes = {tape.instrument: by_minute(tape) for tape in tapes}
        self._closes = {tape.instrument: tape for tape in closes}
        self._since = seconds_since

    def snapshot(self, instruments: Sequence[str], as_of: datetime) -> ArrayBook:
        return self

    def series(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        tape = self._tapes.get(instrument, PriceSeries.empty(instrument))
        return tape.between(max(start, self._since), end)

    def minutes(self, instrument: str, start: datetime, end: datetime) -> PriceSeries:
        return self._minutes.get(instrument, PriceSeries.empty(instrument)).between(start, end)

    def daily_closes(self, instrument: str, before: datetime) -> PriceSeries:
        closes = self._closes.get(instrument, PriceSeries.empty(instrument))
        return closes.rows(0, int(np.searchsorted(closes.second, math.floor(before.timestamp()), "right")))


def by_minute(tape: PriceSeries) -> PriceSeries:
    """One-minute bars as the store makes them: labelled with the last second of their minute."""
    if not len(tape):
        return tape
    minute = tape.second // 60
    last = np.r_[minute[1:] != minute[:-1], True]
    total = np.cumsum(tape.volume)[last]
    return PriceSeries(tape.instrument, minute[last] * 60 + 59, tape.close[last], np.diff(total, prepend=0.0))


def sessions_until(end: datetime, count: int, calendar: ExchangeCalendar) -> list[Session]:
    """The last ``count`` sessions settled by ``end``."""
    found = calendar.sessions_between(end - timedelta(days=3 * count + 10), end)
    return [session for session in found if session.settled_at <= end][-count:]


def bar_seconds(sessions: Sequence[Session]) -> tuple[Seconds, Floats]:
    """(one bar in each trading minute, its usual move relative to noon): lively at the edges, a gap after a break.

    Round the clock every minute is like the next.
    """
    seconds, sizes = [], []
    for session in sessions:
        for start, end in session.stretches:
            minutes = round((end - start).total_seconds() / 60)
            place = np.arange(minutes)
            size = MINUTE * (1.0 + 2.0 * np.exp(-place / 15.0) + np.exp((place - minutes) / 15.0))
            size[0] = NIGHT if start == session.opens_at else 3e-3
            if minutes == 1_440:
                size = np.full(minutes, MINUTE)
            seconds.append(int(start.timestamp()) + 60 * place + 37)
            sizes.append(size)
    return np.concatenate(seconds).astype(np.int64), np.concatenate(sizes)


def make_tapes(
    sessions: Sequence[Session], seed: int = 1, beta: float = 1.3, shock: Callable[[Seconds], Floats] | None = None
) -> tuple[PriceSeries, PriceSeries]:
    """Own and index: own = beta * index + noise, both martingales; ``shock`` adds log moves at given bars."""
    chance = np.random.default_rng(seed)
    seconds, sizes = bar_seconds(sessions)
    market = sizes * chance.normal(0.0, 0.7, len(seconds))
    own = beta * market + sizes * chance.normal(0.0, 1.0, len(seconds))
    if shock is not None:
        own = own + shock(seconds)
    volume = np.round(1e4 * sizes / MINUTE * chance.uniform(0.5, 1.5, len(seconds)))
    return (
        PriceSeries(OWN, seconds, 300.0 * np.exp(np.cumsum(own)), volume),
        PriceSeries(INDEX, seconds, 2e4 * np.exp(np.cumsum(market)), np.zeros(len(seconds))),
    )


def make_closes(
    sessions: Sequence[Session], seed: int = 2, beta: float = 1.3, alpha: float = 0.0
) -> tuple[PriceSeries, PriceSeries]:
    """Daily closes of both: noise of 2 %, index of 1 %."""
    chance = np.random.default_rng(seed)
    seconds = np.array([int(session.settled_at.timestamp()) for session in sessions], dtype=np.int64)
    market = chance.normal(0.0, 0.01, len(seconds))
    own = alpha + beta * market + chance.normal(0.0, 0.02, len(seconds))
    return (
        PriceSeries(OWN, seconds, 300.0 * np.cumprod(1.0 + own), np.ones(len(seconds))),
        PriceSeries(INDEX, seconds, 2e4 * np.cumprod(1.0 + market), np.ones(len(seconds))),
    )


def at_day(day: date, clock: str, calendar: ExchangeCalendar) -> datetime:
    """A local time of a day."""
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=calendar.timezone)


def publish(at: datetime, calendar: ExchangeCalendar, **more: Any) -> MarketEvent:
    """An event of OWN against INDEX."""
    given = {"benchmark": INDEX} | more
    return MarketEvent(signal_id="s", published_at=at, instrument=OWN, calendar=calendar, **given)


@cache
def hong_kong_history() -> tuple[tuple[PriceSeries, PriceSeries], tuple[PriceSeries, PriceSeries], list[Session]]:
    """(tapes, closes, sessions): 100 sessions of minutes and 700 closes, until 21 July 2023."""
    calendar = CALENDARS["XHKG"]
    end = datetime(2023, 7, 22, tzinfo=calendar.timezone)
    sessions = sessions_until(end, 100, calendar)
    return make_tapes(sessions), make_closes(sessions_until(end, 700, calendar)), sessions


def hong_kong_book(shock: Callable[[Seconds], Floats] | None = None) -> ArrayBook:
    """The book of that history, with seconds of the last two sessions before 14 July; ``shock`` in log moves of OWN."""
    (own, index), closes, _ = hong_kong_history()
    if shock is not None:
        own = PriceSeries(own.instrument, own.second, own.close * np.exp(np.cumsum(shock(own.second))), own.volume)
    since = at_day(date(2023, 7, 12), "09:30", CALENDARS["XHKG"])
    return ArrayBook((own, index), closes, since)
