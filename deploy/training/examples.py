"""The labelled examples as the network sees them: articles composed by the reader's own code, with targets."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from services.news.article import Article
from services.news.parsing import detect_language
from services.signals.model.rule_features import STAGES, TONES
from services.signals.model.subwords import Subwords
from services.signals.model.tone_input import ToneInput, compose, mark_named
from services.signals.names.name_matcher import NameKind
from services.signals.sight import RuleBook, Sight, look_at

Example = dict[str, Any]
ENOUGH = 10
SECOND_LABEL = 0.2
"""Share of the target that a second acceptable label is given."""
WIDER = Path(__file__).parents[2] / "config" / "catalogue" / "issuers_wider.toml"
"""Companies that came into the catalogue after most labels were made: one that a label leaves out teaches nothing."""
PUBLISHED = datetime(2024, 6, 1, tzinfo=UTC)


class Prepared(Struct, frozen=True, kw_only=True):
    """One example, ready for batches. ``stage`` is -1 and ``score`` NaN where there is no target."""

    example: Example
    given: ToneInput
    sight: Sight
    tone: npt.NDArray[np.float32]
    stage: int
    score: float
    roles: npt.NDArray[np.float32]
    """Per mention 1 or 0, NaN where the label says nothing."""
    named: npt.NDArray[np.float32]
    """Per authority that is learned: named in the text by the catalogue's rules."""
    acting: npt.NDArray[np.float32]
    """The same: acts or speaks by the label."""


def read_examples(folder: Path) -> list[Example]:
    """Every example of every file, in order of files and lines."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def is_held_out(example: Example) -> bool:
    """True for the part that only measures: ids start with ``held-``."""
    return bool(example["id"].startswith("held-"))


def as_article(example: Example) -> Article:
    """The example as the news consumer would see it."""
    return Article(
        article_id=example["id"],
        source="example",
        url="",
        language=detect_language(example["title"] + example["body"]),
        title=example["title"],
        body=example["body"],
        published_at=PUBLISHED,
        received_at=PUBLISHED,
    )


def part_of(event: str, parts: int) -> int:
    """A number 0 .. parts - 1 that depends on the event alone: all reports of one event fall together."""
    return int.from_bytes(hashlib.sha256(event.encode()).digest()[:8], "big") % parts


def list_authorities(examples: Sequence[Example]) -> tuple[str, ...]:
    """Those with enough examples to be learned, so that they are found where the text means but does not name them."""
    counts = Counter(regulator for example in examples for regulator in example["regulators"])
    return tuple(sorted(regulator for regulator, count in counts.items() if count >= ENOUGH))


def prepare(
    examples: Sequence[Example], rules: RuleBook, subwords: Subwords, authorities: Sequence[str]
) -> Iterator[Prepared]:
    """Examples in order; one without text is left out."""
    for example in examples:
        sight = look_at(as_article(example), rules)
        if not sight.readings:
            continue
        given = compose(sight.readings, sight.verdict, sight.stage, sight.gathered, subwords)
        yield Prepared(
            example=example,
            given=given,
            sight=sight,
            tone=_tone_target(example),
            stage=STAGES.index(example["stage"]) if example["stage"] else -1,
            score=float("nan") if example["score"] is None else float(example["score"]),
            roles=_role_targets(example, given),
            named=mark_named(sight.gathered, authorities),
            acting=np.array([float(name in (example["regulators"] or ())) for name in authorities], np.float32),
        )


def _tone_target(example: Example) -> npt.NDArray[np.float32]:
    target = np.zeros(len(TONES), np.float32)
    target[TONES.index(example["tone"])] = 1.0
    if example["also"]:
        target *= 1 - SECOND_LABEL
        target[TONES.index(example["also"])] = SECOND_LABEL
    return target


def _role_targets(example: Example, given: ToneInput) -> npt.NDArray[np.float32]:
    """All mentions of a concerned company count as such: which of them tells it is for the network to find."""
    if example["tone"] == "irrelevant" or example["regulators"] is None:
        return np.full(len(given.mentions), np.nan, np.float32)
    wanted = {*example["issuers"], *example["regulators"]}
    unknown = list_unlabelled() - wanted
    return np.array(
        [float("nan") if span.mention.id in unknown else float(span.mention.id in wanted) for span in given.mentions],
        np.float32,
    )


@cache
def list_unlabelled() -> frozenset[str]:
    """Ids of the companies of ``WIDER``."""
    return frozenset(entry["id"] for entry in tomllib.loads(WIDER.read_text(encoding="utf-8"))["issuer"])


def kind_columns(given: ToneInput) -> npt.NDArray[np.int32]:
    """Which of the two role logits a mention uses: 0 for authorities, 1 for companies."""
    return np.array([int(span.mention.kind is NameKind.ISSUER) for span in given.mentions], np.int32)
