"""When an authority's name stands in a text without any act of it."""

from __future__ import annotations

import re

from services.signals.name_matcher import Mention

_FILING_AFTER = re.compile(r"^\s*(?:filings?|form|10-[kq]|registration|reporting|charter)\b", re.IGNORECASE)
_FILED_BEFORE = re.compile(
    r"\b(?:filed|filings?|registered|registration|lodged)\s+(?:\w+\s+){0,3}?(?:with|to|by)\s+(?:the\s+)?(?:u\.?s\.?\s+)?$",
    re.IGNORECASE,
)


def is_only_filed_with(text: str, mention: Mention) -> bool:
    """True for a company's filing with the authority ("in an SEC filing"), which is no act of the authority."""
    return bool(_FILING_AFTER.search(text[mention.end :]) or _FILED_BEFORE.search(text[: mention.start]))
