"""The evidence that linked two articles, in words: the three weightiest for it, and what spoke against it."""

from __future__ import annotations

from collections.abc import Mapping

from services.stories.likeness import Evidence

_WORDS = {
    "fresh": "published {hours:.1f} h apart",
    "title": "titles share words",
    "title_x": "titles share names",
    "covered": "the words of the titles stand in both texts",
    "covered_least": "the words of both titles stand in the other text",
    "covered_x": "names of the titles stand in both texts",
    "words": "texts share words",
    "rare": "rare words in both",
    "rare_x": "rare names in both",
    "company_same": "the same company",
    "company_most": "the same companies",
    "regulator_same": "the same authority",
    "regulator_most": "the same authorities",
    "acts": "the same act",
    "title_acts": "the same act in both titles",
    "topics": "the same topic",
    "names": "the same people or places",
    "money": "the same amount",
    "points": "the same basis points",
    "percents": "the same percentage",
    "counts": "the same number",
    "title_counts": "the same number in both titles",
    "days": "the same date in the text",
    "document": "the same document",
    "named_same": "the same name in both titles",
    "resemblance": "{resemblance:.0%} of the text is the same",
}
MOST = 4


def explain(evidence: Evidence, weights: Mapping[str, float]) -> tuple[str, ...]:
    """Sentences for the weightiest evidence, strongest first."""
    parts = [(value * weights.get(name, 0.0), name) for name, value in evidence.items() if name in _WORDS]
    chosen = sorted((part for part in parts if part[0] > 0.15), reverse=True)[:MOST]
    return tuple(_WORDS[name].format(**evidence) for _, name in chosen)
