"""How official a source is: the authority class of its name, as configured."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class SourceAuthorities(Struct, frozen=True, kw_only=True):
    """Authority 0..1 by words in the source's name; the longest word that fits wins."""

    default: float
    by_word: Mapping[str, float]

    def authority_of(self, source: str) -> float:
        """0..1 for a source name, compared without case."""
        name = source.casefold()
        fitting = [word for word in self.by_word if word in name]
        return self.by_word[max(fitting, key=len)] if fitting else self.default
