"""The plain and the labelled form of a card."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from streams.slack.cards import MOST_BLOCKS, as_card, cut_text, labelled_as_repeat, without_blocks
from streams.slack.client import Card


@given(text=st.text(alphabet="ab&;<>|é \u0301\u200d\U0001f9d1", max_size=80), length=st.integers(1, 40))
@example(text=";;<<;;", length=5)
def test_a_cut_text_is_short_and_ends_in_nothing_half(text, length):
    """No half entity, no half link, no half character at the cut."""
    cut = cut_text(text, length)
    assert len(cut) <= max(length, 1)
    if cut != text:
        kept = cut.removesuffix("…")
        assert cut.endswith("…")
        assert text.startswith(kept)
        assert kept.rfind("<") <= kept.rfind(">")
        assert not kept or not text[len(kept) :].startswith(("\u200d", "\u0301"))


def test_an_entity_is_kept_whole_or_left_out():
    """ "&am" would be shown as it stands."""
    assert cut_text("fish &amp; chips", 9) == "fish …"
    assert cut_text("fish &amp; chips", 12) == "fish &amp; …"


def test_the_label_stands_first_in_blocks_and_in_text():
    """Whoever reads the notification alone must know as well."""
    card = Card(alert_id="a", revision=1, text="words", blocks=({"type": "divider"},) * MOST_BLOCKS)
    labelled = labelled_as_repeat(card, datetime(2023, 7, 13, 9, 5, tzinfo=UTC))
    assert labelled.text.startswith("May repeat an alert sent at 09:05 UTC")
    assert (labelled.blocks[0]["type"], len(labelled.blocks)) == ("context", MOST_BLOCKS)


def test_the_plain_form_has_the_text_and_no_blocks():
    """What Slack takes when it refuses the card."""
    plain = without_blocks(Card(alert_id="a", revision=2, text="x" * 9_000, blocks=({"type": "divider"},)))
    assert (plain.revision, len(plain.text), plain.blocks) == (2, 3_500, ())


def test_a_payload_without_text_still_has_words(new_alert):
    """Slack refuses an empty text, and an alert is never dropped for its form."""
    assert as_card(new_alert(), {"text": "", "blocks": None}) == Card(
        alert_id="alert1", revision=1, text="Policy alert alert1"
    )
