"""The encoder at run time: pieces in, a vector for every piece out, each in the light of all the others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnxruntime

from services.signals.model.word_vectors import look_up


class Encoder:
    """A multilingual transformer in eight-bit numbers; one thread, since one article is read at a time."""

    def __init__(self, graph: bytes, rows: npt.NDArray[np.uint8]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._rows = rows

    def encode(self, pieces: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """float32[pieces, width]."""
        words = look_up(self._rows, pieces)
        (states,) = self._session.run(["states"], {"words": words[None]})
        return np.asarray(states[0], np.float32)
