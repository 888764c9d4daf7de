"""How alike two tellings are: evidence with names, and one calibrated score with its reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from operator import mul

from services.news.fingerprint import resemblance
from services.stories.marks import Mark
from services.stories.quantities import NOTHING, Money, are_same
from services.stories.specifics import COMMON_NAMES, COMMON_TOPICS, is_vague, name_different_ones
from services.stories.telling import COURT, Telling
from services.stories.template import are_filled_in_twice
from services.stories.words import RARE_WORD, Weights

Evidence = dict[str, float]
BACKGROUND_HOURS = 10.0
COMMON_SHARE = 0.4
"""What a name or topic counts that every second article has."""
SPECIAL_NAMES = 0.8
"""Two articles that both say "China", and name nobody else, agree half in their names."""
_COMMON = COMMON_NAMES | COMMON_TOPICS
VERY_RARE_FROM = 6.5
NEARLY_ONE_TEXT = 0.4
"""Of the shingles of two texts: from here on they are versions of one."""


def compare(left: Telling, right: Telling, weights: Weights) -> Evidence:
    """Named evidence that two articles tell one event, each about -1..1; symmetric."""
    same_language = left.language == right.language
    hours = abs((left.published_at - right.published_at).total_seconds()) / 3600
    if Mark.BACKGROUND in (left.mark, right.mark):
        # A look back tells the same event however late it comes.
        hours = min(hours, BACKGROUND_HOURS)
    evidence: Evidence = {"across": float(not same_language), "hours": hours}
    evidence["fresh"] = math.exp(-hours / 8.0)
    evidence["near"] = math.exp(-hours / 30.0)
    evidence["late"] = max(0.0, min(hours, 120.0) - 20.0) / 24.0
    evidence["resemblance"] = resemblance(left.fingerprint, right.fingerprint)
    evidence.update(_compare_words(left, right, weights, same_language))
    evidence.update(_compare_sets("company", left.companies, right.companies, left.mentioned & right.mentioned))
    evidence.update(_compare_sets("regulator", left.regulators, right.regulators, frozenset()))
    evidence.update(_compare_acts(left, right))
    evidence.update(_compare_topics(left, right))
    evidence.update(_compare_numbers(left, right))
    evidence["document"] = float(bool(left.documents & right.documents))
    evidence["document_other"] = float(
        bool(left.documents and right.documents) and not left.documents & right.documents
    )
    evidence["places_other"] = float(
        bool(left.places and right.places) and not left.places & right.names and not right.places & left.names
    )
    if Mark.CORRECTION in (left.mark, right.mark):
        # What a correction changes is most often a number.
        evidence |= dict.fromkeys(_OTHER_NUMBERS, 0.0)
    evidence["named_same"] = float(bool(left.named & right.named))
    evidence["vague"] = float(is_vague(left, right, evidence))
    conflicts = _find_conflicts(left, right, evidence, weights)
    evidence.update(conflicts, conflict=float(any(conflicts.values())))
    return evidence


def _find_conflicts(left: Telling, right: Telling, evidence: Evidence, weights: Weights) -> Evidence:
    """What two articles cannot say of one event: parallel acts of two authorities, on two companies, of two sizes."""
    return {
        "conflict_authorities": float(
            evidence["resemblance"] < NEARLY_ONE_TEXT and _have_rival_authorities(left, right)
        ),
        "conflict_companies": float(bool(evidence.get("company_other")) and bool(left.title_acts & right.title_acts)),
        "conflict_amounts": float(
            bool(evidence["title_money_other"] and evidence["money_other"])
            and _share_a_currency(left.title_quantities.money, right.title_quantities.money)
        ),
        "conflict_template": float(_are_template(left, right, evidence, weights)),
        "conflict_numbered": float(bool(left.numbered and right.numbered) and not left.numbered & right.numbered),
        "conflict_names": float(name_different_ones(left, right)),
        "conflict_points": evidence["title_points_other"],
        "conflict_levels": float(_put_at_two_levels(left, right, evidence)),
        "conflict_documents": float(_are_of_two_documents(left, right)),
        "conflict_counts": float(bool(evidence["title_counts_other"]) and evidence.get("title", 0.0) > 0.35),
    }


def _have_rival_authorities(left: Telling, right: Telling) -> bool:
    """Two offices do two things; but what a court decides is what became of an office's suit.

    A government is a rival of its own offices: the premier meets companies, and the planner praises them the day after.
    """
    mine, yours = left.title_regulators, right.title_regulators
    if not (mine and yours) or mine & yours:
        return False
    spoken_of = (bool(mine & right.regulators), bool(yours & left.regulators))
    # Beijing's answer names the White House; the White House did not know of it. At home one mention is enough.
    if all(spoken_of) or (any(spoken_of) and left.title_homes & right.title_homes):
        return False
    return not (_judges(left, right) or _judges(right, left))


def _judges(left: Telling, right: Telling) -> bool:
    homes = {home.removesuffix(COURT) for home in left.title_homes}
    return all(home.endswith(COURT) for home in left.title_homes) and bool(homes & right.title_homes)


def _put_at_two_levels(left: Telling, right: Telling, evidence: Evidence) -> bool:
    """Two rates set on one day; a text told anew with another number is a revision."""
    if Mark.CORRECTION in (left.mark, right.mark) or evidence["resemblance"] >= NEARLY_ONE_TEXT:
        return False
    return bool(left.levels and right.levels) and not left.levels & right.levels


def _are_of_two_documents(left: Telling, right: Telling) -> bool:
    """Two rules of one day, each with its own name; a set of rules names both somewhere."""
    mine, yours = left.title_documents, right.title_documents
    return bool(mine and yours) and not (mine & right.documents or yours & left.documents)


def _share_a_currency(left: tuple[Money, ...], right: tuple[Money, ...]) -> bool:
    return bool({money.currency.rstrip("?") for money in left} & {money.currency.rstrip("?") for money in right})


def _are_template(left: Telling, right: Telling, evidence: Evidence, weights: Weights) -> bool:
    """The words of one form, filled in twice."""
    if evidence["across"] or Mark.CORRECTION in (left.mark, right.mark):
        return False
    words = evidence["words"]
    if words > 0.5 and left.subject and right.subject and left.subject != right.subject:
        return left.subject not in right.title and right.subject not in left.title
    if words > 0.35 and evidence["money_other"] and (words > 0.6 or evidence["swapped"] > 0.2):
        return True
    return evidence["title"] > 0.35 and are_filled_in_twice(left, right, weights)


def _compare_words(left: Telling, right: Telling, weights: Weights, same_language: bool) -> Evidence:
    mine, yours = left.masses, right.masses
    shared, shared_title = left.words & right.words, left.title_words & right.title_words
    title = _cosine(shared_title, mine.title * yours.title, weights)
    words = _cosine(shared, mine.words * yours.words, weights)
    inside = (
        _covered(left.title_words & right.words, mine.title_sum, weights),
        _covered(right.title_words & left.words, yours.title_sum, weights),
    )
    rare = sum(weights.get(word, RARE_WORD) >= VERY_RARE_FROM for word in mine.rare & yours.rare)
    # How far two texts are one template filled with different names: shared words, and rare ones on either side.
    alone = min(len(mine.rare - right.words), len(yours.rare - left.words))
    alone_title = min(len(mine.title_rare - right.title_words), len(yours.title_rare - left.title_words))
    across = "" if same_language else "_x"
    return {
        "swapped": words * min(1.0, alone / 4.0) if same_language else 0.0,
        "title_swapped": title * min(1.0, alone_title / 2.0) if same_language else 0.0,
        f"title{across}": title,
        f"covered{across}": (inside[0] + inside[1]) / 2,
        f"covered_least{across}": min(inside),
        f"words{across}": words,
        f"rare{across}": min(rare, 8) / 8.0,
    }


def _cosine(shared: Set[str], lengths: float, weights: Weights) -> float:
    """Cosine of two sets of weighted words, from what they share and the product of their lengths."""
    found = [weights.get(word, RARE_WORD) for word in shared]
    return math.fsum(map(mul, found, found)) / lengths if found else 0.0


def _covered(shared: Set[str], total: float, weights: Weights) -> float:
    return math.fsum(weights.get(word, RARE_WORD) for word in shared) / total if total else 0.0


def _compare_sets(name: str, left: Set[str], right: Set[str], also: Set[str]) -> Evidence:
    if not left or not right:
        return {f"{name}_unknown": float(bool(left) != bool(right))}
    shared = left & right
    if shared:
        return {
            f"{name}_same": len(shared) / min(len(left), len(right)),
            f"{name}_most": len(shared) / len(left | right),
        }
    return {f"{name}_near": 1.0} if also else {f"{name}_other": 1.0}


def _compare_acts(left: Telling, right: Telling) -> Evidence:
    evidence = {"acts": _overlap(left.acts, right.acts)}
    if left.title_acts and right.title_acts:
        evidence["title_acts"] = _overlap(left.title_acts, right.title_acts)
        evidence["title_acts_other"] = float(not (left.title_acts & right.acts or right.title_acts & left.acts))
    return evidence


def _compare_topics(left: Telling, right: Telling) -> Evidence:
    return {
        "topics": _weighted(left.topics, right.topics),
        "topics_other": float(_are_apart(left, right)),
        "names": _weighted(left.names, right.names, SPECIAL_NAMES),
        "names_other": float(
            bool(left.names - COMMON_NAMES and right.names - COMMON_NAMES)
            and not (left.names & right.names) - COMMON_NAMES
        ),
    }


def _are_apart(left: Telling, right: Telling) -> bool:
    """Each title has a matter of its own that the other text does not know."""
    mine, yours = left.title_topics - COMMON_TOPICS, right.title_topics - COMMON_TOPICS
    if mine and yours:
        return not mine & right.topics and not yours & left.topics
    return bool(left.title_topics and right.title_topics) and not left.topics & right.topics


def _weighted(left: Set[str], right: Set[str], least: float = 0.0) -> float:
    """Share of what is in both; of at least ``least``, so that one common name alone is no whole agreement."""
    shared = left & right
    return _importance(shared) / max(least, _importance(left | right)) if shared else 0.0


def _importance(concepts: Set[str]) -> float:
    common = len(concepts & _COMMON)
    return len(concepts) - common + COMMON_SHARE * common


def _overlap(left: Set[str], right: Set[str]) -> float:
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def _compare_numbers(left: Telling, right: Telling) -> Evidence:
    one, other = left.quantities, right.quantities
    if NOTHING in (one, other):
        return dict(_NO_NUMBERS)
    title_one, title_other = left.title_quantities, right.title_quantities
    evidence: Evidence = {}
    money = _same_money(one.money, other.money)
    evidence["money"] = float(money)
    evidence["money_other"] = float(bool(one.money and other.money) and not money)
    evidence["title_money_other"] = float(
        bool(title_one.money and title_other.money) and not _same_money(title_one.money, title_other.money)
    )
    for name, mine, yours in (
        ("points", one.points, other.points),
        ("percents", one.percents, other.percents),
        ("counts", one.counts, other.counts),
        ("days", one.days, other.days),
    ):
        shared = set(mine).intersection(yours) if mine and yours else _NONE
        evidence[name] = min(2.0, sum(_telling_number(name, value) for value in shared)) / 2.0 if shared else 0.0
        evidence[f"{name}_other"] = float(bool(mine and yours) and not shared)
    counts = title_one.counts and title_other.counts and set(title_one.counts).intersection(title_other.counts)
    evidence["title_counts_other"] = float(bool(title_one.counts and title_other.counts) and not counts)
    evidence["title_counts"] = float(any(value > 12 for value in counts or ()))
    apart = bool(title_one.points and title_other.points) and set(title_one.points).isdisjoint(title_other.points)
    evidence["title_points_other"] = float(apart)
    return evidence


_NONE: frozenset[object] = frozenset()
_NUMBER_NAMES = """money money_other title_money_other points points_other percents percents_other counts counts_other
days days_other title_counts_other title_counts title_points_other"""
_NO_NUMBERS = dict.fromkeys(_NUMBER_NAMES.split(), 0.0)


_OTHER_NUMBERS = tuple(name for name in _NO_NUMBERS if name.endswith("_other"))


def _telling_number(name: str, value: object) -> float:
    if name == "counts" and isinstance(value, int):
        return 0.4 if value <= 12 else 1.0
    return 1.0


def _same_money(left: tuple[Money, ...], right: tuple[Money, ...]) -> bool:
    return any(are_same(one, other) for one in left for other in right)


def score(evidence: Evidence, weights: Mapping[str, float]) -> float:
    """Log odds that two articles tell one event."""
    total = weights["bias"]
    for name, value in evidence.items():
        if value:
            total += value * weights.get(name, 0.0)
    return total
