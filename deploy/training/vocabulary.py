"""The part of the encoder's vocabulary that English and Chinese need, in the form of the sentencepiece library."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sentencepiece import sentencepiece_model_pb2 as form

MARKS = 4
"""Start, padding, end, unknown: the first ids, kept in place."""
MOST_RANK = 120_000
"""Pieces stand in order of frequency over a hundred languages; Latin ones behind this rank are hardly English."""
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_LATIN = re.compile("\u2581?[\x21-\x7e£€¥°§·…—–]*")
_HAN = re.compile("[\u3400-\u9fff]")
_OTHER_SCRIPTS = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_WIDE = re.compile("\u2581?[\u3000-\u303f\uff00-\uffef“”‘’]+")


def choose_pieces(pieces: Sequence[str]) -> npt.NDArray[np.int32]:
    """Ids to keep, ascending; row n of the pruned vocabulary is piece ``kept[n]``."""
    kept = [
        number
        for number, piece in enumerate(pieces)
        if number < MARKS
        or (_LATIN.fullmatch(piece) and number < MOST_RANK)
        or (_HAN.search(piece) and not _OTHER_SCRIPTS.search(piece))
        or _WIDE.fullmatch(piece)
    ]
    return np.array(kept, np.int32)


def write_vocabulary(pieces: Sequence[str], scores: npt.NDArray[np.float32]) -> bytes:
    """A sentencepiece unigram model of the pieces, marks first; text comes normalised already."""
    model = form.ModelProto()
    for number, piece in enumerate(pieces):
        entry = model.pieces.add()
        entry.piece, entry.score = piece, float(scores[number])
        entry.type = _NORMAL if number >= MARKS else _UNKNOWN if piece == "<unk>" else _CONTROL
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type = 1
    trainer.bos_id, trainer.pad_id, trainer.eos_id, trainer.unk_id = range(MARKS)
    normalizer.name = "identity"
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = normalizer.escape_whitespaces = True
    return bytes(model.SerializeToString())
