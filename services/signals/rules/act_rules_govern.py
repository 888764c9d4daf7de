"""Which "ends", "raises" or "not" governs which burden or relief of a clause.

An operator governs the first burden or relief after it; operators chain ("rejects appeal against fine"); a passive one
("the ban was lifted") governs the one before it; of two adjacent nouns the last is the head ("tax relief").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from services.signals.rules.act_rules import Found, Kind
from services.signals.signal import Stage

REACH = {True: 64, False: 16}
"""How many characters an operator reaches in a text of words (True) or of Han characters (False)."""
RELEASE_REACH = {True: 40, False: 4}
"""How near another operator must stand to one that acts by itself."""
PASSED_REACH = 30
PASSIVE_REACH = {True: 28, False: 14}

_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|is|are|be|has|have|had|gets?|got|will|would|shall|fully|partly|finally)\b"
)
_AFTER_PASSIVE = re.compile(
    r" ?(?:$|[,.;:!?()]|by\b|in\b|on\b|for\b|after\b|from\b|with\b|as\b|over\b|at\b|until\b|of\b|again\b|now\b|once\b|\d|to\b)"
)
_FINITE = re.compile(r"\b(?:was|were|been|being|is|are|be|has|have|had|will be)(?: \w+ly)? $")
_IS_COMPLETE = re.compile(r" (?:is|are|was|were|now) (?:now )?(?:\w+ly )?")
_HAN_DONE = re.compile("已|被|获|均|全部|基本")
_PROHIBITING = (
    "ban",
    "bar",
    "block",
    "prohibit",
    "forbid",
    "stop",
    "prevent",
    "restrict",
    "ineligible",
    "exclud",
    "禁止",
    "不得",
    "严禁",
)
_WINNING = (
    "win", "won", "legal win", "victory", "reprieve", "relief", "clear", "lifeline", "breather", "acquit", "spared",
)  # fmt: skip
_WON_AGAINST = frozenset(
    f" {word} {article}" for word in ("against", "over", "from", "in", "of") for article in ("", "a ", "the ", "its ")
)
_AND = (" and ", " or ", " and the ", "和", "、", "及", "与")
_APPROVING = ("approve", "approves", "approved", "approving", "back", "backs", "endorses", "批准", "通过", "同意")
_RESUMING = ("resum", "restor", "reinstat", "restart", "reopen")
_DUTY = ("must", "need a", "need permission", "须", "必须", "应当", "应取得", "需获批", "需经", "方可", "未经")
_SPARING = ("spar", "shield", "avoid")
_RULES = ("rules", "rule")
_IMPOSED = ("imposed", "introduced", "adopted", "announced", "levied", "enacted", "put on", "brought in")
_OPERATORS = (Kind.LESS, Kind.MORE, Kind.NOT, Kind.APPEAL)
_TARGETS = (Kind.BURDEN, Kind.RELIEF)


class Governed(Struct):
    """A burden or relief with the operators that govern it, while a clause is being read."""

    head: Found
    operators: list[Found]
    joined: bool = False
    """True when "and" joins it to the one before: what governs one governs both."""


def govern(folded: str, clause: Sequence[Found], *, words: bool) -> list[Governed]:
    """The burdens and reliefs of one clause, each with its operators, left to right."""
    done: list[Governed] = []
    waiting: list[Found] = []
    for at, hit in enumerate(clause):
        if waiting and hit.start - waiting[-1].end > REACH[words]:
            _release(folded, waiting, done)
        behind = done[-1] if done and not waiting else None
        if hit.cue.kind in (*_OPERATORS, *_TARGETS) and behind is not None and _is_attribute(folded, behind, hit):
            continue
        if hit.cue.kind in _TARGETS:
            _take_target(folded, hit, done, waiting, words=words)
        elif hit.cue.kind in _OPERATORS:
            if hit.cue.phrase.startswith(_SPARING):
                _release(folded, waiting, done)  # "shelves the bill to spare firms red tape" eases once
                behind = done[-1] if done else None
            following = _next_target(clause, at)
            if behind is not None and _is_passive(folded, behind, hit, following, words=words):
                _append(done, hit)
            else:
                waiting.append(hit)
    _release(folded, waiting, done)
    return done


def _take_target(folded: str, hit: Found, done: list[Governed], waiting: list[Found], *, words: bool) -> None:
    behind = done[-1] if done and not waiting else None
    if behind is not None and _is_passed(behind.head, hit):
        behind.operators.append(behind.head)
        behind.head = hit
    elif behind is not None and _is_compound(folded, behind.head, hit, words=words):
        # "support measures": a noun without direction takes that of the noun before it.
        if _is_new_head(behind.head, hit):
            behind.head = hit
    elif behind is not None and folded[behind.head.end : hit.start] in _AND and behind.head.cue.kind is hit.cue.kind:
        done.append(Governed(hit, list(behind.operators), joined=True))
    else:
        done.append(Governed(hit, list(waiting)))
        waiting.clear()


def _next_target(clause: Sequence[Found], at: int) -> Found | None:
    return next((hit for hit in clause[at + 1 :] if hit.cue.kind in (Kind.BURDEN, Kind.RELIEF)), None)


def _append(done: list[Governed], operator: Found) -> None:
    for item in reversed(done):
        item.operators.append(operator)
        if not item.joined:
            break


def _release(folded: str, waiting: list[Found], done: list[Governed]) -> None:
    """Operators that found nothing to govern act by themselves where they can ("tightens", "relaxes")."""
    for at in range(len(waiting) - 1, -1, -1):
        if waiting[at].cue.bare and not folded.endswith(" the ", 0, waiting[at].start):
            reach = RELEASE_REACH[waiting[at].cue.phrase.isascii()]
            near = [
                hit
                for hit in waiting[:at]
                if waiting[at].start - hit.end < reach and " and " not in folded[hit.end : waiting[at].start]
            ]
            done.append(Governed(waiting[at], near))
            break
    waiting.clear()


def _is_passive(folded: str, target: Governed, operator: Found, following: Found | None, *, words: bool) -> bool:
    gap = operator.start - target.head.end
    between = folded[target.head.end : operator.start]
    if operator.cue.kind is Kind.NOT or gap > REACH[words]:
        return False
    if " and " in between and not between.endswith(" and "):
        return False
    if gap > PASSIVE_REACH[words]:
        return words and _FINITE.search(between) is not None
    if not words:
        alone = following is None or following.start - operator.end > REACH[words]
        return alone or _HAN_DONE.search(between) is not None
    if operator.cue.kind is Kind.LESS and operator.cue.active and " to " not in f" {between} ":
        # "probe ends", "ban to end": the verb stands right behind its subject and nothing follows.
        stands_behind = len(between) <= 2 or _IS_COMPLETE.fullmatch(between) is not None
        return stands_behind and _AFTER_PASSIVE.match(folded, operator.end) is not None
    return bool(_PASSIVE.search(between)) or _AFTER_PASSIVE.match(folded, operator.end) is not None


def _is_compound(folded: str, left: Found, right: Found, *, words: bool) -> bool:
    between = folded[left.end : right.start]
    if left.cue.phrase.endswith(" to"):
        return False
    return between in ({" ", "-"} if words else {"", "的"})


def _is_passed(verb: Found, hit: Found) -> bool:
    """True when what is approved is a burden: "approves a tax", "批准加征"."""
    if verb.cue.phrase.startswith(_RESUMING):
        return hit.cue.kind is Kind.BURDEN and hit.start - verb.end <= PASSED_REACH
    weighs = hit.cue.kind is Kind.BURDEN and (hit.cue.official or hit.cue.bare <= -0.5 or hit.cue.phrase in _RULES)
    return weighs and verb.cue.phrase in _APPROVING and hit.start - verb.end <= PASSED_REACH


def _is_new_head(left: Found, right: Found) -> bool:
    if left.cue.kind is right.cue.kind:
        return abs(right.cue.bare) >= abs(left.cue.bare)
    return bool(right.cue.bare) or not left.cue.bare


def _is_attribute(folded: str, target: Governed, hit: Found) -> bool:
    """True for "the rule that capped fees" and "curbs imposed in 2020": said of the burden, no act of its own."""
    between = folded[target.head.end : hit.start]
    relative = between.startswith((" that ", " which ")) or target.head.cue.phrase.endswith(" that")
    if relative and len(between) < 50:
        return bool(target.operators)
    if hit.cue.kind is not target.head.cue.kind and _is_its_object(target, hit, between):
        return True
    if between == " to " and any(operator.cue.kind is Kind.LESS for operator in target.operators):
        return not _AFTER_PASSIVE.match(folded, hit.end)
    return hit.cue.kind is Kind.MORE and hit.cue.phrase in _IMPOSED and len(between) < 90 and bool(target.operators)


def _is_its_object(target: Governed, hit: Found, between: str) -> bool:
    """True when a relief or burden only says what the one before it is about."""
    phrase = target.head.cue.phrase
    near = len(between) < 60 and "," not in between
    if hit.cue.kind is Kind.BURDEN and phrase.startswith(_WINNING):
        # "acquitted of all charges", "wins appeal against the fine"
        return near and (between in _WON_AGAINST or hit.cue.stage in (Stage.INVESTIGATION, Stage.PENALTY))
    if hit.cue.kind is Kind.BURDEN and hit.cue.phrase.startswith("must "):
        # "lowers the capital that banks must hold"
        return near and any(operator.cue.kind is Kind.LESS for operator in target.operators)
    if hit.cue.kind is Kind.RELIEF and phrase.startswith(_DUTY) and len(between) < 30:
        return "," not in between  # "must obtain a licence", "须取得许可": a permit that is required
    if hit.cue.kind is Kind.RELIEF and phrase.startswith(_PROHIBITING):
        # "barred from supporting", "禁止…提供便利": what is prohibited is no relief.
        return " from " in between or " for " in between or (between != "" and not between.isascii())
    return False
