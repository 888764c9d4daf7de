"""The day from which an act is in force, as its text says: "takes effect on 1 August 2023", 自2023年8月1日起施行."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from services.signals.names.normal_form import lower, normalise

READ_CHARACTERS = 2_000
EARLIEST = timedelta(days=366)
LATEST = timedelta(days=366 * 6)
"""How far before and after its publication an act can begin; anything else was misread."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_BEGINS = (
    r"(?:tak(?:es?|ing|en) effect|took effect|com(?:es?|ing) into (?:force|effect)"
    r"|came into (?:force|effect)|enters? into force"
    r"|entering into force|effective(?: date)?|in force|(?:be )?implemented|applies|apply|starts?|begins?)"
)
_LINK = r"(?:\s+(?:is|from|as of|on|as from|starting|beginning|of|the|with effect from))*[\s,:]+"
_ENGLISH = (
    re.compile(rf"\b{_BEGINS}{_LINK}{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b"),
    re.compile(rf"\b{_BEGINS}{_LINK}(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(\d{{4}}))?\b"),
    re.compile(rf"\b{_BEGINS}{_LINK}(\d{{4}})-(\d{{2}})-(\d{{2}})\b"),
)
_FROM = r"(?:自|从|于|将于|将自|拟自|拟于)?"
_BEGINS_ZH = r"(?:起)?[^，。；\d]{0,6}?(?:施行|实施|执行|生效|正式实施|起实行|实行|开始实施|开始施行|起征|起适用)"
_CHINESE = re.compile(rf"{_FROM}(?:(\d{{4}})年|(明年|今年))?(\d{{1,2}})月(\d{{1,2}})[日号]{_BEGINS_ZH}")
_AT_ONCE = re.compile(
    r"\b(?:takes? effect|effective|in force|into force|comes? into (?:force|effect)"
    r"|(?:with|and)) (?:immediately|at once|today|with immediate effect)\b"
    r"|\bwith immediate effect\b"
    r"|自(?:发布|公布|印发|即)(?:之)?日起(?:施行|实施|执行|生效|撤销|取消)|即日起|即时(?:生效|起)"
)


def find_effective_day(title: str, body: str, published_on: date) -> date | None:
    """The first such day of an article; a day without a year is the next one after publication. Never raises.

    ``published_on``: where it was published. Days over a year before it, or six years after it, were misread: None.

    >>> find_effective_day("", "The rules take effect on 1 August.", date(2023, 7, 3))
    datetime.date(2023, 8, 1)
    >>> find_effective_day("", "自2023年8月1日起正式实施", date(2023, 7, 3))
    datetime.date(2023, 8, 1)
    """
    text = lower(normalise(f"{title[:300]}\n{body[:READ_CHARACTERS]}"))
    found = sorted(_find_days(text, published_on))
    for _, day in found:
        if published_on - EARLIEST <= day <= published_on + LATEST:
            return day
    return published_on if _AT_ONCE.search(text) else None


def _find_days(text: str, published_on: date) -> Iterator[tuple[int, date]]:
    """Where each day stands in the text, and the day."""
    for match in _ENGLISH[0].finditer(text):
        yield from _at(match, match[3], match[1], match[2], published_on)
    for match in _ENGLISH[1].finditer(text):
        yield from _at(match, match[3], match[2], match[1], published_on)
    for match in _ENGLISH[2].finditer(text):
        yield from _at(match, match[1], match[2], match[3], published_on)
    for match in _CHINESE.finditer(text):
        year = match[1]
        if match[2]:
            year = str(published_on.year + (match[2] == "明年"))
        yield from _at(match, year, match[3], match[4], published_on)


def _at(match: re.Match[str], year: str | None, month: str, day: str, published_on: date) -> Iterator[tuple[int, date]]:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    try:
        if year:
            yield match.start(), date(int(year), number, int(day))
            return
        this_year = date(published_on.year, number, int(day))
        # "Effective 1 January", said in November, is the next one; said in the week after it, the one just past.
        is_past = this_year < published_on - timedelta(days=30)
        yield match.start(), this_year.replace(year=published_on.year + 1) if is_past else this_year
    except ValueError:
        return
