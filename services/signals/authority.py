"""How official a source is: a number and a class, from configuration and never from the article's own word.

An article that one of our feeds brought has the class of that feed in feeds.toml. Its record says only which feed; the
ways in for vendors write records anew without that field, so that only our poller, and whoever may write to the topic
itself, can say it. All other articles are judged by words in the name of their source.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from services.news.feed import AuthorityClass

UNKNOWN_CLASS = "unknown"


class SourceAuthorities(Struct, frozen=True, kw_only=True):
    """Authority 0..1 and class by words in the source's name; the longest word that fits wins."""

    default: float
    by_word: Mapping[str, float]
    class_by_word: Mapping[str, AuthorityClass] = {}
    class_by_feed: Mapping[str, AuthorityClass] = {}
    """By feed id, from feeds.toml."""

    def authority_of(self, source: str) -> float:
        """0..1 for a source name, compared without case."""
        word = _find_longest(self.by_word, source)
        return self.default if word is None else self.by_word[word]

    def class_of(self, source: str, feed: str = "") -> str:
        """AuthorityClass value, or ``unknown``: of the feed where it is one of ours, else by the name."""
        known = self.class_by_feed.get(feed)
        if known is not None:
            return known.value
        word = _find_longest(self.class_by_word, source)
        return UNKNOWN_CLASS if word is None else self.class_by_word[word].value


def _find_longest(words: Mapping[str, object], source: str) -> str | None:
    name = source.casefold()
    return max((word for word in words if word in name), key=len, default=None)
