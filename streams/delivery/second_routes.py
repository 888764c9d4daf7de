"""While a channel does not take alerts they go to its second route as well, and stay in its own queue.

Handing over is safe to repeat: the second channel knows by the attempt log what it has. So nothing is remembered of it
elsewhere, and a next process hands over again what it finds still waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.corrections import correction_of
from services.alerts.delivery_queue import Waiting
from services.alerts.delivery_trace import explain_second_route
from services.alerts.repeat import ROOT_GONE, first_word
from streams.delivery import delivery_metrics
from streams.delivery.delivery_traces import DeliveryTraces
from streams.delivery.refusals import TOKEN
from streams.delivery.sender import Sender
from streams.logs import log

MOST_REMEMBERED = 20_000
UNCONFIRMED = "unconfirmed"
"""First word of a PARKED detail: even the last copy that may be sent was not confirmed."""


class SecondRoutes:
    """``seconds`` maps a sender's channel to that of the one that stands in; ``keep`` asks whether it waits there."""

    def __init__(
        self, senders: Mapping[str, Sender], seconds: Mapping[str, str], keep: Callable[[str, Alert], bool]
    ) -> None:
        self._senders = senders
        self._seconds = seconds
        self._keep = keep
        self._handed: set[tuple[str, str, int]] = set()
        self.traces: DeliveryTraces | None = None
        for channel in seconds:
            senders[channel].on_parked = self._act_on_parked(channel)

    def forget(self) -> None:
        """Before a rebuild: queues are empty, and what waits comes again."""
        self._handed.clear()

    def find(self, channel: str) -> Sender | None:
        """The sender that stands in for a channel."""
        return self._senders.get(self._seconds.get(channel, ""))

    def look(self) -> None:
        """Hand over what waits in channels that refuse. Raises Unavailable (Kafka)."""
        is_token_refused = any(one.state.refusal == TOKEN for one in self._senders.values())
        for channel in self._seconds:
            sender = self._senders[channel]
            if sender.state.refusal or (is_token_refused and not channel.startswith("output/")):
                for waiting in sender.queue.newest():
                    self._hand_over(channel, waiting)

    def find_for_parked(self, alert: Alert, channels: Sequence[str]) -> list[str]:
        """Channels that stand in for those of ``channels`` that have parked this very revision.

        A process that ended between the parking and the handing over left only the receipt.
        """
        found = []
        for channel in channels:
            last, second = self._senders[channel].last(alert.alert_id), self.find(channel)
            is_parked = last is not None and last.state is DeliveryState.PARKED and last.revision == alert.revision
            if second is not None and last is not None and is_parked and first_word(last.detail) != ROOT_GONE:
                found.append(second.channel)
        return found

    def _act_on_parked(self, channel: str) -> Callable[[Waiting], None]:
        return lambda waiting: self._hand_over(channel, waiting)

    def _hand_over(self, channel: str, waiting: Waiting) -> None:
        alert, second = waiting.alert, self.find(channel)
        key = (channel, alert.alert_id, alert.revision)
        if second is None or key in self._handed or second.queue.knows(alert):
            return
        last = self._senders[channel].last(alert.alert_id)
        if last is not None and _has_card(last) and last.correction == correction_of(alert):
            # That a figure on it is old is no reason for another message elsewhere.
            return
        if len(self._handed) >= MOST_REMEMBERED:
            self._handed.clear()
        if self.traces is not None:
            first = self._senders[channel]
            self.traces.said(alert, first.name, explain_second_route(first.name, second.name, first.state.problem))
        if second.last(alert.alert_id) is None:
            delivery_metrics.HANDED_OVER.labels(channel=self._senders[channel].name).inc()
            log.warning("goes to the second route", alert_id=alert.alert_id, channel=channel, second=second.channel)
        if not self._keep(second.channel, alert):
            second.take(alert, waiting.partition, waiting.offset, waiting.clock_offset_ms)
        self._handed.add(key)


def _has_card(last: Receipt) -> bool:
    """People have a message of this alert, for certain."""
    return last.slack_ts is not None and first_word(last.detail) != UNCONFIRMED
