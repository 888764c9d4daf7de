"""``[sign_of_life]`` of routing.toml: the daily message that is missed when nothing reaches people any more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from config.outputs import ChannelEntry
from services.alerts.sign_of_life import DailySign
from services.errors import Misconfigured

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class SignEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As people write it."""

    time: str
    zone: str
    channel: str = ""
    """Empty: the fallback."""


def build_sign(path: Path, entry: SignEntry, channels: Mapping[str, ChannelEntry], fallback: str) -> DailySign:
    """Typed; raises Misconfigured."""
    where, channel = f"{path.name}: sign_of_life", entry.channel or fallback
    clock = _CLOCK.fullmatch(entry.time)
    if clock is None:
        raise Misconfigured(f'{where}: time: {entry.time!r} is not like "08:30"')
    try:
        zone = ZoneInfo(entry.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misconfigured(f"{where}: zone: {entry.zone!r} is no IANA time zone, such as Europe/London") from None
    if channel not in channels or channels[channel].kind != "slack":
        raise Misconfigured(f"{where}: channel: {channel!r} is no channel of kind 'slack'")
    return DailySign(at=time(int(clock[1]), int(clock[2])), zone=zone, channel=channel)
