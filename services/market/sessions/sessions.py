"""When an exchange trades: sessions, lunch, half-days, holidays, closing auctions and ad-hoc closures.

All instants are timezone-aware datetimes, answers are UTC. *Open* means continuous trading: the lunch break and the
closing auction are not open, but the day is only *settled*, its closing price final, when the auction has ended
(Hong Kong: continuous trading until 16:00, settled at 16:10).

Outside the days that the calendar was baked for, plain weekdays are assumed and ``covers`` is False: the service goes
on, and ``days_left`` is the gauge to alarm on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from services.errors import Misconfigured
from services.market.reaction import SessionState

_ONE_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 40
"""Days searched for a neighbouring session; the longest real closure (2001, 2020, lunar new year) is below twelve."""


class Session(Struct, frozen=True, kw_only=True):
    """One trading day of one exchange, in UTC: open on [opens_at, closes_at) without [lunch_from, lunch_to)."""

    day: date
    opens_at: datetime
    closes_at: datetime
    """End of continuous trading."""
    settled_at: datetime
    """End of the closing auction: from here the day's closing price is final."""
    lunch_from: datetime | None = None
    lunch_to: datetime | None = None

    @property
    def stretches(self) -> tuple[tuple[datetime, datetime], ...]:
        """Spans of continuous trading, in order: one, or two around lunch."""
        if self.lunch_from is None or self.lunch_to is None:
            return ((self.opens_at, self.closes_at),)
        return ((self.opens_at, self.lunch_from), (self.lunch_to, self.closes_at))

    @property
    def minutes(self) -> float:
        """Minutes of continuous trading."""
        return sum((end - start).total_seconds() for start, end in self.stretches) / 60.0


class Hours(Struct, frozen=True, kw_only=True):
    """Regular trading hours in local time, valid from a day on. ``closes`` at or before ``opens`` is the next day."""

    since: date
    opens: time
    closes: time
    lunch_from: time | None = None
    lunch_to: time | None = None


class DayPlan(Struct, frozen=True, kw_only=True):
    """How one day differs from the regular hours. All None and not closed: a regular session (on a weekend, too)."""

    closed: bool = False
    opens: time | None = None
    closes: time | None = None
    auction: bool = True
    """False: trading stopped without a closing auction (a typhoon signal at noon)."""


