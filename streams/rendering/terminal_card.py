"""A Slack message in the terminal, as its reader sees it, with what the last edit changed."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from streams.slack.reading import Change, Kind, Piece, Span, find_changes, read_payload

WIDTH = 64
MOST_CHANGES = 6
_MEASURE = Console(width=WIDTH, color_system=None, legacy_windows=False)
_ACCENTS = {"▲": "blue", "▼": "dark_orange"}


def build_card(
    payload: Mapping[str, object], *, title: str = "", previous: Mapping[str, object] | None = None
) -> Panel:
    """The message ``payload`` in a frame of ``WIDTH`` columns.

    ``title`` stands on the frame (channel and time). With ``previous``, the version before, the frame says
    ``edited ✎`` and the card ends with the lines that changed.
    """
    pieces = read_payload(payload)
    body: list[RenderableType] = [draw_piece(piece) for piece in pieces]
    if previous is not None:
        body += _draw_changes(find_changes(previous, payload))
    header = next((piece.text for piece in pieces if piece.kind is Kind.HEADER), "")
    accent = next((colour for sign, colour in _ACCENTS.items() if sign in header), "white")
    return Panel(
        Group(*body),
        title=Text(title) if title else None,
        title_align="left",
        subtitle=Text("edited ✎") if previous is not None else None,
        subtitle_align="right",
        border_style=accent,
        width=WIDTH,
    )


def draw_piece(piece: Piece) -> RenderableType:
    """One piece: header bold, quotes behind a bar, code as it is, small print dim."""
    text = draw_spans(piece.spans)
    if piece.kind is Kind.HEADER:
        text.stylize("bold")
        return Padding(text, (0, 0, 1, 0))
    if piece.kind is Kind.QUOTE:
        return Padding(_behind_bar(text), (0, 0, 1, 0))
    if piece.kind is Kind.CODE:
        text.no_wrap = True
        return Padding(text, (0, 0, 1, 2), style="cyan")
    if piece.kind is Kind.CONTEXT:
        text.stylize("dim")
        return text
    return Rule(style="dim") if piece.kind is Kind.DIVIDER else Padding(text, (0, 0, 1, 0))


def draw_spans(spans: tuple[Span, ...]) -> Text:
    """Styled runs; nothing in them is read as terminal or Rich markup."""
    text = Text()
    for span in spans:
        text.append(span.text, _style_of(span))
    return text


def _style_of(span: Span) -> Style:
    return Style(
        bold=span.bold or None,
        italic=span.italic or None,
        strike=span.strike or None,
        underline=True if span.href else None,
        color="cyan" if span.code or span.href else None,
        link=span.href,
    )


def _behind_bar(text: Text) -> RenderableType:
    lines = text.wrap(_MEASURE, WIDTH - 8)
    return Text("\n").join(Text.assemble(("▎ ", "dim"), line) for line in lines)


def _draw_changes(changes: tuple[Change, ...]) -> list[RenderableType]:
    """Lines that went and came, at most ``MOST_CHANGES`` places of them."""
    drawn: list[RenderableType] = [Rule(Text("what changed", style="dim"), align="left", style="dim")]
    for change in changes[:MOST_CHANGES]:
        drawn += [Text(f"- {line.strip()}", style="dim strike") for line in change.before]
        drawn += [Text(f"+ {line.strip()}", style="bold") for line in change.after]
    if len(changes) > MOST_CHANGES:
        drawn.append(Text(f"and in {len(changes) - MOST_CHANGES} more", style="dim"))
    return drawn if changes else [*drawn, Text("nothing that a reader sees", style="dim")]
