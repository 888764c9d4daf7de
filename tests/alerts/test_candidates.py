"""Which listing is measured, against what, and who is watched although nobody named it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from services.alerts.candidates import MOST_WATCHED, list_benchmarks, list_unnamed, place_exposures
from services.alerts.market_answer import Kinship
from services.signals.signal import Exposure, PolicySignal, Role
from tests.alerts.alert_samples import make_signal

CATALOGUE, CALENDARS = load_catalogue(), load_calendars()
HONG_KONG_NOON = datetime(2023, 7, 13, 3, 0, tzinfo=UTC)
NEW_YORK_NOON = datetime(2023, 7, 13, 16, 0, tzinfo=UTC)
EVENING = datetime(2023, 7, 12, 11, 30, tzinfo=UTC)


def expose(issuer: str, role: Role = Role.DIRECT) -> Exposure:
    entry = CATALOGUE.issuers[issuer]
    first, *others = (listing.instrument for listing in entry.listings)
    return Exposure(
        instrument=first, issuer=issuer, name=entry.name_en, role=role, relevance=90, other_listings=tuple(others)
    )


def place(published_at: datetime, issuer: str = "alibaba", without: frozenset[str] = frozenset()) -> Exposure:
    signal = make_signal(exposures=(expose(issuer),), published_at=published_at)
    return place_exposures(signal, CATALOGUE, CALENDARS, lambda name: name not in without).exposures[0]


@pytest.mark.parametrize(
    ("published_at", "instrument"), [(HONG_KONG_NOON, "9988.HK"), (NEW_YORK_NOON, "BABA"), (EVENING, "BABA")]
)
def test_a_company_is_measured_once_where_it_trades_first(published_at: datetime, instrument: str) -> None:
    """News of a New York morning is answered there; Hong Kong only repeats it half a day later."""
    placed = place(published_at)
    assert placed.instrument == instrument
    assert {placed.instrument, *placed.other_listings} == {"9988.HK", "BABA"}


def test_a_listing_without_prices_is_not_chosen() -> None:
    """A house without a New York feed still gets its answer from Hong Kong."""
    assert place(NEW_YORK_NOON, without=frozenset({"BABA"})).instrument == "9988.HK"
    assert place(NEW_YORK_NOON, without=frozenset({"BABA", "9988.HK"})).instrument == "9988.HK"


def test_thin_quotes_over_the_counter_answer_nothing() -> None:
    """TCEHY trades while Hong Kong sleeps, but too little to be an answer."""
    assert place(NEW_YORK_NOON, "tencent").instrument == "0700.HK"


def touch(*exposures: Exposure, sectors: tuple[str, ...] = ("internet_platforms",)) -> PolicySignal:
    return make_signal(exposures=exposures, sectors=sectors)


def test_one_company_is_held_against_its_sector_and_a_whole_sector_is_not() -> None:
    """Against the technology index a rule for all of technology would look like nothing."""
    tencent, meituan, alibaba = expose("tencent"), expose("meituan"), expose("alibaba")
    assert list_benchmarks(touch(tencent), tencent, CATALOGUE) == ("HSTECH", "HSI")
    assert list_benchmarks(touch(tencent, meituan, alibaba), tencent, CATALOGUE) == ("HSI",)
    by_sector = replace(tencent, role=Role.SECTOR)
    assert list_benchmarks(touch(by_sector), by_sector, CATALOGUE) == ("HSI",)


def test_twins_funds_and_peers_are_watched_and_nobody_who_was_named() -> None:
    """Other listings first, then funds, then peers of the same market; a bounded number."""
    watched = list_unnamed(touch(expose("alibaba")), CATALOGUE)
    assert watched["BABA"][0] is Kinship.TWIN
    assert watched["3033.HK"][0] is Kinship.FUND
    assert watched["0700.HK"] == (Kinship.PEER, "Tencent")
    assert "9988.HK" not in watched
    assert "TCEHY" not in watched
    assert len(watched) <= MOST_WATCHED
    assert list(dict.fromkeys(kinship for kinship, _ in watched.values())) == list(Kinship)


def test_peers_of_another_country_are_not_watched() -> None:
    """A rule for Shenzhen's banks is no news for Frankfurt's."""
    watched = list_unnamed(touch(expose("meituan"), sectors=()), CATALOGUE)
    exchanges = {CATALOGUE.exchange_of(name) for name, (kinship, _) in watched.items() if kinship is Kinship.PEER}
    assert exchanges == {"XHKG"}
