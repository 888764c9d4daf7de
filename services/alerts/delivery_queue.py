"""What waits for one channel, and what leaves next.

Loud before quiet, first posts before edits, then by age. One alert's revisions leave in order; of several that wait at
the same time only the newest is kept, since every revision is whole, unless the channel wants to have them all.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from services.alerts.alert import Alert
from services.alerts.edit_pace import LEAST_GAP
from services.alerts.loudness import LOUDNESS

NO_PARTITION = -1
"""Of a revision whose record is committed already."""


class Waiting(Struct, frozen=True, kw_only=True):
    """One revision that a channel has not got yet.

    ``since`` and ``not_before`` are seconds of a clock that never jumps. ``partition`` and ``offset`` tell where the
    record lies, which is not committed before the revision is done.
    """

    alert: Alert
    partition: int
    offset: int
    since: float
    is_first: bool
    """The channel has nothing of this alert."""
    not_before: float = 0.0
    in_doubt: bool = False
    """Slack may have taken it: nobody knows yet."""
    digest_id: str = ""
    """It leaves in this digest, not by itself."""
    is_alone: bool = False
    """It leaves in a message of its own, however many wait."""
    clock_offset_ms: int = 0

    @property
    def rank(self) -> tuple[int, bool, float, str]:
        """The smallest leaves first."""
        return (-LOUDNESS.index(self.alert.severity), not self.is_first, self.since, self.alert.alert_id)


class ChannelQueue:
    """Revisions that wait, by alert; in each alert the oldest first."""

    def __init__(self, *, keeps_all: bool = False) -> None:
        self._waiting: dict[str, list[Waiting]] = {}
        self._keeps_all = keeps_all

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[Waiting]:
        """The next of each alert, in no certain order."""
        return (revisions[0] for revisions in self._waiting.values())

    def put(self, new: Waiting) -> bool:
        """Add a revision; True when it took the place of an older one. What is known already changes nothing."""
        known = self._waiting.setdefault(new.alert.alert_id, [])
        if known and new.alert.revision <= known[-1].alert.revision:
            return False
        if known and not self._keeps_all and takes_the_place(known[-1].alert, new.alert):
            old = known[-1]
            known[-1] = replace(
                new,
                since=old.since,
                is_first=old.is_first,
                # A doubt must be settled at its time; an edit that waited for its time may be due at once now.
                not_before=old.not_before if old.in_doubt else new.not_before,
                in_doubt=old.in_doubt,
                digest_id=old.digest_id,
                is_alone=old.is_alone or new.is_alone,
            )
            return True
        known.append(new)
        return False

    def knows(self, alert: Alert) -> bool:
        """True when this revision, or a newer one, waits already."""
        known = self._waiting.get(alert.alert_id)
        return known is not None and alert.revision <= known[-1].alert.revision

    def choose(self, now: float, *, only_doubts: bool = False) -> Waiting | None:
        """What leaves next; None when nothing may leave yet. ``only_doubts``: nothing new is tried."""
        ready = (
            one for one in self if one.not_before <= now and not one.digest_id and (one.in_doubt or not only_doubts)
        )
        return min(ready, key=lambda one: one.rank, default=None)

    def done(self, waiting: Waiting) -> None:
        """This revision needs nothing more."""
        known = self._waiting.get(waiting.alert.alert_id, [])
        if known and known[0].alert.revision <= waiting.alert.revision:
            del known[0]
        if not known:
            self._waiting.pop(waiting.alert.alert_id, None)

    def change(self, waiting: Waiting) -> None:
        """Put a changed copy of what ``choose`` gave in its place."""
        self._waiting[waiting.alert.alert_id][0] = waiting

    def oldest_offset(self, partition: int) -> int | None:
        """Offset of the oldest record of ``partition`` that is still needed."""
        return min((one.offset for one in self._all() if one.partition == partition), default=None)

    def newest(self) -> list[Waiting]:
        """The last revision of each alert that waits."""
        return [revisions[-1] for revisions in self._waiting.values()]

    def count_held_back(self) -> int:
        """Revisions whose records cannot be committed before they are done."""
        return sum(one.offset > NO_PARTITION for one in self._all())

    def set_free(self, alert_id: str) -> None:
        """The records of this alert are not needed any more: something else tells a next process that it waits."""
        known = self._waiting.get(alert_id, [])
        known[:] = [replace(one, partition=NO_PARTITION, offset=NO_PARTITION) for one in known]

    def oldest_since(self) -> float | None:
        """When the longest waiting revision came; None when nothing waits."""
        return min((one.since for one in self._all()), default=None)

    def first_posts(self) -> list[Waiting]:
        """Alerts that a digest may take, what would leave first at the front: the channel has nothing of them."""
        takeable = (one for one in self if one.is_first and not (one.in_doubt or one.digest_id or one.is_alone))
        return sorted(takeable, key=lambda one: one.rank)

    def next_of(self, alert_id: str) -> Waiting | None:
        """The oldest revision of this alert that waits."""
        known = self._waiting.get(alert_id)
        return known[0] if known else None

    def last_of(self, alert_id: str) -> Waiting | None:
        """The newest revision of this alert that waits."""
        known = self._waiting.get(alert_id)
        return known[-1] if known else None

    def count_doubts(self) -> int:
        """Revisions of which nobody knows whether Slack took them."""
        return sum(one.in_doubt for one in self)

    def clear(self) -> None:
        """Empty, before a rebuild: the records will be handed in again."""
        self._waiting.clear()

    def _all(self) -> Iterator[Waiting]:
        return (one for revisions in self._waiting.values() for one in revisions)


def takes_the_place(waiting: Alert, newer: Alert) -> bool:
    """True when people need not see ``waiting`` any more.

    A replayed day is played faster than Slack takes it, so there every state is kept that was on the screen for long
    enough to be an edit of its own.
    """
    return not newer.clock_offset_ms or newer.revised_at - waiting.revised_at < LEAST_GAP
