"""What kind of news a title announces when no authority acts in it: figures, markets, results, people, deals.

Below such a title an act is background: "exports rose" goes on to "as government stimulus stoked demand".
"""

from __future__ import annotations

import re


def _any_of(words: str) -> str:
    return "(?:" + "|".join(word.strip() for word in words.split("|")) + ")"


_MOVES = _any_of("""
rises?|rose|risen|falls?|fell|fallen|drops?|dropped|jumps?|jumped|surges?|surged|slips?|slipped|slides?|slid|gains?|gained
|climbs?|climbed|grows?|grown|growth|growing|grew|shrinks?|shrank|contracts?|contracted|expands?|expanded|edges?|edged
|rebounds?|rebounded|recovers?|recovered|eases|eased|slows?|slowed|tumbles?|tumbled|plunges?|plunged|soars?|soared|slumps?
|slumped|up|down|higher|lower|mixed|flat|steady|stabili[sz]es?|rall(?:y|ies|ied)|ends?|ended|closes?|closed|opens?|opened
|stumbles?|retreats?
""")
_FIGURES = _any_of("""
exports?|imports?|inflation|cpi|ppi|pmi|gdp|economy|retail sales|industrial output|industrial production|industry output
|factory output|factory activity|factory orders|unemployment|jobless|payrolls|home prices|home sales|housing starts
|building permits|trade surplus|trade deficit|deficit|inventories|consumer confidence|consumer prices|consumer sentiment
|car sales|vehicle sales|new loans|money supply|reserves|arrivals
""")
_MARKETS = _any_of("""
shares|stocks?|equities|futures|oil|crude|gold|bitcoin|dollar|yuan|yen|rupee|won|euro|sterling|bonds?|yields?|nikkei|kospi
|sensex|nifty|hang seng|dow|s&p 500|nasdaq|ftse|dax|wall street|index
""")
_RESULTS = _any_of("profits?|revenues?|sales|earnings|results|ebitda|net income|quarterly|q[1-4]|deliveries")
_OUTCOMES = _any_of("beats?|miss|misses|tops?|halves|doubles|record|swings?")
_PEOPLE = _any_of(r"""
steps? down|stepping down|resigns?|ousts?|retires?|succeed|as (?:its )?(?:new )?(?:ceo|cfo|coo)
|(?:names?|appoints?) .{0,30}\b(?:ceo|cfo|coo|chair\w*|president|chief executive)
""")
_DEALS = _any_of(r"""
to buy|to acquire|acquires|to invest \$|commits \$|nears .{0,12}(?:deal|sale)|in talks to (?:buy|invest|sell|acquire)
|to go public|raises \$|raises ipo|explores (?:sale|options)|joint venture|teams? up|launches|unveils|rolls out
""")
_ENGLISH = re.compile(
    rf"\b{_FIGURES}\b.{{0,45}}\b{_MOVES}\b|\b{_MARKETS}\b.{{0,30}}\b{_MOVES}\b|\b{_RESULTS}\b.{{0,40}}\b{_MOVES}\b"
    rf"|\b{_RESULTS}\b.{{0,40}}\b{_OUTCOMES}\b|\b{_PEOPLE}\b|\b{_DEALS}"
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
