"""Mutes: a person's order to be silent about something, always with an end.

A mute holds for what arrived while it stood, so a repeat of the work after a restart decides the same again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.signals.signal import PolicySignal

LONGEST_MUTE = timedelta(days=7)
TOMORROW = "tomorrow"


class MuteKind(StrEnum):
    """What a mute is about."""

    INSTRUMENT = "instrument"
    REGULATOR = "regulator"
    SECTOR = "sector"
    STORY = "story"


class Mute(Struct, frozen=True, kw_only=True, tag="mute"):
    """One order: who silenced what, from when until when (UTC), and where it was given."""

    number: int
    """What people say: ``unmute 7``. Given once, never again."""
    kind: MuteKind
    target: str
    """Catalogue id of the instrument, regulator or sector; or a story id."""
    since: datetime
    until: datetime
    """Taken back early: the moment when that happened."""
    by: str
    """User id."""
    channel: str
    """Channel id, which is reminded when the mute ends."""
    is_settled: bool = False
    """True: its end was said, or it was taken back by a person; nothing more happens."""


def find_mute(signal: PolicySignal, mutes: Iterable[Mute], at: datetime) -> Mute | None:
    """The mute that covers a signal which arrived ``at``; of several the one that stands longest. None: speak."""
    standing = [mute for mute in mutes if stands(mute, at) and covers(mute, signal)]
    return max(standing, key=lambda mute: (mute.until, mute.number), default=None)


def stands(mute: Mute, at: datetime) -> bool:
    """True from the order until its end, the end not included."""
    return mute.since <= at < mute.until


def covers(mute: Mute, signal: PolicySignal) -> bool:
    """True when the mute's target is the story, or any regulator, sector or listing that the signal names."""
    match mute.kind:
        case MuteKind.INSTRUMENT:
            return mute.target in list_instruments(signal)
        case MuteKind.REGULATOR:
            return mute.target in signal.regulators
        case MuteKind.SECTOR:
            return mute.target in signal.sectors
        case MuteKind.STORY:
            return mute.target == signal.story_id


def list_instruments(signal: PolicySignal) -> tuple[str, ...]:
    """Every listing of every company that the signal exposes, without repeats."""
    names = [name for one in signal.exposures for name in (one.instrument, *one.other_listings)]
    return tuple(dict.fromkeys(names))


def list_standing(mutes: Iterable[Mute], at: datetime) -> list[Mute]:
    """Those that hold now, the one that ends first in front."""
    return sorted((mute for mute in mutes if stands(mute, at)), key=lambda mute: (mute.until, mute.number))


def list_ended(mutes: Iterable[Mute], at: datetime) -> list[Mute]:
    """Those that have ended without anybody having been told."""
    return [mute for mute in mutes if mute.until <= at and not mute.is_settled]


def find_until(span: timedelta | None, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of a mute given now: after ``span``, or (None) at the next midnight of the exchange's zone."""
    if span is not None:
        return now + min(span, LONGEST_MUTE)
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(now.tzinfo)


def say_mute(mute: Mute) -> str:
    """``instrument 0700.HK``: what is silent."""
    return f"{mute.kind.value} {mute.target}"
