"""The channels of an alert through its life: those of its first revision, and those that a louder one adds."""

from __future__ import annotations

from msgspec.structs import replace

from services.alerts.alert import Alert
from services.alerts.routing import RoutingTable, route_alert


def find_channels(alert: Alert, table: RoutingTable) -> tuple[str, ...]:
    """Names of channels without repeats, those of the first revision at the front; the same after any restart."""
    first = replace(alert, severity=alert.raised_severity or alert.severity)
    return tuple(dict.fromkeys((*route_alert(first, table).channels, *route_alert(alert, table).channels)))
