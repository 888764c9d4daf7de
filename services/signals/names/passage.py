"""One sentence with what the tone rules know about it: what linking needs of the reader."""

from __future__ import annotations

from msgspec import Struct

LEAD_SENTENCES = 2


class Passage(Struct, frozen=True, kw_only=True):
    """``place`` is -1 in the title, else the number in the body. Title sentences come first."""

    text: str
    place: int
    acting: bool = False
    """An act that counts stands in it."""
    background: bool = False
    """Only old acts stand in it."""
    opinion: bool = False

    @property
    def in_title(self) -> bool:
        """True for the title's sentences."""
        return self.place < 0

    @property
    def in_lead(self) -> bool:
        """True for the first sentences of the body."""
        return 0 <= self.place < LEAD_SENTENCES

    @property
    def weight(self) -> int:
        """How much a name counts by its place: title 4, act 3, else 1, and 2 more in the lead."""
        if self.in_title:
            return 4
        return (3 if self.acting else 1) + (2 if self.in_lead else 0)
