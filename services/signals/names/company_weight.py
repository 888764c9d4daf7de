"""How closely a policy event touches a company, from one mention: the printed rule of relevance.

95 title, 90 in a sentence with an act, 85 with a duty of its own, 80 lead, 60 elsewhere when the act is about the
company's sector, else 30; 15 as author, source or channel of words, 10 as an owner, 20 as part of a fund or an index;
in a list of price moves 65 with its sector, else 30.
"""

from __future__ import annotations

import re

from msgspec import Struct

from services.signals.names.name_matcher import Mention
from services.signals.names.passage import Passage

DIRECT_FROM = 60

_SPEAKS_AFTER = re.compile(
    r"^(?:'s)?\s+(?:\w+\s+){0,3}?(?:analysts?|economists?|strategists?|researchers?|spokes\w+|representatives?)\b"
    r"|^(?:'s)?\s+(?:said|wrote|noted)\s+in\s+an?\s+(?:note|report)|^(?:分析师|发言人|研报|首席|证券研究)",
    re.IGNORECASE,
)
_SOURCE_BEFORE = re.compile(
    r"(?:\b(?:analysts?|economists?|strategists?)\s+(?:at|from|with)|\baccording\s+to|\btold|\breported\s+by|"
    r"\bformer\s+\w+\s+(?:at|of))\s*$|(?:据|来源[:：])$",
    re.IGNORECASE,
)
_CHANNELS = {
    "wechat", "weixin", "weibo", "facebook", "instagram", "youtube", "threads", "linkedin", "twitter", "telegram",
    "douyin", "tiktok", "bilibili", "whatsapp", "x", "qq",
    "微信", "微博", "抖音", "快手", "哔哩哔哩", "b站", "脸书", "推特",
}  # fmt: skip
_CHANNEL_BEFORE = re.compile(
    r"\b(?:post(?:s|ed)?|wrote|writes|said|says|shar(?:ed|es)|publish(?:ed|es)|statements?|messages?|announced|videos?|"
    r"notices?|circulat(?:ed|ing)|trending|livestream(?:ed)?|live-streamed|uploaded|accounts?)\b(?: [\w-]+){0,4}? "
    r"(?:on|via|through|to)(?: (?:its|his|her|their|the|official|verified|own|Sina|Tencent))*"
    r"(?: (?:wechat|weibo|facebook|x|twitter|youtube|instagram|telegram|linkedin|tiktok|douyin)(?:,|,? and|,? or))*\s+$"
    r"|(?:在|通过|于)(?:其)?(?:官方|个人)?$",
    re.IGNORECASE,
)
_CHANNEL_AFTER = re.compile(
    r"(?:'s)?\s+(?:posts?|accounts?|pages?|channels?|feeds?|messages?|statements?|livestream)\b(?! (?:by|bans?|rules?))"
    r"|(?:公众号|账号|发文|发布|上发|刊文|表示称|视频号|官号|网友)",
)
_DUTY_AFTER = re.compile(
    r"(?:'s)?(?:,[^,.;]{0,70},)?(?: (?:and|or) (?:[\w.'-]+ ){0,4}?[\w.'-]+)?"
    r"(?: (?:also|now|therefore|both|each|all))?"
    r" (?:must|shall|(?:will |would )?ha(?:s|ve) to|"
    r"(?:is|are|was|were|been|be) (?:required|ordered|obliged|told|forced|asked) to)\b"
    r"|(?:公司|集团|平台)?(?:等[^，。；]{0,10})?(?:必须|应当|须|应[在于按将]|被要求|被责令|被勒令|需要?(?=[在于按对将]))"
)
_DUTY_BEFORE = re.compile(
    r"\b(?:requir(?:e|es|ed|ing)|order(?:s|ed|ing)?|oblig(?:e|es|ed|ing)|instruct(?:s|ed)?|direct(?:s|ed)|force[sd]?|told|tells)"
    r"(?: (?:the|companies|platforms|operators|such|as|including|like))*\s+$|(?:要求|责令|勒令|责成)$",
    re.IGNORECASE,
)
_OWNER_BEFORE = re.compile(
    r"(?:[,(]\s*(?:which (?:is|are) )?"
    r"|\b(?:Post|Times|News|Daily|newspaper|paper|outlet|media|magazine) (?:which is |is )?)"
    r"(?:part-|partly |majority-)?(?:owned|backed|controlled|funded|supported|led) by (?:the |conglomerate )?$"
)
_OWNER_AFTER = re.compile(
    r"^\s*-\s*(?:owned|backed|affiliated|controlled|funded)\b|^旗下的?(?:南华早报|媒体)", re.IGNORECASE
)
_FUND = re.compile(r"\bETFs?\b|\bindex\b|\bfunds?\b|指数|基金", re.IGNORECASE)
_CONSTITUENT = re.compile(
    r"\b(?:includ\w+|such as|holds?|tracks?|constituents?|companies like)\b|成分股|包括", re.IGNORECASE
)
_MOVES = re.compile(
    r"\b(?:rose|fell|jumped|gained|dropped|surged|slid|climbed|slumped|advanced|rallied|soared|closed|ended|up|down)\b"
    r"[^.]{0,40}?\d|(?:涨|跌|升|收报)[^。]{0,8}?\d",
    re.IGNORECASE,
)


class Weight(Struct, frozen=True, kw_only=True):
    """Relevance 0..100 and the reason in words."""

    relevance: int
    reason: str


def weigh_mention(mention: Mention, text: str, passage: Passage, is_about: bool) -> Weight:
    """The weight of one mention in its normalised sentence; ``is_about``: the act concerns the company's sector."""
    before, after = text[: mention.start], text[mention.end :]
    is_in_moves = not passage.acting and _MOVES.search(text)
    rules = (
        (_SPEAKS_AFTER.search(after) or _SOURCE_BEFORE.search(before), 15, "author or source of words"),
        (_OWNER_AFTER.search(after) or _OWNER_BEFORE.search(before), 10, "named as an owner only"),
        (_is_channel(mention, before, after), 15, "a channel of words"),
        (_FUND.search(before) and _CONSTITUENT.search(before), 20, "part of a fund or index"),
        (is_in_moves and is_about, 65, "in a list of price moves, and the act is about its sector"),
        (is_in_moves, 30, "in a list of price moves"),
        (passage.in_title, 95, "in the title"),
        (passage.acting, 90, "in a sentence with an act"),
        (passage.background, 30, "in what happened before"),
        (_DUTY_AFTER.match(after) or _DUTY_BEFORE.search(before), 85, "has a duty of its own"),
        (passage.in_lead, 80, "in the lead"),
        (is_about and not passage.opinion, 60, "named, and the act is about its sector"),
        (True, 30, "in passing"),
    )
    return next(Weight(relevance=relevance, reason=reason) for holds, relevance, reason in rules if holds)


def _is_channel(mention: Mention, before: str, after: str) -> bool:
    """True where words were published: "posted on Weibo"; not for "a ban on Weibo"."""
    if mention.surface.lower() not in _CHANNELS:
        return False
    return bool(_CHANNEL_BEFORE.search(before) or _CHANNEL_AFTER.match(after))
