"""The months before the sample day, reconstructed: as records of history, and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from config.exchanges import load_calendars
from services.market.bars.rollup import KEPT_SESSIONS
from services.market.prices.history import HistorySource, record_closes, record_minutes
from services.market.prices.history_gathering import Record
from services.market.prices.price_window import PriceSeries
from services.market.sample.reconstructed_history import reconstruct_history
from services.market.sample.tape_parameters import TapeParameters
from services.market.sessions.sessions import Session

SESSIONS = 300
"""With closes, of which the last ``KEPT_SESSIONS`` have minutes too."""
EXCHANGE = "XHKG"
Row = tuple[str, str, str, str, int]


def sample_records(tape: TapeParameters) -> Iterator[Record]:
    """One record of minutes per session, and one of closes per session before."""
    for instrument, session, minutes, has_minutes in _sessions(tape):
        if has_minutes:
            yield record_minutes(minutes, session.day, HistorySource.LOADED)
        close = (int(session.settled_at.timestamp()), float(minutes.close[-1]), float(minutes.volume.sum()))
        yield record_closes(instrument, [close], HistorySource.LOADED)


def sample_rows(tape: TapeParameters) -> Iterator[Row]:
    """instrument, date, time, close, volume, as ``policy-signals history load`` and ``replay --history`` take them."""
    zone = ZoneInfo(tape.timezone)
    for instrument, session, minutes, has_minutes in _sessions(tape):
        if not has_minutes:
            yield instrument, str(session.day), "", f"{minutes.close[-1]:.4f}", int(minutes.volume.sum())
            continue
        columns = (minutes.second.tolist(), minutes.close.tolist(), minutes.volume.tolist())
        for second, close, volume in zip(*columns, strict=True):
            at = datetime.fromtimestamp(second, zone)
            yield instrument, str(session.day), f"{at:%H:%M:%S}", f"{close:.4f}", int(volume)


def _sessions(tape: TapeParameters) -> Iterator[tuple[str, Session, PriceSeries, bool]]:
    calendar = load_calendars()[EXCHANGE]
    for number, (instrument, session, minutes) in enumerate(reconstruct_history(tape, calendar, SESSIONS)):
        yield instrument, session, minutes, number % SESSIONS >= SESSIONS - KEPT_SESSIONS
