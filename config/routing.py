"""routing.toml -> the routing table and the channels. Every mistake is named with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from config.alerting import FOLDER, convert, load_policy, read_toml
from config.exchanges import EXCHANGES_FILE, load_calendars
from config.outputs import ChannelEntry, check_channel, check_second
from config.quiet_hours import QuietEntry, build_quiet, check_cooldown, read_digest_time
from config.sign_of_life import SignEntry, build_sign
from services.alerts.holding import ChannelRules, HoldRules
from services.alerts.policy import AlertPolicy
from services.alerts.routing import Route, RoutingTable
from services.alerts.sign_of_life import DailySign
from services.alerts.watchlists import HIGHEST_WEIGHT, Watchlist
from services.errors import Misconfigured
from services.signals.entities import Catalogue

KEYS = ("fallback", "channels", "route", "watchlists", "quiet", "sign_of_life")
__all__ = ["ChannelEntry", "RoutingFile", "load_desk_policy", "load_routing"]


class RoutingFile(Struct, frozen=True, kw_only=True):
    """Everything that routing.toml says."""

    table: RoutingTable
    channels: Mapping[str, ChannelEntry]
    holding: HoldRules = HoldRules()
    """Quiet hours, digests and cooldowns, by the names of channels."""
    sign_of_life: DailySign | None = None

    def channels_of(self, *kinds: str) -> dict[str, ChannelEntry]:
        """The channels of these kinds, by name, in the order of the file."""
        return {name: entry for name, entry in self.channels.items() if entry.kind in kinds}


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
    if channels[fallback].kind != "slack":
        raise Misconfigured(f"{path.name}: fallback: {fallback!r} is no channel of kind 'slack'")
    holding = _read_holding(path, tables.get("quiet", {}), channels)
    _check_watchlists(path, watchlists, catalogue)
    for where, route in _flatten(routes):
        _check_route(path, where, route, channels, watchlists)
        _check_names_of_quiet(f"{path.name}: route {where!r}", route.quiet, holding)
        check_cooldown(f"{path.name}: route {where!r}", route.cooldown)
        _check_names(path, where, route, catalogue)
    table = RoutingTable(fallback=fallback, routes=routes, watchlists=watchlists)
    sign = convert(path, tables["sign_of_life"], SignEntry) if "sign_of_life" in tables else None
    return RoutingFile(
        table=table,
        channels=channels,
        holding=holding,
        sign_of_life=None if sign is None else build_sign(path, sign, channels, fallback),
    )


def load_desk_policy(catalogue: Catalogue) -> AlertPolicy:
    """The thresholds of alerting.toml with the watchlists of routing.toml; raises Misconfigured."""
    return replace(load_policy(), watchlists=load_routing(catalogue).table.watchlists)


def _read_holding(path: Path, quiet: Any, channels: Mapping[str, ChannelEntry]) -> HoldRules:
    """Calendars are those beside the file, or the project's own."""
    exchanges = path.with_name("exchanges.toml")
    calendars = load_calendars(exchanges if exchanges.exists() else EXCHANGES_FILE)
    entries = convert(path, quiet, dict[str, QuietEntry])
    holding = HoldRules(
        quiet={name: build_quiet(path, name, entry, calendars) for name, entry in entries.items()},
        calendars=calendars,
    )
    rules = {}
    for name, entry in channels.items():
        where = f"{path.name}: channels.{name}"
        check_channel(path, name, entry)
        check_second(path, name, entry, channels)
        _check_names_of_quiet(where, entry.quiet, holding)
        check_cooldown(where, entry.cooldown)
        rules[name] = ChannelRules(
            quiet=entry.quiet,
            schedule=tuple(read_digest_time(f"{where}: digest", said, calendars) for said in entry.digest),
            told_in_digest=entry.told_in_digest,
            cooldown=entry.cooldown,
        )
    return replace(holding, channels=rules)


def _check_names_of_quiet(where: str, names: tuple[str, ...], holding: HoldRules) -> None:
    for name in names:
        if name not in holding.quiet:
            raise Misconfigured(f"{where}: quiet: {name!r} is none of {sorted(holding.quiet)}")


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
