"""When each instrument had policy events: days that say nothing about what is normal for it."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime

from services.alerts.alert import Alert

MOST_PER_INSTRUMENT = 1_000


class PastEvents:
    """Publication times by instrument, the newest ``MOST_PER_INSTRUMENT`` of each."""

    def __init__(self) -> None:
        self._times: dict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=MOST_PER_INSTRUMENT))
        self._known: set[str] = set()

    def add(self, alert: Alert) -> None:
        """Take up an alert; further revisions of it change nothing."""
        if alert.alert_id in self._known:
            return
        self._known.add(alert.alert_id)
        for exposure in alert.signal.exposures:
            for instrument in (exposure.instrument, *exposure.other_listings):
                self._times[instrument].append(alert.signal.published_at)

    def of(self, instrument: str) -> tuple[datetime, ...]:
        """Publication times (UTC) of events that touched the instrument, in the order in which they were told."""
        return tuple(self._times.get(instrument, ()))

    def clear(self) -> None:
        """Forget all, before a rebuild."""
        self._times.clear()
        self._known.clear()
