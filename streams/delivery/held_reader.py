"""What waits on purpose, read from the topics by a process that sends nothing: for a command, and for ``/policy``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from config.routing import RoutingFile
from config.settings import Settings
from services.alerts.alert import Alert, Receipt
from services.alerts.held_list import Held, HeldRules, list_held
from streams.broker.kafka import read_values
from streams.delivery.attempt_log import AttemptLog, KafkaAttemptLog
from streams.delivery.lines import ChannelLines
from streams.topics import POLICY_ALERTS


class HeldReader:
    """Reads anew each time; ``names`` maps regulator and sector ids to names."""

    def __init__(
        self, settings: Settings, routing: RoutingFile, names: Mapping[str, str], log: AttemptLog | None = None
    ) -> None:
        self._settings = settings
        self._lines = ChannelLines(routing, settings.slack_channel)
        self._rules = HeldRules(
            table=routing.table, holding=routing.holding, names_of=self._lines.leading_to, names=names
        )
        self._log = log

    def read(self, now: datetime) -> tuple[list[Held], dict[str, Alert]]:
        """(what waits at ``now``, its alerts by id). Raises Unavailable."""
        log = self._log or KafkaAttemptLog(self._settings)
        log.rebuild()
        receipts = [one for channel in self._lines.names for one in log.find_held(channel)]
        alerts = self._read_alerts(receipts)
        return list_held(receipts, alerts, self._rules, now), alerts

    def _read_alerts(self, receipts: list[Receipt]) -> dict[str, Alert]:
        wanted = {one.alert_id for one in receipts}
        alerts: dict[str, Alert] = {}
        for alert in read_values(self._settings, POLICY_ALERTS.name, Alert) if wanted else ():
            if alert.alert_id in wanted:
                alerts[alert.alert_id] = alert
        return alerts
