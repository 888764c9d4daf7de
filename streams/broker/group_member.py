"""What the loop of a process needs of a Kafka client: one member of a consumer group, on one topic.

Two clients stand behind it: ``plain_consumer`` (kafka-python) and ``quick_consumer`` (confluent-kafka, for ticks).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from config.settings import Settings
from streams.broker.kafka import Record
from streams.topics import Topic

POLL_MS = 100


class MemberLost(Exception):
    """This client is of no more use: only a new one can go on. Its text names what the client said."""


class GroupMember(Protocol):
    """Reads from the earliest record on, commits by hand. Every method may raise MemberLost; partitions are numbers."""

    def poll(self) -> Mapping[int, Sequence[Record]]:
        """What is there, in order of offsets, per partition; waits POLL_MS for the first record."""

    def assignment(self) -> frozenset[int]:
        """The partitions that the group gave to this member."""

    def is_caught_up(self) -> bool:
        """True when nothing that was on the assigned partitions at the last fetch is still unread."""

    def left(self) -> Mapping[int, int]:
        """Records after the last one that ``poll`` gave, per assigned partition, as of the last fetch."""

    def commit(self, offsets: Mapping[int, int]) -> bool:
        """Commit the next offset to read per partition; False when the group refused it during a rebalance."""

    def go_back(self) -> None:
        """Return to what is committed, or to the beginning, and fetch nothing before ``resume``."""

    def resume(self) -> None:
        """Fetch again after ``go_back``; nothing happens when nothing is held back."""

    def sees_topic(self) -> bool:
        """False when the broker has no such topic."""

    def close(self) -> None:
        """Leave the group in good order."""


class Join(Protocol):
    """How a client becomes a member."""

    def __call__(
        self, settings: Settings, process: str, topic: Topic, most: int, on_assigned: Callable[[], None]
    ) -> GroupMember:
        """A member of the group ``process`` that polls at most ``most`` records at a time.

        ``on_assigned`` is called, inside ``poll``, after every assignment. Raises Unavailable or MemberLost.
        """
