"""Signs of the stage: what a draft, a probe, a fine, a licence, a speech or a closed case sounds like in news.

Each sign is looked for in the title, in the lead and in the rest. Which sign speaks for which stage, and how much, is
fitted (``deploy/training/beside_fit.py``); the words come from how agencies write, not from the examples.
"""

# ruff: noqa: E501 - vocabularies read better in long lines

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.model.bag import weigh_words
from services.signals.model.heads import softmax
from services.signals.model.rule_features import STAGES, TONES
from services.signals.rules.stage import judge_stage
from services.signals.rules.tone import Verdict
from services.signals.rules.tone_weight import SentenceReading

Array = npt.NDArray[np.float32]
LEAD = 2
SMALL = 1e-6
REST_SHARE = 0.5


def _any_of(words: str) -> str:
    return "(?:" + "|".join(word.strip() for word in words.replace("\n", " ").split("|")) + ")"


_SIGNS: dict[str, tuple[str, str]] = {
    "draft": (
        r"drafts?|draft rules?|proposal|proposes?|proposed|proposing|consult\w*|seeks? (?:public )?(?:comments?|views|feedback)"
        r"|public comments?|feedback|white paper|green paper|exposure draft|comment period|invites? (?:public )?comments?",
        r"征求意见|意见稿|草案|公开征集|征询|咨询文件|咨询文|公众咨询|展开咨询|征集意见|向社会公开征|修订草案",
    ),
    "planned": (
        r"plans? to|planning|would|intends?|aims? to|to (?:propose|introduce|require|ban|raise|cut|end|scrap|ease)|set to|poised to"
        r"|wants? to|bill|roadmap|blueprint",
        r"拟|将|计划|拟议|研究制定|酝酿|路线图|拟对|法案",
    ),
    "weighed": (
        r"consider\w*|weigh\w*|mull\w*|may|might|could|explor\w*|discuss\w*|in talks|looking at|studying|floated|likely",
        r"考虑|或将|或会|可能|有望|研究|商讨|讨论|酝酿|权衡|拟考虑|料将|或",
    ),
    "sources": (
        r"sources?|people familiar|person familiar|people briefed|people with knowledge|reportedly|said to|report says?|reports?"
        r"|bloomberg|wsj|ft|reuters|nyt|politico|exclusive|according to people|newspaper|media",
        r"知情人士|消息人士|消息称|据悉|据报|据报道|彭博|路透|华尔街日报|金融时报|纽约时报|外媒|媒体报道|传|传闻|市场消息|消息|据传|有传",
    ),
    "denied": (
        r"den(?:y|ies|ied)|no plans?|not considering|untrue|false|rumou?rs?|speculation|refut\w*|dismiss\w* (?:report|talk|rumou?r)\w*",
        r"不实|谣言|辟谣|否认|没有计划|未有计划|无此计划|不属实|假消息|澄清|传言|未收到",
    ),
    "probe": (
        r"prob(?:e|es|ed|ing)|investigat\w*|inquir(?:y|ies)|raid(?:s|ed)?|dawn raids?|search(?:es|ed)|subpoena\w*|examin\w*|scrutin\w*"
        r"|looks? into|looking into|formal charges|statement of objections|review of|in-depth|complaint|antitrust case|questions",
        r"立案|调查|审查|核查|突击检查|突击搜查|搜查|涉嫌|稽查|督察|检查|问询|传唤|彻查|反倾销立案|展开调查|异议声明",
    ),
    "opens": (
        r"opens?|opened|opening|launch(?:es|ed)?|start(?:s|ed)?|begin(?:s)?|began",
        r"启动|展开|发起|开展|宣布对|对.{1,12}(?:立案|发起|启动)",
    ),
    "sued": (
        r"su(?:e|es|ed|ing)|lawsuit|charg(?:e|es|ed)|indict\w*|accus(?:e|es|ed)|prosecut\w*|files? suit|complaint",
        r"起诉|诉讼|指控|检控|提告|公诉",
    ),
    "fined": (
        r"fin(?:e|es|ed)|penalt(?:y|ies)|pay(?:s)? \$|to pay|settle(?:s|d|ment)?|million fine|billion fine|penali[sz]ed|punish\w*"
        r"|convicted|guilty|sentenced|jailed|reprimand\w*|censure\w*|damages|disgorge\w*|forfeit\w*",
        r"罚款|罚没|处罚|被罚|开罚|重罚|罚单|罚金|没收|警示函|监管措施|通报批评|谴责|公开谴责|判处|判决|赔偿|和解|行政处罚|罚\d|罚逾|课征金|禁入",
    ),
    "barred": (
        r"revok\w*|suspend\w* (?:licen[cs]e|trading|operations)|strip\w*|blacklist\w*|sanction\w*|entity list|delist\w*|expelled|barred from"
        r"|cease and desist|pull\w* (?:the )?licen[cs]e|shut down",
        r"吊销|下架|停业|责令|黑名单|列入|实体清单|暂停新用户|制裁|取缔|关停|封禁|停牌|摘牌|撤销牌照|暂停业务|清退|禁言",
    ),
    "approved": (
        r"approv\w*|clear(?:s|ed|ance)|green ?light|nod|go-ahead|licen[cs]es?|licen[cs]ed|permits?|authori[sz]\w*|grant(?:s|ed)|allow(?:s|ed)"
        r"|permission|wins? approval|accept(?:s|ed)|registered|certif\w*|waves? through|conditional approval",
        r"获批|批准|核准|核发|同意|准许|许可|获准|过会|通过审核|通过审查|版号|牌照|获发|发放|注册生效|备案通过|附条件批准|放行|上市申请获|准入|绿灯|获受理",
    ),
    "adopted": (
        r"final rule|finali[sz]e\w*|adopt\w*|takes? effect|took effect|effective|into force|comes? into|enact\w*|sign(?:s|ed)|passe[sd]|passes"
        r"|vote[sd]?|issu(?:e|es|ed)|publish(?:es|ed)|impos(?:e|es|ed)|order(?:s|ed)|will have to|must|requir(?:e|es|ed|ing)|mandatory|from (?:january|february"
        r"|march|april|may|june|july|august|september|october|november|december|next (?:week|month|year))",
        r"印发|发布|施行|实施|生效|出台|公布|公告|正式|通过|执行|起施行|规定|办法|条例|通知|落地|修订|明确|须|必须|应当|不得",
    ),
    "banned": (
        r"bans?|banned|prohibit\w*|outlaw\w*|bar(?:s|red)|restrict\w*|curb\w*|limits?|caps?|tighten\w*|tougher|crack\w* down|clampdown|crackdown",
        r"禁止|严禁|叫停|限制|不得|收紧|上限|整治|严打|打击|清理|严控|暂停|规范",
    ),
    "raised": (
        r"tariffs?|dut(?:y|ies)|levy|levies|tax(?:es)?|hik(?:e|es|ed)|raise[sd]?|rais(?:es|ing)|increase[sd]?|rate hike",
        r"加征|上调|提高|加息|关税|征税|征收|税率|加税",
    ),
    "held": (
        r"holds?|held|kept|keeps?|unchanged|steady|on hold|stands? pat|pause[sd]?",
        r"维持|不变|按兵不动|持稳|原地踏步|持平",
    ),
    "cut": (
        r"cuts?|lower(?:s|ed)?|reduc\w*|slash\w*|halv\w*|trim\w*|drops? (?:fee|tax|levy|tariff)\w*|rate cut",
        r"下调|降低|降息|降准|减税|降费|减半|调降|减免|降至|调低",
    ),
    "eased": (
        r"eas(?:e|es|ed|ing)|relax\w*|loosen\w*|soften\w*|lift(?:s|ed)?|scrap(?:s|ped)?|abolish\w*|repeal\w*|remov(?:e|es|ed)|roll(?:s|ed) back|waiv\w*"
        r"|exempt\w*|spare[sd]?|revers\w*|rescind\w*|withdr\w+|drops?|dropped|unfreez\w*|resum\w*|reopen\w*|restor\w*|undo\w*|strikes? down|struck down|overturn\w*",
        r"放宽|松绑|取消|解除|豁免|放开|优化|撤销|撤回|恢复|重启|废止|推翻|缓解|减轻|降门槛|撤辣|简化|精简",
    ),
    "delayed": (
        r"delay\w*|postpon\w*|defer\w*|extend\w*|extension|push(?:es|ed) back|grace period|reprieve|suspend\w*|moratorium|waiver|holiday|stay",
        r"延期|推迟|暂缓|延后|延长|缓冲|过渡期|暂停实施|暂不|展期|延至",
    ),
    "aided": (
        r"subsid\w*|support\w*|stimulus|aid|bail\w*|rescue\w*|incentive\w*|grants?|fund(?:s|ing|ed)?|invest\w*|tax break\w*|tax credit\w*|tax cut\w*|relief|loan\w*"
        r"|injects?|rebates?|vouchers?|boost\w*|help\w*",
        r"补贴|支持|扶持|资金|纾困|补助|优惠|贴息|奖励|投资|基金|以旧换新|注资|专项|退税|消费券|鼓励|促进",
    ),
    "spoke": (
        r"says?|said|tells?|told|urg(?:e|es|ed)|call(?:s|ed) (?:for|on)|warn(?:s|ed)?|vow(?:s|ed)?|pledg\w*|promis\w*|speech|testif\w*|remarks|stress\w*|hints?"
        r"|signal(?:s|led)?|interview|reiterat\w*|sees|expects|hopes",
        r"表示|强调|指出|称|说|重申|呼吁|讲话|发言|受访|谈|部署|要|警告|提醒|敦促|促",
    ),
    "met": (
        r"meet(?:s|ing|ings)?|met|summon\w*|symposium|forum|conference|talks|hearing|panel|roundtable|summit|visit\w*|gather\w*|briefing|agenda|minutes",
        r"会议|座谈会|约谈|会见|会谈|论坛|发布会|研讨|召开|出席|调研|政治局|常务会|答记者问|磋商|通话|听证|例会",
    ),
    "guidance": (
        r"guidelines?|guidance|opinions?|action plan|plan|strategy|report|statement|framework|recommend\w*|five-year",
        r"指导意见|意见|行动方案|方案|规划|措施|指引|纲要|报告|白皮书",
    ),
    "closed": (
        r"clos(?:e|es|ed|ing) (?:its |the |an? )?(?:\w+ ){0,3}?(?:probe|investigation|inquiry|case|review)|end(?:s|ed)? (?:its |the |an? )?(?:\w+ ){0,3}?(?:probe|investigation|inquiry|case|review|monitor\w*)"
        r"|drops? (?:its |the )?(?:\w+ ){0,3}?(?:probe|investigation|inquiry|case|charges|lawsuit|suit)|conclud\w*|without (?:action|charges)|no further action|cleared of|no wrongdoing"
        r"|complet\w*|rectif\w*|wrap(?:s|ped) up|terminat\w*|dismiss\w*|resolved|finished|commitments? accepted|accepts? (?:\w+ )?commitments?|off the hook|exonerat\w*",
        r"完成整改|整改完成|整改基本完成|结束调查|终止调查|结案|常态化监管|已完成|撤销案件|不予处罚|终结|验收|调查结束|整改到位|撤诉|中止调查|接受承诺|收官|圆满|结束",
    ),
    "court": (
        r"court|judge|justices|tribunal|ruling|rul(?:es|ed)|verdict|appeal\w*|jury|injunction",
        r"法院|法官|裁定|裁决|判决|上诉|禁令|胜诉|败诉",
    ),
    "week": (
        r"next (?:week|month|year)|by (?:20\d\d|year-end)|later this year|from 20\d\d",
        r"明年|下月|年底前|\d+月\d+日起|即日起|下周",
    ),
    "percent": (r"basis points?|bps|percentage points?|repo rate|interest rates?", r"基点|个百分点|利率"),
    "question": (r"\?$|^why |^how |^what |explainer|opinion|analysis|column", r"？$|\?$|为何|如何|解读|评论"),
}
_PATTERNS = tuple(
    re.compile(rf"\b{_any_of(english)}\b|{_any_of(chinese)}" if english else _any_of(chinese))
    for english, chinese in _SIGNS.values()
)
_PAIRS = (
    ("fined", "closed"),
    ("fined", "court"),
    ("fined", "eased"),
    ("sued", "closed"),
    ("probe", "closed"),
    ("probe", "opens"),
    ("probe", "eased"),
    ("draft", "eased"),
    ("draft", "delayed"),
    ("draft", "adopted"),
    ("banned", "eased"),
    ("barred", "eased"),
    ("banned", "court"),
    ("raised", "delayed"),
    ("weighed", "sources"),
    ("planned", "sources"),
    ("spoke", "denied"),
    ("met", "spoke"),
)
"""Two signs of one opening that mean a third thing: a fine that closes a case, a ban that is lifted."""
WIDTH = 5 * len(_SIGNS) + len(_PAIRS) + len(STAGES) + 1 + len(TONES) + 3


