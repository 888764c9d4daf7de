"""What one sentence says was done: acts with a signed effect, an actor and a weight."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.signals.rules.act_rules import Found, Kind
from services.signals.rules.act_rules_effect import score_of, stage_of
from services.signals.rules.act_rules_govern import Governed, govern
from services.signals.signal import Stage

TURN_WEIGHT = 1.5
"""Weight of what follows "but"."""

# In a Chinese headline a blank stands between two clauses.
_CLAUSE_END = re.compile(
    r"[;；。，：！？!?]|,(?!\d)|:(?!\d)| - |\.(?= )"
    r"|(?<=[\u4e00-\u9fff”》）]) (?=[\u4e00-\u9fff“《a-z])|(?<=[%0-9]) (?=[\u4e00-\u9fff“《])"
)
_IMPOSED_THEN = re.compile(
    r"\b(?:imposed|introduced|adopted|issued|opened|filed|passed|enacted|launched|signed|announced|in force|in place"
    r"|dating|brought in|put in place|slapped on \w+|set|frozen|suspended|banned) $"
)
"""What ends here began in that year: "lifts a ban imposed in 2015"."""
_OBJECT_NEXT = re.compile(r" (?:a|an|the|its|their|his|new|more|all|any|some|users|accounts|content)\b")
_HAVING = re.compile(r"\b(?:has|have|had) $")
_TO_BE = re.compile(r"\b(?:was|were|been|being|is|are|be|get|gets|got) $")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_PASSIVE = re.compile("[被遭获受因]|收到|涉嫌")
_EARLIER_DEED = ("had imposed", "had fined", "had banned", "had supported", "had been fined")
"""What stands before these in the clause is today's: "overturned the fine that the watchdog had imposed"."""
_SPARING = ("exempt", "exclud", "spar", "remov", "free")
_PLACE = re.compile(r"\b(?:in|from|to|across|into|with|against|for|at|near|outside|throughout|over|than) (?:the )?$")
_COMPANY_OF = re.compile(
    r"(?:'s)?(?: \w+)? (?:firm|company|group|giant|\w*maker|retailer|start-?up|lender|developer|airline|conglomerate|"
    r"drugmaker|broker|insurer|carrier|supplier|producer|operator|platform|unicorn|bank|miner|shipbuilder|investor|fund)s?\b"
)
COUNTRY_REACH = 45
"""How many characters may stand between a country and what it does."""
ORDERED_REACH = 60
_ORDERING = ("order", "told", "tells", "instruct", "forc", "compel", "must", "demand", "direct", "责令", "要求", "勒令")
_LAWS = frozenset(
    [
        "law",
        "laws",
        "bill",
        "bills",
        "legislation",
        "regulation",
        "regulations",
        "directive",
        "decree",
        "act",
        "ordinance",
        "draft",
        "法案",
        "条例",
        "办法",
        "新规",
        "规定",
        "法规",
        "通知",
        "意见稿",
        "草案",
        "征求意见稿",
    ]
)
_OWN_ACTS = re.compile(
    "封禁|下架|限制|处罚|罚款|批准|取消|暂停|停止|支持|补贴|优惠|限流|清退|起诉|"
    "升级|启动|开展|实施|宣布|清理|封停|违规|处置|治理|惩戒|排查|禁言|清朗|乱象|从严|约束|规范|减负|降价|重罚|从重|"
    "回购|许可|授权|开放|优化|整治|打击|严打|收购|降低|提高|上调|下调|减免|增加|削减|减少|推出|调查|禁止|严禁|查处|扶持|鼓励|允许|通报|警告|终止|解除|恢复|加大|加强"
)
"""What companies do to their users and staff; anything else that is told of a named company was done to it."""
_RECEIVING = (
    "win", "won", "get", "got", "receiv", "secur", "obtain", "gain", "face", "escape", "avoid", "los", "pay", "accept",
    "appeal", "challenge", "must", "will have", "required", "under ", "given", "let off", "off the hook", "free to",
)  # fmt: skip


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
    if acts and acts[0].by_private:
        # "Investors sue the bank after it paid a fine": the rest of the sentence is their reason.
        acts = [replace(act, by_private=not act.by_authority) for act in acts]
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
        if at != last_end and clauses and _is_list(folded, clauses[-1][-1], hit):
            last_end = at
        if not clauses or at != last_end or hit.cue.kind in (Kind.ASIDE, Kind.TURN):
            clauses.append([])
        last_end = at
        clauses[-1].append(hit)
    return clauses


