"""Windows cut at the nights: places, days, and where a night begins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.market.reaction import Window
from services.market.sessions.day_grid import shape_of
from services.market.sessions.sessions import ExchangeCalendar
from services.market.sessions.span_pieces import Piece, begin_at_origin, split_span
from services.market.sessions.spans import Span
from tests.market.tapes import HONG_KONG, hkt


def cut(start: str, end: str, calendar: ExchangeCalendar = HONG_KONG) -> tuple[Piece, ...]:
    session = calendar.session_on(date(2023, 7, 13))
    assert session is not None
    span = Span(window=Window.SO_FAR, started_at=hkt(start), ended_at=hkt(end))
    return split_span(span, calendar, shape_of(session, calendar))


@pytest.mark.parametrize(
    ("start", "end", "places", "nights", "days"),
    [
        ("2023-07-13T10:00", "2023-07-13T10:30", [(30, 60)], [False], 30 / 330),
        ("2023-07-13T11:50", "2023-07-13T13:20", [(140, 170)], [False], 30 / 330),
        ("2023-07-13T12:20", "2023-07-13T13:01", [(150, 151)], [False], 1 / 330),
        ("2023-07-12T19:30", "2023-07-13T09:31", [(0, 1)], [True], 1.0),
        ("2023-07-12T16:05", "2023-07-13T09:31", [(330, 331), (0, 1)], [False, True], 1.0),
        ("2023-07-13T15:00", "2023-07-14T16:10", [(270, 331), (0, 331)], [False, True], 1 + 60 / 330),
        ("2023-07-14T16:10", "2023-07-18T16:10", [(0, 331)], [True], 1.0),
        ("2020-12-23T16:10", "2020-12-24T12:10", [(0, 150)], [True], 1.0),
        ("2023-10-06T18:00", "2023-10-09T14:30", [(210, 240)], [True], 1.0),
        ("2023-07-12T19:30", "2023-07-12T22:30", [], [], 0.0),
    ],
    ids=[
        "within",
        "lunch inside",
        "from lunch",
        "evening",
        "auction",
        "next close",
        "typhoon",
        "half-day",
        "late open",
        "none",
    ],
)
def test_known_pieces(start: str, end: str, places: list[tuple[int, int]], nights: list[bool], days: float) -> None:
    """One line per way in which a window can lie."""
    pieces = cut(start, end)
    assert [(piece.start, piece.end) for piece in pieces] == places
    assert [piece.has_night for piece in pieces] == nights
    assert sum(piece.days for piece in pieces) == pytest.approx(days)


def test_a_whole_day_is_from_close_to_close() -> None:
    """Also a half-day, also after a typhoon; a minute less is not whole."""
    for start, end in (("2023-07-14T16:10", "2023-07-18T16:10"), ("2020-12-23T20:00", "2020-12-24T12:10")):
        assert [piece.whole for piece in cut(start, end)] == [True]
    assert [piece.whole for piece in cut("2023-07-12T20:00", "2023-07-13T16:09")] == [False]
    assert [piece.whole for piece in cut("2023-07-13T09:30", "2023-07-13T16:10")] == [False]


@pytest.mark.parametrize(
    ("start", "origin", "begins"),
    [
        ("2023-07-13T09:30:02", "2023-07-12T16:08", "2023-07-13T09:30"),
        ("2023-07-13T09:30:02", "2023-07-13T09:30:01", None),
        ("2023-07-13T13:00:02", "2023-07-13T11:59:59", "2023-07-13T13:00"),
        ("2023-07-13T13:30:00", "2023-07-13T13:10:00", None),
        ("2023-07-12T19:30", "2023-07-12T16:08", None),
        ("2023-07-13T10:00", None, None),
    ],
    ids=["before the first trade", "after it", "after lunch", "long silence", "evening", "no price"],
)
def test_a_span_begins_where_its_first_price_is_from(start: str, origin: str | None, begins: str | None) -> None:
    """A break between that price and the window is in the return."""
    span = Span(window=Window.SO_FAR, started_at=hkt(start), ended_at=hkt(start) + timedelta(days=1))
    begun = begin_at_origin(span, hkt(origin) if origin else None, HONG_KONG)
    if begins is None:
        assert begun == span
    else:
        assert hkt(begins) - begun.started_at == timedelta(microseconds=1)
