"""The audit: every change is written to ``policy.audit`` first, then to the topic that others read.

The audit is the truth of the two: what a crash kept from the second topic is written there at the next start.
One process writes it, the one that owns the partition of ``policy.alerts`` in its group.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.settings import Settings
from services.alerts.audit import BEGINNING, AuditRecord, Link, digest_of
from services.alerts.desk import ActionRecord, Change, Desk, key_of
from services.alerts.feedback import Feedback
from services.alerts.orders import Asked
from services.errors import Unreadable
from streams.broker.kafka import Outbox, read_values, read_whole
from streams.codec import decode, encode
from streams.logs import log
from streams.topics import POLICY_ACTIONS, POLICY_AUDIT, POLICY_FEEDBACK


class AuditLog:
    """Everything that people changed, as ``desk`` and ``feedback``; connects to nothing until used."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # An outbox of its own: resetting it must not drop what others have queued.
        self._outbox = Outbox(settings)
        self.desk = Desk()
        self.feedback: list[Feedback] = []
        self.requests: set[str] = set()
        self.count = 0
        self.last_digest = BEGINNING

    def rebuild(self) -> None:
        """Read the audit whole, and bring ``policy.actions`` up to it. Raises Unavailable."""
        self._forget_all()
        for record in read_whole(self._settings, POLICY_AUDIT.name):
            data = record.value or b""
            try:
                self._take(decode(AuditRecord, data), data)
            except Unreadable as error:
                # The chain shows it; the desk goes on with what can be read.
                log.error("audit record cannot be read", offset=record.offset, reason=error.reason)
                self.count, self.last_digest = self.count + 1, digest_of(data)
        self._repair()

    def append(self, change: Change, asked: Asked, request_id: str) -> None:
        """Return when the broker has both records; raises Unavailable, after which only ``rebuild`` tells."""
        record = AuditRecord(
            number=self.count + 1,
            previous=self.last_digest,
            request_id=request_id,
            who=asked.user,
            where=asked.channel,
            at=asked.at,
            change=change,
        )
        data = encode(record)
        self._outbox.send(POLICY_AUDIT.name, request_id, data)
        self._outbox.flush()
        self._tell(change)
        self._outbox.flush()
        self._take(record, data)

    def close(self) -> None:
        """Close the connection in good order."""
        self._outbox.close()

    def _forget_all(self) -> None:
        self.desk.forget_all()
        self.feedback.clear()
        self.requests.clear()
        self.count, self.last_digest = 0, BEGINNING

    def _take(self, record: AuditRecord, data: bytes) -> None:
        self.count, self.last_digest = record.number, digest_of(data)
        self.requests.add(record.request_id)
        if isinstance(record.change, Feedback):
            self.feedback.append(record.change)
        else:
            self.desk.take(record.change)

    def _tell(self, change: Change) -> None:
        if isinstance(change, Feedback):
            self._outbox.send(POLICY_FEEDBACK.name, change.alert_id, encode(change))
        else:
            self._outbox.send(POLICY_ACTIONS.name, key_of(change), encode(ActionRecord(order=change)))

    def _repair(self) -> None:
        told = Desk()
        for record in read_values(self._settings, POLICY_ACTIONS.name, ActionRecord):
            told.take(record.order)
        for order in self.desk.orders():
            if told.last(order) != order:
                self._tell(order)
        heard = set(read_values(self._settings, POLICY_FEEDBACK.name, Feedback))
        for word in self.feedback:
            if word not in heard:
                self._tell(word)
        self._outbox.flush()


def read_links(settings: Settings) -> Iterator[Link]:
    """The audit as links of its chain, in order; raises Unavailable, or Unreadable for a record that is none."""
    for record in read_whole(settings, POLICY_AUDIT.name):
        found = decode(AuditRecord, record.value)
        yield Link(number=found.number, previous=found.previous, digest=digest_of(record.value or b""))
