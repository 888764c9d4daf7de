"""Puts sessions away when they are over: one-second bars in Redis -> ``market.minutes`` and ``market.days``, and Redis.

Nothing is remembered here that a crash could lose: a session is put away when the store has its seconds and not yet its
minutes. The topics come first, so what the store has of a session is on the topics, too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from services.market.bars.rollup import roll_close, roll_minutes, session_span
from services.market.prices.history import HistorySource, record_closes, record_minutes
from services.market.prices.kept_spans import (
    SessionStep,
    first_look_back,
    hours_to_forget,
    list_steps,
    next_step_at,
    session_to_forget,
)
from services.market.sessions.sessions import ExchangeCalendar
from streams import codec
from streams.broker.kafka import Outbox
from streams.prices.price_store import RedisPriceStore
from streams.topics import MARKET_DAYS, MARKET_MINUTES

INSTRUMENTS_AT_ONCE = 10
"""A slice of the work: the loop must not stand still while a market closes."""


class _Task(NamedTuple):
    step: SessionStep
    calendar: ExchangeCalendar
    instruments: tuple[str, ...]


class _ShardClock:
    """The instruments of one shard by exchange, and up to when each exchange was looked at."""

    def __init__(self) -> None:
        self.instruments: dict[str, set[str]] = defaultdict(set)
        self.calendars: dict[str, ExchangeCalendar] = {}
        self.looked_at: dict[str, datetime] = {}
        self.next_due = 0
        self._last: tuple[str, ...] = ()

    def meet(self, instruments: Iterable[str], calendar_of: Callable[[str], ExchangeCalendar]) -> None:
        for instrument in instruments:
            calendar = calendar_of(instrument)
            self.instruments[calendar.exchange].add(instrument)
            if calendar.exchange not in self.calendars:
                self.calendars[calendar.exchange] = calendar
                self.next_due = 0

    def meet_again(self, instruments: tuple[str, ...], calendar_of: Callable[[str], ExchangeCalendar]) -> None:
        if instruments and instruments is not self._last:
            self._last = instruments
            self.meet(instruments, calendar_of)


class SessionClosing:
    """The sessions of all shards of this process."""

    def __init__(self, store: RedisPriceStore, outbox: Outbox, calendar_of: Callable[[str], ExchangeCalendar]) -> None:
        self._store = store
        self._outbox = outbox
        self._calendar_of = calendar_of
        self._clocks: dict[int, _ShardClock] = {}
        self._tasks: deque[_Task] = deque()

    def look(self, shard: int, instruments: tuple[str, ...], watermark: int) -> bool:
        """Event time of a shard has come so far; True when there is something to do. Raises Unavailable."""
        clock = self._clocks.get(shard)
        if clock is None:
            clock = _ShardClock()
            clock.meet(self._store.instruments_of(shard), self._calendar_of)
            self._clocks[shard] = clock
        clock.meet_again(instruments, self._calendar_of)
        if watermark >= clock.next_due:
            self._list_tasks(clock, datetime.fromtimestamp(watermark, UTC))
        return bool(self._tasks)

    def work(self, most: int = INSTRUMENTS_AT_ONCE) -> bool:
        """Do a slice of what is due; False when nothing is left. Raises Unavailable, and then it is still due."""
        if not self._tasks:
            return False
        task = self._tasks[0]
        some, rest = task.instruments[:most], task.instruments[most:]
        if task.step.is_over:
            self._put_away(task, some)
        else:
            hours = hours_to_forget(task.calendar, task.step.session)
            self._store.forget_seconds((instrument, hours) for instrument in some)
        self._tasks.popleft()
        if rest:
            self._tasks.appendleft(task._replace(instruments=rest))
        return bool(self._tasks)

    def _list_tasks(self, clock: _ShardClock, until: datetime) -> None:
        tasks = []
        for exchange, calendar in clock.calendars.items():
            since = clock.looked_at.get(exchange) or first_look_back(calendar, until)
            names = tuple(sorted(clock.instruments[exchange]))
            tasks += [_Task(step, calendar, names) for step in list_steps(calendar, since, until)]
            clock.looked_at[exchange] = max(until, since)
        self._tasks.extend(sorted(tasks, key=lambda task: task.step.at))
        upcoming = (next_step_at(calendar, until) for calendar in clock.calendars.values())
        clock.next_due = int(min(upcoming, default=until).timestamp())

    def _put_away(self, task: _Task, instruments: Sequence[str]) -> None:
        session, calendar = task.step.session, task.calendar
        there = self._store.have_minutes([(instrument, session.day) for instrument in instruments])
        missing = [instrument for instrument, has in zip(instruments, there, strict=True) if not has]
        span = session_span(session, calendar)
        read = self._store.read_seconds([(instrument, *span) for instrument in missing])
        traded = [seconds for seconds in read if len(seconds)]
        minutes = [record_minutes(roll_minutes(seconds), session.day, HistorySource.LIVE) for seconds in traded]
        rolled = [(seconds.instrument, roll_close(seconds, session, calendar)) for seconds in traded]
        closes = [record_closes(name, [close], HistorySource.LIVE) for name, close in rolled if close is not None]
        for one in minutes:
            self._outbox.send(MARKET_MINUTES.name, one.key, codec.encode(one))
        for day in closes:
            self._outbox.send(MARKET_DAYS.name, day.key, codec.encode(day))
        if traded:
            self._outbox.flush()
            self._store.put_closes([day.series() for day in closes])
            self._store.put_minutes((one.series(), session.day) for one in minutes)
            self._forget_minutes(calendar, session.day, [seconds.instrument for seconds in traded])

    def _forget_minutes(self, calendar: ExchangeCalendar, day: date, instruments: Sequence[str]) -> None:
        old = session_to_forget(calendar, day)
        if old is not None:
            self._store.forget_minutes((instrument, old) for instrument in instruments)
