"""Calendars as the service loads them, once for the whole room."""

from __future__ import annotations

import pytest

from config.exchanges import load_calendars
from services.market.sessions.sessions import ExchangeCalendar


@pytest.fixture(scope="session")
def exchanges() -> dict[str, ExchangeCalendar]:
    return load_calendars()


@pytest.fixture(scope="session")
def hong_kong(exchanges: dict[str, ExchangeCalendar]) -> ExchangeCalendar:
    return exchanges["XHKG"]


@pytest.fixture(scope="session")
def new_york(exchanges: dict[str, ExchangeCalendar]) -> ExchangeCalendar:
    return exchanges["XNYS"]
