"""The labelled examples keep to their own guideline (config/reader/LABELS.md)."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from config.catalogue import load_catalogue
from services.signals.signal import Stage

FOLDER = Path(__file__).parent.parent.parent / "config" / "reader" / "examples"
FIELDS = {
    "id", "event", "language", "style", "country", "title", "body", "tone", "score", "also", "stage", "regulators",
    "issuers", "sectors", "hard",
}  # fmt: skip
TONES = {"supportive", "restrictive", "neutral", "irrelevant"}
STYLES = {"wire", "flash", "state_media", "blog", "teaser", "machine_translated", "official", "column"}
HARD = {
    None, "reversal", "negation", "scope", "second_clause", "headline_vs_body", "quoted_old_rule", "denial", "rumour",
    "anniversary", "company_own_act", "conflict", "softer_draft", "fine_ends_probe", "court", "commentary", "lookalike",
}  # fmt: skip


def load_examples() -> list[dict[str, Any]]:
    """Every example of every file."""
    return [
        json.loads(line)
        for path in sorted(FOLDER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


EXAMPLES = load_examples()


def faults_of(example: dict[str, Any]) -> list[str]:
    catalogue = load_catalogue()
    score, tone = example["score"], example["tone"]
    claims = {
        "fields": set(example) == FIELDS,
        "language": example["language"] in ("en", "zh"),
        "style": example["style"] in STYLES,
        "text": bool(example["title"] or example["body"]),
        "tone": tone in TONES,
        "also": example["also"] is None or (example["also"] in TONES and example["also"] != tone),
        "score": (score is None) == (tone == "irrelevant") and (score is None or -1 <= score <= 1),
        "sign": tone not in ("supportive", "restrictive") or (score > 0) == (tone == "supportive"),
        "neutral": tone != "neutral" or abs(score) <= 0.2,
        "stage": (example["stage"] is None) == (tone == "irrelevant") or tone == "neutral",
        "stage word": example["stage"] is None or example["stage"] in set(Stage),
        "regulators": set(example["regulators"]) <= catalogue.regulators.keys(),
        "issuers": set(example["issuers"]) <= catalogue.issuers.keys(),
        "sectors": set(example["sectors"]) <= catalogue.sectors.keys(),
        "hard": example["hard"] in HARD,
    }
    return [claim for claim, holds in claims.items() if not holds]


def test_every_example_keeps_to_the_guideline() -> None:
    """A wrong label teaches a wrong reader; all faults are told at once."""
    faults = {example["id"]: faults_of(example) for example in EXAMPLES}
    assert not {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize("key", ["id", "text"])
def test_no_example_stands_twice(key: str) -> None:
    """A doubled example would weigh twice, or stand on both sides of a split."""
    keys = [example["id"] if key == "id" else example["title"] + example["body"] for example in EXAMPLES]
    assert not [value for value, count in Counter(keys).items() if count > 1]


HELD_OUT = [example for example in EXAMPLES if example["id"].startswith("held-")]
TAUGHT = [example for example in EXAMPLES if not example["id"].startswith("held-")]
SECOND = [
    json.loads(line)
    for line in (FOLDER.parent / "second_labels.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]


def test_there_are_enough_examples_of_every_kind() -> None:
    """Below this a reader learns the writer's habits instead of the world's."""
    counts = Counter((example["language"], example["tone"]) for example in EXAMPLES)
    assert len(EXAMPLES) >= 5_000
    assert min(counts.values()) >= 200
    assert len({example["stage"] for example in EXAMPLES}) == len(Stage) + 1
    assert {example["hard"] for example in EXAMPLES} == HARD


def test_no_held_out_event_is_taught() -> None:
    """Two reports of one event on both sides would measure memory."""
    told = {example["event"].removeprefix("h-") for example in TAUGHT}
    assert not told & {example["event"].removeprefix("h-") for example in HELD_OUT}


def test_every_held_out_example_has_a_second_label_of_its_own() -> None:
    """Agreement is measured on all of it, or it is chosen."""
    assert Counter(label["id"] for label in SECOND) == Counter(example["id"] for example in HELD_OUT)
    assert {label["tone"] for label in SECOND} <= TONES


NEAREST = 0.41
"""Likeness of two texts above which they tell one event, or nearly; read by eye on the pairs around it."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_taught_text_comes_near_a_held_out_text(language: str) -> None:
    """Different names of an event do not make it two: 136 of 964 held-out events had been taught under other names."""
    taught = [example for example in TAUGHT if example["language"] == language]
    held = [example for example in HELD_OUT if example["language"] == language]
    vectors = weigh_words([*taught, *held])
    likeness = (vectors[len(taught) :] @ vectors[: len(taught)].T).tocoo()
    near = {
        (held[row]["id"], taught[column]["id"])
        for row, column, found in zip(*triples(likeness), strict=True)
        if found > NEAREST
    }
    assert not near, "move the held-out text to met_elsewhere.jsonl, or drop the taught one"


def weigh_words(examples: list[dict[str, Any]]) -> sparse.csr_array:
    """Unit vectors of word stems (English) or pairs of characters (Chinese), the title counted twice, tf-idf."""
    counts = [Counter(split(example)) for example in examples]
    column = {word: number for number, word in enumerate(sorted({word for one in counts for word in one}))}
    spread = Counter(word for one in counts for word in one)
    rows = np.repeat(np.arange(len(counts)), [len(one) for one in counts])
    weights = np.array(
        [(1 + np.log(n)) * np.log(len(counts) / spread[word]) for one in counts for word, n in one.items()]
    )
    lengths = np.sqrt(np.bincount(rows, weights**2, len(counts)))
    columns = [column[word] for one in counts for word in one]
    return sparse.csr_array((weights / np.maximum(lengths, 1e-9)[rows], (rows, columns)))


def split(example: dict[str, Any]) -> list[str]:
    text = f"{example['title']} {example['title']} {example['body']}".lower()
    if example["language"] == "en":
        return [word[:6] for word in re.findall(r"[a-z]+|\d[\d.,]*", text)]
    packed = re.sub(r"\s", "", text)
    return [packed[place : place + 2] for place in range(len(packed) - 1)]


def triples(matrix: sparse.coo_array) -> tuple[Any, Any, Any]:
    return *matrix.coords, matrix.data
