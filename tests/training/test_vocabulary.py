"""The pruned vocabulary keeps what English and Chinese need, in order, and splits text by the likeliest pieces."""

from __future__ import annotations

import numpy as np

from deploy.training.vocabulary import choose_pieces, write_vocabulary
from services.signals.model.subwords import END, PAD, START, UNKNOWN, Subwords

MARKS = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [*MARKS, "▁", "▁fine", "s", "▁ban", "罚", "罚款", "カード", "금", "é", "d"]
SCORES = np.array([0, 0, 0, 0, -3, -4, -5, -4, -6, -6.5, -7, -7, -8, -5], np.float32)


def test_other_scripts_are_left_out_and_marks_stay() -> None:
    """They would triple the size for texts that are never read."""
    kept = [PIECES[number] for number in choose_pieces(PIECES)]
    assert kept == [*MARKS, "▁", "▁fine", "s", "▁ban", "罚", "罚款", "d"]


def test_text_is_split_into_the_likeliest_pieces_with_their_places() -> None:
    """Names are found by these places."""
    kept = choose_pieces(PIECES)
    subwords = Subwords(write_vocabulary([PIECES[number] for number in kept], SCORES[kept]))
    pieces = subwords.split("fines 罚款")
    assert [(int(start), int(end)) for start, end in zip(pieces.starts, pieces.ends, strict=True)] == [
        (0, 4),
        (4, 5),
        (5, 6),
        (6, 8),
    ]
    assert set(pieces.ids) & {START, PAD, END, UNKNOWN} == set()
