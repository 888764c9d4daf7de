"""Which country a name in a text belongs to: what stands right at it, the date line, and what the text is mostly about.

find_countries(text) -> tuple[Country, ...]              every country named in one normalised sentence
find_owner(text, countries, start, end) -> code          "Turkey's central bank", "the central bank of Turkey"
find_dateline(text) -> code                              "BEIJING, July 13 - ...", "新华社北京7月13日电"
judge_subject(weighed) -> code                           the country that most of a text is about
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from services.signals.names.country_names import CAPITALS, MEMBERS, NAMES, read_names

UNKNOWN = "??"
"""Somebody's, and nobody of the tables: "Ruritania's central bank"."""
DOMINANT_SHARE = 0.6

_EXCHANGES = {
    "XHKG": "HK", "XSHG": "CN", "XSHE": "CN", "XNYS": "US", "XNAS": "US", "XOTC": "US", "XLON": "UK", "XTKS": "JP",
    "XKRX": "KR", "XNSE": "IN", "XBOM": "IN", "XSES": "SG", "XSWX": "CH", "XTSE": "CA", "XASX": "AU", "XTAI": "TW",
}  # fmt: skip
_CODES = read_names(NAMES)
_CODES |= {name.upper(): code for name, code in _CODES.items()}
_CITIES = read_names(CAPITALS)


def _alternatives(names: Iterable[str]) -> str:
    """Longest first, grouped by the first letter: ten times as fast as a flat list."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        groups.setdefault(name[0], []).append(re.escape(name[1:]))
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in groups.items())


_HAN = re.compile("[\u3400-\u9fff]")
_NAME = re.compile(
    rf"\b(?:{_alternatives(name for name in _CODES if not _HAN.match(name))})\b(?![-.]\w)"
    rf"|(?:{_alternatives(name for name in _CODES if _HAN.match(name))})"
)
_OBJECT_BEFORE = re.compile(
    r"(?:(?<!bank)(?<!court)(?<!government)(?<!ministry)(?<!republic)(?<!authority)(?<!administration) of|"
    r"\b(?:on|from|against|into|over|to|with|at|versus|targeting|hits?))\s+(?:the\s+)?(?:\w+\s+)?$|(?:对|向|从|自|于|针对|赴)$",
    re.IGNORECASE,
)
_TITLES = (
    "top|main|chief|powerful|new|own|national|federal|state|central|independent|leading|senior|de facto|former|current|"
    "acting|market|markets|securities|financial|finance|antitrust|competition|banking|data|privacy|drug|military"
)
_LINK_OWNED = re.compile(
    r"(?:'s|s'|')(?:[ -]+(?!(?:the|a|an|and|or|to|of|as|by|in|on|for|from|with|that)\b)[a-z-]+){0,2}\s$"
)
_LINK_PLAIN = re.compile(rf"(?:[ -](?:{_TITLES})){{0,2}} $", re.IGNORECASE)
_LINK_HAN = re.compile(r"的?(?:国家|联邦|中央|新任|现任|政府)?$")
_AFTER = re.compile(r"\s+(?:of|in)\s+(?:the\s+)?$")
_ADJECTIVE = re.compile(r"(?:ese|ish|ch|ian|ean|ican|man|eli|audi|iss|eek|Thai)$")
_OWNER = re.compile(
    r"\b(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day's|(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December|Today|It|He|She|That|What|There|Here|Who|Last|This|World|Nation|Country)'s)"
    r"[A-Z]\w+'s(?: [a-z-]+){0,2} $"
)
_DATELINE = re.compile(
    r"^(?:\([^)]{0,30}\)\s*)?(?P<city>[A-Z][A-Z .'/]{2,24}[A-Z])\b(?:, [\w. ]{2,18})?(?:,? \w{3,9}\.? \d{1,2})?"
    r"\s*(?:\([^)]{0,50}\))?\s*(?:--|-|–|—|:)"
)
_DATELINE_HAN = re.compile(
    rf"^.{{0,18}}?(?P<city>{_alternatives(city for city in _CITIES if _HAN.match(city))})"
    r"(?:\d{1,2}月\d{1,2}日)?(?:综合)?[电讯]"
)


class Country(Struct, frozen=True):
    """One country named in a sentence; ``is_object``: something is done to it ("probe of US chips")."""

    code: str
    start: int
    end: int
    is_object: bool


def country_of_exchange(exchange: str) -> str:
    """Country whose authorities move an exchange's companies; what is not listed here trades in the EU."""
    return _EXCHANGES.get(exchange, "EU")


def belongs_to(code: str, home: str) -> bool:
    """True when a named authority at ``home`` may stand with the country: Europe's BaFin, China's HKMA."""
    if "EU" in (code, home) and {code, home} & MEMBERS:
        return True
    return home in (code, "INT") or (code, home) == ("CN", "HK")


def find_countries(text: str) -> tuple[Country, ...]:
    """Every country of the tables in one normalised sentence, in order."""
    return tuple(
        Country(
            _CODES[match.group()],
            match.start(),
            match.end(),
            bool(_OBJECT_BEFORE.search(text[max(0, match.start() - 30) : match.start()])),
        )
        for match in _NAME.finditer(text)
    )


def find_owner(text: str, countries: Sequence[Country], start: int, end: int) -> str | None:
    """The country right at a name from ``start`` to ``end``: "Turkey's ...", "Turkish ...", or "... of Turkey"."""
    before = [country for country in countries if country.end <= start]
    if before and _links(text[before[-1].end : start]):
        return before[-1].code
    after = next((country for country in countries if country.start >= end), None)
    if after is not None and _AFTER.fullmatch(text[end : after.start]) and not _ADJECTIVE.search(text[: after.end]):
        return after.code
    return None


def has_unknown_owner(text: str, start: int) -> bool:
    """True for "Ruritania's central bank": a possessive that no table explains."""
    return bool(_OWNER.search(text[max(0, start - 60) : start]))


def _links(gap: str) -> bool:
    return bool(_LINK_OWNED.fullmatch(gap) or _LINK_PLAIN.fullmatch(gap) or _LINK_HAN.fullmatch(gap))


def find_dateline(text: str) -> str | None:
    """The country of the city that a report starts with; None where reporters write of all the world."""
    match = _DATELINE.search(text) or _DATELINE_HAN.search(text)
    if match is None:
        return None
    return next((_CITIES[city] for city in re.split(r"\s*/\s*", match["city"]) if city in _CITIES), None)


def judge_subject(weighed: Counter[str]) -> str | None:
    """The country that has most of the weight; None when none has.

    >>> judge_subject(Counter({"CN": 4, "US": 1}))
    'CN'
    """
    if not weighed:
        return None
    code, weight = weighed.most_common(1)[0]
    return code if weight / weighed.total() >= DOMINANT_SHARE else None
