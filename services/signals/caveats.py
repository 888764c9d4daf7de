"""What a report says about its own weight: hearsay, denial, look back, opinion, paid text.

Read from the title and the opening alone: further down, nearly every article quotes somebody without a name.
"""

from __future__ import annotations

import re

from services.signals.names.normal_form import lower, normalise
from services.signals.signal import Caveat, Stage

OPENING_CHARACTERS = 400

_RUMOUR = re.compile(
    r"\bsources?(?: close to| familiar| with (?:direct )?knowledge| briefed)?\b[^.;]{0,20}\b(?:said"
    r"|say|says|told)\b|[-:,–—] ?sources?\W*$"
    r"|\b(?:people|person|persons|officials?|executives?|bankers?) (?:who (?:are"
    r"|were) )?(?:familiar|briefed|close to|with (?:direct )?knowledge)\b"
    r"|\b(?:unconfirmed|unverified|rumou?r(?:s|ed)?|market (?:talk|chatter)|hearsay)\b"
    r"|\bis said to\b|\bare said to\b|\bsaid to be\b"
    r"|\breportedly\b|\baccording to (?:a |two |three |several |unnamed |anonymous )(?:\w+ ){0,2}(?:sources?"
    r"|people|persons?)\b"
    r"|知情人士|消息人士|知情者|接近(?:监管|央行|证监|有关)[^，。]{0,8}人士|据传|盛传|市场传闻|传言|传闻|网传|坊间|未经证实|小道消息"
)
_DENIAL = re.compile(
    r"\b(?:denies|denied|deny|refutes?|refuted|rebuts?|rebutted|dismisses|dismissed|quashes|rubbishes)\b[^.;]{0,40}"
    r"\b(?:reports?|rumou?rs?|talk|speculation|claims?|media|plans?|plan|considering)\b"
    r"|\b(?:reports?|rumou?rs?|claims?)\b[^.;]{0,40}\b(?:untrue|false|not true"
    r"|inaccurate|baseless|groundless|unfounded|fake)\b"
    r"|\bsays? (?:there (?:is|are) )?no (?:such )?plans?\b|\bno plans? to\b"
    r"|否认|辟谣|不实(?:信息|消息|传言|报道|言论)?|纯属(?:虚构|谣言|捏造)|(?:消息|传闻|报道|信息)(?:系|为|属于?)?(?:虚假|不实|谣言)|没有(?:上述|相关|此类)?计划|从未"
)
_RETROSPECTIVE = re.compile(
    r"\bon this day\b|\bthis day in\b|\b(?:years?|months?) ago (?:today|this (?:week|month))\b|\banniversary\b"
    r"|\b(?:\d+|one|two|three|four|five|ten) years? (?:on|later|since|after)\b"
    r"|\blook(?:s|ing)? back\b|\bin retrospect\b|\byear in review\b"
    r"|(?:年前|去年|前年)(?:的)?今[天日]|历史上的今天|周年|回顾|往事|盘点|复盘|时隔[^，。]{1,6}年回望"
)
_OPINION = re.compile(
    r"^\W*(?:opinion|op-?ed|column|commentary|comment|editorial|guest post|analysis"
    r"|viewpoint|letter|breakingviews|heard on the street|lex)\s*[:|–—-]"
    r"|\b(?:op-?ed|guest column|the views expressed)\b"
    r"|^\W*(?:社评|社论|评论|时评|快评|锐评|观点|专栏|来论|一家之言|名家|财经观察)[:|丨｜】\s]|评论员文章|本报评论员|钟才文|金观平|(?:作者|本文作者)(?:系|为|是)"
)
_SPONSORED = re.compile(
    r"\b(?:sponsored(?: content| post)?|paid (?:post|content|partnership|program)"
    r"|partner content|advertorial|brand(?:ed)? content|promoted content|press release distribution)\b"
    r"|推广内容|赞助内容|商业推广|广告合作|品牌(?:内容|合作)|软文|付费内容"
)
_BY_PATTERN = (
    (Caveat.DENIAL, _DENIAL),
    (Caveat.RETROSPECTIVE, _RETROSPECTIVE),
    (Caveat.OPINION, _OPINION),
    (Caveat.SPONSORED, _SPONSORED),
)


def read_caveats(title: str, body: str, stage: Stage | None = None) -> tuple[Caveat, ...]:
    """The caveats of an article, in the order of the enum; ``stage`` as the reader gave it. Never raises.

    >>> read_caveats("China mulls new curbs on games - sources", "")
    (<Caveat.RUMOUR: 'rumour'>,)
    >>> read_caveats("证监会辟谣：网传消息不实", "")
    (<Caveat.DENIAL: 'denial'>,)
    """
    headline = lower(normalise(title[:300]))
    opening = f"{headline}\n{lower(normalise(body[:OPENING_CHARACTERS]))}"
    found = {caveat for caveat, pattern in _BY_PATTERN if pattern.search(headline)}
    if _SPONSORED.search(opening):
        found.add(Caveat.SPONSORED)
    # Who denies a rumour quotes it; the denial is what the report says.
    if Caveat.DENIAL not in found and (stage is Stage.RUMOUR or _RUMOUR.search(opening)):
        found.add(Caveat.RUMOUR)
    return tuple(caveat for caveat in Caveat if caveat in found)
