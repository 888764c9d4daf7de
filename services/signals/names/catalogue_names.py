"""Every name of a catalogue as the matcher needs it: whom it means, and how its case counts."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from services.signals.entities import Catalogue, Issuer, Regulator

LONGEST_ACRONYM = 8


class NameKind(StrEnum):
    """What a name in the text names."""

    REGULATOR = "regulator"
    """Stands for its first owner unless another country stands at it."""
    GENERIC = "generic"
    """Means one of its owners, by the country that the text is about."""
    BROAD = "broad"
    """Means one of its owners only with the country right at it."""
    TOPIC = "topic"
    """No name, but an act that only its owner does, by the country that the text is about."""
    ISSUER = "issuer"
    BRIEF = "brief"
    """A short name of a company that is also a word: settled by ``brief_names``."""
    SECTOR = "sector"
    STOP = "stop"


class Case(StrEnum):
    """How the case of a Latin name counts."""

    ANY = "any"
    INITIAL = "initial"
    EXACT = "exact"


class Name(Struct, frozen=True, kw_only=True):
    """One alias and whom it means: several owners only for names of authorities."""

    kind: NameKind
    owners: tuple[str, ...]
    alias: str
    case: Case


def list_names(catalogue: Catalogue) -> Iterator[Name]:
    """All names and stop phrases; a name shared by authorities comes once, with all of them."""
    yield from _regulator_names(catalogue)
    yield from _issuer_names(catalogue)
    for sector in catalogue.sectors.values():
        for alias in (sector.name_en, sector.name_zh, *sector.aliases_en, *sector.aliases_zh):
            yield Name(kind=NameKind.SECTOR, owners=(sector.id,), alias=alias, case=Case.ANY)


def _regulator_names(catalogue: Catalogue) -> Iterator[Name]:
    kinds: dict[str, NameKind] = {}
    owners: dict[str, list[str]] = {}
    # The strictest reading that somebody owns outright comes first: the US FTC before other countries' "FTC".
    for kind in (NameKind.REGULATOR, NameKind.GENERIC, NameKind.BROAD, NameKind.TOPIC):
        for regulator in catalogue.regulators.values():
            for alias in _names_of(regulator, kind):
                kinds.setdefault(alias, kind)
                owners.setdefault(alias, []).append(regulator.id)
    for alias, kind in kinds.items():
        yield Name(kind=kind, owners=tuple(dict.fromkeys(owners[alias])), alias=alias, case=_case_of(alias, Case.ANY))
    for regulator in catalogue.regulators.values():
        yield from _stops(regulator)


def _names_of(regulator: Regulator, kind: NameKind) -> tuple[str, ...]:
    if kind is NameKind.GENERIC:
        return (*regulator.generic_en, *regulator.generic_zh)
    if kind is NameKind.BROAD:
        return (*regulator.broad_en, *regulator.broad_zh)
    if kind is NameKind.TOPIC:
        return (*regulator.topics_en, *regulator.topics_zh)
    leaders = (*regulator.leaders_en, *regulator.leaders_zh)
    return (regulator.name_en, regulator.name_zh, *regulator.aliases_en, *regulator.aliases_zh, *leaders)


def _issuer_names(catalogue: Catalogue) -> Iterator[Name]:
    for issuer in catalogue.issuers.values():
        for alias in _aliases_of(issuer):
            exact = issuer.case_sensitive and alias == issuer.name_en
            case = Case.EXACT if exact else _case_of(alias, Case.INITIAL)
            yield Name(kind=NameKind.ISSUER, owners=(issuer.id,), alias=alias, case=case)
        for alias in (*issuer.brief_en, *issuer.brief_zh):
            yield Name(kind=NameKind.BRIEF, owners=(issuer.id,), alias=alias, case=Case.EXACT)
        yield from _stops(issuer)


def _aliases_of(issuer: Issuer) -> Iterator[str]:
    yield issuer.name_en
    if issuer.name_zh:
        yield issuer.name_zh
    yield from (*issuer.aliases_en, *issuer.aliases_zh, *issuer.units_en, *issuer.units_zh)


def _stops(entry: Regulator | Issuer) -> Iterator[Name]:
    for phrase in (*entry.stop_en, *entry.stop_zh):
        yield Name(kind=NameKind.STOP, owners=(entry.id,), alias=phrase, case=Case.ANY)


def _case_of(alias: str, otherwise: Case) -> Case:
    return Case.EXACT if is_acronym(alias) else otherwise


def is_acronym(alias: str) -> bool:
    """True for short names in capitals, which need them: ``SAFE`` is not "safe"."""
    return alias.isascii() and alias.isupper() and len(alias) <= LONGEST_ACRONYM
