"""What a further article is to the story that it joins, or to the earlier story that it follows."""

from __future__ import annotations

from services.signals.signal import Relation
from services.stories.glossary import read_successors
from services.stories.likeness import Evidence
from services.stories.marks import Mark
from services.stories.telling import Telling
from services.stories.words import RARE_WORD, Weights

SAME_TEXT = 0.93
SAME_WORDS = 0.6
"""Share of weighted words from which a text is a copy that was shortened or revised."""
NAME_FROM = 7.0
"""Weight from which a word in two titles is the name of one matter."""
_SUCCESSORS = read_successors()
_BY_MARK = {
    Mark.RETRACTION: Relation.RETRACTION,
    Mark.CORRECTION: Relation.CORRECTION,
    Mark.BACKGROUND: Relation.BACKGROUND,
}


def relate(earlier: Telling, later: Telling, evidence: Evidence) -> tuple[Relation, str]:
    """The relation of ``later`` to the remembered article that it is most like, and why in words."""
    alike = evidence["resemblance"]
    reprint = (Relation.REPRINT, f"{alike:.0%} of the text is the same")
    if alike >= SAME_TEXT and earlier.mark is later.mark:
        return reprint
    if later.mark in _BY_MARK:
        return _BY_MARK[later.mark], f"it calls itself a {later.mark.value}"
    if later.language != earlier.language:
        return Relation.TRANSLATION, f"the same event, told in {later.language} after {earlier.language}"
    return reprint if alike >= SAME_TEXT else _relate_words(earlier, later, max(alike, evidence.get("words", 0.0)))


def _relate_words(earlier: Telling, later: Telling, share: float) -> tuple[Relation, str]:
    same_source = earlier.source == later.source
    if share >= SAME_WORDS and (same_source or later.mark is Mark.UPDATE):
        return Relation.UPDATE, f"{share:.0%} of the text is the same, the rest is new"
    if share >= SAME_WORDS:
        return Relation.SYNDICATED, f"{share:.0%} of the text of {earlier.source} in another paper"
    if later.mark is Mark.UPDATE and same_source:
        return Relation.UPDATE, "it calls itself an update"
    return Relation.REPORT, "another report of the same event"


def may_succeed(earlier: Telling, later: Telling, weights: Weights) -> bool:
    """A first look: the same company or document, or the name of one matter in both titles.

    A shared topic is not enough: a wrong "Follows ..." on a card costs trust, a missing one little.
    """
    shared = earlier.companies & later.companies or earlier.documents & later.documents
    return bool(shared) or _share_a_name(earlier, later, weights)


def _share_a_name(earlier: Telling, later: Telling, weights: Weights) -> bool:
    return (
        any(weights.get(word, RARE_WORD) >= NAME_FROM for word in earlier.title_words & later.title_words)
        and earlier.subject == later.subject
    )


def find_succession(earlier: Telling, later: Telling, evidence: Evidence) -> str:
    """Why ``later`` tells a new act in the matter that ``may_succeed`` found; empty when it does not."""
    if later.published_at <= earlier.published_at:
        return ""
    if evidence["topics"] <= 0.2 and not evidence.get("regulator_same") and evidence.get("covered", 0.0) < 0.4:
        return ""
    before, after = earlier.title_acts or earlier.acts, later.title_acts or later.acts
    new = after - before
    for act in sorted(before):
        steps = sorted(_SUCCESSORS.get(act, frozenset()) & new)
        if steps:
            return f"{steps[0]} after {act}"
    return ""
