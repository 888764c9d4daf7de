"""The event study of one signal on one instrument: what the market did, and how unusual that is.

After A. C. MacKinlay, "Event Studies in Economics and Finance", Journal of Economic Literature 35 (1997), 13-39:
abnormal return = return - alpha - beta * return of the benchmark; z = abnormal return / its standard deviation over
such a window (``scoring``); percentile = its rank among quiet windows of history (``placebo``). Alpha and beta come
from up to 250 daily returns before publication, else beta from one-minute returns of the last sessions; days with
policy events of the instrument are left out. Without enough history the benchmark's return is subtracted, without a
benchmark the return stands for itself: ``Reaction.model`` says which. Windows in trading time: ``horizons``.

What is not measurable is None, never 0: a window without a single trade has no return. Nothing after the end of a
window changes its numbers, nothing after ``as_of`` changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from services.market.prices.price_window import CLOSING_PRINT, PriceBook
from services.market.reaction import Reaction, SessionState, Window
from services.market.sessions.day_grid import past_sessions, regular_sessions
from services.market.sessions.horizons import subtract_trading_minutes, trading_minutes
from services.market.sessions.liveness import Tape, find_state
from services.market.sessions.sessions import ExchangeCalendar, Session
from services.market.sessions.span_pieces import Piece, begin_at_origin, split_span
from services.market.sessions.spans import Span, find_span
from services.market.study.placebo import rank
from services.market.study.price_history import HistoryRange, PriceHistory, find_price, read_history
from services.market.study.references import Estimation, QuietTimes, Reference, build_reference, prepare_quiet
from services.market.study.scoring import find_quiet_scores, score

QUIET_MINUTES_BEFORE = 30
MINUTE_SESSIONS = 5
"""Past sessions whose one-minute returns give beta where there are no daily closes."""


class MarketEvent(Struct, frozen=True, kw_only=True):
    """One signal meets one instrument. Benchmarks trade in the same sessions."""

    signal_id: str
    published_at: datetime
    instrument: str
    benchmark: str | None = None
    """The index of the exchange."""
    benchmarks: tuple[str, ...] = ()
    """Candidates in order, the index of the sector first; ``benchmark`` comes after them."""
    calendar: ExchangeCalendar
    event_days: frozenset[date] = frozenset()
    """Local days of the sessions that answered other policy events of this instrument (``answering_session``)."""

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every benchmark once, in order."""
        return tuple(dict.fromkeys((*self.benchmarks, *((self.benchmark,) if self.benchmark else ()))))


class Study(Struct, frozen=True, kw_only=True):
    """Everything that the windows of one event share, gathered once from the price book."""

    event: MarketEvent
    as_of: datetime
    own: PriceHistory
    references: tuple[Reference, ...]
    """One per candidate; at the end the one without a benchmark."""
    estimation: Estimation
    previous_close: float | None
    """The last final closing price before publication."""
    state: SessionState


class Measured(Struct, frozen=True, kw_only=True):
    """One window before it is scored: returns, and the reference that they are compared with."""

    span: Span
    pieces: tuple[Piece, ...]
    own: float | None
    market: float | None
    reference: Reference


def measure_signal(
    event: MarketEvent, prices: PriceBook, as_of: datetime, windows: tuple[Window, ...] = tuple(Window)
) -> tuple[Reaction, ...]:
    """One Reaction per asked window, in that order; a window that has not ended by ``as_of`` is left out.

    Hand in a snapshot of the book when several instruments are measured. Raises Unavailable.
    """
    study = prepare_study(event, prices, as_of)
    spans = (find_span(window, event.published_at, as_of, event.calendar) for window in windows)
    return measure_spans(study, [span for span in spans if span is not None])


def measure_spans(study: Study, spans: Sequence[Span]) -> tuple[Reaction, ...]:
    """The windows of a prepared study; what is quiet is worked out once per reference."""
    measured = [measure_span(study, span) for span in spans]
    used = {window.reference.name: window.reference for window in measured}
    quiet = {name: prepare_quiet(study.own, one, study.estimation) for name, one in used.items()}
    return tuple(_conclude(study, window, quiet[window.reference.name]) for window in measured)


def prepare_study(event: MarketEvent, prices: PriceBook, as_of: datetime) -> Study:
    """Read the prices up to ``as_of`` once; estimate what is normal from before publication."""
    known_until = min(event.published_at, as_of)
    sessions = past_sessions(known_until, event.calendar)
    last = event.calendar.previous_session(known_until)
    wanted = HistoryRange(
        minutes_from=sessions[0].opens_at if sessions else last.opens_at,
        seconds_from=last.opens_at,
        as_of=as_of,
        closes_until=known_until,
    )
    own = read_history(prices, event.instrument, wanted)
    estimation = plan_estimation(event, known_until, sessions)
    candidates = ((name, read_history(prices, name, wanted)) for name in (*event.candidates, None))
    references = tuple(build_reference(own, name, history, estimation) for name, history in candidates)
    closed_at = min(event.calendar.previous_close(known_until) + CLOSING_PRINT, known_until)
    close = find_price(own, closed_at)
    tape = Tape(own=own.tape, benchmark=references[0].history.tape)
    return Study(
        event=event,
        as_of=as_of,
        own=own,
        references=references,
        estimation=estimation,
        previous_close=close[1] if close else None,
        state=find_state(tape, event.calendar, as_of, own.seconds),
    )


