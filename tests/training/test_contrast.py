"""Contrast examples: balanced, of both languages, and labelled by what governs what."""

from __future__ import annotations

import re
from collections import Counter

from deploy.training.contrast import contrast_examples

EXAMPLES = list(contrast_examples(3_000, seed=11))


def test_the_same_seed_gives_the_same_examples() -> None:
    """A training can be repeated."""
    assert list(contrast_examples(50, seed=3)) == list(contrast_examples(50, seed=3))


def test_no_label_or_language_is_rare() -> None:
    """A drill that is all fines would teach that everything is a fine."""
    tones = Counter(example["tone"] for example in EXAMPLES)
    assert min(tones.values()) > 0.05 * len(EXAMPLES)
    assert 0.8 < tones["supportive"] / tones["restrictive"] < 1.25
    assert Counter(example["language"] for example in EXAMPLES) == {"en": 1_500, "zh": 1_500}


def test_refusing_to_lift_a_burden_is_labelled_restrictive() -> None:
    """The pairs must be right themselves."""
    refused = re.compile(
        r"refuses to (lift|scrap|drop|relax|remove|abolish|suspend) the (ban|cap|ceiling|levy|freeze|tariff)"
    )
    lifts = [example for example in contrast_examples(12_000, seed=11) if refused.search(example["title"].lower())]
    assert lifts
    assert {example["tone"] for example in lifts} == {"restrictive"}


def test_a_denied_plan_is_labelled_neutral() -> None:
    """Nothing happened."""
    denied = [example for example in EXAMPLES if "denies report" in example["title"] or "不实信息" in example["title"]]
    assert denied
    assert {example["tone"] for example in denied} == {"neutral"}


def test_no_slot_is_left_unfilled() -> None:
    """A brace in a text would be learned as a word."""
    assert not [example for example in EXAMPLES if "{" in example["title"] + example["body"]]
