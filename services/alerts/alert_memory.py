"""The latest alerts at their last revision, so that people can ask about them."""

from __future__ import annotations

from services.alerts.alert import Alert

MOST_ALERTS = 500
SHORTEST_START = 8
"""Characters of an id that name an alert when they name one only: ``alt_`` and four digits."""


class AlertMemory:
    """Alerts by id, in the order of their first revision; the oldest are forgotten."""

    def __init__(self, most: int = MOST_ALERTS) -> None:
        self._most = most
        self.by_id: dict[str, Alert] = {}

    def take(self, alert: Alert) -> None:
        """Remember a revision, unless a later one is known."""
        known = self.by_id.get(alert.alert_id)
        if known is not None and known.revision > alert.revision:
            return
        self.by_id[alert.alert_id] = alert
        while len(self.by_id) > self._most:
            del self.by_id[next(iter(self.by_id))]

    def find(self, said: str) -> Alert | None:
        """The alert of an id, or of the start of one that is nobody else's."""
        if said in self.by_id:
            return self.by_id[said]
        found = [alert for name, alert in self.by_id.items() if name.startswith(said)]
        return found[0] if len(found) == 1 and len(said) >= SHORTEST_START else None
