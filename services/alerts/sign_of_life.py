"""The daily sign of life: when it is due, and what it says. Silence is what a dead line and a quiet day have in common.

The idea is the dead man's switch of Prometheus' Watchdog alarm, for people: they miss it when it is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.alerts.alert import DeliveryState, Receipt, Severity

SPAN = timedelta(hours=24)
_LOUDEST_FIRST = (Severity.FLASH, Severity.URGENT, Severity.ALERT)


class DailySign(Struct, frozen=True, kw_only=True):
    """Each day at ``at`` in ``zone``, in ``channel`` (a name of routing.toml)."""

    at: time
    zone: ZoneInfo
    channel: str


def last_sign_due(sign: DailySign, now: datetime) -> datetime:
    """The latest moment (UTC) at or before ``now`` at which it was due.

    An hour that a change of clocks leaps over counts as its end, one that comes twice as its first.

    >>> sign = DailySign(at=time(8, 30), zone=ZoneInfo("Asia/Hong_Kong"), channel="desk")
    >>> str(last_sign_due(sign, datetime(2023, 7, 13, 0, 29, tzinfo=UTC)))
    '2023-07-12 00:30:00+00:00'
    """
    today = now.astimezone(sign.zone).date()
    days = (today + timedelta(days=number) for number in (1, 0, -1, -2))
    dues = (datetime.combine(day, sign.at, sign.zone).astimezone(UTC) for day in days)
    return next(due for due in dues if due <= now)


def name_sign(sign: DailySign, due: datetime) -> str:
    """One name for each day, the same for whichever process tells it.

    >>> sign = DailySign(at=time(8, 30), zone=ZoneInfo("Asia/Hong_Kong"), channel="desk")
    >>> name_sign(sign, datetime(2023, 7, 12, 0, 30, tzinfo=UTC))
    'sign-of-life-2023-07-12'
    """
    return f"sign-of-life-{due.astimezone(sign.zone):%Y-%m-%d}"


def say_sign(sign: DailySign, now: datetime, told: Iterable[Receipt], waiting: int) -> str:
    """What people read. ``told``: receipts of alerts that stand in the channel; ``waiting``: how many wait for it."""
    posted = sorted((at, one) for one in told if (at := _posted_at(one)) is not None)
    recent = [one for at, one in posted if now - SPAN < at <= now]
    parts = [f"Sign of life, {now.astimezone(sign.zone):%a %d %b %H:%M %Z}: alerts reach this channel."]
    if recent:
        parts.append(f"In the last 24 hours {len(recent)} told here ({_count(recent)}).")
    else:
        parts.append("In the last 24 hours none was due here.")
    if posted:
        parts.append(f"The last one came {posted[-1][0].astimezone(sign.zone):%a %d %b %H:%M %Z}.")
    if waiting:
        parts.append(f"{waiting} wait.")
    parts.append("On a day without this message nothing may reach you: ask who runs policy-signals.")
    return " ".join(parts)


def _count(receipts: Iterable[Receipt]) -> str:
    counts = Counter(one.severity for one in receipts)
    named = [f"{counts[severity]} {severity.value.upper()}" for severity in _LOUDEST_FIRST if counts[severity]]
    unknown = [f"{counts[None]} of unknown severity"] if counts[None] else []
    return ", ".join((*named, *unknown))


def _posted_at(receipt: Receipt) -> datetime | None:
    if receipt.state is DeliveryState.PARKED or receipt.slack_ts is None:
        return None
    return datetime.fromtimestamp(float(receipt.slack_ts), UTC)
