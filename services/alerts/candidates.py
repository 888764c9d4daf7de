"""Which instruments are measured for a signal, and against what: listings, benchmarks, and who moved unnamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.alerts.market_answer import Kinship
from services.market.sessions.sessions import ExchangeCalendar
from services.signals.entities import Catalogue, TapeRole
from services.signals.signal import Exposure, PolicySignal, Role

MOST_WATCHED = 20
_ORDER = tuple(Kinship)
FEW_NAMED = 2
THIN_EXCHANGES = frozenset({"XOTC"})
"""Quotes there are too thin to answer news."""


def place_exposures(
    signal: PolicySignal,
    catalogue: Catalogue,
    calendars: Mapping[str, ExchangeCalendar],
    has_prices: Callable[[str], bool],
) -> PolicySignal:
    """The signal with each company at the listing that trades first after publication, among those with prices.

    One company is measured once: news of a New York morning is answered there, hours before Hong Kong opens. Of
    listings that trade at the same time the primary one counts; without any price it stays the primary one.
    """
    placed = tuple(
        _place(exposure, signal.published_at, catalogue, calendars, has_prices) for exposure in signal.exposures
    )
    return signal if placed == signal.exposures else replace(signal, exposures=placed)


def _place(
    exposure: Exposure,
    published_at: datetime,
    catalogue: Catalogue,
    calendars: Mapping[str, ExchangeCalendar],
    has_prices: Callable[[str], bool],
) -> Exposure:
    listings = (exposure.instrument, *exposure.other_listings)
    ranked = []
    for rank, instrument in enumerate(listings):
        listing = catalogue.listing(instrument)
        if listing is None or (rank and listing.exchange in THIN_EXCHANGES) or not has_prices(instrument):
            continue
        ranked.append((calendars[listing.exchange].trades_from(published_at), rank, instrument))
    first = min(ranked, default=(published_at, 0, exposure.instrument))[2]
    if first == exposure.instrument:
        return exposure
    others = tuple(instrument for instrument in listings if instrument != first)
    return replace(exposure, instrument=first, other_listings=others)


def list_benchmarks(signal: PolicySignal, exposure: Exposure, catalogue: Catalogue) -> tuple[str, ...]:
    """Benchmarks in the order of preference: the sector's index where one or two companies are meant, the exchange's.

    A rule for a whole sector moves the sector's index too; against it there would be nothing to see.
    """
    listing = catalogue.listing(exposure.instrument)
    if listing is None:
        return ()
    named = sum(one.role is Role.DIRECT for one in signal.exposures)
    sector = catalogue.issuers[exposure.issuer].sector if exposure.issuer in catalogue.issuers else ""
    indices: tuple[str, ...] = ()
    if exposure.role is Role.DIRECT and named <= FEW_NAMED:
        indices = tuple(
            entry.instrument
            for entry in catalogue.sector_tape
            if entry.role is TapeRole.INDEX and entry.exchange == listing.exchange and sector in entry.sectors
        )
    return (*indices, listing.benchmark)


def list_unnamed(signal: PolicySignal, catalogue: Catalogue) -> dict[str, tuple[Kinship, str]]:
    """Instruments that nobody named and that may answer all the same, with kinship and name; at most ``MOST_WATCHED``.

    Other listings of the exposed companies, funds of the sectors, then the sectors' companies at home in the same
    markets.
    """
    exposed = {exposure.instrument for exposure in signal.exposures}
    issuers = {exposure.issuer for exposure in signal.exposures}
    sectors = _sectors_of(signal, catalogue)
    exchanges = {listing.exchange for one in exposed if (listing := catalogue.listing(one)) is not None}
    twins = {other: (Kinship.TWIN, exposure.name) for exposure in signal.exposures for other in exposure.other_listings}
    funds = {
        entry.instrument: (Kinship.FUND, entry.name) for entry in catalogue.sector_tape if sectors & {*entry.sectors}
    }
    peers = {
        issuer.listings[0].instrument: (Kinship.PEER, issuer.name_en)
        for issuer in catalogue.issuers.values()
        if issuer.listings and issuer.sector in sectors and issuer.id not in issuers
        if issuer.listings[0].exchange in exchanges
    }
    found = [
        (instrument, kin)
        for instrument, kin in (peers | funds | twins).items()
        if instrument not in exposed and catalogue.exchange_of(instrument) not in THIN_EXCHANGES
    ]
    return dict(sorted(found, key=lambda one: _ORDER.index(one[1][0]))[:MOST_WATCHED])


def _sectors_of(signal: PolicySignal, catalogue: Catalogue) -> set[str]:
    """Sectors of the act and of the companies named, and what counts as theirs: food delivery is a platform too."""
    named: Sequence[Exposure] = [exposure for exposure in signal.exposures if exposure.role is not Role.MENTIONED]
    meant = {*signal.sectors} | {
        catalogue.issuers[exposure.issuer].sector for exposure in named if exposure.issuer in catalogue.issuers
    }
    related = (catalogue.sectors[sector].related for sector in meant if sector in catalogue.sectors)
    return meant.union(*related)
