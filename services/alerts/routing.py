"""Who gets an alert: a tree of routes, read from the top like a letter sorter.

Of sibling routes the first that matches takes the alert, and the next ones too while ``go_on`` stands; within a route
its children are asked first, and where none matches the route itself delivers. What no route takes goes to the
fallback, so no alert is ever lost between the routes. (The tree of Prometheus Alertmanager, whose users know it.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from services.alerts.alert import Alert, Severity
from services.alerts.loudness import LOUDNESS, Cooldown
from services.alerts.watchlists import Watchlist, find_watchlists
from services.signals.signal import Tone

__all__ = ["LOUDNESS", "Route", "Routing", "RoutingTable", "Step", "Way", "find_mismatch", "route_alert"]


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"go_on": "continue"}):
    """One branch. Each given matcher must hold; within a matcher any of its values. No matcher at all matches all."""

    name: str
    regulator: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    watchlist: tuple[str, ...] = ()
    tone: tuple[Tone, ...] = ()
    language: tuple[str, ...] = ()
    severity: Severity = Severity.ALERT
    """The least severity that matches."""
    to: tuple[str, ...] = ()
    """Names of channels; a route with children may leave it to them."""
    go_on: bool = False
    """True: the siblings after this one are asked too."""
    quiet: tuple[str, ...] = ()
    """Names of quiet hours that hold back what comes this way; those of the routes above count as well."""
    cooldown: Cooldown | None = None
    """How long a like event joins the thread of the first; none: that of the route above, or no cooldown."""
    routes: tuple[Route, ...] = ()


class Step(Struct, frozen=True, kw_only=True):
    """One route that was asked: what it said, and why not. ``depth`` is 0 at the top."""

    depth: int
    name: str
    matched: bool
    why: str


class Way(Struct, frozen=True, kw_only=True):
    """How an alert comes to a channel: through which route, with the quiet hours and the cooldown of that way."""

    channel: str
    route: str = ""
    """Empty: it is the fallback, and no route took the alert."""
    quiet: tuple[str, ...] = ()
    cooldown: Cooldown | None = None


class Routing(Struct, frozen=True, kw_only=True):
    """Where one alert goes: names of channels without repeats, and every route that was asked, in order."""

    channels: tuple[str, ...]
    steps: tuple[Step, ...]
    ways: tuple[Way, ...] = ()
    """One for each route that delivers; several may lead to one channel."""


class RoutingTable(Struct, frozen=True, kw_only=True):
    """The tree, its fallback and the watchlists that its matchers name."""

    fallback: str
    routes: tuple[Route, ...] = ()
    watchlists: Mapping[str, Watchlist] = {}


def route_alert(alert: Alert, table: RoutingTable) -> Routing:
    """Channels of an alert; the fallback alone when no route takes it."""
    steps: list[Step] = []
    lists = find_watchlists(alert.signal, table.watchlists)
    ways = tuple(_walk(alert, table.routes, lists, steps)) or (Way(channel=table.fallback),)
    return Routing(channels=tuple(dict.fromkeys(way.channel for way in ways)), steps=tuple(steps), ways=ways)


def _walk(
    alert: Alert, routes: tuple[Route, ...], lists: frozenset[str], steps: list[Step], above: tuple[Route, ...] = ()
) -> Iterator[Way]:
    for route in routes:
        why = find_mismatch(alert, route, lists)
        steps.append(Step(depth=len(above), name=route.name, matched=not why, why=why or "matches"))
        if why:
            continue
        line = (*above, route)
        below = list(_walk(alert, route.routes, lists, steps, line))
        yield from below or (_way(name, line) for name in route.to)
        if not route.go_on:
            return


def _way(channel: str, line: tuple[Route, ...]) -> Way:
    return Way(
        channel=channel,
        route=" / ".join(route.name for route in line),
        quiet=tuple(dict.fromkeys(name for route in line for name in route.quiet)),
        cooldown=next((route.cooldown for route in reversed(line) if route.cooldown is not None), None),
    )


def find_mismatch(alert: Alert, route: Route, lists: frozenset[str]) -> str:
    """The first matcher that does not hold, in words; empty when all do."""
    signal = alert.signal
    instruments = {name for one in signal.exposures for name in (one.instrument, *one.other_listings)}
    sets = (
        ("regulator", route.regulator, {*signal.regulators}),
        ("sector", route.sector, {*signal.sectors}),
        ("instrument", route.instrument, instruments),
        ("watchlist", route.watchlist, lists),
        ("tone", tuple(tone.value for tone in route.tone), {signal.tone.value}),
        ("language", route.language, {signal.language}),
    )
    for name, wanted, given in sets:
        if wanted and not given & {*wanted}:
            return f"{name} is {', '.join(sorted(given)) or 'none'}, wanted {' or '.join(wanted)}"
    if LOUDNESS.index(alert.severity) < LOUDNESS.index(route.severity):
        return f"severity is {alert.severity.value}, wanted {route.severity.value} or more"
    return ""
