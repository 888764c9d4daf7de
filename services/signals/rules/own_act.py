"""A company's own act or misfortune: a recall, an outage, the end of a service, a bond sold or not paid, staff dismissed.

Such news is full of the words of acts ("recalls", "shuts down", "stops") and no authority stands in it. Judged from
the title, and only where neither title nor lead knows an authority.
"""

# ruff: noqa: E501 - vocabularies read better in long lines

from __future__ import annotations

import re
from collections.abc import Sequence

from services.signals.rules.act_rules import Kind
from services.signals.rules.tone_weight import SentenceReading

LOOKED_AT = 3
"""Sentences: title and lead."""
_OWN = re.compile(
    r"\b(?:recalls?|recalled|recalling|calls back|calls in) (?:about |nearly |over |some |more than |up to )?(?:\d|[a-z]+ (?:million|thousand))"
    r"|\bto recall (?:about |nearly |over |some |more than |up to )?\d"
    r"|\b(?:outages?|glitch(?:es)?|goes down|went down|back online|service disruption|knocks? \w+ offline)\b"
    r"|\b(?:to )?(?:shut(?:s|ting)? down|wind(?:s|ing)? down|discontinues?|end(?:s|ing)?|close[sd]?|retires?|switch(?:es)? off) (?:its |the |access to )?(?:[\w' -]{0,40} )?(?:service|app|news|platform|streaming|feature|tab|product|plan|store|stores|assistant)\b"
    r"|\b(?:misse[sd]|fails? to pay|failed to pay|skips?|defaults? on) (?:[\w' -]{0,40} )?(?:coupon|interest|bonds?|payments?|notes|debt)\b"
    r"|(?:宣布|主动|公司)?召回(?:部分|旗下|约|逾|超)?[^，。]{0,8}(?:辆|万|车型|车辆|产品|model|手机)"
    r"|(?:故障|宕机|服务中断|崩了|系统异常|恢复访问)"
    r"|(?:宣布|将于?[^，。]{0,8}|即将)?(?:停止运营|停服|停运游戏|关闭服务器)"
    r"|\b(?:prices?|priced|sells?|sold|issues?|raises?|completes?|upsizes?) (?:[\w$€£¥.,%' -]{0,50} )?(?:convertible|exchangeable|zero-coupon|senior notes|bond sale|bond offering|share placement|share sale|block trade|rights issue)\b"
    r"|\bto (?:report|announce|publish|release|post) (?:its )?(?:[\w' -]{0,30} )?(?:results|earnings|figures)\b"
    r"|\b(?:fires?|fired|dismisse[sd]|sacks?|sacked) (?:\d+|dozens of|some|about \d+|more than \d+) (?:staff|employees|workers)\b"
    r"|(?:发行|完成发行|拟发|增发|定价)[^，。]{0,14}(?:可转债|可转换债|可交换债|可换股债|零息|优先票据|美元债|点心债|永续债)"
    r"|(?:配股|配售)(?:筹资|筹|集资|募资)|(?:闪电配售|先旧后新)"
    r"|(?:反舞弊|内部反腐|廉洁通报|反腐通报|内部通报)|(?:名|人|员工)(?:因[^，。]{0,12})?被(?:辞退|开除)"
    r"|(?:上调|下调|提高|提价|涨价)[^，。]{0,16}(?:出厂价|零售价|建议零售价|指导价)"
    r"|(?:未能|未按期|无法|逾期)(?:如期|按期|按时)?(?:支付|兑付|偿付|偿还)"
)
_FORCED = re.compile(
    r"\b(?:regulators?|watchdog|agency|agencies|authorit(?:y|ies)|government|ministry|minister|court|judge|ordered|orders?|ban(?:s|ned)?|law|lawmakers|barred|bars|president|holidays?|probe|inquiry|attorneys?|investigat\w*|fine[sd]?|"
    r"nhtsa|fda|epa|sec|commission|rules?|regulat\w*|under pressure|safety board|union|police|officials?)\b"
    r"|监管|总局|部门|工信|网信|责令|约谈|处罚|立案|调查|法院|政府|央行|证监|备案|要求|主管|缺陷产品|药监"
)


_RATED = re.compile(
    r"^(?:moody's|fitch|s&p)(?: global)?(?: ratings)? (?:\w+ )?(?:cut|downgrad|upgrad|affirm|rais|lower|put|revis|strip|rate|lift|chang|assign)"
    r"|^(?:穆迪|惠誉|标普)[^，。]{0,24}(?:评级|展望)"
)
"""A rating agency's opinion of a country or bank, whoever stands in the lead."""


def is_own_act(readings: Sequence[SentenceReading]) -> bool:
    """True where the title tells a company's own act and neither it nor the lead knows an authority; or a rating."""
    opening = readings[:LOOKED_AT]
    titles = [reading.sentence.folded for reading in opening if reading.place < 0]
    if any(_RATED.search(title) for title in titles):
        return True
    if not any(_OWN.search(title) for title in titles):
        return False
    return not any(reading.has(Kind.AUTHORITY) or _FORCED.search(reading.sentence.folded) for reading in opening)
