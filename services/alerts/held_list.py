"""What waits on purpose, where, until when, and why: for people who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.card_sentences import find_place, say_title
from services.alerts.delivery_channels import find_ways
from services.alerts.holding import SHELVED, HoldRules, find_hold, waits_for_brief
from services.alerts.repeat import first_word
from services.alerts.routing import RoutingTable, Way
from services.alerts.slack_text import clean, cut, for_mrkdwn
from services.alerts.wording import say_clock

MOST_SHOWN = 15
LONGEST_TITLE = 90
GONE = "its record is not on the topic any more"


class Held(Struct, frozen=True, kw_only=True):
    """One alert that waits for one channel."""

    channel: str
    alert_id: str
    title: str
    since: datetime
    until: datetime | None
    """None: until its output takes it."""
    reason: str
    """``quiet_hours``, ``digest_only``, ``late``, or ``not_taken``."""
    detail: str
    in_brief: bool
    """It is told in a brief then, not by itself."""


class HeldRules(Struct, frozen=True, kw_only=True):
    """What routing.toml says; ``names_of`` gives the names that lead to a channel of the attempt log."""

    table: RoutingTable
    holding: HoldRules
    names_of: Callable[[str], tuple[str, ...]]
    names: Mapping[str, str] = {}


def list_held(receipts: Iterable[Receipt], alerts: Mapping[str, Alert], rules: HeldRules, now: datetime) -> list[Held]:
    """What waits at ``now``, by channel and then by the end of the wait. ``alerts`` are by id."""
    found = [
        _describe(one, alerts.get(one.alert_id), rules, now) for one in receipts if one.state is DeliveryState.HELD
    ]
    return sorted(found, key=lambda one: (one.channel, one.until is None, one.until or one.since, one.alert_id))


def say_held(held: list[Held], alerts: Mapping[str, Alert]) -> str:
    """For Slack, in mrkdwn: empty when nothing waits."""
    if not held:
        return ""
    lines = [f"*{len(held)} wait on purpose*"]
    for one in held[:MOST_SHOWN]:
        alert = alerts.get(one.alert_id)
        when = "until it is taken" if one.until is None else "until " + _clock(one.until, alert)
        lines.append(
            f"• {for_mrkdwn(one.channel, 40)}: {for_mrkdwn(one.title, LONGEST_TITLE)}, {when}: "
            f"{for_mrkdwn(one.detail, 120)} ({for_mrkdwn(one.alert_id, 30)})"
        )
    if len(held) > MOST_SHOWN:
        lines.append(f"and {len(held) - MOST_SHOWN} more; `policy-signals held` lists all")
    return "\n".join(lines)


def _describe(receipt: Receipt, alert: Alert | None, rules: HeldRules, now: datetime) -> Held:
    reason, names = first_word(receipt.detail), rules.names_of(receipt.channel)
    detail = receipt.detail.split(": ", 2)[-1]
    until = None
    if alert is not None and reason != SHELVED:
        until, detail = _find_end(alert, names, rules, (now, receipt.at)) or (now, detail)
    return Held(
        channel=names[0] if names else receipt.channel,
        alert_id=receipt.alert_id,
        title=GONE if alert is None else cut(clean(say_title(alert, rules.names)), LONGEST_TITLE),
        since=receipt.at,
        until=until,
        reason=reason,
        detail=detail,
        in_brief=waits_for_brief(receipt),
    )


def _find_end(
    alert: Alert, names: tuple[str, ...], rules: HeldRules, times: tuple[datetime, datetime]
) -> tuple[datetime, str] | None:
    """As the notifier decides it: told as soon as one of the names that lead to the channel wants it told."""
    now, since = times
    ways = find_ways(alert, rules.table)
    several = [ways[name] for name in names if name in ways] or [(Way(channel=name),) for name in names[:1]]
    holds = [find_hold(alert, one, rules.holding, now, since) for one in several]
    standing = [one for one in holds if one is not None]
    if not standing or len(standing) < len(holds):
        return None
    first = min(standing, key=lambda one: one.until)
    return first.until, first.detail


def _clock(at: datetime, alert: Alert | None) -> str:
    return f"{at:%H:%M} UTC" if alert is None else say_clock(at, find_place(alert))