class ExchangeCalendar(Struct, frozen=True, kw_only=True):
    """One exchange's days. Build it from the catalogue (``config.exchanges``) or by hand in a test."""

    exchange: str
    """ISO 10383 code, or a name of our own such as ``CRYPTO``."""
    timezone: ZoneInfo
    hours: tuple[Hours, ...]
    """Ascending by ``since``."""
    closing_auction: timedelta = timedelta(0)
    exceptions: Mapping[date, DayPlan] = {}
    every_day: bool = False
    """True: weekends trade, too."""
    first_day: date = date.min
    last_day: date = date.max
    _sessions: dict[date, Session | None] = field(default_factory=dict)

    def covers(self, at: datetime) -> bool:
        """False when ``at`` is outside the days this calendar knows, and its answers are only guesses."""
        return self.first_day <= self._local_day(at) <= self.last_day

    def days_left(self, at: datetime) -> int:
        """Days until the calendar runs out, negative afterwards: the gauge to alarm on."""
        return (self.last_day - self._local_day(at)).days

    def session_on(self, day: date) -> Session | None:
        """The session of one local day, None on a holiday."""
        if day not in self._sessions:
            self._sessions[day] = self._build(day)
        return self._sessions[day]

    def session_of(self, at: datetime) -> Session | None:
        """The session under way at ``at``, lunch and closing auction included; None between sessions."""
        for day in (self._local_day(at), self._local_day(at) - _ONE_DAY):
            session = self.session_on(day)
            if session is not None and session.opens_at <= at < max(session.settled_at, session.closes_at):
                return session
        return None

    def session_state(self, at: datetime) -> SessionState:
        """OPEN, LUNCH or CLOSED by the calendar alone; a halt or a silent feed is not visible here."""
        session = self.session_of(at)
        if session is None or at >= session.closes_at:
            return SessionState.CLOSED
        if session.lunch_from is not None and session.lunch_to is not None:
            return SessionState.LUNCH if session.lunch_from <= at < session.lunch_to else SessionState.OPEN
        return SessionState.OPEN

    def is_open(self, at: datetime) -> bool:
        """True during continuous trading."""
        return self.session_state(at) is SessionState.OPEN

    def previous_session(self, at: datetime) -> Session:
        """The last session that was settled at or before ``at``."""
        return self._first(session for session in self._walk(at, -1) if session.settled_at <= at)

    def next_session(self, at: datetime) -> Session:
        """The first session that opens after ``at``."""
        return self._first(session for session in self._walk(at, 1) if session.opens_at > at)

    def previous_close(self, at: datetime) -> datetime:
        """When the last final closing price before ``at`` was made, closing auction included."""
        return self.previous_session(at).settled_at

    def next_open(self, at: datetime) -> datetime:
        """The next moment after ``at`` at which continuous trading starts, be it after lunch or on another day."""
        session = self.session_of(at)
        if session is not None and session.lunch_to is not None and at < session.lunch_to:
            return session.lunch_to
        return self.next_session(at).opens_at

    def trades_from(self, at: datetime) -> datetime:
        """``at`` itself when the exchange is open, else the next open: where a horizon's clock starts."""
        return at.astimezone(UTC) if self.is_open(at) else self.next_open(at)

    def close_of(self, at: datetime) -> datetime:
        """When the session under way at ``at``, or else the next one, is settled.

        From the end of continuous trading on, this is already the next session: an order can no longer answer news.
        """
        session = self.session_of(at)
        if session is None or at >= session.closes_at:
            session = self.next_session(at)
        return session.settled_at

    def sessions_between(self, start: datetime, end: datetime) -> Iterator[Session]:
        """Sessions that overlap [start, end), in order."""
        day, last = self._local_day(start) - _ONE_DAY, self._local_day(end)
        while day <= last:
            session = self.session_on(day)
            if session is not None and session.opens_at < end and session.settled_at > start:
                yield session
            day += _ONE_DAY

    def _local_day(self, at: datetime) -> date:
        return at.astimezone(self.timezone).date()

    def _first(self, sessions: Iterator[Session]) -> Session:
        session = next(sessions, None)
        if session is None:
            raise Misconfigured(f"calendar of {self.exchange}: no session within {_LONGEST_CLOSURE} days")
        return session

    def _walk(self, at: datetime, step: int) -> Iterator[Session]:
        day = self._local_day(at) - step * _ONE_DAY
        for _ in range(_LONGEST_CLOSURE):
            session = self.session_on(day)
            if session is not None:
                yield session
            day += step * _ONE_DAY

    def _build(self, day: date) -> Session | None:
        plan = self.exceptions.get(day)
        if plan is None and not self.every_day and day.weekday() >= 5:
            return None
        if plan is None:
            plan = DayPlan()
        return None if plan.closed else self._plan_session(day, plan)

    def _plan_session(self, day: date, plan: DayPlan) -> Session:
        hours = next((rule for rule in reversed(self.hours) if rule.since <= day), self.hours[0])
        opens = self._instant(day, plan.opens or hours.opens)
        closes = self._instant(day, plan.closes or hours.closes)
        if closes <= opens:
            closes = self._instant(day + _ONE_DAY, plan.closes or hours.closes)
        lunch = None
        if hours.lunch_from is not None and hours.lunch_to is not None:
            lunch = (self._instant(day, hours.lunch_from), self._instant(day, hours.lunch_to))
            if closes <= lunch[1] or opens >= lunch[0]:
                lunch = None
        return Session(
            day=day,
            opens_at=opens,
            closes_at=closes,
            settled_at=closes + (self.closing_auction if plan.auction else timedelta(0)),
            lunch_from=lunch[0] if lunch else None,
            lunch_to=lunch[1] if lunch else None,
        )

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.timezone).astimezone(UTC)
