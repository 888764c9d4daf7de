"""Other people's text on its way into a Slack message: cleaned, cut, and stripped of any power.

Three places, three treatments, always after `clean`:

* mrkdwn (section and context text, the fallback ``text``): `for_mrkdwn`, which swaps formatting characters for
  look-alikes and then escapes exactly ``&``, ``<`` and ``>``;
* literal text (``plain_text``, rich text elements, which Slack shows as it is): `for_literal`, which breaks only what
  would be an instruction elsewhere, such as ``<!channel>``, so that no copy of the payload can ever be read as one;
* addresses: `safe_url`, which rebuilds http and https links and refuses everything else.

Lengths are counted in UTF-16 units, the strictest of the countings that a chat server might use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
LONGEST_INPUT = 20_000
LONGEST_URL = 600
MOST_MARKS = 4

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ʼ"})
# Inside a word, as in STATE_COUNCIL, an underscore starts no italics and stays, so that ids can be copied.
_ITALICS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI_CODE = re.compile(r"(?<!\d):(?=[\w+'-]+:)")
_ADDRESS = re.compile(r"://")
_INSTRUCTION = re.compile(r"<(?=[!@#A-Za-z])")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?")
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clean(text: str) -> str:
    """One line of visible text in NFC: no controls, direction overrides, zero-width or private characters.

    Runs of white space become one space; more than ``MOST_MARKS`` combining marks in a row are dropped.
    """
    kept = "".join(map(_clean_one, text[:LONGEST_INPUT]))
    return _limit_marks(unicodedata.normalize("NFC", " ".join(kept.split())))


def clean_row(text: str) -> str:
    """As `clean`, but each space stays: tables are drawn with them.

    >>> clean_row("a  b\\x1b[31m\\nc")
    'a  b[31m c'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character == " " else _clean_one(character) for character in text)


def _clean_one(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES or character in "\t\n\v\f\r\x85":
        return " "
    return "" if category in _DROPPED or character in _INVISIBLE else character


def escape(text: str) -> str:
    """The three characters that Slack parses, as entities: ampersand first, nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int, cost: Callable[[str], int] | None = None) -> str:
    """``text`` within ``limit`` units, ending in an ellipsis when shortened, never inside a visible character.

    ``cost`` gives the units of one code point; the default counts UTF-16 units.
    """
    price = cost or units
    if sum(map(price, text)) <= limit:
        return text
    room = limit - price(ELLIPSIS)
    end = spent = 0
    for character in text:
        spent += price(character)
        if spent > room:
            break
        end += 1
    while end > 0 and _continues(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS if limit >= price(ELLIPSIS) else ""


def for_mrkdwn(text: str, limit: int) -> str:
    """Foreign text for a mrkdwn place: at most ``limit`` units after escaping, no entity cut, nothing formatted."""
    upright = _ITALICS.sub("ˍ", clean(text).translate(_LOOKALIKES))
    harmless = _ADDRESS.sub(":∕∕", _EMOJI_CODE.sub("∶", upright))
    return escape(cut(harmless, limit, _escaped_units))


def for_literal(text: str, limit: int) -> str:
    """Foreign text for a place that Slack shows literally: at most ``limit`` units, no ``<`` before a word or sign."""
    return cut(_INSTRUCTION.sub("‹", clean(text)), limit)


def safe_url(url: str) -> str | None:
    """The address rebuilt from its parts, or None when it is not a plain http or https link of bearable length.

    User names are dropped (they can pose as a host), hosts are in ASCII (so look-alike letters show), and whatever
    could end a link early is percent-encoded.
    """
    if len(url) > LONGEST_URL * 2 or "\\" in url or any(unicodedata.category(c) in _DROPPED for c in url):
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(ascii_host):
        return None
    place = ascii_host if port is None else f"{ascii_host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()+,;=~-._")
    query = f"?{quote(parts.query, safe=_QUERY_SAFE)}" if parts.query else ""
    rebuilt = f"{parts.scheme}://{place}{path}{query}"
    return rebuilt if len(rebuilt) <= LONGEST_URL else None


def host_of(url: str) -> str:
    """The host that a link of `safe_url` leads to, without ``www.``; shown beside every link."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def units(text: str) -> int:
    """Length in UTF-16 units.

    >>> units("a"), units("😀")
    (1, 2)
    """
    return len(text) + sum(character > "\uffff" for character in text)


def columns(text: str) -> int:
    """Width in a monospace font: two columns for wide and full-width characters, none for combining marks.

    >>> columns("Tencent"), columns("腾讯")
    (7, 4)
    """
    return sum(map(_columns_of, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """``text`` filled with spaces to ``width`` columns (cut when wider); ``right`` aligns to the right."""
    fitted = cut(text, width, _columns_of)
    space = " " * (width - columns(fitted))
    return space + fitted if right else fitted + space


_QUERY_SAFE = "/%:@!$&'()+,;=~-._?"


def _escaped_units(character: str) -> int:
    return units(_ENTITIES.get(character, character))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in _MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _continues(text: str, end: int) -> bool:
    """True when the character at ``end`` belongs to the visible character before it."""
    following = ord(text[end]) if end < len(text) else 0
    if unicodedata.category(chr(following)) in {"Mn", "Me", "Mc"} or following in _SKIN_TONES:
        return True
    flags = 0
    while flags < end and ord(text[end - 1 - flags]) in _REGIONAL:
        flags += 1
    return following in _REGIONAL and flags % 2 == 1


def _limit_marks(text: str) -> str:
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in _MARKS else 0
        if run <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
