"""Which entries of a feed are known already: bounded, and the same after it was written down and read again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec import Struct

from services.news.feed_reading import ReadEntry

MOST_ENTRIES = 2_000
MOST_REVISIONS = 5
"""An entry that changes more often carries a counter, not news."""


class EntryFate(StrEnum):
    """What becomes of an entry of an answer."""

    NEW = "new"
    REVISED = "revised"
    """Known, and its title or text is another now: sent again, so that corrections are seen."""
    KNOWN = "known"
    PRIMED = "primed"
    """Was there at the very first poll: remembered and not sent, so that a start raises no storm."""


class WrittenMemory(Struct, frozen=True, kw_only=True):
    """As it lies in a cache: entry id, digest, revisions, the longest unseen first."""

    entries: tuple[tuple[str, str, int], ...] = ()
    validators: dict[str, str] = {}


class EntryMemory:
    """The entries of one feed. ``validators``: headers that let its server answer that nothing changed."""

    def __init__(self, written: WrittenMemory | None = None) -> None:
        """None: nothing is known, and the first answer primes."""
        self.is_primed = written is not None
        self.validators: dict[str, str] = dict(written.validators) if written else {}
        kept = written.entries if written else ()
        self._entries: OrderedDict[str, tuple[str, int]] = OrderedDict(
            (entry_id, (digest, revisions)) for entry_id, digest, revisions in kept
        )

    def judge(self, read: ReadEntry) -> EntryFate:
        """What becomes of this entry; changes nothing."""
        if not self.is_primed:
            return EntryFate.PRIMED
        if read.entry_id not in self._entries:
            return EntryFate.NEW
        digest, revisions = self._entries[read.entry_id]
        return EntryFate.REVISED if digest != read.digest and revisions < MOST_REVISIONS else EntryFate.KNOWN

    def keep(self, reads: Iterable[ReadEntry], validators: dict[str, str]) -> bool:
        """Remember an answer whose news have all been sent; True when anything is to be written down."""
        is_changed = not self.is_primed or validators != self.validators
        self.is_primed, self.validators = True, dict(validators)
        for read in reads:
            before = self._entries.get(read.entry_id)
            revisions = 0 if before is None else before[1] + (before[0] != read.digest)
            after = (read.digest, min(revisions, MOST_REVISIONS))
            is_changed = is_changed or after != before
            self._entries[read.entry_id] = after
            self._entries.move_to_end(read.entry_id)
        while len(self._entries) > MOST_ENTRIES:
            self._entries.popitem(last=False)
        return is_changed

    def write(self) -> bytes:
        """For a cache."""
        entries = tuple((entry_id, digest, revisions) for entry_id, (digest, revisions) in self._entries.items())
        return msgspec.msgpack.encode(WrittenMemory(entries=entries, validators=self.validators))

    @classmethod
    def read(cls, data: bytes | None) -> EntryMemory:
        """What ``write`` wrote; anything else is an empty memory."""
        try:
            return cls(msgspec.msgpack.decode(data, type=WrittenMemory) if data else None)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return cls()
