"""May an alert be told now, or does it wait: for the end of quiet hours, for a digest, or for a brief of late news?

Only first posts wait. What a channel has is edited on, whatever the hour: an edit makes no sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from services.alerts.alert import Alert, Receipt, Severity, SilenceReason
from services.alerts.digest_schedule import DigestTime, next_due
from services.alerts.loudness import Cooldown, is_louder, rank_loudness
from services.alerts.quiet_hours import QuietHours, QuietMode, longest_end, quiet_until
from services.alerts.routing import Way
from services.market.sessions.sessions import ExchangeCalendar

LATE_BRIEF = timedelta(minutes=15)
"""Late news is gathered for so long; each quarter of an hour a brief tells it."""
BRIEF = "brief"
SHELVED = "not_taken"
"""First word of what waits because its output has not taken it for long."""


class ChannelRules(Struct, frozen=True, kw_only=True):
    """What one channel of routing.toml asks for beside its alerts."""

    quiet: tuple[str, ...] = ()
    schedule: tuple[DigestTime, ...] = ()
    told_in_digest: Severity | None = None
    """Alerts of this severity and quieter ones are told in digests only."""
    cooldown: Cooldown | None = None


class HoldRules(Struct, frozen=True, kw_only=True):
    """All that decides whether something waits; ``channels`` and ``quiet`` are by name."""

    channels: Mapping[str, ChannelRules] = {}
    quiet: Mapping[str, QuietHours] = {}
    calendars: Mapping[str, ExchangeCalendar] = {}

    def of(self, channel: str) -> ChannelRules:
        """The rules of a channel; none when it has none."""
        return self.channels.get(channel, ChannelRules())

    def quiet_of(self, channel: str, now: datetime) -> datetime | None:
        """The end of the quiet hours that the channel itself keeps at ``now``; None when it keeps none."""
        names = self.of(channel).quiet
        return longest_end((self.quiet[name] for name in names if name in self.quiet), now, self.calendars)


class Hold(Struct, frozen=True, kw_only=True):
    """Why it waits, until when (UTC), and whether a brief tells it then (else a message of its own)."""

    reason: SilenceReason
    until: datetime
    in_brief: bool
    detail: str
    numbers: Mapping[str, float] = {}
    """What decided, such as the severity as a number (``rank_loudness``), for the trace."""
    limits: Mapping[str, float] = {}
    """What it was held against."""

    def as_receipt_detail(self) -> str:
        """Such as ``quiet_hours: brief: night``, which ``waits_for_brief`` reads."""
        return f"{self.reason.value}: {BRIEF if self.in_brief else 'alone'}: {self.detail}"


def find_hold(
    alert: Alert, ways: tuple[Way, ...], rules: HoldRules, now: datetime, held_since: datetime | None = None
) -> Hold | None:
    """What holds an alert back from one channel at ``now`` (wall time); None: it may be told.

    ``ways`` are those of the channel, at least one. ``held_since``: it has waited since then.
    """
    quiet = _find_quiet(alert, ways, rules, now)
    if quiet is not None:
        return quiet
    channel, since = rules.of(ways[0].channel), held_since or now
    if alert.is_late:
        due = next_quarter(since)
        if now < due:
            late_s = (alert.signal.scored_at - alert.signal.published_at).total_seconds()
            return Hold(
                reason=SilenceReason.LATE,
                until=due,
                in_brief=True,
                detail="came too late to ring",
                numbers={"late_minutes": late_s / 60},
                limits={"brief_each_minutes": LATE_BRIEF.total_seconds() / 60},
            )
    limit = channel.told_in_digest
    if limit is not None and not is_louder(alert.severity, limit):
        due_at = next_due(channel.schedule, since, rules.calendars)
        if due_at is not None and now < due_at:
            detail = f"{alert.severity.value} is told in digests"
            return Hold(
                reason=SilenceReason.DIGEST_ONLY,
                until=due_at,
                in_brief=True,
                detail=detail,
                numbers={"loudness": rank_loudness(alert.severity)},
                limits={"told_in_digest": rank_loudness(limit)},
            )
    return None


def find_cooldown(ways: tuple[Way, ...], rules: HoldRules) -> Cooldown | None:
    """The cooldown of a channel: its own, else the shortest of the ways; none when any way has none."""
    own = rules.of(ways[0].channel).cooldown
    if own is not None:
        return own
    found = [way.cooldown for way in ways if way.cooldown is not None]
    return min(found, key=lambda one: one.minutes) if len(found) == len(ways) else None


def waits_for_brief(receipt: Receipt) -> bool:
    """True when a brief tells what this receipt holds."""
    return receipt.detail.split(": ")[1:2] == [BRIEF] or bool(receipt.digest_id)


def next_quarter(at: datetime) -> datetime:
    """The next full quarter of an hour (UTC) after ``at``.

    >>> next_quarter(datetime(2023, 7, 13, 10, 15, tzinfo=UTC))
    datetime.datetime(2023, 7, 13, 10, 30, tzinfo=datetime.timezone.utc)
    """
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + LATE_BRIEF * ((at - hour) // LATE_BRIEF + 1)


def _find_quiet(alert: Alert, ways: tuple[Way, ...], rules: HoldRules, now: datetime) -> Hold | None:
    """The channel's own quiet hours, and those of the ways when every way is quiet."""
    own = _standing(alert, rules.of(ways[0].channel).quiet, rules, now)
    by_way = [_standing(alert, way.quiet, rules, now) for way in ways]
    ends = [end for one in [own] if (end := longest_end(one, now, rules.calendars)) is not None]
    if all(by_way):
        ends.append(min(end for one in by_way if (end := longest_end(one, now, rules.calendars)) is not None))
    if not ends:
        return None
    standing = {one.name: one for one in (*own, *(one for way in by_way if all(by_way) for one in way))}
    in_brief = any(one.mode is QuietMode.HOLD_AND_BRIEF for one in standing.values())
    until = max(ends)
    detail = f"{', '.join(sorted(standing))} until {until:%Y-%m-%d %H:%M} UTC"
    return Hold(
        reason=SilenceReason.QUIET_HOURS,
        until=until,
        in_brief=in_brief,
        detail=detail,
        numbers={"loudness": rank_loudness(alert.severity)},
        limits={"passes_from": max(rank_loudness(one.passes) for one in standing.values())},
    )


def _standing(alert: Alert, names: tuple[str, ...], rules: HoldRules, now: datetime) -> list[QuietHours]:
    """Quiet hours that stand now and do not let this severity pass."""
    found = [rules.quiet[name] for name in names if name in rules.quiet]
    return [
        one
        for one in found
        if is_louder(one.passes, alert.severity) and quiet_until(one, now, rules.calendars) is not None
    ]
