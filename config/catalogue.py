"""The catalogue folder -> Catalogue. Every mistake is named with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from config.alerting import read_toml
from services.errors import Misconfigured
from services.signals.entities import Catalogue, Issuer, Regulator, Sector, SectorTape, Trade
from services.signals.names.country_names import MEMBERS
from services.signals.names.normal_form import normalise

FOLDER = Path(__file__).with_name("catalogue")
LARGEST_REPRESENTATION = 6
JURISDICTIONS = {"CN", "HK", "US", "EU", "UK", "IN", "JP", "KR", "SG", "INT"}
CLASSES = {"cabinet", "ministry", "central_bank", "securities", "competition", "data", "sector", "court", "other"}
Entry = TypeVar("Entry", Regulator, Sector, Trade, Issuer)


@cache
def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read and check the whole folder; raises Misconfigured naming file, key and reason."""
    regulators = _read_entries([folder / "regulators.toml"], "regulator", Regulator)
    sectors = _read_entries([folder / "sectors.toml"], "sector", Sector)
    trades = _read_entries(folder.glob("trades.toml"), "trade", Trade)  # a catalogue may do without
    files = sorted(folder.glob("issuers_*.toml"))
    if not files:
        raise Misconfigured(f"{folder.name}: no issuers_*.toml")
    issuers = _read_entries(files, "issuer", Issuer)
    benchmarks = _read_benchmarks(folder / "benchmarks.toml")
    sector_tape = _read_sector_tape(folder / "sector_tape.toml")
    _check_regulators(regulators)
    _check_sectors(folder / "sectors.toml", sectors, issuers)
    _check_trades(trades, sectors, issuers)
    _check_issuers(issuers, sectors, benchmarks)
    _check_aliases(regulators, sectors, issuers)
    _check_sector_tape(sector_tape, sectors, issuers, benchmarks)
    return Catalogue(
        {entry.id: entry for _, entry in regulators},
        {entry.id: entry for _, entry in sectors},
        {entry.id: entry for _, entry in issuers},
        benchmarks,
        sector_tape,
        {entry.id: entry for _, entry in trades},
    )


def _read_entries(files: Iterable[Path], table: str, kind: type[Entry]) -> list[tuple[Path, Entry]]:
    entries: list[tuple[Path, Entry]] = []
    owners: dict[str, Path] = {}
    for path in files:
        tables = read_toml(path)
        unknown = tables.keys() - {table}
        if unknown:
            raise Misconfigured(f"{path.name}: unknown table {sorted(unknown)[0]!r}, expected [[{table}]]")
        for number, values in enumerate(tables.get(table, []), 1):
            entry = _convert(path, number, values, kind)
            if entry.id in owners:
                raise Misconfigured(
                    f"{path.name}: {table} {entry.id!r}: the id stands already in {owners[entry.id].name}"
                )
            owners[entry.id] = path
            entries.append((path, entry))
    return entries


def _convert(path: Path, number: int, values: dict[str, Any], kind: type[Entry]) -> Entry:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"{path.name}: {values.get('id', f'entry {number}')}: {error}") from None


def _read_benchmarks(path: Path) -> dict[str, str]:
    benchmarks = read_toml(path)
    for exchange, instrument in benchmarks.items():
        if not isinstance(instrument, str):
            raise Misconfigured(f'{path.name}: {exchange}: expected an instrument such as "HSI", got {instrument!r}')
    return benchmarks


def _read_sector_tape(path: Path) -> tuple[SectorTape, ...]:
    """Empty when there is no such file: a house may watch no funds."""
    if not path.exists():
        return ()
    tables = read_toml(path)
    unknown = tables.keys() - {"entry"}
    if unknown:
        raise Misconfigured(f"{path.name}: unknown table {sorted(unknown)[0]!r}, expected [[entry]]")
    entries = []
    for number, values in enumerate(tables.get("entry", []), 1):
        try:
            entries.append(msgspec.convert(values, SectorTape))
        except msgspec.ValidationError as error:
            where = values.get("instrument", f"entry {number}")
            raise Misconfigured(f"{path.name}: {where}: {error}") from None
    return tuple(entries)


def _check_sector_tape(
    entries: tuple[SectorTape, ...],
    sectors: list[tuple[Path, Sector]],
    issuers: list[tuple[Path, Issuer]],
    benchmarks: dict[str, str],
) -> None:
    taken = {listing.instrument for _, issuer in issuers for listing in issuer.listings}
    known = {sector.id for _, sector in sectors}
    for entry in entries:
        where = f"sector_tape.toml: {entry.instrument}"
        if entry.instrument in taken:
            raise Misconfigured(f"{where}: instrument: stands already, here or as a company's listing")
        if entry.exchange not in benchmarks:
            raise Misconfigured(f"{where}: exchange: {entry.exchange!r} has no line in benchmarks.toml")
        strange = [sector for sector in entry.sectors if sector not in known]
        if strange:
            raise Misconfigured(f"{where}: sectors: {strange[0]!r} is not in sectors.toml")
        taken.add(entry.instrument)


def _check_regulators(regulators: list[tuple[Path, Regulator]]) -> None:
    for path, regulator in regulators:
        where = f"{path.name}: {regulator.id}"
        if regulator.jurisdiction not in JURISDICTIONS:
            raise Misconfigured(f"{where}: jurisdiction: {regulator.jurisdiction!r} is none of {sorted(JURISDICTIONS)}")
        if regulator.member and not (regulator.jurisdiction == "EU" and regulator.member in MEMBERS):
            raise Misconfigured(f"{where}: member: {regulator.member!r} is no member state of the EU")
        if regulator.kind not in CLASSES:
            raise Misconfigured(f"{where}: class: {regulator.kind!r} is none of {sorted(CLASSES)}")


