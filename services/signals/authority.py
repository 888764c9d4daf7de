"""How official a source is: a number and a class, from configuration and never from the article's own word.

An article that one of our feeds brought has the class of that feed in feeds.toml. Its record says only which feed; the
ways in for vendors write records anew without that field, so that only our poller, and whoever may write to the topic
itself, can say it. All other articles are judged by words in the name of their source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct

from services.news.feed import AuthorityClass

UNKNOWN_CLASS = "unknown"
T = TypeVar("T")


class SourceAuthorities(Struct, frozen=True, kw_only=True):
    """Authority 0..1 and class by words in the source's name; the longest word that fits wins.

    Words below ``default``, and those of aggregators, win over all others.
    """

    default: float
    by_word: Mapping[str, float]
    class_by_word: Mapping[str, AuthorityClass] = {}
    class_by_feed: Mapping[str, AuthorityClass] = {}
    """By feed id, from feeds.toml."""

    def authority_of(self, source: str) -> float:
        """0..1 for a source name, compared without case."""
        word = _find_longest(self.by_word, source, lambda authority: authority < self.default)
        return self.default if word is None else self.by_word[word]

    def class_of(self, source: str, feed: str = "") -> str:
        """AuthorityClass value, or ``unknown``: of the feed where it is one of ours, else by the name."""
        known = self.class_by_feed.get(feed)
        if known is not None:
            return known.value
        word = _find_longest(self.class_by_word, source, lambda kind: kind is AuthorityClass.AGGREGATOR)
        return UNKNOWN_CLASS if word is None else self.class_by_word[word].value


def _find_longest(words: Mapping[str, T], source: str, is_humble: Callable[[T], bool]) -> str | None:
    """The longest word in a name; a humble one before all others: a blog on a commission is a blog."""
    name = source.casefold()
    return max(
        (word for word in words if word in name), key=lambda word: (is_humble(words[word]), len(word)), default=None
    )
