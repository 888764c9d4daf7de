"""The form of text in which names are matched; case is kept."""

from __future__ import annotations

import re
import unicodedata

import opencc

HAN = re.compile("[\u3400-\u9fff]")
_to_simplified = opencc.OpenCC("t2s")
_DOTTED = re.compile(r"\b(U\.S|U\.K|E\.U)(?:\.A)?(?:\.|\b)")
_SOUTH_KOREA = re.compile(r"\bS\. ?(?=Korea)")
_QUOTES = str.maketrans("’‘", "''")


def normalise(text: str) -> str:
    """NFKC (full-width to half-width), straight quotes, simplified characters, "U.S." as "US".

    >>> normalise("Ｕ.S. ＦＴＣ")
    'US FTC'
    """
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_QUOTES)
    if "." in folded:
        folded = _SOUTH_KOREA.sub("South ", _DOTTED.sub(lambda match: match[1].replace(".", ""), folded))
    return _to_simplified.convert(folded) if not folded.isascii() and HAN.search(folded) else folded


def lower(text: str) -> str:
    """Lower case with every position kept: a few letters would become two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
