"""When an authority's name stands in a text without any act of it."""

from __future__ import annotations

import re

from services.signals.names.name_matcher import Mention

_FILING_AFTER = re.compile(
    r"[- ](?:filings?|form|10-[kq]|8-k|20-f|registered|paperwork|website)\b"
    r"|[- ](?:registration|reporting|charter|disclosures?)\b(?! (?:rules?|requirements?|regime|mandate))"
    r"|(?:备案文件|文件|网站)",
    re.IGNORECASE,
)
_FILED_BEFORE = re.compile(
    r"\b(?:filed|files|filings?|registered|registration|lodged|submitted|submission|documents?|statements?|disclosed|"
    r"disclosures?|reported|10-[kq]|8-k|20-f|f-1|s-1)\s+(?:[\w-]+\s+){0,4}?(?:with|to)\s+(?:the\s+)?(?:us\s+)?$"
    r"|(?:向|递交|提交给|报送)$",
    re.IGNORECASE,
)
_SUBMITTED_AFTER = re.compile(r"(?:已经?|秘密|正式)?(?:提交|递交|报送|备案|申报)")


def is_only_filed_with(text: str, mention: Mention) -> bool:
    """True for a company's filing with the authority ("in an SEC filing"), which is no act of the authority."""
    before, after = text[: mention.start], text[mention.end :]
    if _FILING_AFTER.match(after):
        return True
    filed = _FILED_BEFORE.search(before)
    if filed is None:
        return False
    return not filed.group().startswith("向") or bool(_SUBMITTED_AFTER.match(after))
