"""exchanges.toml -> calendars. Raises Misconfigured with file, key and reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, ValidationError, convert

from services.errors import Misconfigured
from services.market.sessions.sessions import DayPlan, ExchangeCalendar, Hours

Entry = TypeVar("Entry")

EXCHANGES_FILE = Path(__file__).with_name("exchanges.toml")


class HoursEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of ``hours``."""

    opens: time
    closes: time
    since: date = date.min
    lunch: tuple[time, time] | None = None


class OverrideEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of ``overrides``: a day that no calendar knew in advance."""

    day: date
    why: str
    closed: bool = False
    opens: time | None = None
    closes: time | None = None
    auction: bool = True


class ExchangeEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One exchange, as people write it."""

    name: str
    timezone: str
    hours: list[HoursEntry]
    currency: str | None = None
    auction: int = 0
    days_of: str | None = None
    every_day: bool = False
    overrides: list[OverrideEntry] = []


class BakedDays(Struct, frozen=True, forbid_unknown_fields=True):
    """One ``days`` table, as the baking tool writes it: space-separated dates."""

    first: date
    last: date
    swapped: dict[str, str] = {}
    opens: dict[str, str] = {}
    closes: dict[str, str] = {}


def load_calendars(file: Path = EXCHANGES_FILE) -> dict[str, ExchangeCalendar]:
    """Every exchange of the file by its code; a few milliseconds."""
    entries, days = _read_file(file)
    return {code: build_calendar(file, code, entry, days) for code, entry in entries.items()}


def load_currencies(file: Path = EXCHANGES_FILE) -> dict[str, str]:
    """Currency of the listings of each exchange; one without a currency is left out."""
    entries, _ = _read_file(file)
    currencies = {code: entry.currency for code, entry in entries.items() if entry.currency is not None}
    for code, currency in currencies.items():
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
            raise Misconfigured(f"{file}: {code}.currency: {currency!r} is not like 'HKD'")
    return currencies


def _read_file(file: Path) -> tuple[dict[str, ExchangeEntry], dict[str, BakedDays]]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file}: is not TOML: {error}") from error
    days = read_tables(file, "days.", tables.pop("days", {}), BakedDays)
    return read_tables(file, "", tables, ExchangeEntry), days


def read_tables(file: Path, prefix: str, tables: object, entry: type[Entry]) -> dict[str, Entry]:
    """Typed entries by name; Misconfigured names the first key that is wrong."""
    if not isinstance(tables, dict):
        raise Misconfigured(f"{file}: {prefix.rstrip('.')}: is not a table")
    entries = {}
    for name, table in tables.items():
        try:
            entries[name] = convert(table, type=entry)
        except ValidationError as error:
            reason, _, place = str(error).partition(" - at ")
            raise Misconfigured(f"{file}: {prefix}{name}{place.strip('`').removeprefix('$')}: {reason}") from error
    return entries


def build_calendar(file: Path, code: str, entry: ExchangeEntry, days: dict[str, BakedDays]) -> ExchangeCalendar:
    """One calendar from one entry and its baked days."""
    if not entry.hours:
        raise Misconfigured(f"{file}: {code}.hours: is empty")
    if [rule.since for rule in entry.hours] != sorted({rule.since for rule in entry.hours}):
        raise Misconfigured(f"{file}: {code}.hours: entries must ascend by since")
    if not 0 <= entry.auction <= 60:
        raise Misconfigured(f"{file}: {code}.auction: {entry.auction} is not within 0..60 minutes")
    source = entry.days_of or code
    baked = days.get(source)
    if baked is None and not entry.every_day:
        raise Misconfigured(f"{file}: {code}: there is no table days.{source}; run deploy/tools/bake_calendars.py")
    try:
        exceptions = dict(expand_days(baked)) if baked else {}
    except ValueError as error:
        raise Misconfigured(f"{file}: days.{source}: {error}") from error
    return ExchangeCalendar(
        exchange=code,
        timezone=find_timezone(file, code, entry.timezone),
        hours=tuple(read_hours(file, code, rule) for rule in entry.hours),
        closing_auction=timedelta(minutes=entry.auction),
        exceptions=exceptions | {override.day: plan_override(file, code, override) for override in entry.overrides},
        every_day=entry.every_day,
        first_day=baked.first if baked else date.min,
        last_day=baked.last if baked else date.max,
    )


def expand_days(baked: BakedDays) -> Iterator[tuple[date, DayPlan]]:
    """(day, plan) of every baked exception; raises ValueError on a date that is none."""
    for year, days in baked.swapped.items():
        for text in days.split():
            day = date.fromisoformat(f"{year}-{text}")
            yield day, DayPlan(closed=day.weekday() < 5)
    for at, days in baked.opens.items():
        for text in days.split():
            yield date.fromisoformat(text), DayPlan(opens=time.fromisoformat(at))
    for at, days in baked.closes.items():
        for text in days.split():
            yield date.fromisoformat(text), DayPlan(closes=time.fromisoformat(at))


def plan_override(file: Path, code: str, override: OverrideEntry) -> DayPlan:
    """An override as a plan; closed and given hours exclude each other."""
    if override.closed and (override.opens or override.closes):
        raise Misconfigured(f"{file}: {code}.overrides: {override.day} is closed and has hours")
    return DayPlan(closed=override.closed, opens=override.opens, closes=override.closes, auction=override.auction)


def read_hours(file: Path, code: str, rule: HoursEntry) -> Hours:
    """Regular hours; lunch must lie within them."""
    if rule.lunch and not rule.opens < rule.lunch[0] < rule.lunch[1] < rule.closes:
        raise Misconfigured(f"{file}: {code}.hours: lunch {rule.lunch[0]} to {rule.lunch[1]} is not within the session")
    return Hours(
        since=rule.since,
        opens=rule.opens,
        closes=rule.closes,
        lunch_from=rule.lunch[0] if rule.lunch else None,
        lunch_to=rule.lunch[1] if rule.lunch else None,
    )


def find_timezone(file: Path, code: str, name: str) -> ZoneInfo:
    """A named zone, or Misconfigured."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Misconfigured(f"{file}: {code}.timezone: {name!r} is not a known zone") from error
