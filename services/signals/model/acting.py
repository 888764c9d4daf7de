"""Who acts in an article: the probability of every authority, named or meant, by its place and by the words around.

Two linear readings after one another. The first (``words``) tells from words, pairs of words and runs of two to four
Han characters which authorities an article means; it knows that licences for games come from one office and levies on
diesel from another. The second weighs what stands at an authority's name (title, subject of a verb, "by", a possessive,
rank among the others) together with the first, once for those that are named and once for those that are not.
Fitted by ``deploy/training/beside_fit.py`` on the examples alone; the encoder has no part in it.
"""

# ruff: noqa: E501 - vocabularies read better in long lines

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.entities import Regulator
from services.signals.model.bag import count_words, title_countries, weigh_words
from services.signals.names.authorities import STRANGER
from services.signals.names.linking import Gathered, rank_authorities
from services.signals.names.name_matcher import Mention, NameKind

Array = npt.NDArray[np.float32]
LEAST_MEANT = 0.12
"""Share of the first reading below which an authority that is not named is not considered."""

_DOES = re.compile(
    r"^(?:'s)?(?: (?:chair\w*|chief|head|governor|commissioner|president|minister|secretary|director|spokes\w+|official\w*|"
    r"on \w+day|also|has|have|had|is|will|would|may|could|to|and the \w+|recently|formally|jointly|today))*"
    r" (?:fin(?:es|ed|e)|ban|orders?|ordered|sues?|sued|suing|charg\w+|approv\w+|clear\w*|block\w*|launch\w*|open\w*|prob\w+|"
    r"investigat\w+|rais\w+|cuts?|cutting|lower\w*|hik\w+|hold\w*|held|keeps?|kept|propos\w+|publish\w*|issu\w+|impos\w+|lift\w*|"
    r"eas\w+|relax\w*|tighten\w*|drop\w*|end\w*|clos\w+|warn\w*|tells?|told|says?|said|ask\w*|urg\w+|call\w*|summon\w*|"
    r"requir\w+|reject\w*|refus\w+|grant\w*|allow\w*|let\w*|seek\w*|plan\w*|consider\w*|mull\w*|weigh\w*|announc\w+|unveil\w*|"
    r"adopt\w*|pass\w*|vot\w+|sign\w*|withdr\w+|suspend\w*|delay\w*|postpon\w+|extend\w*|set\w*|add\w*|remov\w+|revok\w+|"
    r"accus\w+|finds?|found|rul\w+|strik\w+|struck|upheld|uphold\w*|overturn\w*|dismiss\w*|halt\w*|paus\w+|pledg\w+|vow\w*|"
    r"promis\w+|stress\w*|not\w+ that|decid\w+|agree\w*|settl\w+|penali\w+|slap\w*|hits?|pushes|releas\w+|start\w*|begin\w*|"
    r"order|overhaul\w*|scrap\w*|repeal\w*|exempt\w*|designat\w+|demand\w*|bar\w*|limit\w*|cap\w*|curb\w*|crack\w*|review\w*)\b"
    r"|^(?:[局部委会院]?(?:等|联合|会同|有关|相关|新闻|负责人|发言人|官员|主席|行长|局长|部长|主任|总裁|总理|会议|公告|通知|官网|消息|今日|昨日|今天|昨晚|"
    r"近日|[一二三四五六七八九十百]+部门|[周\d年月日号晚,，、和与及]|[\u4e00-\u9fff]{2,4}[部委局会署院行办]))*[:：]?"
    r"(?:宣布|发布|要求|表示|指出|强调|约谈|对|向|责令|决定|批准|印发|公布|通报|明确|将|拟|召开|处罚|罚|立案|开出|出台|下发|启动|开展|"
    r"组织|修订|取消|暂停|恢复|下调|上调|降|加|征求|就|依法|正式|推出|称|说|回应|公告|提出|警告|起诉|指控|裁定|叫停|核准|同意|允许|禁止|"
    r"撤销|撤回|解除|放宽|收紧|延长|推迟|考虑|计划|重申|部署|介入|调查|审议|通过|签署|接受|否决|驳回|维持|按兵不动|建议|促|批|谴责|命令|授权)",
)
_BY_BEFORE = re.compile(r"\bby (?:the )?(?:\w+ )?$|[被经由获]$")
_BESIDE_BEFORE = re.compile(
    r"\b(?:of|from|with|against|to|at|after|before|under|over|for|on|in|than|about|despite|since|until|between|like|as)"
    r" (?:the )?(?:\w+ )?$|(?:对|向|从|在|与|和|跟|据|按|于|自|以及|不同于)$",
)
_OWNS_AFTER = re.compile(r"^(?:'s|')\s|^的|^-era\b")
_JOINS = re.compile(
    r" ?(?:[、,&/]|和|及|与|以及|会同|联合|or|and|, and|along with|together with|joined by)? ?(?:the |its |us |u\.s\. )?"
)
_FORMER_BEFORE = re.compile(r"\b(?:former|ex|late|nominee|then)[ -](?:\w+ ){0,2}$|[前原](?:任)?$")
_CLASSES = ("cabinet", "ministry", "central_bank", "court", "other", "securities")
WIDTH_NAMED = 23 + len(_CLASSES)
WIDTH_MEANT = 10