class StageSigns(Struct, frozen=True, kw_only=True):
    """``signs`` [WIDTH, 9]; ``words`` int8 [BUCKETS, 9] times ``scale`` [9] plus ``share`` [9]; ``rarity`` [BUCKETS].

    Their sum is a share of each stage, about 0 to 1; ``strength`` turns it into logits beside the encoder's.
    """

    signs: Array
    words: npt.NDArray[np.int8]
    scale: Array
    share: Array
    rarity: npt.NDArray[np.float16]
    strength: float

    def weigh(self, signs: Array, bag: Mapping[int, float], encoded: Array) -> Array:
        """Logits [9] from the signs, the words of the article and the encoder's logits [9]."""
        places, values = weigh_words(bag, self.rarity)
        said = (values @ self.words[places].astype(np.float32)) * self.scale + self.share + signs @ self.signs
        return np.asarray(self.strength * said + np.log(softmax(encoded) + SMALL), np.float32)


def measure_signs(readings: Sequence[SentenceReading], verdict: Verdict, chances: Array) -> Array:
    """float32[WIDTH]: signs in title, lead and rest, the stage by rule, the chances of the four tones, the form."""
    title = " ".join(reading.sentence.folded for reading in readings if reading.place < 0)
    lead = " ".join(reading.sentence.folded for reading in readings if 0 <= reading.place < LEAD)
    rest = " ".join(reading.sentence.folded for reading in readings if reading.place >= LEAD)[:600]
    by_rule = judge_stage(readings, verdict)
    in_title = [float(pattern.search(title) is not None) for pattern in _PATTERNS]
    in_lead = [float(pattern.search(lead) is not None) for pattern in _PATTERNS]
    opening = dict(zip(_SIGNS, map(max, in_title, in_lead), strict=True))
    return np.array(
        [
            *in_title,
            *in_lead,
            *(sign * chances[0] for sign in opening.values()),
            *(sign * chances[1] for sign in opening.values()),
            *(opening[one] * opening[other] for one, other in _PAIRS),
            *(REST_SHARE * (pattern.search(rest) is not None) for pattern in _PATTERNS),
            *(float(by_rule is stage) for stage in STAGES),
            float(by_rule is None),
            *chances,
            1.0,
            float(not lead),
            float(len(title) < 40),
        ],
        np.float32,
    )
