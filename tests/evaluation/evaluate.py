"""`make evaluate`: how well the reader does on the labelled examples, which its rules were not written from.

Figures: macro-F1 over four labels with a 95 % bootstrap interval, sign flips among items where both label and reading
have a direction, F1 of the relevance gate, expected calibration error (10 bins), stage accuracy, precision and recall
of regulators and issuers. "unclear" counts as neutral in the strict figure and is listed apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config.catalogue import load_catalogue  # noqa: E402
from services.news.article import Article  # noqa: E402
from services.news.parsing import detect_language  # noqa: E402
from services.signals.reading import Reader, read_article  # noqa: E402
from services.signals.signal import Reading, Role, Tone  # noqa: E402

LABELS = ("supportive", "restrictive", "neutral", "irrelevant")
Pair = tuple[dict[str, Any], Reading]


def read_all(examples: Sequence[dict[str, Any]]) -> list[Pair]:
    """Every example with its reading."""
    reader = Reader(load_catalogue())
    return [(example, read_article(_as_article(example), reader)) for example in examples]


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean F1 over the labels that occur; ``unclear`` counts as neutral."""
    scores = []
    for label in LABELS:
        true = sum(example["tone"] == label for example, _ in pairs)
        said = sum(_label(reading) == label for _, reading in pairs)
        both = sum(example["tone"] == label == _label(reading) for example, reading in pairs)
        if true:
            scores.append(2 * both / (true + said))
    return float(np.mean(scores)) if scores else 0.0


def lenient_accuracy(pairs: Sequence[Pair]) -> float:
    """Share of items whose label, or second acceptable label, was said."""
    return float(np.mean([_label(reading) in (example["tone"], example["also"]) for example, reading in pairs]))


def flips(pairs: Sequence[Pair]) -> tuple[int, int]:
    """Signs reversed, and items where label and reading both have a direction."""
    directed = [
        (example["tone"], reading.tone.value)
        for example, reading in pairs
        if example["tone"] in LABELS[:2] and reading.tone in (Tone.SUPPORTIVE, Tone.RESTRICTIVE)
    ]
    return sum(true != said for true, said in directed), len(directed)


def gate_f1(pairs: Sequence[Pair]) -> float:
    """F1 of "relevant" against "irrelevant"."""
    true = sum(example["tone"] != "irrelevant" for example, _ in pairs)
    said = sum(reading.tone is not Tone.IRRELEVANT for _, reading in pairs)
    both = sum(example["tone"] != "irrelevant" and reading.tone is not Tone.IRRELEVANT for example, reading in pairs)
    return 2 * both / (true + said) if true + said else 0.0


def calibration_error(pairs: Sequence[Pair], bins: int = 10) -> float:
    """Expected calibration error: mean gap of confidence and hit rate over ten bins, weighted by their size."""
    sure = [
        (reading.confidence, reading.tone.value == example["tone"])
        for example, reading in pairs
        if reading.tone is not Tone.UNCLEAR
    ]
    if not sure:
        return 0.0
    confidence, hit = np.array([c for c, _ in sure]), np.array([h for _, h in sure], dtype=float)
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[places == b].mean() - hit[places == b].mean()) * (places == b).mean() for b in set(places)]
    return float(sum(gaps))


def precision_recall(pairs: Sequence[Pair], kind: str) -> tuple[float, float]:
    """Of regulators, or of directly concerned listed issuers, over relevant items that are read as relevant."""
    listed = {issuer.id for issuer in load_catalogue().issuers.values() if issuer.listings}
    hit = said = true = 0
    for example, reading in pairs:
        if example["tone"] == "irrelevant" or reading.tone is Tone.IRRELEVANT:
            continue
        wanted = set(example["regulators"]) if kind == "regulators" else set(example["issuers"]) & listed
        found = (
            set(reading.regulators)
            if kind == "regulators"
            else {e.issuer for e in reading.exposures if e.role is Role.DIRECT}
        )
        hit, said, true = hit + len(wanted & found), said + len(found), true + len(wanted)
    return hit / said if said else 0.0, hit / true if true else 0.0


def describe(name: str, pairs: Sequence[Pair]) -> str:
    """One row of the table."""
    random = np.random.default_rng(1)
    resampled = [macro_f1([pairs[i] for i in random.integers(0, len(pairs), len(pairs))]) for _ in range(200)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    reversed_signs, directed = flips(pairs)
    unclear = sum(reading.tone is Tone.UNCLEAR for _, reading in pairs)
    staged = [e["stage"] == r.stage for e, r in pairs if e["stage"] and r.tone is not Tone.IRRELEVANT]
    regulators, issuers = precision_recall(pairs, "regulators"), precision_recall(pairs, "issuers")
    return (
        f"{name:<26}{len(pairs):>6}{macro_f1(pairs):>8.3f} ({low:.2f}-{high:.2f}){lenient_accuracy(pairs):>9.3f}"
        f"{reversed_signs:>6}/{directed:<5}{gate_f1(pairs):>7.3f}{unclear:>8}{calibration_error(pairs):>7.3f}"
        f"{np.mean(staged) if staged else 0:>7.2f}   {regulators[0]:.2f}/{regulators[1]:.2f}   {issuers[0]:.2f}/{issuers[1]:.2f}"
    )


def main() -> None:
    """Print the table per language, file and hard case."""
    pairs: list[Pair] = []
    files: dict[str, list[Pair]] = {}
    for path in sorted((ROOT / "config" / "reader" / "examples").glob("*.jsonl")):
        examples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        files[path.stem] = read_all(examples)
        pairs += files[path.stem]
    print(
        f"{'':<26}{'items':>6}{'macro-F1':>8} {'(95 %)':<11}{'lenient':>9}{'flips':>9}{'gate':>10}{'unclear':>8}{'ECE':>7}{'stage':>7}   reg. P/R    issuer P/R"
    )
    groups = {"all": pairs, **files}
    for language in ("en", "zh"):
        groups[f"language {language}"] = [pair for pair in pairs if pair[0]["language"] == language]
    for hard in sorted({example["hard"] for example, _ in pairs if example["hard"]}):
        groups[f"hard: {hard}"] = [pair for pair in pairs if pair[0]["hard"] == hard]
    for name, group in groups.items():
        if group:
            print(describe(name, group))
    _print_confusion(pairs)


def _print_confusion(pairs: Sequence[Pair]) -> None:
    columns = (*LABELS, "unclear")
    print(f"\n{'label, then reading':<20}" + "".join(f"{column:>13}" for column in columns))
    for label in LABELS:
        counts = [sum(e["tone"] == label and r.tone.value == column for e, r in pairs) for column in columns]
        print(f"{label:<20}" + "".join(f"{count:>13}" for count in counts))


def _label(reading: Reading) -> str:
    return "neutral" if reading.tone is Tone.UNCLEAR else reading.tone.value


def _as_article(example: dict[str, Any]) -> Article:
    now = datetime(2024, 1, 2, tzinfo=UTC)
    return Article(
        article_id=example["id"],
        source="example",
        url="",
        language=detect_language(example["title"] + example["body"]),
        title=example["title"],
        body=example["body"],
        published_at=now,
        received_at=now,
    )


if __name__ == "__main__":
    main()
