"""The vectors of the vocabulary, four bits a number: 216 bytes for 384 numbers instead of 1,536.

Row format: twelve blocks of 32 numbers; a block is a 16-bit scale and 16 bytes, number j in the low half of byte j,
number j + 16 in the high half, each stored plus 8.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK = 32
BLOCK_BYTES = 18


def look_up(rows: npt.NDArray[np.uint8], ids: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """float32[len(ids), width] of the pieces asked for; ``rows`` is uint8[vocabulary, width / 32 * 18]."""
    blocks = rows[ids].reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * scale).reshape(len(ids), -1)
