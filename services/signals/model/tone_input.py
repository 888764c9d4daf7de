"""What the encoder is given of an article: the sentences that matter, in pieces, with the rules' findings beside them.

The title always, the first two sentences always, then the sentences with the weightiest acts and the most policy words,
up to ``MOST_PIECES``. Cues choose what is read first; no article is dropped for lacking one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.signals.model.rule_features import Vector, measure_article, measure_sentence
from services.signals.model.subwords import END, START, Pieces, Subwords
from services.signals.names.linking import Gathered, key_of
from services.signals.names.name_matcher import Mention, NameKind
from services.signals.rules.tone import Verdict
from services.signals.rules.tone_topic import count_policy_points
from services.signals.rules.tone_weight import SentenceReading
from services.signals.signal import Stage

MOST_PIECES = 224
SENTENCE_PIECES = 64
ALWAYS = 2
MENTION_WIDTH = 6


class MentionSpan(Struct, frozen=True):
    """A name of an authority or company inside the pieces read."""

    mention: Mention
    start: int
    end: int
    features: Vector


class ToneInput(Struct, frozen=True, kw_only=True):
    """One article for the encoder."""

    pieces: npt.NDArray[np.int32]
    sentences: tuple[int, ...]
    """Numbers of the sentences read, in order."""
    spans: tuple[tuple[int, int], ...]
    """Of each, its first piece and the one after its last."""
    sentence_features: npt.NDArray[np.float32]
    article_features: Vector
    mentions: tuple[MentionSpan, ...]


def compose(
    readings: Sequence[SentenceReading], verdict: Verdict, stage: Stage | None, gathered: Gathered, subwords: Subwords
) -> ToneInput:
    """The input for one article; at least one sentence is needed."""
    split = _choose(readings, gathered.texts, subwords)
    pieces, spans = [START], []
    for number in sorted(split):
        ids = split[number].ids[:SENTENCE_PIECES]
        spans.append((len(pieces), len(pieces) + len(ids)))
        pieces += [*ids, END]
    chosen = tuple(sorted(split))
    places = dict(zip(chosen, (span[0] for span in spans), strict=True))
    return ToneInput(
        pieces=np.array(pieces, np.int32),
        sentences=chosen,
        spans=tuple(spans),
        sentence_features=np.stack([measure_sentence(readings[number], verdict) for number in chosen]),
        article_features=measure_article(readings, verdict, stage),
        mentions=tuple(_span_mentions(gathered, split, places)),
    )


def mark_named(gathered: Gathered, authorities: Sequence[str]) -> Vector:
    """float32[authorities]: 1 where the text names the authority."""
    named = {mention.id for mention in gathered.mentions if mention.kind is NameKind.REGULATOR}
    return np.array([float(authority in named) for authority in authorities], np.float32)


def _choose(readings: Sequence[SentenceReading], texts: Sequence[str], subwords: Subwords) -> dict[int, Pieces]:
    chosen: dict[int, Pieces] = {}
    room = MOST_PIECES - 1
    for number in _rank(readings):
        pieces = subwords.split(texts[number])
        needed = min(len(pieces.ids), SENTENCE_PIECES) + 1
        if needed > 1 and (needed <= room or not chosen):
            chosen[number] = pieces
            room -= needed
        if room < 8:
            break
    return chosen or {0: subwords.split(texts[0])}


def _rank(readings: Sequence[SentenceReading]) -> list[int]:
    """Numbers of the sentences, the most telling first."""

    def telling(number: int) -> float:
        reading = readings[number]
        if reading.place < ALWAYS:
            return 100.0 - number
        acts = sum(abs(act.score) * (0.2 if act.by_private or act.background else 1.0) for act in reading.acts)
        return acts + 0.2 * count_policy_points(reading) - 0.005 * reading.place

    return sorted(range(len(readings)), key=telling, reverse=True)[:40]


def _span_mentions(gathered: Gathered, split: Mapping[int, Pieces], places: Mapping[int, int]) -> list[MentionSpan]:
    spans = []
    for mention in gathered.mentions:
        pieces = split.get(mention.sentence)
        if pieces is None:
            continue
        inside = np.flatnonzero(
            (pieces.starts[:SENTENCE_PIECES] < mention.end) & (pieces.ends[:SENTENCE_PIECES] > mention.start)
        )
        if len(inside):
            first = places[mention.sentence]
            features = _measure_mention(gathered, mention)
            spans.append(MentionSpan(mention, first + int(inside[0]), first + int(inside[-1]) + 1, features))
    return spans


def _measure_mention(gathered: Gathered, mention: Mention) -> Vector:
    passage = gathered.passages[mention.sentence]
    company = mention.kind is NameKind.ISSUER
    return np.array(
        [
            float(company),
            gathered.weights[key_of(mention)].relevance / 100 if company else 0.0,
            float(passage.in_title),
            float(passage.acting),
            float(passage.background or passage.opinion),
            float(mention.start == 0),
        ],
        np.float32,
    )
