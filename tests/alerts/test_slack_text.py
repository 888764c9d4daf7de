"""Foreign text on its way into a message: what is taken out, what is made harmless, where it is cut."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.slack_text import (
    LONGEST_URL,
    MOST_MARKS,
    clean,
    columns,
    cut,
    escape,
    for_literal,
    for_mrkdwn,
    host_of,
    pad,
    safe_url,
    units,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """Text is cleaned in several places; the order must not matter."""
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_clean_text_is_one_visible_line_in_normal_form(text: str) -> None:
    """No control, format, surrogate or private character survives, so nothing can hide or reorder words."""
    cleaned = clean(text)
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert cleaned == cleaned.strip() == unicodedata.normalize("NFC", cleaned)
    assert "  " not in cleaned


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("pay\u202epal", "paypal"),
        ("<\u200b!channel>", "<!channel>"),
        ("a\r\n\tb\u2028c", "a b c"),
        ("e\u0301", "é"),
        ("bad\ud800 surrogate", "bad surrogate"),
        ("nul\x00 esc\x1b[31m", "nul esc[31m"),
        ("filler\u3164!", "filler!"),
    ],
)
def test_hidden_characters_go_and_words_stay(hidden: str, shown: str) -> None:
    """Examples of each family: override, zero width, line ends, composition, surrogate, controls, Hangul filler."""
    assert clean(hidden) == shown


def test_a_tower_of_combining_marks_is_cut_down() -> None:
    """A letter with hundreds of marks would cover the lines around it."""
    assert len(clean("x" + "\u0335" * 300)) <= 1 + MOST_MARKS


@given(ANY_TEXT)
def test_escaping_uses_exactly_three_entities_and_can_be_undone(text: str) -> None:
    """More entities would be shown as they are, fewer would be read as instructions."""
    escaped = escape(text)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(ANY_TEXT, st.integers(1, 60))
def test_mrkdwn_text_keeps_its_limit_and_ends_in_no_half_entity(text: str, limit: int) -> None:
    """The cut is made before escaping but paid after it: ``&amp`` can never be left over."""
    said = for_mrkdwn(text, limit)
    assert units(said) <= limit
    undone = said.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    assert "&" not in undone
    assert "<" not in undone
    assert ">" not in undone


@given(ANY_TEXT)
def test_mrkdwn_text_can_format_nothing(text: str) -> None:
    """Stars, strikes and code marks are swapped everywhere; an underscore stays inside a word only."""
    said = for_mrkdwn(text, 1_000)
    assert not set(said) & set("*~`")
    assert all(
        index and said[index - 1].isalnum() and said[index + 1 : index + 2].isalnum()
        for index, character in enumerate(said)
        if character == "_"
    )


@pytest.mark.parametrize("code", [":fire:", ":+1:", "a :flag-cn: b", ":100:"])
def test_an_emoji_code_stays_letters(code: str) -> None:
    """A headline must not put a siren on the card."""
    assert code.split(":")[1] in for_mrkdwn(code, 100)
    assert f":{code.split(':')[1]}:" not in for_mrkdwn(code, 100)


def test_a_time_is_not_an_emoji_code() -> None:
    """14:02:05 is written with colons too."""
    assert for_mrkdwn("at 14:02:05 on", 100) == "at 14:02:05 on"


@given(ANY_TEXT, st.integers(1, 60))
def test_literal_text_holds_no_instruction_and_keeps_its_limit(text: str, limit: int) -> None:
    """Literal places need no entities, but no copy of the payload may ever read as a mention."""
    said = for_literal(text, limit)
    assert units(said) <= limit
    for index, character in enumerate(said):
        following = said[index + 1 : index + 2]
        assert not (
            character == "<" and (following in {"!", "@", "#"} or (following.isascii() and following.isalpha()))
        )


def test_literal_text_keeps_comparisons() -> None:
    """Only an instruction is broken: a sentence with numbers is quoted as it is."""
    assert for_literal("profit > 5 & loss < 9", 100) == "profit > 5 & loss < 9"


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("ab cd efg", 7, "ab cd…"),
        ("cafe\u0301s x", 5, "caf…"),
        ("👍🏽👍🏽👍🏽", 6, "👍🏽…"),
        ("🇨🇳🇭🇰🇺🇸", 8, "🇨🇳…"),
        ("x", 0, ""),
    ],
)
def test_a_cut_never_splits_what_the_eye_sees_as_one(text: str, limit: int, kept: str) -> None:
    """Accents, skin tones and flags are several code points and one picture."""
    assert cut(text, limit) == kept


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://sec.gov/%0aalert(1)",
        "data:text/html,x",
        "ftp://sec.gov/a",
        "//sec.gov/a",
        "sec.gov",
        "",
        "http://",
        "https://evil.example\\@sec.gov/",
        "https://ev il.example/",
        "https://evil.example:port/",
        "https://[::1/",
        "https://a..b/",
        "https://x.example/\u202egpj",
        "https://x.example/" + "a" * LONGEST_URL,
    ],
)
def test_other_addresses_than_plain_web_links_are_dropped(url: str) -> None:
    """Schemes, disguises and broken addresses give no link at all."""
    assert safe_url(url) is None


@pytest.mark.parametrize(
    ("url", "rebuilt", "host"),
    [
        ("https://www.samr.gov.cn/x?a=1&b=2", "https://www.samr.gov.cn/x?a=1&b=2", "samr.gov.cn"),
        ("HTTP://Example.COM", "http://example.com/", "example.com"),
        ("https://sec.gov@evil.example/a", "https://evil.example/a", "evil.example"),
        ("https://e.example/a|b><c> d?q=|`", "https://e.example/a%7Cb%3E%3Cc%3E%20d?q=%7C%60", "e.example"),
        ("https://e.example/%E5%B9%B3?x=%7C", "https://e.example/%E5%B9%B3?x=%7C", "e.example"),
        ("https://раура.example/", "https://xn--80aa0cbo.example/", "xn--80aa0cbo.example"),
        ("https://e.example:8443/#top", "https://e.example:8443/", "e.example"),
    ],
)
def test_a_link_is_rebuilt_so_that_it_leads_where_it_says(url: str, rebuilt: str, host: str) -> None:
    """User names, look-alike letters and link-ending characters lose their power; the rest is kept."""
    assert safe_url(url) == rebuilt
    assert host_of(rebuilt) == host


@given(ANY_TEXT, ANY_TEXT)
def test_any_address_gives_a_safe_link_or_none(host: str, path: str) -> None:
    """Whatever comes, nothing raises and nothing that could end a link early is left."""
    rebuilt = safe_url(f"https://{host}/{path}")
    if rebuilt is not None:
        assert rebuilt.startswith("https://")
        assert rebuilt.isascii()
        assert not set(rebuilt) & set('<>|"` \\')
        assert len(rebuilt) <= LONGEST_URL


@given(ANY_TEXT, st.integers(1, 40))
def test_a_padded_cell_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    """Chinese names are two columns a character; the table must not shift."""
    assert columns(pad(clean(text), width)) == width
    assert columns(pad(clean(text), width, right=True)) == width
