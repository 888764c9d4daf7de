"""The words after ``/policy`` -> a command, or a sentence that says what is wrong with them. No text raises."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from services.alerts.mutes import LONGEST_MUTE, TOMORROW, MuteKind
from services.alerts.slack_text import clean

MOST_LAST = 20
LONGEST_COMMAND = 300
HELP = (
    "`status`: what is open and muted, and how good alerts were by your feedback",
    "`why ALERT`: its whole path: evidence, severity, market, route, deliveries, with the numbers and their limits",
    "`why-not INSTRUMENT|NAME [HH:MM [30m]]`: what was silent about it, and the number that stopped each",
    "`last [N]`, `digest`: the last alerts; those of 24 hours, the loudest first, and what waits on purpose",
    "`mute instrument|regulator|sector|story ID for 1h|8h|tomorrow`, `mutes`, `unmute N`",
    "`watch add|remove INSTRUMENT`, `watches`: watched instruments make an alert louder",
)
_SPAN = re.compile(r"(\d{1,5})\s?(m|min|h|d)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


class Status(Struct, frozen=True):
    """``status``"""


class Why(Struct, frozen=True):
    """``why ALERT``: the alert's id, or how it begins."""

    alert_id: str


class WhyNot(Struct, frozen=True):
    """``why-not INSTRUMENT [HH:MM [30m]]``: the time is on the exchange's clock, today; the span to either side."""

    instrument: str
    """A listing, or a name of the company, in capitals."""
    clock: tuple[int, int] | None = None
    window: timedelta = timedelta(hours=1)


class MuteOrder(Struct, frozen=True):
    """``mute KIND ID for SPAN``; a span of None lasts until tomorrow."""

    kind: MuteKind
    target: str
    span: timedelta | None


class Unmute(Struct, frozen=True):
    """``unmute N``"""

    number: int


class WatchOrder(Struct, frozen=True):
    """``watch add|remove INSTRUMENT``"""

    instrument: str
    is_active: bool


class Mutes(Struct, frozen=True):
    """``mutes``"""


class Watches(Struct, frozen=True):
    """``watches``"""


class Digest(Struct, frozen=True):
    """``digest``"""


class Last(Struct, frozen=True):
    """``last [N]``"""

    count: int = 5


class Help(Struct, frozen=True):
    """``help``"""


class Misunderstood(Struct, frozen=True):
    """No command: the sentence tells the person what to write instead. It repeats nothing of the text."""

    sentence: str


Question = Status | Why | WhyNot | Mutes | Watches | Digest | Last | Help
"""What everybody may ask."""
Demand = MuteOrder | Unmute | WatchOrder
"""What changes state, so only some may say it."""
Command = Question | Demand | Misunderstood


def parse_command(text: str) -> Command:
    """The command of a text; words may be in any case and the dashes of any kind.

    >>> parse_command("mute instrument 0700.HK for 8h")
    MuteOrder(kind=<MuteKind.INSTRUMENT: 'instrument'>, target='0700.HK', span=datetime.timedelta(seconds=28800))
    """
    words = clean(text[:LONGEST_COMMAND]).replace("–", "-").replace("—", "-").split()
    if not words:
        return Help()
    parse = _PARSERS.get(words[0].lower())
    if parse is None:
        return Misunderstood(f"No such command. There are: {', '.join(sorted(_PARSERS))}.")
    return parse(words[1:])


def _parse_why(words: list[str]) -> Command:
    if len(words) != 1:
        return Misunderstood("Write `why ALERT`, with the id from the small print of its card, such as alt_0123456789.")
    return Why(words[0].lower())


def _parse_why_not(words: list[str]) -> Command:
    given = list(words)
    span = _SPAN.fullmatch(given[-1].lower()) if len(given) > 2 and _TIME.fullmatch(given[-2]) else None
    window = _read_span(given.pop().lower()) if span else timedelta(hours=1)
    clock = _TIME.fullmatch(given[-1]) if len(given) > 1 else None
    name = given[:-1] if clock is not None else given
    # A listing is one word; the name of a company may be several.
    is_odd = len(name) > 1 and any("." in word and any(map(str.isdigit, word)) for word in name)
    if not name or is_odd or not isinstance(window, timedelta):
        return Misunderstood("Write `why-not INSTRUMENT`, or with a time of today: `why-not 0700.HK 14:05 30m`.")
    return WhyNot(" ".join(name).upper(), None if clock is None else (int(clock[1]), int(clock[2])), window)


def _parse_mute(words: list[str]) -> Command:
    kinds = {kind.value: kind for kind in MuteKind}
    kind = kinds.get(words[0].lower()) if words else None
    if kind is None or len(words) < 4 or words[2].lower() not in ("for", "until"):
        return Misunderstood("Write `mute instrument|regulator|sector|story ID for 1h|8h|tomorrow`; a mute has an end.")
    span = _read_span(" ".join(words[3:]).lower())
    if isinstance(span, Misunderstood):
        return span
    return MuteOrder(kind, words[1], span)


def _read_span(said: str) -> timedelta | Misunderstood | None:
    if said == TOMORROW:
        return None
    found = _SPAN.fullmatch(said)
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not timedelta(0) < span <= LONGEST_MUTE:
        return Misunderstood(f"How long? Write 30m, 1h, 8h, 2d or tomorrow; at most {LONGEST_MUTE.days} days.")
    return span


def _parse_unmute(words: list[str]) -> Command:
    number = words[0].lstrip("#") if len(words) == 1 else ""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return Misunderstood("Write `unmute N`, with the number from the command `mutes`.")
    return Unmute(int(number))


def _parse_watch(words: list[str]) -> Command:
    if len(words) != 2 or words[0].lower() not in ("add", "remove"):
        return Misunderstood("Write `watch add INSTRUMENT` or `watch remove INSTRUMENT`, such as 0700.HK.")
    return WatchOrder(words[1].upper(), words[0].lower() == "add")


def _parse_last(words: list[str]) -> Command:
    if not words:
        return Last()
    if len(words) > 1 or not (words[0].isascii() and words[0].isdecimal() and 0 < int(words[0][:9]) <= MOST_LAST):
        return Misunderstood(f"Write `last N` with a number from 1 to {MOST_LAST}.")
    return Last(int(words[0]))


def _alone(name: str, command: Command) -> Callable[[list[str]], Command]:
    return lambda words: Misunderstood(f"The command `{name}` takes nothing after it.") if words else command


_PARSERS: dict[str, Callable[[list[str]], Command]] = {
    "why": _parse_why,
    "why-not": _parse_why_not,
    "mute": _parse_mute,
    "unmute": _parse_unmute,
    "watch": _parse_watch,
    "last": _parse_last,
    "status": _alone("status", Status()),
    "mutes": _alone("mutes", Mutes()),
    "watches": _alone("watches", Watches()),
    "digest": _alone("digest", Digest()),
    "help": _alone("help", Help()),
}
