"""The card in the terminal: the words and styles that Slack would show, and what an edit changed."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from services.alerts.slack_text import columns
from streams.rendering.card_samples.situations import SITUATIONS
from streams.rendering.terminal_card import WIDTH, build_card, draw_spans
from streams.slack.reading import Change, Kind, Span, find_changes, read_mrkdwn, read_payload
from tests.golden.write import render_situation


def print_card(*arguments: Any, colour: bool = False, **options: Any) -> str:
    """What the terminal receives."""
    console = Console(file=StringIO(), width=100, force_terminal=colour, color_system="truecolor" if colour else None)
    console.print(build_card(*arguments, **options))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_word_of_the_message_is_on_the_card(name: str) -> None:
    """What Slack shows, the terminal shows."""
    payload = render_situation(SITUATIONS[name]())
    shown = print_card(payload).split()
    for piece in read_payload(payload):
        assert set(piece.text.split()) <= set(shown)


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_frame_is_straight(name: str) -> None:
    """Chinese characters are two columns wide; a frame that counts wrong looks broken."""
    lines = print_card(render_situation(SITUATIONS[name]()), title="#policy 14:02 HKT").rstrip("\n").split("\n")
    assert {columns(line) for line in lines} == {WIDTH}


@pytest.mark.parametrize("name", SITUATIONS)
def test_tables_keep_their_lines(name: str) -> None:
    """A wrapped table line would put numbers under the wrong heading."""
    payload = render_situation(SITUATIONS[name]())
    shown = print_card(payload)
    for piece in read_payload(payload):
        if piece.kind is Kind.CODE:
            assert all(line in shown for line in piece.text.split("\n"))


def test_an_edit_is_marked_and_shows_what_it_changed() -> None:
    """The reader of a terminal cannot hover over ``edited``."""
    before, after = (render_situation(SITUATIONS[name]()) for name in ("three_reports", "supportive_confirmed"))
    shown = print_card(after, previous=before)
    assert "edited ✎" in shown
    assert "- ○ No clear answer yet" in shown
    assert "+ ✓ Market agrees (confirmed)" in shown
    assert "edited" not in print_card(after)


def test_an_edit_without_visible_change_says_so() -> None:
    """Nothing is worse than searching for a difference that is not there."""
    payload = render_situation(SITUATIONS["lunch_break"]())
    assert find_changes(payload, payload) == ()
    assert "nothing that a reader sees" in print_card(payload, previous=payload)


def test_changes_name_the_lines_that_went_and_came() -> None:
    """Lines that stayed are not repeated."""
    assert find_changes({"text": "same\nold"}, {"text": "same\nnew\nmore"}) == (
        Change(before=("old",), after=("new", "more")),
    )


def test_tone_colours_the_frame_but_is_not_told_by_colour_alone() -> None:
    """Blue and orange differ for most eyes; the sign and the word are there for all."""
    supportive = print_card(render_situation(SITUATIONS["supportive_confirmed"]()), colour=True)
    restrictive = print_card(render_situation(SITUATIONS["restrictive_contradicted"]()), colour=True)
    assert supportive.partition("╭")[0] != restrictive.partition("╭")[0]
    assert "▲ Supportive" in supportive
    assert "▼ Restrictive" in restrictive


@pytest.mark.parametrize(
    ("markup", "spans"),
    [
        ("a *b* c", (Span(text="a "), Span(text="b", bold=True), Span(text=" c"))),
        ("_i_ ~s~", (Span(text="i", italic=True), Span(text=" "), Span(text="s", strike=True))),
        ("`x*y*z`", (Span(text="x*y*z", code=True),)),
        ("```a\nb```", (Span(text="a\nb", code=True),)),
        ("*a _b_*", (Span(text="a ", bold=True), Span(text="b", bold=True, italic=True))),
        ("<https://e.example/a?b=1&amp;c=2|e.example>", (Span(text="e.example", href="https://e.example/a?b=1&c=2"),)),
        ("<https://e.example/>", (Span(text="https://e.example/", href="https://e.example/"),)),
        ("1 &lt; 2 &amp;amp; 3", (Span(text="1 < 2 &amp; 3"),)),
        ("by <@U0TRADER> &lt;@U1&gt;", (Span(text="by "), Span(text="@U0TRADER"), Span(text=" <@U1>"))),
        ("2*3*4 snake_case_id", (Span(text="2*3*4 snake_case_id"),)),
        ("<javascript:x|label>", (Span(text="<javascript:x|label>"),)),
        ("&lt;https://e.example|x&gt;", (Span(text="<https://e.example|x>"),)),
    ],
)
def test_markup_is_read_as_slack_reads_it(markup: str, spans: tuple[Span, ...]) -> None:
    """Bold, italic, strike, code, links and entities, and the cases that only look like them."""
    assert read_mrkdwn(markup) == spans


def test_a_block_that_is_not_known_is_named() -> None:
    """A part left out in silence would make the card a lie."""
    assert "[block carousel]" in print_card({"blocks": [{"type": "carousel"}]})


def test_a_message_without_blocks_shows_its_text() -> None:
    """The plain form is sent when Slack refuses the card."""
    assert "plain words & more" in print_card({"text": "*plain* words &amp; more"})


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_text_reaches_the_terminal_as_a_command(text: str) -> None:
    """Neither Rich's markup nor escape sequences in a headline may act on the terminal."""
    payload = {"blocks": [{"type": "section", "text": {"type": "plain_text", "text": f"[bold red]{text}[/]"}}]}
    shown = print_card(payload)
    assert "[bold" in shown
    assert not {character for character in shown if character < " " and character != "\n"}
    assert not {"\x7f", "\x9b", "\u202e"} & set(shown)


def test_links_carry_their_address() -> None:
    """A terminal that can open links opens the rebuilt one."""
    text = draw_spans((Span(text="example.com", href="https://example.com/"),))
    assert text.plain == "example.com"
    assert [getattr(span.style, "link", None) for span in text.spans] == ["https://example.com/"]
