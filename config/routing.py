"""routing.toml -> the routing table and the channels. Every mistake is named with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from config.alerting import FOLDER, convert, load_policy, read_toml
from services.alerts.policy import AlertPolicy
from services.alerts.routing import Route, RoutingTable
from services.alerts.watchlists import HIGHEST_WEIGHT, Watchlist
from services.errors import Misconfigured
from services.signals.entities import Catalogue

KEYS = ("fallback", "channels", "route", "watchlists")


class ChannelEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a channel's name leads."""

    kind: Literal["slack"]
    target: str
    """Slack channel id; empty: that of SLACK_CHANNEL."""


class RoutingFile(Struct, frozen=True, kw_only=True):
    """Everything that routing.toml says."""

    table: RoutingTable
    channels: Mapping[str, ChannelEntry]


def load_routing(catalogue: Catalogue, path: Path = FOLDER / "routing.toml") -> RoutingFile:
    """The file, checked against the catalogue; raises Misconfigured naming file, key and reason."""
    tables = read_toml(path)
    unknown = sorted(tables.keys() - {*KEYS})
    if unknown:
        raise Misconfigured(f"{path.name}: unknown key {unknown[0]!r}, expected {', '.join(KEYS)}")
    channels = convert(path, tables.get("channels", {}), dict[str, ChannelEntry])
    watchlists = convert(path, tables.get("watchlists", {}), dict[str, Watchlist])
    routes = convert(path, tables.get("route", []), tuple[Route, ...])
    fallback = tables.get("fallback")
    if fallback not in channels:
        raise Misconfigured(f"{path.name}: fallback: {fallback!r} is none of the channels {sorted(channels)}")
    _check_watchlists(path, watchlists, catalogue)
    for where, route in _flatten(routes):
        _check_route(path, where, route, channels, watchlists)
        _check_names(path, where, route, catalogue)
    return RoutingFile(table=RoutingTable(fallback=fallback, routes=routes, watchlists=watchlists), channels=channels)


def load_desk_policy(catalogue: Catalogue) -> AlertPolicy:
    """The thresholds of alerting.toml with the watchlists of routing.toml; raises Misconfigured."""
    return replace(load_policy(), watchlists=load_routing(catalogue).table.watchlists)


def _flatten(routes: tuple[Route, ...], above: str = "") -> Iterator[tuple[str, Route]]:
    for route in routes:
        where = f"{above}{route.name}"
        yield where, route
        yield from _flatten(route.routes, f"{where} / ")


def _check_route(
    path: Path,
    where: str,
    route: Route,
    channels: Mapping[str, ChannelEntry],
    watchlists: Mapping[str, Watchlist],
) -> None:
    if not route.to and not route.routes:
        raise Misconfigured(f"{path.name}: route {where!r}: to: names no channel, and there are no routes below")
    for key, names, known in (("to", route.to, channels), ("watchlist", route.watchlist, watchlists)):
        strange = [name for name in names if name not in known]
        if strange:
            raise Misconfigured(f"{path.name}: route {where!r}: {key}: {strange[0]!r} is none of {sorted(known)}")


def _check_names(path: Path, where: str, route: Route, catalogue: Catalogue) -> None:
    checks: tuple[tuple[str, tuple[str, ...], Any], ...] = (
        ("regulator", route.regulator, catalogue.regulators.__contains__),
        ("sector", route.sector, catalogue.sectors.__contains__),
        ("instrument", route.instrument, catalogue.has_instrument),
    )
    for key, names, knows in checks:
        strange = [name for name in names if not knows(name)]
        if strange:
            raise Misconfigured(f"{path.name}: route {where!r}: {key}: {strange[0]!r} is not in the catalogue")


def _check_watchlists(path: Path, watchlists: Mapping[str, Watchlist], catalogue: Catalogue) -> None:
    for name, one in watchlists.items():
        for instrument, weight in one.instruments.items():
            where = f"{path.name}: watchlists.{name}: {instrument!r}"
            if not catalogue.has_instrument(instrument):
                raise Misconfigured(f"{where} is not in the catalogue")
            if not 1.0 <= weight <= HIGHEST_WEIGHT:
                raise Misconfigured(f"{where}: weight is {weight:g}, expected 1 to {HIGHEST_WEIGHT:g}")