def _check_sectors(path: Path, sectors: list[tuple[Path, Sector]], issuers: list[tuple[Path, Issuer]]) -> None:
    listed = {issuer.id for _, issuer in issuers if issuer.listings}
    for _, sector in sectors:
        for key, members in _representations(sector):
            where = f"{path.name}: {sector.id}: {key}"
            unknown = [issuer for issuer in members if issuer not in listed]
            if unknown:
                raise Misconfigured(f"{where}: {unknown[0]!r} is no listed issuer")
            if len(members) > LARGEST_REPRESENTATION:
                raise Misconfigured(f"{where}: at most {LARGEST_REPRESENTATION}")
        strange = sector.representatives_by_country.keys() - JURISDICTIONS
        if strange:
            country = sorted(strange)[0]
            raise Misconfigured(f"{path.name}: {sector.id}: representatives_by_country: {country!r} has no authorities")
        missing = set(sector.related) - {other.id for _, other in sectors}
        if missing:
            raise Misconfigured(f"{path.name}: {sector.id}: related: {sorted(missing)[0]!r} is no sector")


def _check_trades(
    trades: list[tuple[Path, Trade]], sectors: list[tuple[Path, Sector]], issuers: list[tuple[Path, Issuer]]
) -> None:
    names = {one.id: {one.name_en, one.name_zh, *one.aliases_en, *one.aliases_zh} for _, one in sectors}
    listed = {issuer.id for _, issuer in issuers if issuer.listings}
    taken: dict[tuple[str, str], str] = {}
    for path, trade in trades:
        where = f"{path.name}: {trade.id}"
        if trade.sector not in names:
            raise Misconfigured(f"{where}: sector: {trade.sector!r} is not in sectors.toml")
        for word in (*trade.words_en, *trade.words_zh):
            if word not in names[trade.sector]:
                raise Misconfigured(f"{where}: {word!r} is no name of the sector {trade.sector}: add it there first")
            if (trade.sector, word) in taken:
                raise Misconfigured(f"{where}: {word!r} stands already in {taken[trade.sector, word]}")
            taken[trade.sector, word] = trade.id
        named = (*trade.issuers, *(issuer for some in trade.issuers_by_country.values() for issuer in some))
        unknown = [issuer for issuer in named if issuer not in listed]
        if unknown:
            raise Misconfigured(f"{where}: issuers: {unknown[0]!r} is no listed issuer")
        strange = trade.issuers_by_country.keys() - JURISDICTIONS
        if strange:
            raise Misconfigured(f"{where}: issuers_by_country: {sorted(strange)[0]!r} has no authorities")


def _representations(sector: Sector) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "representatives", sector.representatives
    for country, members in sector.representatives_by_country.items():
        yield f"representatives_by_country.{country}", members


def _check_issuers(
    issuers: list[tuple[Path, Issuer]], sectors: list[tuple[Path, Sector]], benchmarks: dict[str, str]
) -> None:
    known_sectors = {sector.id for _, sector in sectors}
    owners: dict[str, str] = {}
    for path, issuer in issuers:
        where = f"{path.name}: {issuer.id}"
        if issuer.sector not in known_sectors:
            raise Misconfigured(f"{where}: sector: {issuer.sector!r} is not in sectors.toml")
        if issuer.private == bool(issuer.listings):
            raise Misconfigured(f"{where}: listings: a private company has none, every other has at least one")
        for listing in issuer.listings:
            if listing.exchange not in benchmarks:
                raise Misconfigured(f"{where}: exchange: {listing.exchange!r} has no line in benchmarks.toml")
            if listing.instrument in owners:
                raise Misconfigured(
                    f"{where}: instrument: {listing.instrument!r} belongs to {owners[listing.instrument]!r} already"
                )
            owners[listing.instrument] = issuer.id


def _check_aliases(
    regulators: list[tuple[Path, Regulator]], sectors: list[tuple[Path, Sector]], issuers: list[tuple[Path, Issuer]]
) -> None:
    """An alias with two owners would make one of them a wrong ticker."""
    owners: dict[str, str] = {}
    entries: list[tuple[Path, Regulator | Sector | Issuer]] = [*regulators, *sectors, *issuers]
    for path, entry in entries:
        for alias in sorted(aliases_of(entry)):
            key = normalise(alias).casefold()
            if not key.strip():
                raise Misconfigured(f"{path.name}: {entry.id}: an alias is empty")
            if owners.setdefault(key, entry.id) != entry.id:
                raise Misconfigured(f"{path.name}: {entry.id}: alias {alias!r} belongs to {owners[key]!r} already")


def aliases_of(entry: Regulator | Sector | Issuer) -> set[str]:
    """Every text that names the entry on its own, in both languages."""
    names = {entry.name_en, *entry.aliases_en, *entry.aliases_zh, *([entry.name_zh] if entry.name_zh else [])}
    if isinstance(entry, Regulator):
        names |= {*entry.leaders_en, *entry.leaders_zh}
    if isinstance(entry, Issuer):
        names |= {*entry.units_en, *entry.units_zh}
    return names