def plan_estimation(event: MarketEvent, known_until: datetime, sessions: Sequence[Session]) -> Estimation:
    """Which days and minutes are quiet: all before publication, the last half hour left out."""
    calendar = event.calendar
    quiet_until = subtract_trading_minutes(known_until, QUIET_MINUTES_BEFORE, calendar)
    opens_at = calendar.previous_session(known_until).opens_at
    regular = regular_sessions(sessions, calendar)
    shape, rows = regular if regular else (None, [])
    return Estimation(
        calendar=calendar,
        days_until=opens_at,
        minutes=(sessions[-MINUTE_SESSIONS:][0].opens_at if sessions else opens_at, quiet_until),
        volume=(opens_at, quiet_until),
        event_days=event.event_days,
        sessions=[session for session in rows if session.day not in event.event_days],
        shape=shape,
    )


def measure_span(study: Study, span: Span) -> Measured:
    """Returns of one window, against the first reference that has one and enough history, else that has one."""
    own = measure_return(study.own, span)
    answers = [(one, measure_return(one.history, span) if one.name else None) for one in study.references]
    usable = [answer for answer in answers if answer[1] is not None]
    fitted = [answer for answer in usable if answer[0].normal.beta_estimated]
    # Nothing was traded: name what it would have been compared with.
    reference, market = next(iter([*fitted, *usable]), answers[-1] if own is not None else answers[0])
    origin = find_price(study.own, span.started_at)
    begun = begin_at_origin(span, origin[0] if origin else None, study.event.calendar)
    pieces = split_span(begun, study.event.calendar, study.estimation.shape)
    return Measured(span=span, pieces=pieces, own=own, market=market, reference=reference)


def measure_return(history: PriceHistory, span: Span) -> float | None:
    """Simple return from the price at the start to the price at the end; None without a trade in between.

    A span that begins at an open begins at the first price of that session, not at the close before it.
    """
    traded = history.tape.between(span.started_at, span.ended_at)
    if not len(traded):
        return None
    if span.from_first_price:
        return float(traded.close[-1] / traded.close[0]) - 1.0 if len(traded) > 1 else None
    origin = find_price(history, span.started_at)
    return float(traded.close[-1]) / origin[1] - 1.0 if origin else None


def find_abnormal(measured: Measured) -> tuple[float | None, float]:
    """(abnormal return, the alpha in it), fractions over the window; None when nothing was measurable."""
    reference, own, market = measured.reference, measured.own, measured.market
    alpha = reference.normal.alpha_day * sum(piece.days for piece in measured.pieces)
    if own is None:
        return None, alpha
    if reference.name is None:
        return own, 0.0
    return (None, alpha) if market is None else (own - alpha - reference.normal.beta * market, alpha)


def _conclude(study: Study, measured: Measured, quiet: QuietTimes) -> Reaction:
    span, reference, normal = measured.span, measured.reference, measured.reference.normal
    abnormal, alpha = find_abnormal(measured)
    z, basis = score(abnormal, measured.market, measured.pieces, quiet)
    placebo = find_quiet_scores(measured.pieces, quiet)
    last = find_price(study.own, span.ended_at)
    return Reaction(
        signal_id=study.event.signal_id,
        instrument=study.event.instrument,
        window=span.window,
        state=study.state,
        price=last[1] if last else None,
        price_at=last[0] if last else None,
        previous_close=study.previous_close,
        started_at=span.started_at,
        ended_at=span.ended_at,
        benchmark=reference.name,
        return_=measured.own,
        benchmark_return=measured.market,
        model=reference.model,
        alpha=alpha,
        beta=normal.beta if reference.name else 1.0,
        beta_estimated=normal.beta_estimated,
        abnormal_return=abnormal,
        z=z,
        z_basis=basis,
        volume_ratio=measure_volume(study, measured, quiet),
        percentile=rank(z, placebo),
        quiet_windows=len(placebo),
        measured_at=study.as_of,
    )


def measure_volume(study: Study, measured: Measured, quiet: QuietTimes) -> float | None:
    """Volume in the span over that of the same minutes of past days; without those, over that of the time before."""
    span, calendar = measured.span, study.event.calendar
    traded = study.own.tape.between(span.started_at, span.ended_at)
    if not len(traded):
        return None
    if quiet.profile is not None:
        usual = sum(quiet.profile.volume_between(piece.start, piece.end) for piece in measured.pieces)
    else:
        minutes = trading_minutes(span.started_at, span.ended_at, calendar)
        usual = (quiet.normal.volume_per_minute or 0.0) * minutes
    return float(traded.volume.sum()) / usual if usual > 0.0 else None
