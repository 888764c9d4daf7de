"""A cheap look at title and lead before anything dear: is this news of another world?

A logistic layer over hashed words (English) or pairs of characters (Chinese) and the rules' findings in the same
sentences (Weinberger et al. 2009, feature hashing). It says so only when it is nearly sure; passing needs no keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.rules.act_rules import Kind
from services.signals.rules.tone_topic import count_policy_points, measure_offtopic
from services.signals.rules.tone_weight import SentenceReading

BUCKETS = 1 << 16
LOOKED_AT = 3
"""Sentences: title and lead."""
RULE_WIDTH = 8
_WORD = re.compile(r"[a-z][a-z'&-]+|[\u3400-\u9fff]+")


class Gate(Struct, frozen=True, kw_only=True):
    """Weights of the logistic layer: ``words`` [BUCKETS], ``rules`` [RULE_WIDTH]."""

    words: npt.NDArray[np.float32]
    rules: npt.NDArray[np.float32]
    bias: float
    sure: float
    """Chance from which an article is let go."""

    def chance_irrelevant(self, opening: Sequence[SentenceReading]) -> float:
        """0..1 from the first sentences."""
        looked_at = opening[:LOOKED_AT]
        places = hash_words(looked_at)
        share = float(self.words[places].sum()) / np.sqrt(max(1, len(places)))
        return float(1 / (1 + np.exp(-(share + float(self.rules @ measure_opening(looked_at)) + self.bias))))


def hash_words(opening: Sequence[SentenceReading]) -> list[int]:
    """Bucket of every word, pair of words or pair of characters, each once."""
    return sorted(
        {crc32(token.encode()) % BUCKETS for reading in opening for token in _tokens(reading.sentence.folded)}
    )


def _tokens(folded: str) -> Iterator[str]:
    before = ""
    for run in _WORD.findall(folded):
        if run[0] >= "\u3400":
            yield from (run[at : at + 2] for at in range(len(run) - 1))
            continue
        yield run
        yield f"{before} {run}"
        before = run


def measure_opening(opening: Sequence[SentenceReading]) -> npt.NDArray[np.float32]:
    """What the rules found in the first sentences: acts by whom, authorities, words of policy and of other worlds."""
    acts = [act for reading in opening for act in reading.acts]
    return np.array(
        [
            min(2.0, sum(abs(act.score) for act in acts if act.by_authority)),
            min(2.0, sum(abs(act.score) for act in acts if act.official and not act.by_private)),
            min(2.0, sum(abs(act.score) for act in acts if not act.by_private)),
            min(2.0, sum(abs(act.score) for act in acts if act.by_private)),
            float(any(reading.has(Kind.AUTHORITY) for reading in opening)),
            min(3.0, sum(count_policy_points(reading) for reading in opening)),
            min(3.0, measure_offtopic(opening)),
            float(any(reading.has(Kind.COMMENTARY) for reading in opening)),
        ],
        np.float32,
    )
