"""All that makes a channel quieter: what waits in each, their digests, and the threads that like events join."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from services.alerts.alert import Alert
from services.alerts.holding import HoldRules
from services.alerts.routing import Route, RoutingTable
from streams.delivery.channel_state import ChannelState
from streams.delivery.held_alerts import HeldAlerts, HoldingParts
from streams.delivery.sender import Teller


class QuietDesk:
    """One for a process; a channel is added when its sender is made."""

    def __init__(self, parts: HoldingParts, read_alerts: Callable[[], Iterable[Alert]]) -> None:
        self._parts = parts
        self._read_alerts = read_alerts
        self._held: dict[str, tuple[HeldAlerts, ChannelState]] = {}

    def add(self, teller: Teller, names: tuple[str, ...], state: ChannelState) -> HeldAlerts:
        """A channel by the names that lead to it."""
        held = HeldAlerts(teller, names, self._parts)
        self._held[teller.channel] = (held, state)
        return held

    def rebuild(self) -> None:
        """After the attempt log was read anew: wait on with what waited. Raises Unavailable."""
        log, recent = self._parts.log, self._parts.recent
        wanted = {one.alert_id for channel in self._held for one in log.find_held(channel)}
        alerts: dict[str, Alert] = {}
        if wanted or _needs_memory(self._parts.rules, self._parts.table):
            for alert in self._read_alerts():
                recent.take(alert)
                known = alerts.get(alert.alert_id)
                if alert.alert_id in wanted and (known is None or known.revision < alert.revision):
                    alerts[alert.alert_id] = alert
        for held, _ in self._held.values():
            held.restore(alerts)

    def note(self, alert: Alert) -> None:
        """Remember a revision, for digests and like events."""
        self._parts.recent.take(alert)

    def keep(self, channel: str, alert: Alert) -> bool:
        """True when the alert waits in this channel; its record is not needed any more. Raises Unavailable."""
        return self._held[channel][0].keep(alert)

    def look(self) -> None:
        """Tell what need not wait any longer. Raises Unavailable for Kafka and ownership."""
        for held, state in self._held.values():
            state.attempt(held.look, held.wait)
            held.count()


def _needs_memory(rules: HoldRules, table: RoutingTable) -> bool:
    """Digests and cooldowns look back at what was told before this process began."""
    if any(one.schedule or one.cooldown is not None for one in rules.channels.values()):
        return True
    return any(_has_cooldown(route) for route in table.routes)


def _has_cooldown(route: Route) -> bool:
    return route.cooldown is not None or any(map(_has_cooldown, route.routes))
