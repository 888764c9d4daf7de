"""What would become of an alert at a certain time: which routes match, who gets it, and what would keep it quiet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.alerts.alert import Alert
from services.alerts.cooldown import Told, event_key, find_cooling
from services.alerts.delivery_channels import find_ways
from services.alerts.holding import HoldRules, find_cooldown, find_hold
from services.alerts.inhibition import find_inhibition
from services.alerts.routing import RoutingTable, Step, Way, route_alert


class Trial(Struct, frozen=True, kw_only=True):
    """One channel that gets the alert."""

    channel: str
    kind: str
    """``slack``, ``webhook`` or ``email``."""
    routes: tuple[str, ...]
    """That lead there; none: it is the fallback."""
    outcome: str
    """``told``, ``held`` or ``joins`` (in the thread of a like event, without a sound)."""
    until: datetime | None = None
    """Of what is held, or the end of the cooldown (UTC)."""
    why: str = ""
    second: str = ""
    """The channel that gets it when this one does not take it."""


class RouteTrial(Struct, frozen=True, kw_only=True):
    """The whole way of one alert at one time."""

    alert_id: str
    at: datetime
    steps: tuple[Step, ...]
    channels: tuple[Trial, ...]
    inhibited: str = ""
    """Why it would not even be raised: it is background to an alert that is still followed. Empty: it would."""


class TrialRules(Struct, frozen=True, kw_only=True):
    """What routing.toml says; ``kinds`` and ``seconds`` are by channel."""

    table: RoutingTable
    holding: HoldRules
    kinds: Mapping[str, str]
    seconds: Mapping[str, str] = {}


def try_routes(alert: Alert, rules: TrialRules, at: datetime, earlier: Sequence[Alert] = ()) -> RouteTrial:
    """The way of ``alert`` when it is raised at ``at`` (wall time, UTC); nothing is written or sent.

    ``earlier``: alerts that count as told at the time they were raised, for cooldowns and inhibition.
    """
    before = sorted((one for one in earlier if one.raised_at <= at), key=lambda one: (one.raised_at, one.alert_id))
    before = [one for one in before if one.alert_id != alert.alert_id]
    ways = find_ways(alert, rules.table)
    return RouteTrial(
        alert_id=alert.alert_id,
        at=at,
        steps=route_alert(alert, rules.table).steps,
        channels=tuple(_try_channel(alert, name, several, rules, (at, before)) for name, several in ways.items()),
        inhibited=_find_inhibition(alert, before),
    )


def _try_channel(
    alert: Alert, name: str, ways: tuple[Way, ...], rules: TrialRules, past: tuple[datetime, Sequence[Alert]]
) -> Trial:
    at, _ = past
    outcome, until, why = "told", None, ""
    hold = find_hold(alert, ways, rules.holding, at)
    cooling = _find_cooling(alert, name, rules, past) if hold is None and rules.kinds.get(name) == "slack" else None
    if hold is not None:
        way = "in a brief" if hold.in_brief else "by itself"
        outcome, until, why = "held", hold.until, f"{hold.reason.value}: {hold.detail}; told {way} then"
    elif cooling is not None:
        outcome, until, why = "joins", cooling[1], f"cooldown: in the thread of like alert {cooling[0]}"
    else:
        why = _say_rule(ways, rules.holding)
    return Trial(
        channel=name,
        kind=rules.kinds.get(name, "slack"),
        routes=tuple(dict.fromkeys(way.route for way in ways if way.route)),
        outcome=outcome,
        until=until,
        why=why,
        second=rules.seconds.get(name, ""),
    )


def _find_cooling(
    alert: Alert, name: str, rules: TrialRules, past: tuple[datetime, Sequence[Alert]]
) -> tuple[str, datetime] | None:
    """(the alert whose thread it joins, when its kind may ring again), as ``before`` was told in this channel."""
    at, before = past
    told: list[Told] = []
    for one in (*before, alert):
        ways, key = find_ways(one, rules.table).get(name, ()), event_key(one)
        rule = find_cooldown(ways, rules.holding) if ways else None
        if key is None or rule is None:
            continue
        moment = at if one is alert else one.raised_at
        cooling = find_cooling(one, moment, told, rule)
        if one is alert:
            return None if cooling is None else (cooling.root, cooling.until)
        told.append(Told(alert_id=one.alert_id, key=key, at=moment, severity=one.severity, rang=cooling is None))
    return None


def _find_inhibition(alert: Alert, before: Iterable[Alert]) -> str:
    root = next((one for one in before if one.signal.story_id == alert.signal.story_id), None)
    found = find_inhibition(alert.signal, root)
    return "" if found is None else found[1]


def _say_rule(ways: tuple[Way, ...], holding: HoldRules) -> str:
    rule = find_cooldown(ways, holding)
    if rule is None:
        return ""
    span = timedelta(minutes=rule.minutes)
    return f"no like event is known; another one within {span} would join its thread"
