"""Text into pieces of the encoder's vocabulary, with the place of each piece in the text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from sentencepiece import SentencePieceProcessor

START, PAD, END, UNKNOWN = 0, 1, 2, 3


class Pieces(Struct, frozen=True):
    """``ids`` int32[n]; ``starts`` and ``ends`` int32[n], positions in the text."""

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


class Subwords:
    """A unigram vocabulary (Kudo 2018, "Subword Regularization") in the form of the sentencepiece library."""

    def __init__(self, vocabulary: bytes) -> None:
        self._processor = SentencePieceProcessor(model_proto=vocabulary)

    def __len__(self) -> int:
        return int(self._processor.get_piece_size())

    def split(self, text: str) -> Pieces:
        """The likeliest split of a normalised text."""
        found = self._processor.encode(text, return_type="offset_mapping")
        offsets = np.array(found["offsets"], np.int32).reshape(-1, 2)
        return Pieces(np.array(found["ids"], np.int32), offsets[:, 0], offsets[:, 1])
