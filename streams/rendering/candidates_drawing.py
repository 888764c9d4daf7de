"""What touched an instrument, for a terminal of eighty columns or more: told, suppressed, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from rich.console import Group
from rich.table import Table
from rich.text import Text

from services.alerts.slack_text import clean
from services.alerts.suppression import Candidate, Span
from services.alerts.wording import Place, say_clock

SIGNS = {"alert": "● told", "silent": "○ silent", "stuck": "! stuck"}
STYLES = {"alert": "bold green", "silent": "", "stuck": "bold red"}


class Asked(Struct, frozen=True, kw_only=True):
    """What was asked about: a listing, the company's name, the span, and on whose clock to show it."""

    instrument: str
    name: str
    span: Span
    place: Place


def draw_candidates(asked: Asked, found: Sequence[Candidate], nothing: str) -> Group:
    """One block for each; ``nothing`` is said when there is none. Foreign text is no markup."""
    head = Text(clean(f"{asked.instrument} {asked.name}"), style="bold")
    head.append(_say_span(asked), style="not bold")
    if not found:
        return Group(head, Text(clean(nothing)))
    counts = {name: sum(one.outcome == name for one in found) for name in SIGNS}
    said = f": {counts['alert']} told, {counts['silent']} suppressed"
    head.append(said + (f", {counts['stuck']} raised and not told" if counts["stuck"] else ""))
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True, style="dim")
    rows.add_column(no_wrap=True)
    rows.add_column(ratio=1, overflow="fold")
    for one in found:
        sign = Text(SIGNS[one.outcome], style=STYLES[one.outcome])
        rows.add_row(_say_time(one.at, asked.place), sign, _say(one))
    return Group(head, rows)


def _say(one: Candidate) -> Text:
    text = Text()
    text.append(clean(one.reason.replace("_", " ")), style="bold")
    text.append(f"  {clean(one.detail)}")
    text.append(f"\n{clean(one.headline)} ({clean(one.source)})")
    how = "" if one.is_linked else "named in the headline, not linked  "
    text.append(f"\n{how}{clean(one.alert_id or one.article_id)}", style="dim")
    return text


def _say_time(at: datetime, place: Place) -> str:
    return f"{at.astimezone(place.zone):%d %b %H:%M:%S}"


def _say_span(asked: Asked) -> str:
    """``, 13 Jul 13:32 HKT to 14:32 HKT``; empty when every time was asked for."""
    at, place = asked.span.at, asked.place
    if at is None:
        return f", all that is kept, on the clock of {place.short}"
    first, last = (at + sign * asked.span.window for sign in (-1, 1))
    days = [f"{one.astimezone(place.zone):%d %b} " for one in (first, last)]
    until = ("" if days[0] == days[1] else days[1]) + say_clock(last, place)
    return f", {days[0]}{say_clock(first, place)} to {until}"
