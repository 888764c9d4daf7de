"""What an article says about itself: that it corrects, takes back, updates, or looks back."""

from __future__ import annotations

import re
from enum import StrEnum


class Mark(StrEnum):
    """The role that an article claims by its own words."""

    PLAIN = "plain"
    UPDATE = "update"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    BACKGROUND = "background"


_RETRACTION = re.compile(
    r"^\W*withdrawn\b\W|^\W*retract(?:s|ed|ion|ing)\b(?!.{0,30}\b(?:rule|draft|proposal|plan|guidance|order|licen[cs]e))"
    r"|\bretract(?:s|ed|ion|ing)?\b.{0,20}\b(?:report|story|article)\b|\b(?:report|story|article)\b.{0,20}\bretracted\b"
    r"|\bwithdr(?:aws|awn|ew|awal)\b.{0,20}\b(?:report|story|article)\b"
    r"|\b(?:story|report|article) (?:is |was |has been )?(?:withdrawn|removed|deleted|killed)\b"
    r"|\bkill(?:s|ed)? (?:the )?story"
    r"|撤稿|撤回.{0,12}(?:报道|稿|消息|文章|新闻)|(?:报道|稿件|文章|新闻)(?:已)?(?:撤回|撤销|作废)|停止转载|删除.{0,6}报道"
)
_CORRECTION = re.compile(
    r"^\W*(?:correct(?:s|ion|ed)|clarif(?:y|ies|ication)|amended|refil(?:e|ing)|official correction)\b"
    r"|\bcorrect(?:ion|ed|s)\b[^a-z]{0,3}(?:\W|$|to\b|figure|headline|amount|name|date|earlier|number)"
    r"|\(correct(?:s|ed|ion)|\bcorrigend|\berrat|\bcorrected version|\bclarification\b|\bwe (?:have )?corrected"
    r"|更正|勘误|订正|纠正|(?:本报|本社|编辑部)(?:致歉|道歉)|此前报道有误|有误"
)
_LEAD_CORRECTION = re.compile(
    r"^\W*(?:correction|corrects|corrected|clarification|editor's note: (?:this|an earlier))"
    r"|an earlier version (?:of this|misstated|incorrectly)|earlier (?:report|story|version)[^.]{0,40}"
    r"(?:incorrect|misstated|wrong|error)|^.{0,4}(?:更正|勘误)"
    r"|(?:此前|先前|早前|原)(?:报道|稿|版本)[^。]{0,20}(?:有误|错误|误写|误为)"
)
_LEAD_RETRACTION = re.compile(
    r"\b(?:has|have|is|was) (?:been )?(?:retract|withdrawn the (?:story|report|article))"
    r"|\b(?:retracts|withdraws|has withdrawn|is withdrawing) "
    r"(?:its|the|a|this|our) (?:\w+ ){0,3}(?:story|report|article)"
    r"|(?:撤回|撤销)[^。]{0,12}(?:报道|稿件|文章)|撤稿"
)
_UPDATE = re.compile(r"^\W*(?:update|wrapup|recast|refile|writethru)\b|\bupdate \d\b|^\W*\[?(?:更新|续报|详讯)")
_BACKGROUND = re.compile(
    r"^\W*(?:explainer|factbox|timeline|analysis|q&a|q and a|opinion|comment(?:ary)?|column|feature|profile|"
    r"backgrounder|"
    r"in depth|insight|special report|podcast|breakingviews|editorial|review|"
    r"lookback|the big read|deep dive|newsmaker)\b"
    r"|\bexplain(?:ed|er)\b"
    r"|\bwhat (?:we know|to know|you need to know|it means|is behind|does|do|are|is|comes|'s|happens|"
    r"happened)\b"
    r"|^\W*how\b|\bhow (?:the|china|beijing|a|we|did|it)\b.{3,}|^why\b"
    r"|\bwhy (?:is|are|did|does|china|the)\b"
    r"|\bfive things\b|\bthings to know\b"
    r"|\blook(?:s|ing)? back\b"
    r"|\b(?:a|one|two|three|five|\d+) (?:year|month|week)s? (?:on|after|later)\b|\blessons? (?:of|from)\b"
    r"|\binside (?:the|china)|\btimeline\b|\bfactbox\b|\bexplainer\b|\bbehind the\b|\btakeaways\b"
    r"|解读|一文(?:读懂|看懂|了解)|评论[:|：]|社评|观点[:|：]|回顾|盘点|深度|特写|述评|综述|问答|时间线"
    r"|背后|为何|为什么|意味着什么|"
    r"来龙去脉|分析[:|：]|专访|复盘"
    r"|前世今生|梳理|一周年|周年"
)


def read_mark(title: str, lead: str) -> Mark:
    """What title and lead, in lower case, claim; a retraction outranks a correction, and both all else."""
    opening = lead[:200]
    if _RETRACTION.search(title) or _LEAD_RETRACTION.search(opening):
        return Mark.RETRACTION
    if _CORRECTION.search(title) or _LEAD_CORRECTION.search(opening):
        return Mark.CORRECTION
    if _UPDATE.search(title):
        return Mark.UPDATE
    return Mark.BACKGROUND if _BACKGROUND.search(title) else Mark.PLAIN
