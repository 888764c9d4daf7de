"""What one sentence says was done: acts with a signed effect, after every reversal that governs them.

Inside a clause an operator ("ends", "raises", "not") governs the first burden or relief after it, operators chain
("rejects appeal against fine"), and a passive one ("the ban was lifted") governs the burden or relief before it.
Each LESS turns the sign, each NOT turns it and halves it; of two adjacent nouns the last is the head ("tax relief").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.signals.act_rules import Found, Kind
from services.signals.signal import Stage

REACH = {True: 64, False: 16}
"""How many characters an operator reaches in a text of words (True) or of Han characters (False)."""
PASSIVE_REACH = {True: 28, False: 14}
TURNED = 0.9
NEGATED = 0.6
TURN_WEIGHT = 1.5

_CLAUSE_END = re.compile(r"[;；。，：！？!?]|,(?!\d)|:(?!\d)| - |\.(?= )")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|be|has|have|had|gets?|got|will|would|shall|fully|partly|finally)\b")
_AFTER_PASSIVE = re.compile(r" ?(?:$|[,.;:!?()]|by\b|in\b|on\b|for\b|after\b|from\b|with\b|as\b|over\b|at\b|until\b|of\b|\d|to\b)")
_OBJECT_NEXT = re.compile(r" (?:a|an|the|its|their|his|new|more|all|any|some|users|accounts|content)\b")
_TO_BE = re.compile(r"(?:was|were|been|being|is|are|be|get|gets|got) $")
_IMPOSED = ("imposed", "introduced", "adopted", "announced", "levied", "enacted", "put on", "brought in")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_PASSIVE = re.compile("[被遭获受因]|收到|涉嫌")
_LIFTED_MEANS_RAISED = ("rate", "rates", "minimum", "size", "ratio", "tax", "taxes", "capital", "ratios")
_AND = (" and ", " or ", " and the ", "和", "、", "及", "与")
_FINITE = re.compile(r"\b(?:was|were|been|being|is|are|be|has|have|had|will be)(?: \w+ly)? $")
_RECEIVING = (
    "win", "won", "get", "got", "receiv", "secur", "obtain", "gain", "face", "escape", "avoid", "los", "pay", "accept",
    "appeal", "challenge", "must", "will have", "required", "under ", "given", "let off", "off the hook", "free to",
)  # fmt: skip
_WINNING = ("win", "won", "uphold", "upheld", "accept", "grant", "allow")
_PAPER = ("permit", "licen", "approval", "审批", "许可", "牌照")
_ABOLISHING = ("scrap", "abolish", "eliminat", "did away", "do away", "取消", "精简", "减少", "缩减", "简化")


class Act(Struct, frozen=True):
    """One burden or relief that a clause tells of, after reversals."""

    start: int
    """Offset in the folded sentence."""
    score: float
    weight: float
    stage: Stage | None
    official: bool
    by_authority: bool
    by_private: bool
    background: bool
    why: str


class Governed(Struct):
    """A burden or relief with the operators that govern it, while a clause is being read."""

    head: Found
    operators: list[Found]
    joined: bool = False
    """True when "and" joins it to the one before: what governs one governs both."""


def read_acts(folded: str, found: Sequence[Found], *, words: bool) -> list[Act]:
    """The acts of one folded sentence; ``words`` is True for languages that put spaces between words."""
    acts: list[Act] = []
    weight = 1.0
    for clause in _clauses(folded, found):
        if any(hit.cue.kind is Kind.TURN for hit in clause):
            weight = TURN_WEIGHT
        lead = clause[0].cue
        share = lead.strength if lead.kind is Kind.ASIDE else 1.0
        acts += _read_clause(folded, clause, found, words=words, weight=weight * share)
    if acts and all(act.weight < 1 for act in acts):
        # Nothing else is told: "shares fell after the regulator fined the bank".
        acts = [replace(act, weight=min(0.9, act.weight * 1.8)) for act in acts]
    return acts


def _clauses(folded: str, found: Sequence[Found]) -> list[list[Found]]:
    ends = [match.start() for match in _CLAUSE_END.finditer(folded)]
    clauses: list[list[Found]] = []
    last_end = -1
    at = 0
    for hit in found:
        while at < len(ends) and ends[at] < hit.start:
            at += 1
        if not clauses or at != last_end or hit.cue.kind in (Kind.ASIDE, Kind.TURN):
            clauses.append([])
        last_end = at
        clauses[-1].append(hit)
    return clauses


def _read_clause(
    folded: str, clause: list[Found], sentence: Sequence[Found], *, words: bool, weight: float
) -> list[Act]:
    background = any(hit.cue.kind is Kind.BACKGROUND for hit in clause)
    governed = _govern(folded, clause, words=words)
    return [
        act for item in governed if (act := _to_act(folded, item, sentence, weight, background=background)) is not None
    ]


def _govern(folded: str, clause: list[Found], *, words: bool) -> list[Governed]:
    """Which operators govern which burden or relief."""
    done: list[Governed] = []
    waiting: list[Found] = []
    for at, hit in enumerate(clause):
        kind = hit.cue.kind
        if waiting and hit.start - waiting[-1].end > REACH[words]:
            _release(waiting, done)
        if kind in (Kind.LESS, Kind.MORE, Kind.NOT, Kind.APPEAL):
            following = clause[at + 1] if at + 1 < len(clause) else None
            if done and not waiting and _is_attribute(folded, done[-1], hit):
                continue
            if done and not waiting and _is_passive(folded, done[-1], hit, following, words=words):
                _append(done, hit)
            else:
                waiting.append(hit)
        elif kind in (Kind.BURDEN, Kind.RELIEF):
            if done and not waiting and _is_compound(folded, done[-1].head, hit, words=words):
                # "support measures": a noun without direction takes that of the noun before it.
                if _is_new_head(done[-1].head, hit):
                    done[-1].head = hit
            elif done and not waiting and _is_attribute(folded, done[-1], hit):
                continue
            elif done and not waiting and folded[done[-1].head.end : hit.start] in _AND:
                done.append(Governed(hit, list(done[-1].operators), joined=True))
            else:
                done.append(Governed(hit, list(waiting)))
                waiting.clear()
    _release(waiting, done)
    return done


def _append(done: list[Governed], operator: Found) -> None:
    for item in reversed(done):
        item.operators.append(operator)
        if not item.joined:
            break


def _release(waiting: list[Found], done: list[Governed]) -> None:
    """Operators that found nothing to govern act by themselves where they can ("tightens", "relaxes")."""
    for at in range(len(waiting) - 1, -1, -1):
        if waiting[at].cue.bare:
            done.append(Governed(waiting[at], waiting[:at]))
            break
    waiting.clear()


def _is_passive(folded: str, target: Governed, operator: Found, following: Found | None, *, words: bool) -> bool:
    gap = operator.start - target.head.end
    between = folded[target.head.end : operator.start]
    if operator.cue.kind is Kind.NOT or gap > REACH[words]:
        return False
    if gap > PASSIVE_REACH[words]:
        return words and _FINITE.search(between) is not None
    if not words:
        near = following is not None and following.start - operator.end <= 2
        return not (near and following is not None and following.cue.kind in (Kind.BURDEN, Kind.RELIEF))
    if operator.cue.kind is Kind.LESS and operator.cue.active and " to " not in f" {between} ":
        # "probe ends", "ban to end": the verb stands right behind its subject and nothing follows.
        return _AFTER_PASSIVE.match(folded, operator.end) is not None and len(between) <= 2
    return between == " to " or bool(_PASSIVE.search(between)) or _AFTER_PASSIVE.match(folded, operator.end) is not None


def _is_compound(folded: str, left: Found, right: Found, *, words: bool) -> bool:
    between = folded[left.end : right.start]
    return between in ({" ", "-"} if words else {"", "的"})


def _is_new_head(left: Found, right: Found) -> bool:
    if left.cue.kind is right.cue.kind:
        return abs(right.cue.bare) >= abs(left.cue.bare)
    return bool(right.cue.bare) or not left.cue.bare


def _is_attribute(folded: str, target: Governed, hit: Found) -> bool:
    """True for "the rule that capped fees" and "curbs imposed in 2020": said of the burden, no act of its own."""
    between = folded[target.head.end : hit.start]
    if between.startswith((" that ", " which ")) and len(between) < 50:
        return bool(target.operators)
    return hit.cue.kind is Kind.MORE and hit.cue.phrase in _IMPOSED and len(between) < 60 and bool(target.operators)


def _to_act(
    folded: str, item: Governed, sentence: Sequence[Found], weight: float, *, background: bool
) -> Act | None:
    cue = item.head.cue
    score = cue.bare if not item.operators or cue.kind in (Kind.LESS, Kind.MORE) else cue.strength
    score = _turn(score, item)
    if not score:
        return None
    by_authority, by_private = _actor(folded, item, sentence)
    return Act(
        start=item.operators[0].start if item.operators else item.head.start,
        score=score,
        weight=weight,
        stage=_stage(item),
        official=cue.official,
        by_authority=by_authority,
        by_private=by_private,
        background=background,
        why=" + ".join(hit.cue.phrase for hit in (*item.operators, item.head)),
    )


def _turn(score: float, item: Governed) -> float:
    operators = item.operators
    if any(_is_abolished_paper(operator, item.head) for operator in operators):
        return 0.4
    decided = any(operator.cue.kind is Kind.LESS or operator.cue.phrase.startswith(_WINNING) for operator in operators)
    undirected = item.head.cue.bare == 0
    for operator in operators:
        kind = operator.cue.kind
        if kind is Kind.LESS and operator.cue.bare > 0 and undirected and item.head.cue.kind is Kind.RELIEF:
            continue
        if kind is Kind.LESS and operator.cue.phrase.startswith("lift") and item.head.cue.phrase.endswith(_LIFTED_MEANS_RAISED):
            return score
        if kind is Kind.LESS or (kind is Kind.APPEAL and decided):
            score *= -TURNED
        elif kind is Kind.NOT:
            score *= -NEGATED
    if not undirected or any(operator.cue.kind is Kind.LESS for operator in operators):
        return score
    # "raises the tax" has a direction, "publishes the rule" hardly one, "did not discuss the rule" none.
    return score * max((operator.cue.strength for operator in operators if operator.cue.kind is Kind.MORE), default=0.0)


def _is_abolished_paper(operator: Found, head: Found) -> bool:
    return operator.cue.phrase.startswith(_ABOLISHING) and head.cue.phrase.startswith(_PAPER)


def _stage(item: Governed) -> Stage | None:
    turns = sum(operator.cue.kind is Kind.LESS for operator in item.operators)
    if item.head.cue.kind is Kind.BURDEN and turns % 2:
        ends = item.head.cue.stage is Stage.INVESTIGATION
        return Stage.COMPLETION if ends else Stage.RELIEF
    if item.head.cue.kind is Kind.RELIEF and turns % 2:
        return Stage.FINAL_RULE
    return item.head.cue.stage


def _actor(folded: str, item: Governed, sentence: Sequence[Found]) -> tuple[bool, bool]:
    """Whether an authority, and whether a company or club, is the one who acts."""
    first = item.operators[0] if item.operators else item.head
    authority = private = False
    for hit in sentence:
        kind = hit.cue.kind
        if kind is Kind.AUTHORITY:
            authority = True
        elif kind is Kind.COUNTRY and hit.start < first.start and not folded.startswith("'s", hit.end):
            authority = True
        elif kind is Kind.PRIVATE and hit.start < first.start:
            private = _is_active(folded, hit, first)
    return authority, private and not authority


def _is_active(folded: str, subject: Found, hit: Found) -> bool:
    """True when the form of the act makes its subject the actor: "bans users", not "was banned"."""
    if _HAN.match(folded[hit.start]):
        return not _HAN_PASSIVE.search(folded[subject.end : hit.start])
    if hit.cue.phrase.startswith(_RECEIVING):
        return False
    before = folded[max(0, hit.start - 8) : hit.start]
    if _TO_BE.search(before):
        return False
    if hit.cue.active:
        return True
    return _OBJECT_NEXT.match(folded, hit.end) is not None
