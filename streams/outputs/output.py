"""What an output is: it writes a message, and makes one try at sending it, which ends in a closed result."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from services.alerts.alert import Alert, Receipt
from services.alerts.brief import Brief

DEADLINE_SECONDS = 10.0
"""Of one try, whole: connection, sending, answer."""


class ResultKind(StrEnum):
    """What became of one try: a closed set, which is also the metric label."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    """Certainly not accepted, for a reason that time cures."""
    IN_DOUBT = "in_doubt"
    """It may have been accepted."""
    REFUSED = "refused"
    """Certainly not accepted, until a person changes something: address, key, password."""
    CONTENT = "content"
    """This message is not taken in this form; others are."""


class Result(Struct, frozen=True, kw_only=True):
    """``detail`` is short and holds no secret and no text of the other side; ``retry_after`` in seconds, 0: unsaid."""

    kind: ResultKind
    detail: str = ""
    retry_after: float = 0.0


class Outgoing(Struct, frozen=True, kw_only=True):
    """A written message: ``key`` is the same for every try of it."""

    key: str
    body: bytes
    headers: Mapping[str, str] = {}


class Output(Protocol):
    """One place outside. ``send`` runs beside the loop, never twice at the same time."""

    most_doubts: int
    """Tries in doubt after which a message is given up with a notice; 0: the other side knows repeats by their key."""
    takes_every_revision: bool
    """False: of revisions that wait at the same time the newest is enough."""

    def wants(self, last: Receipt, alert: Alert) -> bool:
        """Is a newer revision of what was sent worth another message?"""

    def write_alert(self, alert: Alert, *, is_follow_up: bool, note: str = "") -> Outgoing:
        """The message of one revision; ``note`` is a sentence of ours that stands in it."""

    def write_brief(self, brief: Brief, brief_id: str) -> Outgoing:
        """The message of a brief."""

    def write_notice(self, key: str, words: str) -> Outgoing:
        """A notice of ours."""

    def send(self, outgoing: Outgoing) -> Result:
        """One try, within DEADLINE_SECONDS. Raises nothing."""
