"""What kind of news a title announces when no authority acts in it: figures, markets, results, people, deals.

Below such a title an act is background: "exports rose" goes on to "as government stimulus stoked demand".
"""

from __future__ import annotations

import re

_UP_OR_DOWN = (
    r"(?:rises?|rose|risen|falls?|fell|fallen|drops?|dropped|jump(?:s|ed)?|surge[sd]?|slip(?:s|ped)?|slides?|slid|gain(?:s|ed)?|"
    r"climb(?:s|ed)?|grow(?:s|n|th|ing)?|grew|shrinks?|shrank|contract(?:s|ed)?|expand(?:s|ed)?|edge[sd]?|rebound(?:s|ed)?|"
    r"recovers?|recovered|eas(?:es|ed)|slow(?:s|ed)?|tumble[sd]?|plunge[sd]?|soar(?:s|ed)?|slump(?:s|ed)?|up|down|higher|lower|"
    r"mixed|flat|steady|stabili[sz]es?|rall(?:y|ies|ied)|end(?:s|ed)?|close[sd]?|open(?:s|ed)?|stumbles?|retreats?|rebounds?)"
)
_ENGLISH = re.compile(
    # figures
    r"\b(?:exports?|imports?|inflation|cpi|ppi|pmi|gdp|economy|retail sales|industrial (?:output|production)|industry output|"
    r"factory (?:output|activity|orders)|unemployment|jobless|payrolls|home (?:prices|sales)|housing starts|building permits|"
    r"trade (?:surplus|deficit)|deficit|inventories|consumer (?:confidence|prices|sentiment)|car sales|vehicle sales|"
    r"new loans|money supply|reserves|arrivals)\b.{0,45}\b" + _UP_OR_DOWN + r"\b"
    # markets
    r"|\b(?:shares|stocks?|equities|futures|oil|crude|gold|bitcoin|dollar|yuan|yen|rupee|won|euro|sterling|bonds?|yields?|"
    r"nikkei|kospi|sensex|nifty|hang seng|dow|s&p 500|nasdaq|ftse|dax|wall street|index)\b.{0,30}\b" + _UP_OR_DOWN + r"\b"
    # results
    r"|\b(?:profits?|revenues?|sales|earnings|results|ebitda|net income|quarterly|q[1-4]|deliveries)\b.{0,40}\b"
    r"(?:" + _UP_OR_DOWN[3:-1] + r"|beats?|miss(?:es)?|tops?|halves?|doubles?|record|swings?)\b"
    # people
    r"|\b(?:steps? down|stepping down|resigns?|ousts?|retires?|succeed|names? .{0,30}\b(?:ceo|cfo|coo|chair\w*|president|chief)|"
    r"appoints? .{0,30}\b(?:ceo|cfo|coo|chief executive)|as (?:its )?(?:new )?(?:ceo|cfo|coo))\b"
    # deals and products
    r"|\b(?:to buy|to acquire|acquires|to invest \$|commits \$|nears .{0,12}(?:deal|sale)|in talks to (?:buy|invest|sell|acquire)|"
    r"to go public|raises \$|raises ipo|explores (?:sale|options)|joint venture|teams? up|launches|unveils|rolls out)\b"
    # polls and surveys
    r"|\breuters poll|\bsurvey\b|\bstudy shows\b|: poll\b"
)
_CHINESE = re.compile(
    r"收涨|收跌|高开|低开|收评|午评|早评|涨超|跌超|领涨|领跌|走高|走低|涨停|跌停|大涨|大跌|拉升|跳水|收盘|盘前|盘后|股价"
    r"|净利|营收|财报|业绩|季报|年报|毛利"
    r"|(?:同比|环比|按年|按月).{0,6}(?:增|降|升|跌|涨|减|多|少)|\d(?:\.\d+)?%.{0,8}(?:创|新高|新低)"
    r"|辞职|离任|卸任|接任|换帅|裁员|合资建厂|战略合作|签约|拟收购|入股|要约收购|发布新|新品|开售|上新"
)


def is_other_news(folded_title: str) -> bool:
    """True for a title about figures, markets, results, people or deals; the title is folded."""
    return _ENGLISH.search(folded_title) is not None or _CHINESE.search(folded_title) is not None
