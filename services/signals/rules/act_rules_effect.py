"""What an act does to business after everything that governs it: its signed score and its stage.

Each LESS turns the sign (and takes a tenth), each NOT turns it and takes two fifths; an appeal turns it only when it is
won or lost. A noun without direction ("rule", "tax") takes the strength of what raises it.
"""

from __future__ import annotations

from services.signals.rules.act_rules import Found, Kind
from services.signals.rules.act_rules_govern import Governed
from services.signals.signal import Stage

TURNED = 0.9
NEGATED = 0.6
ABOLISHED_PERMIT = 0.4
WITHHELD = -0.5
MOVED_CEILING = 0.4
PASSED = 0.8
"""How much a rule weighs when it is approved."""

_LIFTED_MEANS_RAISED = (
    "buffer",
    "buffers",
    "risk weights",
    "rate",
    "rates",
    "minimum",
    "size",
    "ratio",
    "tax",
    "taxes",
    "capital",
    "ratios",
)
_WINNING = ("win", "won", "uphold", "upheld", "accept", "grant", "allow")
_DECIDED_NOT = ("refus", "declin", "reject", "rule", "ruling")
_LOOSENING = ("ease", "easing", "lift")
_TIGHTENING = ("tighten", "toughen")
_STANDSTILL = ("freeze", "pause", "suspension", "moratorium", "halt", "stay", "hold on")
_CEILINGS = ("limit", "limits", "cap", "caps", "上限", "股比", "比例")
_PAPER = ("permit", "licen", "approval", "审批", "许可", "牌照")
_CAPS = ("cap", "caps", "ceiling", "limit", "limits", "limits on", "limit on", "上限", "限额")
_UP = ("rais", "increas", "doubl", "tripl", "hik", "提高", "上调")
_DOWN = ("lower", "cut", "reduc", "halv", "slash", "trim", "下调", "降低", "调低", "降至", "降到", "降为", "压降")
_REQUIRING = ("requir", "oblige", "mandated", "须", "必须", "应当", "应事先")
_ABOLISHING = (
    "scrap",
    "abolish",
    "eliminat",
    "did away",
    "do away",
    "取消",
    "全面取消",
    "精简",
    "减少",
    "缩减",
    "简化",
)


def score_of(item: Governed) -> float:
    """Signed effect on business, -1..1; 0 when the clause gives it no direction.

    "scraps two permits" helps although a permit is a relief; "lifts the minimum" raises it.
    """
    cue = item.head.cue
    operators = item.operators
    score = cue.bare if not operators or cue.kind in (Kind.LESS, Kind.MORE) else cue.strength
    if any(_is_abolished_paper(operator, item.head) for operator in operators):
        return ABOLISHED_PERMIT
    moved = [moves for operator in item.operators if (moves := _moves_ceiling(operator, item.head))]
    if moved:
        return moved[0]
    if any(_is_required_paper(operator, item.head) or _is_tightened(operator, item.head) for operator in operators):
        return WITHHELD
    if any(_is_raised(operator, item.head) for operator in operators):
        return score
    turned = score * _turn(item)
    if cue.bare or any(operator.cue.kind is Kind.LESS for operator in operators):
        return turned
    # "raises the tax" has a direction, "publishes the rule" hardly one, "did not discuss the rule" none.
    more = [PASSED if operator.cue.kind is Kind.RELIEF else operator.cue.strength for operator in operators]
    return turned * max(more, default=0.0)


def _turn(item: Governed) -> float:
    decided = any(
        operator.cue.kind is Kind.LESS or operator.cue.phrase.startswith(_WINNING) for operator in item.operators
    )
    factor = 1.0
    for at, operator in enumerate(item.operators):
        kind = operator.cue.kind
        following = item.operators[at + 1 : at + 2]
        if (
            kind is Kind.LESS
            and following
            and following[0].cue.kind is Kind.LESS
            and _say_one_thing(operator, following[0])
        ):
            continue
        if kind is Kind.NOT:
            factor *= -TURNED if operator.cue.phrase.startswith(_DECIDED_NOT) else -NEGATED
        elif kind is Kind.APPEAL and decided:
            factor *= -TURNED
        elif kind is Kind.LESS and not (
            _loosens(operator) and item.head.cue.kind is Kind.RELIEF and not _is_standstill(following)
        ):
            # "relaxes the listing rules", "exempts imports": what loosens never turns a relief.
            factor *= -TURNED
    return factor


def _say_one_thing(operator: Found, following: Found) -> bool:
    """Whether two that end something end it once.

    "optimise, lower the threshold" loosens once; "drops the plan to ease" and "lifts the freeze on" turn twice. Chinese
    puts one beside the other ("解除禁令并结束检查"): of 34 such acts in the labelled examples 25 were meant once.
    """
    if not operator.cue.phrase.isascii():
        return True
    return _loosens(operator) and not following.cue.phrase.startswith(_STANDSTILL)


def _is_standstill(following: list[Found]) -> bool:
    """ "Lifts the suspension of shipments": the operator behind it stops the relief, and it ends the stop."""
    return bool(following) and following[0].cue.phrase.startswith(_STANDSTILL)


def _loosens(operator: Found) -> bool:
    return operator.cue.bare > 0 or operator.cue.phrase.startswith(_LOOSENING)


def _is_raised(operator: Found, head: Found) -> bool:
    return operator.cue.phrase.startswith("lift") and head.cue.phrase.endswith(_LIFTED_MEANS_RAISED)


def _is_abolished_paper(operator: Found, head: Found) -> bool:
    if head.cue.kind is Kind.RELIEF and head.cue.phrase.endswith(_CEILINGS):
        return operator.cue.phrase.startswith((*_ABOLISHING, "remov", "lift", "end", "放开"))
    return operator.cue.phrase.startswith(_ABOLISHING) and head.cue.phrase.startswith(_PAPER)


def _moves_ceiling(operator: Found, head: Found) -> float:
    """Raising a cap loosens it and lowering it tightens, unlike a tax."""
    if head.cue.kind is not Kind.BURDEN or not head.cue.phrase.endswith(_CAPS):
        return 0.0
    phrase = operator.cue.phrase
    return MOVED_CEILING if phrase.startswith(_UP) else -MOVED_CEILING if phrase.startswith(_DOWN) else 0.0


def _is_required_paper(operator: Found, head: Found) -> bool:
    phrase = head.cue.phrase
    return operator.cue.phrase.startswith(_REQUIRING) and (phrase.startswith(_PAPER) or phrase.endswith(_PAPER))


def _is_tightened(operator: Found, head: Found) -> bool:
    """ "Tightens exports"."""
    return head.cue.kind is Kind.RELIEF and operator.cue.phrase.startswith(_TIGHTENING)


def stage_of(item: Governed) -> Stage | None:
    """The stage that the act belongs to: ending a probe is completion, ending a burden relief."""
    turns = sum(operator.cue.kind is Kind.LESS for operator in item.operators)
    if item.head.cue.kind is Kind.BURDEN and turns % 2:
        ends = item.head.cue.stage is Stage.INVESTIGATION
        return Stage.COMPLETION if ends else Stage.RELIEF
    if item.head.cue.kind is Kind.RELIEF and turns % 2:
        return Stage.FINAL_RULE
    return item.head.cue.stage