def _is_list(folded: str, before: Found, hit: Found) -> bool:
    """True when a comma only divides a list: "exempts phones, computers from tariffs"."""
    if before.cue.kind not in (Kind.LESS, Kind.MORE, Kind.NOT) or hit.cue.kind not in (Kind.BURDEN, Kind.RELIEF):
        return False
    between = folded[before.end : hit.start]
    if not before.cue.phrase.startswith(_SPARING):
        return False
    return len(between) < 50 and not _CLAUSE_END.search(between.replace(",", "")) and " from " in between


def _read_clause(
    folded: str, clause: list[Found], sentence: Sequence[Found], *, words: bool, weight: float
) -> list[Act]:
    past = [hit.start for hit in clause if hit.cue.kind is Kind.BACKGROUND]
    told_of_all = any(
        hit.cue.kind is Kind.BACKGROUND
        and not hit.cue.phrase.startswith(_EARLIER_DEED)
        and not _IMPOSED_THEN.search(folded, 0, hit.start)
        for hit in clause
    )
    past_from = 0 if told_of_all else min(past, default=len(folded))
    governed = _without_ordered_ends(govern(folded, clause, words=words))
    return [
        act for item in governed if (act := _to_act(folded, item, sentence, weight, past_from=past_from)) is not None
    ]


def _without_ordered_ends(governed: list[Governed]) -> list[Governed]:
    """Drops what a company is ordered to end: "orders the firm to stop forcing users" is no relief."""
    kept: list[Governed] = []
    for item in governed:
        ordered = kept and kept[-1].head.cue.phrase.startswith(_ORDERING) and not kept[-1].operators
        first = item.operators[0] if item.operators else item.head
        if ordered and item.operators and first.start - kept[-1].head.end < ORDERED_REACH and score_of(item) > 0:
            continue
        kept.append(item)
    return kept


def _to_act(folded: str, item: Governed, sentence: Sequence[Found], weight: float, *, past_from: int) -> Act | None:
    score = score_of(item)
    if not score:
        return None
    by_authority, by_private = _actor(folded, item, sentence)
    start = item.operators[0].start if item.operators else item.head.start
    return Act(
        start=start,
        score=score,
        weight=weight,
        stage=stage_of(item),
        official=item.head.cue.official,
        by_authority=by_authority,
        by_private=by_private,
        background=start >= past_from,
        why=" + ".join(hit.cue.phrase for hit in (*item.operators, item.head)),
    )


def _actor(folded: str, item: Governed, sentence: Sequence[Found]) -> tuple[bool, bool]:
    """Whether an authority, and whether a company or club, is the one who acts."""
    first = item.operators[0] if item.operators else item.head
    authority = private = owned = False
    for hit in sentence:
        kind = hit.cue.kind
        if kind is Kind.AUTHORITY:
            authority = True
        elif kind is Kind.COUNTRY and hit.start < first.start:
            if not _may_act(folded, hit, first):
                continue
            owned = folded.startswith("'s", hit.end)
            authority = authority or not owned
        elif _is_text_of_law(hit) and hit.start < first.start:
            authority = True
        elif owned and kind is Kind.BURDEN and not hit.cue.bare and hit.start < first.start:
            # "China's final rules": the owner of a rule is an authority, the owner of a company is not.
            authority = True
        elif kind is Kind.PRIVATE and hit.start < first.start:
            private = _is_active(folded, hit, first)
    return authority, private and not authority


def _may_act(folded: str, country: Found, act: Found) -> bool:
    """True when a country is the actor and no place or owner: "US bars imports", not "US retail sales rose"."""
    if _PLACE.search(folded, max(0, country.start - 15), country.start) or _COMPANY_OF.match(folded, country.end):
        return False
    between = folded[country.end : act.start]
    return len(between) <= COUNTRY_REACH and "," not in between


def _is_text_of_law(hit: Found) -> bool:
    """True for "draft" and "the rules": what a rule forbids, an authority forbids."""
    cue = hit.cue
    return cue.phrase in _LAWS or (cue.kind is Kind.TENTATIVE and cue.stage is Stage.CONSULTATION)


def _is_active(folded: str, subject: Found, hit: Found) -> bool:
    """True when the form of the act makes its subject the actor: "bans users", not "was banned"."""
    if _HAN.match(folded[hit.start]):
        told = subject.cue.strength < 1
        own = not told or (
            _OWN_ACTS.fullmatch(hit.cue.phrase) is not None and not folded[hit.end : hit.end + 1].isdigit()
        )
        return own and not _HAN_PASSIVE.search(folded[subject.end : hit.end])
    if hit.cue.phrase.startswith(_RECEIVING):
        return False
    before = folded[max(0, hit.start - 8) : hit.start]
    if _TO_BE.search(before):
        return False
    if hit.cue.active or _HAVING.search(before):
        return True
    return _OBJECT_NEXT.match(folded, hit.end) is not None
