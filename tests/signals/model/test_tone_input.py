"""What the encoder is given: the title and the lead always, then the sentences with acts, names at their places."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalogue import load_catalogue
from config.tone_model import FOLDER
from services.news.article import Article
from services.signals.model.subwords import Subwords
from services.signals.model.tone_input import MOST_PIECES, ToneInput, compose
from services.signals.sight import RuleBook, Sight, look_at

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
RULES = RuleBook(load_catalogue())
SUBWORDS = Subwords((FOLDER / "vocabulary.spm").read_bytes())
FILLER = "The weather in the city was mild and the cafes were full of people all day long. "


def see(title: str, body: str = "") -> Sight:
    article = Article(
        article_id="a", source="s", url="", language="en", title=title, body=body, published_at=WHEN, received_at=WHEN
    )
    return look_at(article, RULES)


def give(sight: Sight) -> ToneInput:
    return compose(sight.readings, sight.verdict, sight.stage, sight.gathered, SUBWORDS)


def test_title_and_lead_are_always_read() -> None:
    """They say what the article is about, with or without a cue."""
    sight = see("A quiet day", FILLER * 40)
    assert give(sight).sentences[:3] == (0, 1, 2)


def test_a_far_sentence_with_an_act_is_read_before_near_ones_without() -> None:
    """An act in the twentieth sentence is still an act: no article is dropped for its order."""
    sight = see("A quiet day", FILLER * 20 + "The central bank fined Tencent 5 million yuan on Monday. " + FILLER * 20)
    assert 21 in give(sight).sentences


def test_no_more_is_read_than_there_is_time_for() -> None:
    """The cost of one article has a bound."""
    sight = see("Regulator fines banks", "The regulator fined the bank and banned the product at once. " * 200)
    assert len(give(sight).pieces) <= MOST_PIECES


def test_names_point_at_their_own_pieces() -> None:
    """A role is judged from the name's own vectors, never from its neighbour's."""
    sight = see("SAMR fines Tencent", "The decision does not concern Meituan.")
    given = give(sight)
    spans = {span.mention.id: (span.start, span.end) for span in given.mentions}
    assert set(spans) == {"SAMR", "tencent", "meituan"}
    assert spans["SAMR"][1] <= spans["tencent"][0] < spans["tencent"][1] <= spans["meituan"][0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=1200))
def test_any_text_makes_an_input_within_bounds(title: str, body: str) -> None:
    """Odd characters, no spaces, no letters: nothing may raise or grow."""
    sight = see(title, body)
    if sight.readings:
        given = give(sight)
        assert 0 < len(given.pieces) <= MOST_PIECES
        assert len(given.spans) == len(given.sentences) == len(given.sentence_features)
        assert all(0 < start < end < len(given.pieces) for start, end in given.spans)
