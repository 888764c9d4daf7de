"""The event study on daily closes: what each instrument did in the session of each event, and on the days around it.

Normal is estimated over a trailing window that ends before the event (250 sessions, the last of them two before the
event's), without the days of other events of the same instrument and the days after those. Nothing after a window
changes its numbers. Returns are fractions here, and per cent in ``StudyRow``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from services.market.prices.price_window import Floats, Seconds
from services.market.reaction import NormalModel
from services.market.study.daily_prices import DailyPrices, DailyReturns, Days, find_calendar, returns_on
from services.market.study.regression import FEWEST_RETURNS, MarketFit, fit_market_model
from services.market.study.study_row import StudyRow, StudyState

_NO_DAYS: Seconds = np.empty(0, dtype=np.int64)


class StudyEvent(Struct, frozen=True, kw_only=True):
    """A policy event and whom it concerns."""

    event_id: str
    day: date | None
    """Local day of the first session that could answer; a day without a session stands for the next one. None:
    unknown."""
    tone: str
    instruments: tuple[str, ...]


class StudyParameters(Struct, frozen=True, kw_only=True):
    """The choices of a study, in sessions."""

    estimation: int = 250
    """Length of the window in which normal is estimated."""
    gap: int = 2
    """Its last session is this many before the event's; at least 1."""
    fewest: int = FEWEST_RETURNS
    """Fewer usable days in it estimate nothing."""
    before: int = 5
    """The path begins this many sessions before the event's."""
    after: int = 10
    """The path ends this many sessions after it."""

    @property
    def offsets(self) -> range:
        """Sessions of the path, relative to the event's."""
        return range(-self.before, self.after + 1)


class StudyCase(Struct, frozen=True, kw_only=True, eq=False):
    """One event on one instrument: its row, and what a summary is made from."""

    row: StudyRow
    tone: str
    model: NormalModel = NormalModel.RAW
    """What the abnormal returns are measured against."""
    fit: MarketFit | None = None
    path: Floats | None = None
    """Daily abnormal returns at the ``offsets`` of the parameters, NaN where there is no close; None: not measured."""
    quiet: Floats | None = None
    """Abnormal returns over the estimation window, oldest first, NaN on days left out; None: too few."""


class Study(Struct, frozen=True, kw_only=True, eq=False):
    """What the cases of one study share."""

    calendar: Days
    returns: Mapping[str, DailyReturns]
    event_days: Mapping[str, Seconds]
    """Places in the calendar of all events of an instrument."""
    parameters: StudyParameters


def study_events(
    events: Sequence[StudyEvent],
    prices: Iterable[DailyPrices],
    index: DailyPrices | None = None,
    parameters: StudyParameters | None = None,
) -> tuple[StudyCase, ...]:
    """One case per event and instrument, in the order of the events; ``prices`` may hold more than the events name."""
    study = prepare_study(events, prices, index, parameters or StudyParameters())
    return tuple(measure_case(study, event, name) for event in events for name in dict.fromkeys(event.instruments))


def prepare_study(
    events: Sequence[StudyEvent], prices: Iterable[DailyPrices], index: DailyPrices | None, parameters: StudyParameters
) -> Study:
    """Returns of every instrument named, once, on the sessions of the index, or of all prices without an index."""
    by_name = {one.instrument: one for one in prices}
    calendar = find_calendar(by_name.values(), index)
    named = {name for event in events for name in event.instruments}
    return Study(
        calendar=calendar,
        returns={name: returns_on(calendar, by_name[name], index) for name in sorted(named & by_name.keys())},
        event_days=find_event_days(events, calendar),
        parameters=parameters,
    )


def find_event_days(events: Iterable[StudyEvent], calendar: Days) -> dict[str, Seconds]:
    """Places in the calendar of the sessions of all events, by instrument."""
    places: dict[str, list[int]] = {}
    for event in events:
        place = find_session(event.day, calendar)
        if place is not None:
            for name in event.instruments:
                places.setdefault(name, []).append(place)
    return {name: np.unique(np.array(found, dtype=np.int64)) for name, found in places.items()}


def find_session(day: date | None, calendar: Days) -> int | None:
    """Place in the calendar of the first session on or after ``day``; None after its end."""
    if day is None:
        return None
    place = int(np.searchsorted(calendar, np.datetime64(day, "D")))
    return place if place < len(calendar) else None


