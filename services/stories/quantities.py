"""Numbers as news writes them, in one form for both languages.

RMB 7.12bn = 71.2亿元 = 7,120 million yuan; 50 basis points = 0.5个百分点; "45 games" = 45款游戏.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_SCALES = {
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6, "m": 1e6,
    "thousand": 1e3, "k": 1e3, "crore": 1e7, "lakh": 1e5, "mln": 1e6, "bln": 1e9, "trln": 1e12,
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "": 1.0,
}  # fmt: skip
_CURRENCIES = {
    "cny": ("rmb", "cny", "yuan", "renminbi", "元", "元人民币", "人民币", "块"),
    "usd": ("us$", "$", "usd", "dollars", "dollar", "u.s. dollars", "美元", "美金"),
    "eur": ("€", "eur", "euros", "euro", "欧元"),
    "gbp": ("£", "gbp", "pounds", "pound", "英镑"),
    "hkd": ("hk$", "hkd", "hong kong dollars", "港元", "港币"),
    "jpy": ("jpy", "yen", "日元", "日圆"),
    "krw": ("₩", "krw", "won", "韩元"),
    "inr": ("₹", "rs", "rs.", "inr", "rupees", "卢比"),
    "sgd": ("s$", "sgd", "新元", "新加坡元"),
    "aud": ("a$", "aud", "澳元"),
    "cny?": ("¥", "￥"),
}
_CURRENCY_OF = {word: code for code, words in _CURRENCIES.items() for word in words}
PER_DOLLAR = {"cny": 6.8, "cny?": 6.8, "usd": 1.0, "eur": 0.89, "gbp": 0.77, "hkd": 7.8, "jpy": 120.0, "krw": 1250.0,
              "inr": 75.0, "sgd": 1.35, "aud": 1.4}  # fmt: skip
"""Rough middles of 2017 to 2026, good enough to say that two amounts may be one."""

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE_EN = r"(trillion|trln|tn|billion|bln|bn|million|mln|mn|thousand|crore|lakh|[mbk])"
_MONEY_BEFORE = re.compile(
    rf"(us\$|hk\$|s\$|a\$|\$|€|£|₩|₹|¥|￥|rmb|cny|usd|eur|gbp|hkd|inr|rs\.?|人民币)\s?{_NUMBER}"
    rf"(?:[ -]?{_SCALE_EN}\b|\s?(万亿|千亿|百亿|亿|千万|百万|万))?"
)
_MONEY_AFTER = re.compile(
    rf"{_NUMBER}(?:[ -]?{_SCALE_EN}\b)?[ -](yuan|renminbi|rmb|u\.s\. dollars|us dollars|dollars?|euros?|pounds?|"
    r"hong kong dollars|yen|won|rupees|usd|cny)\b"
)
_MONEY_ZH = re.compile(
    rf"{_NUMBER}\s?(?:余|多|逾)?(万亿|千亿|百亿|亿|千万|百万|万)?(?:余|多)?"
    r"(元人民币|人民币|美元|美金|欧元|英镑|港元|港币|日元|日圆|韩元|卢比|新元|新加坡元|澳元|元)"
)
_MONEY_BARE = re.compile(rf"{_NUMBER}(?:余|多)?(万亿|千亿|百亿|亿)(?![人户吨千股条次个平份件名斤度桶立元美欧港英日韩])")
_POINTS = re.compile(rf"{_NUMBER}[ -]?(?:basis[ -]points?|bps?\b|个?基点)")
_PERCENTAGE_POINTS = re.compile(rf"{_NUMBER}[ -]?(?:percentage[ -]points?|个百分点)")
_PERCENT = re.compile(rf"{_NUMBER}\s?(?:%|percent\b|per cent\b|pct\b|％)")
_WORD_POINTS = (
    (re.compile(r"\bhalf[- ]a?[ -]?(?:percentage[ -])?point\b|\bhalf-point\b|\bhalf a percent"), 50),
    (re.compile(r"\bquarter[- ](?:of a )?(?:percentage[ -])?point\b|\bquarter-point\b"), 25),
    (re.compile(r"\bthree[- ]quarters?[ -](?:of a )?(?:percentage[ -])?point\b"), 75),
)
_DAY_EN = re.compile(
    r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? (\d{1,2})\b(?!,?\d|[%$]| (?:million|billion))"
    r"|\b(\d{1,2}) (jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
)
_DAY_ZH = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?:年)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COUNT = re.compile(r"(?<![\w.,\-/])(\d{1,3}(?:,\d{3})+|\d+)(?![\d.,]*\d)(?!月|日|号|时|点|分)(?=\b|[\u3400-\u9fff])")
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "dozen": 12,
    "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip
_WORD_COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|thirty|dozen)\b"
    r"|(十[一二]|[两二三四五六七八九十])(?=[大家款部个名项批起])"
)


class Money(Struct, frozen=True, array_like=True):
    """One amount: ISO code in small letters (``cny?`` for a bare ¥) and value."""

    currency: str
    value: float


class Quantities(Struct, frozen=True, kw_only=True):
    """The numbers of one text, each once, in order of appearance."""

    money: tuple[Money, ...] = ()
    points: tuple[int, ...] = ()
    """Basis points."""
    percents: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    """Plain whole numbers: games, companies, measures."""
    days: tuple[str, ...] = ()
    """``month-day`` of the dates that are spelled out."""


NOTHING = Quantities()


def read_quantities(text: str) -> Quantities:
    """The numbers of a text in lower case and simplified characters; raises nothing.

    >>> read_quantities("rmb 7.12bn").money == read_quantities("71.2亿元").money
    True
    >>> read_quantities("50 basis points").points == read_quantities("0.5个百分点").points
    True
    """
    if not any(character.isdigit() for character in text) and not _WORD_COUNT.search(text):
        points = tuple(value for pattern, value in _WORD_POINTS if pattern.search(text))
        return Quantities(points=points)
    money, rest = _take_money(text)
    points, rest = _take_points(rest)
    percents = tuple(dict.fromkeys(f"{float(m[1].replace(',', '')):g}" for m in _PERCENT.finditer(rest)))
    rest = _PERCENT.sub(" ; ", rest)
    days = tuple(dict.fromkeys(_read_days(rest)))
    rest = _YEAR.sub(" ; ", _DAY_ZH.sub(" ; ", _DAY_EN.sub(" ; ", rest)))
    counts = tuple(dict.fromkeys(_read_counts(rest)))
    return Quantities(money=money, points=points, percents=percents, counts=counts, days=days)


def are_same(left: Money, right: Money) -> bool:
    """True when two amounts may be one, as roughly as the rounder of the two is said, and at most 12 % apart."""
    if left.value <= 0 or right.value <= 0:
        return False
    if left.currency.rstrip("?") == right.currency.rstrip("?") or "cny?" in (left.currency, right.currency):
        apart, larger = abs(left.value - right.value), max(left.value, right.value)
        return apart <= min(0.12 * larger, max(0.002 * larger, _last_digit(left.value), _last_digit(right.value)))
    ratio = (left.value / PER_DOLLAR[left.currency]) / (right.value / PER_DOLLAR[right.currency])
    return 0.9 <= ratio <= 1.1


def _last_digit(value: float) -> float:
    """What one step of the last digit that was said is worth: 100 million for 18.2 billion."""
    digits = f"{value:.6e}"
    mantissa, exponent = digits.split("e")
    said = len(mantissa.rstrip("0").rstrip(".").replace(".", ""))
    return float(10.0 ** (int(exponent) - said + 1))


def _take_money(text: str) -> tuple[tuple[Money, ...], str]:
    found: dict[Money, None] = {}
    for match in _MONEY_BEFORE.finditer(text):
        found[_money(match[1], match[2], match[3] or match[4] or "")] = None
    text = _MONEY_BEFORE.sub(" ; ", text)
    for match in _MONEY_ZH.finditer(text):
        found[_money(match[3], match[1], match[2] or "")] = None
    text = _MONEY_ZH.sub(" ; ", text)
    for match in _MONEY_BARE.finditer(text):
        found[_money("￥", match[1], match[2])] = None
    text = _MONEY_BARE.sub(" ; ", text)
    for match in _MONEY_AFTER.finditer(text):
        found[_money(match[3], match[1], match[2] or "")] = None
    return tuple(found), _MONEY_AFTER.sub(" ; ", text)


def _money(currency: str, number: str, scale: str) -> Money:
    code = _CURRENCY_OF.get(currency.replace("us dollars", "dollars"), "cny?")
    return Money(code, float(f"{float(number.replace(',', '')) * _SCALES[scale]:.6g}"))


def _take_points(text: str) -> tuple[tuple[int, ...], str]:
    found = [round(float(match[1].replace(",", ""))) for match in _POINTS.finditer(text)]
    found += [round(float(match[1].replace(",", "")) * 100) for match in _PERCENTAGE_POINTS.finditer(text)]
    found += [value for pattern, value in _WORD_POINTS if pattern.search(text)]
    return tuple(dict.fromkeys(found)), _PERCENTAGE_POINTS.sub(" ; ", _POINTS.sub(" ; ", text))


def _read_days(text: str) -> Iterator[str]:
    for match in _DAY_EN.finditer(text):
        month, day = (match[1], match[2]) if match[1] else (match[4], match[3])
        yield f"{_MONTHS.index(month[:3]) + 1}-{int(day)}"
    for match in _DAY_ZH.finditer(text):
        yield f"{int(match[1])}-{int(match[2])}"


def _read_counts(text: str) -> Iterator[int]:
    for match in _COUNT.finditer(text):
        value = int(match[1].replace(",", ""))
        if 2 <= value < 10_000_000:
            yield value
    for match in _WORD_COUNT.finditer(text):
        yield _WORDS[match[1] or match[2]]
