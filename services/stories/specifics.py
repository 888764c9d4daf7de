"""Whether two articles share anything that few others have, and whether their headlines name different ones.

Country, authority and hour are shared by everything that an authority publishes on one day: they alone join nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.stories.telling import Telling

COMMON_NAMES = frozenset(
    {"china", "usa", "eu", "uk", "hongkong", "india", "japan", "korea", "singapore", "npc_session"}
)
COMMON_TOPICS = frozenset(
    {"stocks", "banks", "data", "platform", "tax", "trade", "quality", "apps", "fees", "consumer", "yuan"}
)
_TELLING_NUMBERS = ("money", "points", "percents", "days")


def is_vague(left: Telling, right: Telling, evidence: Mapping[str, float]) -> bool:
    """True when no company, document, number, rare word, person or special topic is in both."""
    if any(evidence.get(name) for name in ("company_same", "company_near", "document", "named_same")):
        return False
    # A small count, "two", is in every second article.
    if any(evidence[name] for name in _TELLING_NUMBERS) or evidence["counts"] >= 0.5:
        return False
    if left.masses.rare & right.masses.rare or (left.names & right.names) - COMMON_NAMES:
        return False
    topics = (left.topics & right.topics) - COMMON_TOPICS
    return not topics & (left.title_topics | right.title_topics)


def name_different_ones(left: Telling, right: Telling) -> bool:
    """True when each headline names somebody whom the other article does not know, and both tell the same act."""
    mine, yours = left.named, right.named
    if not mine or not yours or left.language != right.language or left.mentioned & right.mentioned:
        return False
    return bool(left.title_acts & right.title_acts) and not mine & right.words and not yours & left.words
