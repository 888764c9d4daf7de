"""Fills the price store from the topics: after a FLUSHALL, a fresh start, or a write that Redis missed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

import numpy as np

from config.settings import Settings
from services.market.bars.bar_frame import BarFrame
from services.market.bars.bar_making import BarColumns, join_bars
from services.market.prices.history import DailyCloses, SessionMinutes
from services.market.prices.kept_spans import first_second_needed
from services.market.sessions.sessions import ExchangeCalendar
from streams.broker.kafka import Outbox, read_values
from streams.prices.price_store import RedisPriceStore
from streams.prices.session_closing import SessionClosing
from streams.topics import MARKET_BARS, MARKET_DAYS, MARKET_MINUTES

RECORDS_AT_ONCE = 500
BARS_AT_ONCE = 50_000
T = TypeVar("T")


class PriceRefill:
    """One filling of the store: daily closes, minutes of sessions that were put away, then seconds.

    A session that was settled but never put away, because Redis was gone, is put away on the way.
    """

    def __init__(
        self,
        settings: Settings,
        store: RedisPriceStore,
        outbox: Outbox,
        calendar_of: Callable[[str], ExchangeCalendar],
    ) -> None:
        self._settings = settings
        self._store = store
        self._calendar_of = calendar_of
        self._closing = SessionClosing(store, outbox, calendar_of)
        self._put_away: dict[str, date] = {}
        self._waiting: dict[int, list[BarColumns]] = defaultdict(list)
        self._rows = 0
        self._needed: dict[tuple[str, int], int] = {}

    def fill(self, until: dict[int, int]) -> bool:
        """Empty and fill the store; False when another process is at it. Raises Unavailable.

        ``until``: how far event time had come in each shard, epoch seconds.
        """
        if not self._store.begin_filling():
            return False
        for closes in _in_parts(read_values(self._settings, MARKET_DAYS.name, DailyCloses)):
            self._store.go_on_filling()
            self._store.put_closes([record.series() for record in closes])
        for sessions in _in_parts(read_values(self._settings, MARKET_MINUTES.name, SessionMinutes)):
            self._store.go_on_filling()
            self._store.put_minutes((record.series(), record.day) for record in sessions)
            for record in sessions:
                self._put_away[record.instrument] = max(record.day, self._put_away.get(record.instrument, date.min))
        newest = max(until.values(), default=0)
        for frame in read_values(self._settings, MARKET_BARS.name, BarFrame):
            self._take(frame, until.get(frame.shard, newest))
        self._write_waiting()
        self._store.end_filling()
        return True

    def _take(self, frame: BarFrame, until: int) -> None:
        if frame.code:
            bars = self._pick_needed(frame.columns(), until)
            self._waiting[frame.shard].append(bars)
            self._rows += len(bars)
        if self._closing.look(frame.shard, frame.instruments, frame.watermark) or self._rows >= BARS_AT_ONCE:
            self._write_waiting()
            while self._closing.work():
                self._store.go_on_filling()

    def _pick_needed(self, bars: BarColumns, until: int) -> BarColumns:
        needed = np.array([self._first_second(name, until) for name in bars.instruments], dtype=np.int64)
        return bars.where(np.flatnonzero(bars.second >= needed[bars.code]))

    def _first_second(self, instrument: str, until: int) -> int:
        key = (instrument, until)
        if key not in self._needed:
            calendar = self._calendar_of(instrument)
            self._needed[key] = first_second_needed(calendar, until, self._put_away.get(instrument))
        return self._needed[key]

    def _write_waiting(self) -> None:
        self._store.go_on_filling()
        for shard, parts in self._waiting.items():
            self._store.write(join_bars(parts), shard)
        self._waiting.clear()
        self._rows = 0


def _in_parts(values: Iterator[T]) -> Iterable[list[T]]:
    while part := list(islice(values, RECORDS_AT_ONCE)):
        yield part
