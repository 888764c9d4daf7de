"""The trading calendar of each instrument: catalogue and exchanges together."""

from __future__ import annotations

from collections.abc import Callable

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.market.sessions.sessions import ExchangeCalendar

FALLBACK = "XHKG"


def load_calendar_finder() -> Callable[[str], ExchangeCalendar]:
    """From an instrument to its calendar; Hong Kong's for one that the catalogue does not have."""
    catalogue, calendars = load_catalogue(), load_calendars()
    return lambda instrument: calendars[catalogue.exchange_of(instrument) or FALLBACK]
