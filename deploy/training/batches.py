"""Examples of like length, padded to one shape: few shapes, so that the network is compiled few times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from deploy.training.examples import Prepared, kind_columns
from services.signals.model.rule_features import SENTENCE_WIDTH
from services.signals.model.tone_input import MENTION_WIDTH
from services.signals.model.word_vectors import look_up

LENGTHS = (24, 40, 64, 96, 144, 226)
MOST_SENTENCES = 16
MOST_MENTIONS = 16
WIDTH = 384


def batch_up(prepared: Sequence[Prepared], size: int, random: np.random.Generator | None) -> Iterator[list[Prepared]]:
    """Every example once; with ``random`` in random order, without in order of length."""
    by_length: dict[int, list[Prepared]] = defaultdict(list)
    order = range(len(prepared)) if random is None else random.permutation(len(prepared))
    for number in order:
        item = prepared[int(number)]
        by_length[length_of(item)].append(item)
    batches = [items[at : at + size] for items in by_length.values() for at in range(0, len(items), size)]
    if random is not None:
        random.shuffle(batches)
    yield from batches


def length_of(item: Prepared) -> int:
    """The padded length of an example."""
    return next(length for length in LENGTHS if len(item.given.pieces) <= length)


def pad(items: Sequence[Prepared], size: int, rows: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Arrays of one batch, filled with weightless copies of nothing up to ``size`` examples."""
    length = max(length_of(item) for item in items)
    batch: dict[str, Any] = {
        "words": np.zeros((size, length, WIDTH), np.float32),
        "mask": np.zeros((size, length), bool),
        "sentence_pool": np.zeros((size, MOST_SENTENCES, length), np.float32),
        "sentence_rules": np.zeros((size, MOST_SENTENCES, SENTENCE_WIDTH), np.float32),
        "mention_pool": np.zeros((size, MOST_MENTIONS, length), np.float32),
        "mention_rules": np.zeros((size, MOST_MENTIONS, MENTION_WIDTH), np.float32),
        "article_rules": np.zeros((size, len(items[0].given.article_features)), np.float32),
        "tone": np.zeros((size, len(items[0].tone)), np.float32),
        "named": np.zeros((size, len(items[0].named)), np.float32),
        "acting": np.zeros((size, len(items[0].named)), np.float32),
        "relevant": np.zeros(size, bool),
        "stage": np.full(size, -1, np.int32),
        "score": np.full(size, np.nan, np.float32),
        "role": np.full((size, MOST_MENTIONS, 2), np.nan, np.float32),
    }
    batch["mask"][len(items) :, 0] = True
    batch["sentence_pool"][len(items) :, 0, 0] = 1
    for row, item in enumerate(items):
        _fill(batch, row, item, rows)
    return batch


def _fill(batch: dict[str, Any], row: int, item: Prepared, rows: npt.NDArray[np.uint8]) -> None:
    given = item.given
    batch["words"][row, : len(given.pieces)] = look_up(rows, given.pieces)
    batch["mask"][row, : len(given.pieces)] = True
    for place, (start, end) in enumerate(given.spans[:MOST_SENTENCES]):
        batch["sentence_pool"][row, place, start:end] = 1 / (end - start)
    batch["sentence_rules"][row, : len(given.spans[:MOST_SENTENCES])] = given.sentence_features[:MOST_SENTENCES]
    columns = kind_columns(given)
    for place, span in enumerate(given.mentions[:MOST_MENTIONS]):
        batch["mention_pool"][row, place, span.start : span.end] = 1 / (span.end - span.start)
        batch["mention_rules"][row, place] = span.features
        batch["role"][row, place, columns[place]] = item.roles[place]
    batch["article_rules"][row] = given.article_features
    batch["named"][row], batch["acting"][row] = item.named, item.acting
    batch["relevant"][row] = item.example["tone"] != "irrelevant" and item.example["regulators"] is not None
    batch["tone"][row], batch["stage"][row], batch["score"][row] = item.tone, item.stage, item.score