def measure_case(study: Study, event: StudyEvent, instrument: str) -> StudyCase:
    """One event on one instrument; the state of the row says why numbers are missing."""
    place = find_session(event.day, study.calendar)
    row = StudyRow(
        event_id=event.event_id,
        instrument=instrument,
        session=None if place is None else study.calendar[place].item(),
        state=StudyState.OK,
    )
    returns = study.returns.get(instrument)
    missing = _find_missing(returns, place)
    if missing is not None or returns is None or place is None:
        return StudyCase(row=replace(row, state=missing or StudyState.NOT_TRADED), tone=event.tone)
    return _measure(study, StudyCase(row=row, tone=event.tone), returns, place)


def _find_missing(returns: DailyReturns | None, place: int | None) -> StudyState | None:
    if returns is None:
        return StudyState.UNKNOWN_INSTRUMENT
    if place is None or not returns.traded[place]:
        return StudyState.NOT_TRADED
    return StudyState.FIRST_CLOSE if np.isnan(returns.own[place]) else None


def _measure(study: Study, case: StudyCase, returns: DailyReturns, place: int) -> StudyCase:
    window = _quiet_returns(study, case.row.instrument, place)
    own, market = float(returns.own[place]), float(returns.market[place])
    fit = fit_market_model(window.own, window.market, study.parameters.fewest)
    model = NormalModel.RAW
    if not np.isnan(market):
        model = NormalModel.MARKET_MODEL if fit else NormalModel.MARKET_ADJUSTED
    quiet = find_abnormal(model, fit, window)
    usable = int(np.isfinite(quiet).sum())
    row = replace(_fill(case.row, own, market, fit), estimation_days=0 if model is NormalModel.RAW else usable)
    return StudyCase(
        row=row,
        tone=case.tone,
        model=model,
        fit=fit if model is NormalModel.MARKET_MODEL else None,
        path=find_abnormal(model, fit, _take(returns, place + np.array(study.parameters.offsets))),
        quiet=quiet if usable >= study.parameters.fewest else None,
    )


def _fill(row: StudyRow, own: float, market: float, fit: MarketFit | None) -> StudyRow:
    """The numbers that the day allows: raw, then against the index, then against alpha and beta."""
    row = replace(row, return_pct=100.0 * own, state=StudyState.NO_INDEX)
    if np.isnan(market):
        return row
    row = replace(row, index_return_pct=100.0 * market, abnormal_pct=100.0 * (own - market))
    if fit is None:
        return replace(row, state=StudyState.SHORT_HISTORY)
    return replace(
        row,
        beta=fit.beta,
        abnormal_beta_pct=100.0 * fit.abnormal(own, market),
        t_stat=fit.standardised(own, market),
        state=StudyState.OK,
    )


def find_abnormal(model: NormalModel, fit: MarketFit | None, returns: DailyReturns) -> Floats:
    """Abnormal returns of each day, by the model given."""
    if model is NormalModel.RAW:
        return returns.own
    if model is NormalModel.MARKET_ADJUSTED or fit is None:
        return returns.own - returns.market
    return returns.own - fit.alpha - fit.beta * returns.market


def _quiet_returns(study: Study, instrument: str, place: int) -> DailyReturns:
    """The estimation window; days of events of the instrument, and the days after those, are NaN."""
    last = place - study.parameters.gap
    window = np.arange(last - study.parameters.estimation + 1, last + 1)
    busy = study.event_days.get(instrument, _NO_DAYS)
    taken = _take(study.returns[instrument], window)
    loud = np.isin(window, np.concatenate([busy, busy + 1]))
    return DailyReturns(taken.traded & ~loud, np.where(loud, np.nan, taken.own), np.where(loud, np.nan, taken.market))


def _take(returns: DailyReturns, places: Seconds) -> DailyReturns:
    """Returns at places of the calendar; NaN before its beginning and after its end."""
    inside = (places >= 0) & (places < len(returns.own))
    rows = np.where(inside, places, 0)
    return DailyReturns(
        returns.traded[rows] & inside,
        np.where(inside, returns.own[rows], np.nan),
        np.where(inside, returns.market[rows], np.nan),
    )
