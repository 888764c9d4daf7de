"""Who can act and who can be touched: regulators, sectors and issuers of the catalogue. The data is TOML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from msgspec import Struct


class Regulator(Struct, frozen=True, kw_only=True, rename={"kind": "class"}, forbid_unknown_fields=True):
    """One authority. Aliases stand on their own; every other name needs its country.

    ``generic`` names count when the text is about its country ("central bank"), ``broad`` ones only with the country
    right at them ("India's government"); a broad name may be the alias of another authority ("Korea's FTC"). ``topics``
    are no names, but acts that only it does: where its country speaks and no authority is named, it is meant. ``stop``
    phrases hold a name and do not mean the authority ("CAC 40").
    """

    id: str
    """The usual acronym in capitals, e.g. ``SAMR``."""
    name_en: str
    name_zh: str
    jurisdiction: str
    kind: str
    member: str = ""
    """Country inside the jurisdiction whose own authority it is: ``IT`` for an Italian one of the EU; else empty."""
    aliases_en: tuple[str, ...] = ()
    aliases_zh: tuple[str, ...] = ()
    leaders_en: tuple[str, ...] = ()
    leaders_zh: tuple[str, ...] = ()
    generic_en: tuple[str, ...] = ()
    generic_zh: tuple[str, ...] = ()
    broad_en: tuple[str, ...] = ()
    broad_zh: tuple[str, ...] = ()
    topics_en: tuple[str, ...] = ()
    topics_zh: tuple[str, ...] = ()
    stop_en: tuple[str, ...] = ()
    stop_zh: tuple[str, ...] = ()

    @property
    def home(self) -> str:
        """Country or union that its generic names are looked up by."""
        return self.member or self.jurisdiction


class Sector(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sector; ``representatives`` lead the issuers exposed when a sector is meant and no company named.

    Of them and the sector's members those count whose home is the acting authority's country. Where an authority's acts
    fall on foreign companies, ``representatives_by_country`` names them all: big tech under the European Commission.
    """

    id: str
    name_en: str
    name_zh: str
    aliases_en: tuple[str, ...] = ()
    aliases_zh: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()
    representatives_by_country: dict[str, tuple[str, ...]] = {}
    related: tuple[str, ...] = ()
    """Sectors whose companies count as this one's: games and food delivery are platform companies."""


class Trade(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A narrower trade of one sector: airlines of transport.

    Where the sector is named by ``words`` of a trade only, an act on it touches ``issuers`` and nobody else of the
    sector. The words are names of the sector; the best known of each country come first.
    """

    id: str
    sector: str
    words_en: tuple[str, ...] = ()
    words_zh: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    issuers_by_country: dict[str, tuple[str, ...]] = {}
    """Those touched by an authority of that country, wherever they are at home."""


class Listing(Struct, frozen=True, kw_only=True):
    """One instrument of an issuer, with the benchmark of its exchange."""

    instrument: str
    exchange: str
    benchmark: str
    issuer: str


class TapeRole(StrEnum):
    """What an instrument that stands for a sector is used for."""

    INDEX = "index"
    """Benchmark of one or two named companies of the sector, on its exchange."""
    FUND = "fund"
    """Watched for moves that nobody named."""


class SectorTape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An index or fund that trades for whole sectors."""

    instrument: str
    exchange: str
    name: str
    role: TapeRole
    sectors: tuple[str, ...]


class ListingEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A listing as people write it."""

    instrument: str
    exchange: str


class Issuer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One company; the first listing is the primary one, a private company has none."""

    id: str
    name_en: str
    name_zh: str = ""
    sector: str
    listings: tuple[ListingEntry, ...] = ()
    aliases_en: tuple[str, ...] = ()
    aliases_zh: tuple[str, ...] = ()
    units_en: tuple[str, ...] = ()
    units_zh: tuple[str, ...] = ()
    stop_en: tuple[str, ...] = ()
    stop_zh: tuple[str, ...] = ()
    brief_en: tuple[str, ...] = ()
    """Short names that are also words or places: the company's only where something at them says so ("sues Visa")."""
    brief_zh: tuple[str, ...] = ()
    country: str = ""
    """Home country where it is not that of the primary exchange, e.g. ``CN`` for companies listed only in New York."""
    private: bool = False
    case_sensitive: bool = False


@dataclass(eq=False)
class Catalogue:
    """Everything by id. Built by ``config.catalogue``, which checks it; immutable by convention."""

    regulators: Mapping[str, Regulator]
    sectors: Mapping[str, Sector]
    issuers: Mapping[str, Issuer]
    benchmarks: Mapping[str, str]
    sector_tape: Sequence[SectorTape] = ()
    trades: Mapping[str, Trade] = field(default_factory=dict)

    def listings(self) -> Iterator[Listing]:
        """Every listing of every issuer."""
        for issuer in self.issuers.values():
            for entry in issuer.listings:
                yield Listing(
                    instrument=entry.instrument,
                    exchange=entry.exchange,
                    benchmark=self.benchmarks[entry.exchange],
                    issuer=issuer.id,
                )

    def listing(self, instrument: str) -> Listing | None:
        """The listing of an instrument; None when the catalogue does not have it."""
        return self._by_instrument.get(instrument)

    def has_instrument(self, instrument: str) -> bool:
        """True for listings, benchmarks, sector indices and funds: the instruments whose ticks are kept."""
        known = instrument in self._by_instrument or instrument in self._benchmark_names
        return known or instrument in self._sector_tape

    def exchange_of(self, instrument: str) -> str | None:
        """Exchange of a listing or fund, or of the first exchange that a benchmark serves; None when unknown."""
        listing = self.listing(instrument) or self._sector_tape.get(instrument)
        if listing is not None:
            return listing.exchange
        return next((exchange for exchange, benchmark in self.benchmarks.items() if benchmark == instrument), None)

    def names(self) -> dict[str, str]:
        """English names of regulators and sectors by id, for the card."""
        entries: list[Regulator | Sector] = [*self.regulators.values(), *self.sectors.values()]
        return {entry.id: entry.name_en for entry in entries}

    def names_of(self, instrument: str) -> tuple[str, ...]:
        """Every name of the company behind a listing, in both languages; none when it is unknown."""
        listing = self.listing(instrument)
        issuer = None if listing is None else self.issuers.get(listing.issuer)
        if issuer is None:
            return ()
        return tuple(filter(None, (issuer.name_en, issuer.name_zh, *issuer.aliases_en, *issuer.aliases_zh)))

    def find_company(self, name: str) -> str | None:
        """The first listing of the company of that very name or alias, without case; None when none has it."""
        wanted = name.casefold()
        for issuer in self.issuers.values():
            names = (issuer.name_en, issuer.name_zh, *issuer.aliases_en, *issuer.aliases_zh)
            if issuer.listings and wanted in map(str.casefold, names):
                return issuer.listings[0].instrument
        return None

    def describe(self) -> str:
        """One line for ``policy-signals check``."""
        listings = sum(len(issuer.listings) for issuer in self.issuers.values())
        return (
            f"{len(self.regulators)} regulators, {len(self.sectors)} sectors, "
            f"{len(self.issuers)} issuers with {listings} listings"
        )

    @cached_property
    def _by_instrument(self) -> dict[str, Listing]:
        return {listing.instrument: listing for listing in self.listings()}

    @cached_property
    def _sector_tape(self) -> dict[str, SectorTape]:
        return {entry.instrument: entry for entry in self.sector_tape}

    @cached_property
    def _benchmark_names(self) -> frozenset[str]:
        return frozenset(self.benchmarks.values())
