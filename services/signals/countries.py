"""Which country a text is about: settles "the central bank" and "the commerce ministry"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

_CUES = {
    "CN": r"\bChin(?:a|ese)\b|\bBeijing\b|\bPBOC\b|中国|我国|北京|内地|国内",
    "HK": r"\bHong Kong\b|香港|港府",
    "US": r"\bU\.?S\.?A?\b|\bAmerica(?:n|ns)?\b|\bUnited States\b|\bWashington\b|美国|华盛顿",
    "EU": r"\bEU\b|\bE\.U\.|\bEurope(?:an)?\b|\bBrussels\b|\beuro ?zone\b|欧盟|欧元区|欧洲",
    "UK": r"\bU\.?K\.?\b|\bBrit(?:ain|ish)\b|\bUnited Kingdom\b|英国",
    "IN": r"\bIndian?\b|\bNew Delhi\b|\bMumbai\b|印度",
    "JP": r"\bJapan(?:ese)?\b|\bTokyo\b|日本|东京",
    "KR": r"\b(?:South )?Korean?\b|\bSeoul\b|韩国|首尔",
    "SG": r"\bSingapore(?:an)?\b|新加坡",
}
_PATTERNS = {country: re.compile(pattern) for country, pattern in _CUES.items()}
_HAN = re.compile("[\u3400-\u9fff]")
_EXCHANGES = {
    "XHKG": "HK", "XSHG": "CN", "XSHE": "CN", "XNYS": "US", "XNAS": "US", "XOTC": "US", "XLON": "UK", "XTKS": "JP",
    "XKRX": "KR", "XNSE": "IN", "XBOM": "IN", "XSES": "SG",
}  # fmt: skip
NEAR_CHARACTERS = 30
DOMINANT_SHARE = 0.5


def country_of_exchange(exchange: str) -> str:
    """Country whose authorities move an exchange's companies; what is not listed here trades in the EU."""
    return _EXCHANGES.get(exchange, "EU")


def find_home(sentence: str, start: int, text: str, known: Mapping[str, int], possible: Collection[str]) -> str | None:
    """The country of a generic name at ``start`` of ``sentence``; None when the text does not say.

    First what stands just before it ("China's central bank"), then the country that the text is mostly about, counting
    its authorities (``known``) and its names; a Chinese text without another country is about China.
    """
    before = sentence[max(0, start - NEAR_CHARACTERS) : start]
    near = [(match.end(), country) for country, p in _PATTERNS.items() for match in p.finditer(before)]
    if near:
        nearest = max(near)[1]
        return nearest if nearest in possible else None
    counts = Counter({country: len(pattern.findall(text)) for country, pattern in _PATTERNS.items()})
    counts.update({country: 3 * number for country, number in known.items()})
    country, count = counts.most_common(1)[0]
    if count and count / sum(counts.values()) >= DOMINANT_SHARE:
        return country if country in possible else None
    return "CN" if not count and _HAN.search(text) and "CN" in possible else None
