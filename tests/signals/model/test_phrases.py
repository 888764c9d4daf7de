"""The linear reading beside the encoder: what it counts, and that piled-up words cannot take over."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from config.tone_model import FOLDER, load_artefact
from services.signals.model.heads import MOST_SAID, Answers, add_phrases
from services.signals.model.phrases import BUCKETS, count_phrases, measure
from services.signals.rules.tone_weight import SentenceReading
from tests.signals.model.test_tone_input import see


def readings_of(title: str) -> tuple[SentenceReading, ...]:
    return tuple(see(title).readings)


def answers_of(tone: list[float]) -> Answers:
    return Answers(
        tone=np.array(tone, np.float32),
        stage=np.zeros(9, np.float32),
        score=0.5,
        look=np.ones(1, np.float32),
        each=np.zeros((1, 4), np.float32),
        mention=np.zeros((0, 2), np.float32),
        authority=np.zeros(0, np.float32),
    )


def test_the_counts_are_those_of_the_text() -> None:
    """Words and pairs first, then runs of one to four characters: the same in training and in the service."""
    words, runs = count_phrases(readings_of("Regulator fines bank"))
    assert words[1].sum() == 3 + 2
    text = "regulator fines bank"
    assert runs[1].sum() == sum(len(text) - length + 1 for length in (1, 2, 3, 4))
    assert int(max(words[0].max(), runs[0].max())) < BUCKETS


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.data())
def test_a_longer_text_has_no_larger_vector(counts: list[int], data: st.DataObject) -> None:
    """Length one, whatever is repeated; nothing known is nothing said."""
    # A rarity is nothing or at least a thousandth: squares of 1e-23 are lost in float32.
    rarities = st.just(0.0) | st.floats(1e-3, 9)
    rarity = np.array(data.draw(st.lists(rarities, min_size=len(counts), max_size=len(counts))), np.float32)
    length = float(np.linalg.norm(measure(np.array(counts, np.float32), rarity)))
    assert length < 1e-6 or abs(length - 1) < 1e-3


@given(st.lists(st.floats(-50, 50), min_size=13, max_size=13))
def test_words_alone_have_a_bounded_say(logits: list[float]) -> None:
    """Keyword stuffing must not drown what the sentences say."""
    before = answers_of([2.0, -2.0, 0.0, 0.0])
    after = add_phrases(before, np.array(logits, np.float32))
    assert np.abs(after.tone - before.tone).max() <= MOST_SAID + 1e-5


def test_words_that_turn_the_sign_are_noticed() -> None:
    """The reader then answers unclear: reversed signs are the worst mistake."""
    words = np.zeros(13, np.float32)
    words[:2] = (-4.0, 4.0)
    assert add_phrases(answers_of([1.0, 0.5, 0.0, 0.0]), words).turned
    assert not add_phrases(answers_of([3.0, -3.0, 0.0, 0.0]), words * 0.2).turned
    assert not add_phrases(answers_of([0.5, 1.0, 0.0, 0.0]), words).turned


def test_the_shipped_weights_know_the_words_of_the_trade() -> None:
    """A fine leans restrictive, a lifted ban supportive."""
    phrases = load_artefact(FOLDER).phrases
    fine = phrases.weigh(readings_of("Watchdog fines bank $20 million over reporting failures"))
    lifted = phrases.weigh(readings_of("Regulator lifts its ban on new listings, resumes approvals"))
    assert fine[1] > fine[0]
    assert lifted[0] > lifted[1]
