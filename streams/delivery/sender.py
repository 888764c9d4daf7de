"""What every sender can do, whatever its channel is: one of Slack, a webhook, e-mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from services.alerts.alert import Alert, Receipt
from services.alerts.brief import Brief
from services.alerts.delivery_queue import ChannelQueue, Waiting
from streams.delivery.channel_state import ChannelState


class Teller(Protocol):
    """The sender of one channel, as far as what waits on purpose needs it."""

    name: str
    """As routing.toml has it."""
    queue: ChannelQueue

    @property
    def channel(self) -> str:
        """As the attempt log names it."""

    @property
    def is_brief_free(self) -> bool:
        """No brief is on its way."""

    def last(self, alert_id: str, reply_id: str = "") -> Receipt | None:
        """The last receipt of a message in this channel."""

    def take(self, alert: Alert, partition: int, offset: int, clock_offset_ms: int) -> None:
        """Put a revision into the queue unless the channel has it."""

    def begin_brief(self, brief: Brief, digest_id: str, done: Callable[[bool], None]) -> None:
        """Put a brief on its way; ``done`` is told whether it stands. Raises Unavailable."""

    def was_posted(self, digest_id: str) -> bool:
        """Does the brief of this id stand? Raises Unavailable while that is not known."""

    def require_ownership(self) -> None:
        """Raises Unavailable when the channel is another process's."""


class Sender(Teller, Protocol):
    """Brings one channel up to every revision in its queue."""

    state: ChannelState
    on_parked: Callable[[Waiting], None]
    """Told of a revision that this channel will never take."""

    def work(self) -> bool:
        """Do what comes next; False when nothing may leave now. Raises Unavailable."""

    def notify(self, key: str, words: str) -> None:
        """Say something that is no alert; once for each key."""

    def forget(self) -> None:
        """Before a rebuild."""

    def show_metrics(self) -> None:
        """Length and age of the queue."""
