"""Events and prices of files -> cases: each instrument by its exchange's clock, against its exchange's index.

Instruments of one exchange and one index are measured together, on the sessions of that exchange.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.market.sessions.event_sessions import EventSession, find_event_session
from services.market.study.daily_prices import Days, returns_on
from services.market.study.daily_study import (
    Study,
    StudyCase,
    StudyEvent,
    StudyParameters,
    find_event_days,
    measure_case,
)
from services.market.study.file_prices import FilePrices
from services.market.study.publication_returns import measure_from_publication
from services.market.study.study_row import StudyRow, StudyState
from streams.study.event_study_files import EventRow
from streams.study.study_markets import Markets, Placed, place_instrument

Group = tuple[str | None, str | None]
"""(exchange, index)"""


class Exposure(Struct, frozen=True, kw_only=True):
    """One event on one instrument, before it is measured."""

    event: EventRow
    placed: Placed
    session: EventSession
    index: str | None

    @property
    def group(self) -> Group:
        """What it is measured together with."""
        return self.placed.exchange, self.index


def find_exposures(events: Sequence[EventRow], markets: Markets, index: str | None, file: str) -> list[Exposure]:
    """Every event and instrument in input order; ``index``: chosen for all; ``file``: what mistakes are said of."""
    exposures = []
    for event in events:
        where = f"{file}: line {event.line}: column instruments"
        for written in event.instruments:
            placed = place_instrument(markets, written, where)
            session = find_event_session(event.publication, markets.market_of(placed.exchange))
            name = markets.index_of(placed.exchange, index)
            # An index measured against itself would move by 0.00 % always.
            name = None if name == placed.series else name
            exposures.append(Exposure(event=event, placed=placed, session=session, index=name))
    return exposures


def measure_exposures(
    exposures: Sequence[Exposure], prices: FilePrices, markets: Markets, parameters: StudyParameters
) -> list[StudyCase]:
    """One case per exposure, in their order, named as the events name them."""
    cases: dict[int, StudyCase] = {}
    groups: dict[Group, list[int]] = {}
    for place, exposure in enumerate(exposures):
        groups.setdefault(exposure.group, []).append(place)
    for (exchange, index), places in groups.items():
        calendar = markets.market_of(exchange).sessions()
        events = [_study_event(exposures[place], calendar) for place in places]
        study = _prepare(events, calendar, prices, index, parameters)
        for place, event in zip(places, events, strict=True):
            cases[place] = _name(exposures[place], _measure(exposures[place], study, event, prices))
    return [cases[place] for place in range(len(exposures))]


def _study_event(exposure: Exposure, calendar: Days) -> StudyEvent:
    """The event for the study; without a day when its session is before or after all prices."""
    day = exposure.session.day
    known = day is not None and bool((calendar == day).any())
    return StudyEvent(
        event_id=exposure.event.event_id,
        day=day if known else None,
        tone=exposure.event.tone,
        instruments=(exposure.placed.series,) if exposure.placed.series is not None else (),
    )


def _prepare(
    events: Sequence[StudyEvent],
    calendar: Days,
    prices: FilePrices,
    index: str | None,
    parameters: StudyParameters,
) -> Study:
    named = dict.fromkeys(name for event in events for name in event.instruments)
    benchmark = None if index is None else prices.daily(index)
    return Study(
        calendar=calendar,
        returns={name: returns_on(calendar, prices.daily(name), benchmark) for name in named},
        event_days=find_event_days(events, calendar),
        parameters=parameters,
    )


def _measure(exposure: Exposure, study: Study, event: StudyEvent, prices: FilePrices) -> StudyCase:
    series, published_at = exposure.placed.series, exposure.session.published_at
    if series is None:
        row = StudyRow(event_id="", instrument="", session=None, state=StudyState.UNKNOWN_INSTRUMENT)
        return StudyCase(row=row, tone=event.tone)
    if published_at is None or not prices.is_intraday:
        return measure_case(study, event, series)
    index = None if exposure.index is None else prices.tape(exposure.index)
    return measure_from_publication(study, event, published_at, prices.tape(series), index)


def _name(exposure: Exposure, case: StudyCase) -> StudyCase:
    row = replace(
        case.row,
        event_id=exposure.event.event_id,
        instrument=exposure.placed.written,
        session=exposure.session.day,
    )
    return replace(case, row=row)
