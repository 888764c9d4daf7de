"""Finds the names of the catalogue in text: whole words, longest first, in either script.

Latin names need word boundaries ("CACHE" holds no CAC); acronyms need their capitals; names that are ordinary words need
their exact case. Chinese is matched in simplified characters. A longer phrase that holds a name but does not mean it
("Apple Daily") takes the place of the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum

import ahocorasick
import opencc
from msgspec import Struct

from services.signals.entities import Catalogue, Issuer, Regulator

_to_simplified = opencc.OpenCC("t2s")
_HAN = re.compile("[\u3400-\u9fff]")
_TICKER = re.compile(
    r"\b(?P<dotted>\d{4,6}\.(?:HK|SS|SZ|SH|T|KS)|[A-Z][A-Z0-9&-]{0,9}\.(?:L|PA|DE|AS|NS|SI|MI|SW|ST|CO))\b"
    r"|\b(?:HKEX|HKG|SEHK|HKSE|HK)\s*[:：]\s*0*(?P<hong_kong>\d{1,4})\b"
    r"|\b(?:NYSE|NASDAQ|Nasdaq|NasdaqGS|NYSE American|OTC)\s*[:：]\s*(?P<american>[A-Z]{1,5})\b"
    r"|\$(?P<cashtag>[A-Z]{1,5})\b"
)


class NameKind(StrEnum):
    """What a name in the text names."""

    REGULATOR = "regulator"
    GENERIC = "generic"
    ISSUER = "issuer"
    SECTOR = "sector"
    STOP = "stop"


class Case(StrEnum):
    """How the case of a Latin name counts."""

    ANY = "any"
    INITIAL = "initial"
    EXACT = "exact"


class Name(Struct, frozen=True, kw_only=True):
    """One alias and whom it means: several owners for generic names only."""

    kind: NameKind
    owners: tuple[str, ...]
    alias: str
    case: Case


class Mention(Struct, frozen=True, kw_only=True):
    """One name found: ``start`` and ``end`` are positions in ``normalise(sentence)``."""

    kind: NameKind
    owners: tuple[str, ...]
    sentence: int
    start: int
    end: int
    surface: str

    @property
    def id(self) -> str:
        """The owner, where there is just one; the first otherwise."""
        return self.owners[0]


class NameMatcher:
    """All names of a catalogue in one automaton; build it once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._automaton = ahocorasick.Automaton()
        self._issuer_by_instrument = {listing.instrument: listing.issuer for listing in catalogue.listings()}
        names: dict[str, list[Name]] = {}
        for name in (*_regulator_names(catalogue), *_issuer_names(catalogue), *_sector_names(catalogue)):
            names.setdefault(normalise(name.alias).lower(), []).append(name)
        for key, owners in names.items():
            self._automaton.add_word(key, tuple(owners))
        self._automaton.make_automaton()

    def find(self, sentence: str, number: int = 0) -> list[Mention]:
        """Mentions of one sentence in order; overlaps are settled for the longest."""
        text = normalise(sentence)
        shouted = text.isupper()
        found = [*self._find_tickers(text, number)]
        for last, names in self._automaton.iter(_lower(text)):
            for name in names:
                start = last + 1 - len(normalise(name.alias))
                surface = text[start : last + 1]
                if _stands_alone(text, start, last + 1) and (shouted or _fits_case(surface, name)):
                    found.append(
                        Mention(
                            kind=name.kind, owners=name.owners, sentence=number, start=start, end=last + 1, surface=surface
                        )
                    )
        kept = [mention for mention in _longest(found) if mention.kind is not NameKind.STOP]
        return sorted(kept, key=lambda mention: mention.start)

    def _find_tickers(self, text: str, number: int) -> Iterator[Mention]:
        for match in _TICKER.finditer(text):
            hong_kong = match["hong_kong"]
            instrument = f"{int(hong_kong):04d}.HK" if hong_kong else match["dotted"] or match["american"] or match["cashtag"]
            issuer = self._issuer_by_instrument.get(instrument.replace(".SH", ".SS"))
            if issuer is not None:
                yield Mention(
                    kind=NameKind.ISSUER,
                    owners=(issuer,),
                    sentence=number,
                    start=match.start(),
                    end=match.end(),
                    surface=match.group(),
                )


def normalise(text: str) -> str:
    """NFKC (full-width to half-width), straight quotes, simplified characters; case is kept."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    return _to_simplified.convert(folded) if _HAN.search(folded) else folded


def _lower(text: str) -> str:
    """Lower case with every position kept: a few letters would become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (_is_latin(text[start]) and _is_latin(before)) and not (_is_latin(text[end - 1]) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return character.isalnum() and not _HAN.match(character)


def _fits_case(surface: str, name: Name) -> bool:
    if name.case is Case.EXACT:
        return surface == normalise(name.alias)
    if name.case is Case.INITIAL:
        return not surface[0].isalpha() or not name.alias[0].isupper() or surface[0].isupper() or bool(_HAN.match(surface))
    return True


def _longest(found: Iterable[Mention]) -> list[Mention]:
    taken: list[Mention] = []
    # At equal length a stop phrase wins over the name that it guards.
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.kind is not NameKind.STOP, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    return taken


def _regulator_names(catalogue: Catalogue) -> Iterator[Name]:
    generic: dict[str, list[str]] = {}
    for regulator in catalogue.regulators.values():
        for alias in _own_names(regulator):
            case = Case.EXACT if _is_acronym(alias) else Case.ANY
            yield Name(kind=NameKind.REGULATOR, owners=(regulator.id,), alias=alias, case=case)
        for alias in (*regulator.generic_en, *regulator.generic_zh):
            generic.setdefault(alias, []).append(regulator.id)
    for alias, owners in generic.items():
        case = Case.EXACT if _is_acronym(alias) else Case.ANY
        yield Name(kind=NameKind.GENERIC, owners=tuple(owners), alias=alias, case=case)


def _own_names(regulator: Regulator) -> Iterator[str]:
    yield regulator.name_en
    yield regulator.name_zh
    yield from (*regulator.aliases_en, *regulator.aliases_zh, *regulator.leaders_en, *regulator.leaders_zh)


def _issuer_names(catalogue: Catalogue) -> Iterator[Name]:
    for issuer in catalogue.issuers.values():
        for alias in _issuer_aliases(issuer):
            exact = _is_acronym(alias) or (issuer.case_sensitive and alias == issuer.name_en)
            yield Name(
                kind=NameKind.ISSUER, owners=(issuer.id,), alias=alias, case=Case.EXACT if exact else Case.INITIAL
            )
        for phrase in (*issuer.stop_en, *issuer.stop_zh):
            yield Name(kind=NameKind.STOP, owners=(issuer.id,), alias=phrase, case=Case.ANY)


def _issuer_aliases(issuer: Issuer) -> Iterator[str]:
    yield issuer.name_en
    if issuer.name_zh:
        yield issuer.name_zh
    yield from (*issuer.aliases_en, *issuer.aliases_zh, *issuer.units_en, *issuer.units_zh)


def _sector_names(catalogue: Catalogue) -> Iterator[Name]:
    for sector in catalogue.sectors.values():
        for alias in (sector.name_en, sector.name_zh, *sector.aliases_en, *sector.aliases_zh):
            yield Name(kind=NameKind.SECTOR, owners=(sector.id,), alias=alias, case=Case.ANY)


def _is_acronym(alias: str) -> bool:
    return alias.isascii() and alias.isupper() and len(alias) <= 8
