"""What a person sees of a Slack payload: blocks read into pieces of styled text, for terminal and page alike.

Only what our own messages use is understood (header, section, rich text, context, divider); an unknown block is shown
by its name, never silently dropped. Text is cleaned again here, since a payload may come from a file or a topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from services.alerts.slack_text import clean_row, safe_url


class Kind(StrEnum):
    """How a piece stands on the screen."""

    HEADER = "header"
    TEXT = "text"
    QUOTE = "quote"
    CODE = "code"
    CONTEXT = "context"
    DIVIDER = "divider"


class Span(Struct, frozen=True, kw_only=True):
    """A run of text in one style; may hold line breaks. ``href`` is a safe http(s) address or None."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str | None = None


class Piece(Struct, frozen=True, kw_only=True):
    """One block, or one element of a rich text block."""

    kind: Kind
    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The words without their style."""
        return "".join(span.text for span in self.spans)


class Change(Struct, frozen=True, kw_only=True):
    """One place where an edit changed the message: lines that went and lines that came."""

    before: tuple[str, ...]
    after: tuple[str, ...]


_RICH_KINDS = {"rich_text_quote": Kind.QUOTE, "rich_text_preformatted": Kind.CODE}
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_TOKENS = re.compile(
    r"```(?P<block>.+?)```"
    r"|`(?P<code>[^`\n]+)`"
    r"|<(?P<address>https?://[^|>\s]+)(?:\|(?P<label>[^>]*))?>"
    r"|<@(?P<person>[A-Z0-9]+)>"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>\S(?:[^_\n]*\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>\S(?:[^~\n]*\S)?)~(?![\w~])",
    re.DOTALL,
)


def read_payload(payload: Mapping[str, object]) -> tuple[Piece, ...]:
    """The pieces of a message from top to bottom; the fallback text when it has no blocks."""
    blocks = _mappings(payload.get("blocks"))
    if not blocks:
        return (Piece(kind=Kind.TEXT, spans=read_mrkdwn(str(payload.get("text", "")))),)
    return tuple(piece for block in blocks for piece in _read_block(block))


def read_mrkdwn(text: str, style: Span | None = None) -> tuple[Span, ...]:
    """Slack's markup as styled runs: bold, italic, strike, code and links; entities become characters."""
    base = style or Span(text="")
    spans: list[Span] = []
    end = 0
    for token in _TOKENS.finditer(text):
        spans += _plain(text[end : token.start()], base)
        spans += _read_token(token, base)
        end = token.end()
    return (*spans, *_plain(text[end:], base))


def visible_lines(payload: Mapping[str, object]) -> list[str]:
    """The message as lines of words, to compare two versions of it."""
    return [line for piece in read_payload(payload) for line in piece.text.split("\n") if line.strip()]


def find_changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Change, ...]:
    """What an edit changed, line by line, in reading order; empty when a reader sees no difference."""
    old, new = visible_lines(before), visible_lines(after)
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    return tuple(
        Change(before=tuple(old[start:end]), after=tuple(new[first:last]))
        for step, start, end, first, last in steps
        if step != "equal"
    )


def _read_block(block: Mapping[str, object]) -> list[Piece]:
    match block.get("type"):
        case "header":
            return [Piece(kind=Kind.HEADER, spans=_read_text(block.get("text")))]
        case "section":
            texts = [block.get("text"), *_mappings(block.get("fields"))]
            return [Piece(kind=Kind.TEXT, spans=_read_text(text)) for text in texts if text]
        case "context":
            return [Piece(kind=Kind.CONTEXT, spans=_read_text(element)) for element in _mappings(block.get("elements"))]
        case "rich_text":
            return [_read_rich(element) for element in _mappings(block.get("elements"))]
        case "divider":
            return [Piece(kind=Kind.DIVIDER)]
        case other:
            said = _say_buttons(block) if other == "actions" else f"[block {other}]"
            return [Piece(kind=Kind.CONTEXT, spans=_literal(said, Span(text="")))]


def _say_buttons(block: Mapping[str, object]) -> str:
    """``[Acknowledge]  [Snooze ▾]``"""
    said = []
    for element in _mappings(block.get("elements")):
        words = str(_mapping(element.get("text") or element.get("placeholder")).get("text", ""))
        said.append(f"[{words}]" if element.get("type") == "button" else f"[{words} ▾]")
    return "  ".join(said)


def _read_text(text: object) -> tuple[Span, ...]:
    """A text object: mrkdwn is parsed, plain text stands as it is."""
    found = _mapping(text)
    said = str(found.get("text", ""))
    return read_mrkdwn(said) if found.get("type") == "mrkdwn" else _literal(said, Span(text=""))


def _read_rich(element: Mapping[str, object]) -> Piece:
    spans: list[Span] = []
    for part in _mappings(element.get("elements")):
        look = _look_of(_mapping(part.get("style")))
        address = safe_url(str(part.get("url", ""))) if part.get("type") == "link" else None
        spans += _literal(str(part.get("text", "")), replace(look, href=address))
    return Piece(kind=_RICH_KINDS.get(str(element.get("type")), Kind.TEXT), spans=tuple(spans))


def _look_of(style: Mapping[str, object]) -> Span:
    return Span(
        text="",
        bold=bool(style.get("bold")),
        italic=bool(style.get("italic")),
        strike=bool(style.get("strike")),
        code=bool(style.get("code")),
    )


def _read_token(token: re.Match[str], base: Span) -> Sequence[Span]:
    if token["address"]:
        address = _unescape(token["address"])
        return _plain(token["label"] or token["address"], replace(base, href=safe_url(address)))
    if token["block"] or token["code"]:
        return _plain(token["block"] or token["code"], replace(base, code=True))
    if token["person"]:
        return _plain(f"@{token['person']}", base)
    for style in ("bold", "italic", "strike"):
        if token[style]:
            return read_mrkdwn(token[style], replace(base, **{style: True}))
    return ()


def _plain(text: str, look: Span) -> tuple[Span, ...]:
    return _literal(_unescape(text), look)


def _literal(text: str, look: Span) -> tuple[Span, ...]:
    said = "\n".join(map(clean_row, text.split("\n")))
    return (replace(look, text=said),) if said else ()


def _unescape(text: str) -> str:
    return re.sub("&(?:amp|lt|gt);", lambda entity: _ENTITIES[entity[0]], text)


def _mapping(found: object) -> Mapping[str, object]:
    return found if isinstance(found, Mapping) else {}


def _mappings(found: object) -> list[Mapping[str, object]]:
    candidates: Iterable[object] = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return [candidate for candidate in candidates if isinstance(candidate, Mapping)]