class Acting(Struct, frozen=True, kw_only=True):
    """``words`` int8 [BUCKETS, A] times ``scale`` [A] plus ``share`` [A]; ``rarity`` [BUCKETS], 0 where unknown."""

    authorities: tuple[str, ...]
    words: npt.NDArray[np.int8]
    scale: Array
    share: Array
    rarity: npt.NDArray[np.float16]
    named: Array
    """Weights [WIDTH_NAMED] of what stands at a name."""
    meant: Array
    """Weights [WIDTH_MEANT] for authorities that are not named."""

    def weigh(self, gathered: Gathered, regulators: Mapping[str, Regulator]) -> dict[str, float]:
        """Probability that an authority acts or speaks: of all that are named, and of those that may be meant."""
        shares = self.read_words(gathered)
        candidates = measure_named(gathered, regulators, shares)
        chances = {name: _sigmoid(float(vector @ self.named)) for name, vector in candidates.items()}
        for name, vector in measure_meant(gathered, regulators, shares).items():
            chances[name] = _sigmoid(float(vector @ self.meant))
        return chances

    def read_words(self, gathered: Gathered) -> dict[str, float]:
        """What the words alone say: a share per authority, about 0 to 1."""
        places, values = weigh_words(count_words(gathered), self.rarity)
        total = (values @ self.words[places].astype(np.float32)) * self.scale + self.share
        return dict(zip(self.authorities, map(float, total), strict=True))


def measure_named(
    gathered: Gathered, regulators: Mapping[str, Regulator], shares: Mapping[str, float]
) -> dict[str, Array]:
    """Per authority that is named and no bystander by rule: float32[WIDTH_NAMED]."""
    mentions = [mention for mention in gathered.mentions if mention.kind is NameKind.REGULATOR]
    ranked = rank_authorities(mentions, gathered.passages, regulators)
    known = [mention for mention in mentions if mention.id != STRANGER]
    weight = Counter[str]()
    for mention in known:
        weight[mention.id] += gathered.passages[mention.sentence].weight
    first = known[0].id if known else ""
    vectors = {}
    extents = _extents(gathered, mentions)
    for rank, name in enumerate(ranked):
        mine = [mention for mention in known if mention.id == name]
        regulator = regulators[name]
        vectors[name] = np.array(
            [
                1.0,
                *_best_place(gathered, mine, extents),
                float(name == first),
                weight[name] / max(1, weight.total()),
                float(rank == 0),
                float(rank >= 2),
                float(len(ranked) == 1),
                min(4, len(mine)) / 4,
                float(regulator.jurisdiction == regulators[ranked[0]].jurisdiction),
                min(1.5, shares.get(name, 0.0)),
                float(name not in shares),
                *(float(regulator.kind == kind) for kind in _CLASSES),
            ],
            np.float32,
        )
    return vectors


def _extents(gathered: Gathered, mentions: Sequence[Mention]) -> dict[Mention, tuple[int, int]]:
    """Where the list begins and ends in which each name stands: what is said of "the SEC and the CFTC" is said of both."""
    lists: list[list[Mention]] = []
    for mention in sorted(mentions, key=lambda one: (one.sentence, one.start)):
        before = lists[-1][-1] if lists else None
        if before is not None and before.sentence == mention.sentence and _is_joined(gathered, before, mention):
            lists[-1].append(mention)
        else:
            lists.append([mention])
    return {mention: (listed[0].start, listed[-1].end) for listed in lists for mention in listed}


def _is_joined(gathered: Gathered, before: Mention, mention: Mention) -> bool:
    between = gathered.texts[mention.sentence][before.end : mention.start]
    return bool(between.strip()) and _JOINS.fullmatch(between) is not None


def _best_place(gathered: Gathered, mentions: Sequence[Mention], extents: Mapping[Mention, tuple[int, int]]) -> Array:
    """The best of each sign over all mentions of one authority."""
    return np.asarray(np.max([_signs(gathered, mention, *extents[mention]) for mention in mentions], axis=0))


def _signs(gathered: Gathered, mention: Mention, start: int, end: int) -> list[float]:
    """``start``, ``end``: of the list in which the name stands."""
    text, passage = gathered.texts[mention.sentence], gathered.passages[mention.sentence]
    before, after = text[:start], text[end:]
    does = bool(_DOES.match(after))
    beside = bool(_BESIDE_BEFORE.search(before))
    return [
        float(passage.in_title),
        float(passage.in_title and start < 4),
        float(passage.in_lead),
        float(passage.acting),
        float(passage.background or passage.opinion),
        float(does),
        float(does and passage.in_title),
        float(bool(_BY_BEFORE.search(before))),
        float(beside),
        float(bool(_OWNS_AFTER.match(after))),
        float(bool(_FORMER_BEFORE.search(before))),
        float(start < 4),
        float(start < mention.start or mention.end < end),
    ]


def measure_meant(
    gathered: Gathered, regulators: Mapping[str, Regulator], shares: Mapping[str, float]
) -> dict[str, Array]:
    """Per authority that may be meant and is not named: float32[WIDTH_MEANT]."""
    named = {mention.id for mention in gathered.mentions if mention.kind is NameKind.REGULATOR}
    homes = {regulators[name].home for name in named if name != STRANGER}
    topics = {mention.id for mention in gathered.topics}
    countries = set(title_countries(gathered))
    candidates = {name: share for name, share in shares.items() if share >= LEAST_MEANT} | dict.fromkeys(topics, 0.0)
    best = max((share for name, share in shares.items() if name not in named), default=0.0)
    return {
        name: np.array(
            [
                1.0,
                min(1.5, shares.get(name, 0.0)),
                float(shares.get(name, 0.0) >= best),
                float(name in topics),
                float(regulators[name].home in countries),
                float(bool(countries) and regulators[name].home not in countries),
                float(regulators[name].home in homes),
                float(bool(homes) and regulators[name].home not in homes),
                float(any(regulators[other].kind == regulators[name].kind for other in named if other != STRANGER)),
                float(STRANGER in named),
            ],
            np.float32,
        )
        for name in candidates
        if name not in named
    }


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))
