"""The channels of an alert through its life: those of its first revision, and those that a louder one adds."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from services.alerts.alert import Alert
from services.alerts.routing import RoutingTable, Way, route_alert


def find_channels(alert: Alert, table: RoutingTable) -> tuple[str, ...]:
    """Names of channels without repeats, those of the first revision at the front; the same after any restart."""
    first = replace(alert, severity=alert.raised_severity or alert.severity)
    return tuple(dict.fromkeys((*route_alert(first, table).channels, *route_alert(alert, table).channels)))


def find_ways(alert: Alert, table: RoutingTable) -> Mapping[str, tuple[Way, ...]]:
    """The ways of an alert by channel, as ``find_channels`` finds them, in its order."""
    first = replace(alert, severity=alert.raised_severity or alert.severity)
    ways: dict[str, tuple[Way, ...]] = {}
    for way in dict.fromkeys((*route_alert(first, table).ways, *route_alert(alert, table).ways)):
        ways[way.channel] = (*ways.get(way.channel, ()), way)
    return ways
