"""Finds the names of the catalogue in text: whole words, longest first, in either script.

Latin names need word boundaries ("CACHE" holds no CAC); acronyms need their capitals; names that are ordinary words
need their exact case. Chinese is matched in simplified characters. A longer phrase that holds a name but does not mean
it ("Apple Daily") takes the place of the name, and so does a place or foundation called after it ("Toyota Center").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import ahocorasick
from msgspec import Struct

from services.signals.entities import Catalogue
from services.signals.names.catalogue_names import Case, Name, NameKind, list_names
from services.signals.names.normal_form import HAN, lower, normalise

__all__ = ["Mention", "NameKind", "NameMatcher", "normalise"]

_TICKER = re.compile(
    r"\b(?P<dotted>\d{4,6}\.(?:HK|SS|SZ|SH|T|KS)|[A-Z][A-Z0-9&-]{0,9}\.(?:L|PA|DE|AS|NS|SI|MI|SW|ST|CO))\b"
    r"|\b(?:HKEX|HKG|SEHK|HKSE|HK)\s*[:：]\s*(?P<hong_kong>\d{1,5})\b(?!\.\d)"
    r"|\b(?:NYSE|NASDAQ|Nasdaq|NasdaqGS|NYSE American|OTC)\s*[:：]\s*(?P<american>[A-Z]{1,5})\b"
    r"|(?<![\w$])\$(?P<cashtag>[A-Z]{1,5})\b"
    r"|\(\s*(?P<code>0\d{4}|[036]\d{5})\s*\)"
)
_BARE_CODE = re.compile(r"(?<![\d.,\-/:])(?P<hong_kong>0\d{4})(?![\d\-/:%]|\.\d)(?![年月日号点人元])")
_NAMED_AFTER = re.compile(
    r"(?: [A-Z]\w+)? (?:Research Institute|Institute|Foundation|University|Arena|Stadium|Cent(?:er|re)(?! [a-z])|Cup|"
    r"Theat(?:er|re)|Museum|Scholarship|Fellowship|Championships?|Grand Prix|Golf Club)\b"
    r"|(?:研究院|研究所|公益基金会|基金会|大学|体育馆|球馆|体育场|球场|博物馆|冠名)"
    r"|(?:官方)?(?:微信)?(?:公众号|公号|视频号)"
)


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
        names: dict[str, list[tuple[Name, str]]] = {}
        for name in list_names(catalogue):
            form = normalise(name.alias)
            names.setdefault(lower(form), []).append((name, form))
        for key, entries in names.items():
            # What one entry must not be taken for may be another's own name: that one says it better.
            own = tuple(entry for entry in entries if entry[0].kind is not NameKind.STOP)
            self._automaton.add_word(key, own or tuple(entries[:1]))
        self._automaton.make_automaton()

    def find(self, sentence: str, number: int = 0) -> list[Mention]:
        """Mentions of one sentence in order; overlaps are settled for the longest."""
        return self.find_in_normal(normalise(sentence), number)

    def find_in_normal(self, text: str, number: int = 0) -> list[Mention]:
        """``find`` on a text that is normalised already."""
        found = [*self._find_tickers(text, number), *self._find_names(text, number)]
        names = _longest(mention for mention in found if mention.kind is not NameKind.TOPIC)
        # An act that tells its authority may hold a sector's name or stand in one: "game approvals".
        topics = _longest(mention for mention in found if mention.kind is NameKind.TOPIC)
        kept = [mention for mention in (*names, *topics) if mention.kind is not NameKind.STOP]
        return sorted(kept, key=lambda mention: mention.start)

    def _find_names(self, text: str, number: int) -> Iterator[Mention]:
        shouted = text.isupper()
        for last, entries in self._automaton.iter(lower(text)):
            end = last + 1
            start = end - len(entries[0][1])
            if not _stands_alone(text, start, end):
                continue
            surface = text[start:end]
            for name, form in entries:
                if shouted or _fits_case(surface, name, form):
                    named_after = name.kind is NameKind.ISSUER and _NAMED_AFTER.match(text, end)
                    kind = NameKind.STOP if named_after else name.kind
                    yield _mention(kind, name.owners, number, (start, end), surface)

    def _find_tickers(self, text: str, number: int) -> Iterator[Mention]:
        patterns = (_TICKER, _BARE_CODE) if not text.isascii() and HAN.search(text) else (_TICKER,)
        for pattern in patterns:
            for match in pattern.finditer(text):
                issuer = self._issuer_by_instrument.get(_read_ticker(match))
                if issuer is not None:
                    yield _mention(NameKind.ISSUER, (issuer,), number, match.span(), match.group())


def _mention(kind: NameKind, owners: tuple[str, ...], number: int, span: tuple[int, int], surface: str) -> Mention:
    return Mention(kind=kind, owners=owners, sentence=number, start=span[0], end=span[1], surface=surface)


def _read_ticker(match: re.Match[str]) -> str:
    """The instrument as the catalogue writes it: four digits in Hong Kong, ``.SS`` for Shanghai."""
    groups = match.groupdict()
    if groups.get("hong_kong"):
        return f"{int(groups['hong_kong']):04d}.HK"
    code = groups.get("code")
    if code:
        exchange = "HK" if len(code) == 5 else "SS" if code[0] == "6" else "SZ"
        return f"{int(code):04d}.HK" if exchange == "HK" else f"{code}.{exchange}"
    dotted = groups.get("dotted")
    if dotted and dotted.endswith(".HK"):
        return f"{int(dotted[:-3]):04d}.HK"
    return (dotted or groups.get("american") or groups.get("cashtag") or "").replace(".SH", ".SS")


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (_is_latin(text[start]) and _is_latin(before)) and not (_is_latin(text[end - 1]) and _is_latin(after))


def _is_latin(character: str) -> bool:
    return character.isalnum() and not HAN.match(character)


def _fits_case(surface: str, name: Name, form: str) -> bool:
    if name.case is Case.EXACT:
        return surface == form
    if name.case is Case.INITIAL:
        return not surface[0].isalpha() or not form[0].isupper() or surface[0].isupper() or bool(HAN.match(surface))
    return True


def _longest(found: Iterable[Mention]) -> list[Mention]:
    taken: list[Mention] = []
    # At equal length a stop phrase wins over the name that it guards.
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.kind is not NameKind.STOP, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    return taken
