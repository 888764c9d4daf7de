"""Bake holidays and half-days of the exchanges in config/exchanges.toml into that file, below its line.

Needs the development library exchange-calendars; the service itself never imports it. Run it once a year, or when an
exchange announces a change, and read the difference before keeping it:

    python deploy/tools/bake_calendars.py
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import exchange_calendars

FILE = Path(__file__).parents[2] / "config" / "exchanges.toml"
LINE = "# ---- baked below this line; do not edit ----"
FIRST, LAST = date(2017, 1, 1), date(2027, 12, 31)
CLOSES_WITH_AUCTION = {
    ("XSWX", time(17, 30)): time(17, 20),
    **{(exchange, time(14, 5)): time(14, 0) for exchange in ("XPAR", "XAMS", "XBRU")},
    ("XLIS", time(13, 5)): time(13, 0),
    ("XSTO", time(17, 30)): time(17, 25),
    ("XSTO", time(13, 0)): time(12, 55),
    ("XCSE", time(17, 0)): time(16, 55),
}
"""Where the library's close includes the closing auction, and the end of continuous trading that is meant here."""


def bake_days(exchange: str, regular: list[dict[str, Any]]) -> Iterator[str]:
    """Lines of one ``[days.X]`` table."""
    calendar = load_calendar(exchange)
    last = calendar.last_session.date()
    holidays: dict[int, list[str]] = defaultdict(list)
    odd: dict[str, dict[str, list[str]]] = {"opens": defaultdict(list), "closes": defaultdict(list)}
    local = {
        row.Index.date(): (row.open.tz_convert(calendar.tz).time(), row.close.tz_convert(calendar.tz).time())
        for row in calendar.schedule.itertuples()
    }
    for day in days_of(FIRST, last):
        if day in local and day.weekday() < 5:
            hours = hours_on(regular, day)
            opens, closes = local[day]
            closes = CLOSES_WITH_AUCTION.get((exchange, closes), closes)
            for kind, actual in (("opens", opens), ("closes", closes)):
                if actual != hours[kind]:
                    odd[kind][actual.isoformat()].append(day.isoformat())
        elif day in local or day.weekday() < 5:
            holidays[day.year].append(day.strftime("%m-%d"))
    yield f"[days.{exchange}]"
    yield f"first = {FIRST}"
    yield f"last = {last}"
    yield from (f'swapped.{year} = "{" ".join(days)}"' for year, days in holidays.items())
    for kind, times in odd.items():
        yield from (f'{kind}."{at}" = "{" ".join(days)}"' for at, days in times.items())
    yield ""


def load_calendar(exchange: str) -> Any:
    """The library's calendar as far as it goes, at most to LAST."""
    bound = exchange_calendars.get_calendar(exchange).bound_max()
    end = LAST if bound is None else min(LAST, bound.date())
    return exchange_calendars.get_calendar(exchange, start=str(FIRST), end=str(end))


def days_of(first: date, last: date) -> Iterator[date]:
    """Every day from first to last."""
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def hours_on(regular: list[dict[str, Any]], day: date) -> dict[str, Any]:
    """The regular hours in force on a day."""
    return [rule for rule in regular if rule.get("since", date.min) <= day][-1]


def main() -> None:
    """Rewrite everything below the line."""
    head = FILE.read_text(encoding="utf-8").split(LINE)[0]
    exchanges = tomllib.loads(head)
    wanted = [name for name, rules in exchanges.items() if "days_of" not in rules and not rules.get("every_day")]
    lines = [line for name in wanted for line in bake_days(name, exchanges[name]["hours"])]
    version = exchange_calendars.__version__
    source = f"# from exchange-calendars {version}; swapped: weekdays closed and weekend days open, month-day by year\n"
    FILE.write_text(head + LINE + "\n" + source + "\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
