"""Bytes of a feed or page -> text, whatever the source says or forgets about its encoding."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,30})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_HEAD_BYTES = 2_048
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDE_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# The wider set for its subsets: pages that say gb2312 hold gbk. No other codec is ever used (utf-7 hides tags).
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb-2312", "x-gbk"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16-le"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "utf-16-be"), "utf-16-be"),
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-jp",), "euc_jp"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "cp949"), "cp949"),
    **dict.fromkeys(("iso-8859-15",), "iso8859-15"),
}


def decode_text(data: bytes, header_charset: str = "", language: str = "en") -> str:
    """The text without its byte order mark and XML declaration, which no longer says the truth.

    In this order, the first that fits every byte: byte order mark; UTF-8, since hardly any other text is UTF-8 by
    accident; what the HTTP header says; what the document says; by language; at last Windows-1252 with gaps.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _without_declaration(data[len(mark) :].decode(codec, "replace"))
    for start, codec in _WIDE_STARTS:
        if data.startswith(start):
            return _without_declaration(data.decode(codec, "replace"))
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    named = [header_charset, declared[1].decode("ascii") if declared else ""]
    guesses = ["gb18030", "big5hkscs"] if language == "zh" else []
    for codec in ("utf-8", *(_CODECS.get(name.strip("\"' ").lower(), "") for name in named), *guesses):
        try:
            if codec:
                return _without_declaration(data.decode(codec))
        except UnicodeDecodeError:
            continue
    # A cut character at the end, or a few broken bytes: what was declared is still the best guess.
    best = next((_CODECS[name.lower()] for name in named if name.lower() in _CODECS), "cp1252")
    return _without_declaration(data.decode(best, "replace"))


def _without_declaration(text: str) -> str:
    # Null characters could make a parser behind us guess another encoding, and see tags that we did not.
    return _XML_DECLARATION.sub("", text.replace("\x00", "").lstrip("\ufeff"), count=1)
