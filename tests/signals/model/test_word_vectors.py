"""Four-bit rows come back as the numbers that were stored, up to half a step."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from services.signals.model.word_vectors import BLOCK, look_up

WIDTH = 2 * BLOCK
NUMBERS = hnp.arrays(np.float32, (3, WIDTH), elements=st.floats(-4, 4, width=16))


def pack(rows: np.ndarray) -> np.ndarray:
    """The documented format: scale, then number j in the low half of byte j, number j + 16 in the high half."""
    packed = []
    for block in rows.reshape(-1, BLOCK):
        scale = np.float16(max(np.abs(block).max() / 7, 1e-4))
        steps = np.clip(np.rint(block / np.float32(scale)), -8, 7).astype(np.int16) + 8
        halves = (steps[:16] | (steps[16:] << 4)).astype(np.uint8)
        packed.append(np.concatenate([np.frombuffer(scale.tobytes(), np.uint8), halves]))
    return np.stack(packed).reshape(len(rows), -1)


@given(NUMBERS)
def test_a_packed_row_is_read_back_within_half_a_step(rows: np.ndarray) -> None:
    """Otherwise every word would mean something else."""
    read = look_up(pack(rows), np.arange(3, dtype=np.int32))
    step = np.repeat(np.maximum(np.abs(rows.reshape(-1, BLOCK)).max(axis=1) / 7, 1e-4), BLOCK).reshape(rows.shape)
    assert np.all(np.abs(read - rows) <= 0.51 * step + 1e-3)


def test_rows_come_in_the_order_asked_for() -> None:
    """A piece that occurs twice has the same vector twice."""
    rows = np.stack([np.full(WIDTH, 1.0), np.full(WIDTH, -2.0)]).astype(np.float32)
    read = look_up(pack(rows), np.array([1, 0, 1], np.int32))
    assert np.allclose(read[:, 0], [-2, 1, -2], atol=0.01)
