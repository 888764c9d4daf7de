"""``python -m deploy.training.beside_fit``: the two linear readings beside the encoder, who acts and which stage.

    fit_acting(examples, sights, regulators) -> Acting
    fit_stages(examples, sights) -> StageSigns

Ridge regression on words and marks (its dual form: one system of equations for all authorities), then two small
logistic regressions on what stands at the names; their shares of the first reading come from five parts by event, so
that no example judges itself. Numpy and scipy only, a minute on one core. ``make train`` calls both functions; run as
a program, the module refits them beside the encoder that is there and writes the digests into ``model.toml``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from config.catalogue import load_catalogue
from deploy.training.artefact import pack_acting, pack_stages
from deploy.training.examples import Example, as_article, is_held_out, part_of, read_examples
from services.signals.entities import Regulator
from services.signals.model.acting import Acting, measure_meant, measure_named
from services.signals.model.bag import BUCKETS, count_words, weigh_words
from services.signals.model.rule_features import STAGES, TONES
from services.signals.model.stage_signs import StageSigns, measure_signs
from services.signals.sight import RuleBook, Sight, look_at
from services.signals.signal import Stage

ROOT = Path(__file__).parents[2]
FEWEST_ARTICLES, FEWEST_ACTS = 3, 5
PARTS = 5
SMOOTHING_ACTING, SMOOTHING_STAGES = 0.3, 0.5
SIGN_SHARE = 0.1
STRENGTH = 7.0
"""Of the stage's words and signs beside the encoder: 5 to 9 are alike on the calibration part."""
CERTAIN = 0.8
"""The tone that a reader would give while its label is known: nine in ten right."""
Matrix = Any


def fit_acting(examples: Sequence[Example], sights: Sequence[Sight], regulators: Mapping[str, Regulator]) -> Acting:
    """Weights from every example given; none of them may be held out."""
    table, rarity = tabulate(sights)
    counts = Counter(name for example in examples for name in example["regulators"])
    names = tuple(sorted(name for name, count in counts.items() if count >= FEWEST_ACTS))
    wanted = np.array([[float(name in example["regulators"]) for name in names] for example in examples])
    parts = np.array([part_of(example["event"], PARTS) for example in examples])
    kernel = (table @ table.T).toarray()
    unseen = np.zeros_like(wanted)
    for part in range(PARTS):
        taught, asked = parts != part, parts == part
        weights, share = _ridge(kernel[np.ix_(taught, taught)], wanted[taught], SMOOTHING_ACTING)
        unseen[asked] = kernel[np.ix_(asked, taught)] @ weights + share
    weights, share = _ridge(kernel, wanted, SMOOTHING_ACTING)
    words, scale = _pack(table.T @ weights)
    named: list[tuple[Any, bool]] = []
    meant: list[tuple[Any, bool]] = []
    for example, sight, row in zip(examples, sights, unseen, strict=True):
        if example["tone"] == "irrelevant":
            continue
        shares = dict(zip(names, map(float, row), strict=True))
        for candidates, found in (
            (measure_named(sight.gathered, regulators, shares), named),
            (measure_meant(sight.gathered, regulators, shares), meant),
        ):
            found += [(vector, name in example["regulators"]) for name, vector in candidates.items()]
    return Acting(
        authorities=names,
        words=words,
        scale=scale,
        share=share.astype(np.float32),
        rarity=rarity,
        named=_logistic(named),
        meant=_logistic(meant),
    )


def fit_stages(examples: Sequence[Example], sights: Sequence[Sight]) -> StageSigns:
    """Weights from every example that has a stage; the tone's chances are those of a reader nine in ten right."""
    rows = [row for row, example in enumerate(examples) if example["stage"]]
    table, rarity = tabulate([sights[row] for row in rows])
    signs = np.stack(
        [measure_signs(sights[row].readings, sights[row].verdict, _chances(examples[row])) for row in rows]
    )
    wanted = np.eye(len(STAGES))[[STAGES.index(Stage(examples[row]["stage"])) for row in rows]]
    weights, share = _ridge((table @ table.T).toarray() + SIGN_SHARE * signs @ signs.T, wanted, SMOOTHING_STAGES)
    words, scale = _pack(table.T @ weights)
    return StageSigns(
        signs=(SIGN_SHARE * signs.T @ weights).astype(np.float32),
        words=words,
        scale=scale,
        share=share.astype(np.float32),
        rarity=rarity,
        strength=STRENGTH,
    )


def tabulate(sights: Sequence[Sight]) -> tuple[Matrix, np.ndarray]:
    """The bags as rows of length one, and ln(articles / articles with it) of every bucket that is not too rare."""
    bags = [count_words(sight.gathered) for sight in sights]
    articles = np.zeros(BUCKETS)
    for bag in bags:
        articles[list(bag)] += 1
    rarity = np.where(articles >= FEWEST_ARTICLES, np.log(len(bags) / np.maximum(articles, 1)), 0.0).astype(np.float16)
    weighed = [weigh_words(bag, rarity) for bag in bags]
    rows = np.repeat(np.arange(len(bags)), [len(places) for places, _ in weighed])
    cells = (np.concatenate([values for _, values in weighed]), (rows, np.concatenate([p for p, _ in weighed])))
    return csr_matrix(cells, shape=(len(bags), BUCKETS), dtype=np.float64), rarity


def _ridge(kernel: np.ndarray, wanted: np.ndarray, smoothing: float) -> tuple[np.ndarray, np.ndarray]:
    share = wanted.mean(axis=0)
    return np.linalg.solve(kernel + smoothing * np.eye(len(kernel)), wanted - share), share


def _pack(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = np.abs(weights).max(axis=0) / 127.0
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def _logistic(found: Sequence[tuple[np.ndarray, bool]], rounds: int = 30) -> np.ndarray:
    """Newton's method with a little shrinking; the first column is the constant."""
    table = np.stack([vector for vector, _ in found]).astype(np.float64)
    wanted = np.array([float(is_wanted) for _, is_wanted in found])
    shrinking = np.eye(table.shape[1])
    shrinking[0, 0] = 0.01
    weights = np.zeros(table.shape[1])
    for _ in range(rounds):
        chances = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (wanted - chances) - shrinking @ weights
        bend = (table * (chances * (1 - chances) + 1e-6)[:, None]).T @ table + shrinking
        weights = weights + np.linalg.solve(bend, slope)
    return np.asarray(weights, np.float32)


def _chances(example: Example) -> np.ndarray:
    chances = np.full(len(TONES), (1 - CERTAIN) / len(TONES), np.float32)
    label, also = (
        [tone.value for tone in TONES].index(example[key]) if example[key] else None for key in ("tone", "also")
    )
    chances[label] += CERTAIN * (0.8 if also is not None else 1.0)
    if also is not None:
        chances[also] += CERTAIN * 0.2
    return chances


def main() -> None:
    """Refit both beside the encoder that is there."""
    folder = ROOT / "config" / "reader" / "model"
    catalogue = load_catalogue()
    rules = RuleBook(catalogue)
    examples = [example for example in read_examples(folder.parent / "examples") if not is_held_out(example)]
    sights = [look_at(as_article(example), rules) for example in examples]
    packed = {
        "acting.npz": pack_acting(fit_acting(examples, sights, catalogue.regulators)),
        "stages.npz": pack_stages(fit_stages(examples, sights)),
    }
    card = (folder / "model.toml").read_text(encoding="utf-8")
    for name, data in packed.items():
        (folder / name).write_bytes(data)
        card = re.sub(rf'"{re.escape(name)}" = .*\n', "", card).rstrip("\n")
        card += f'\n"{name}" = "{hashlib.sha256(data).hexdigest()}"\n'
    head, _, digests = card.partition("[sha256]\n")
    lines = "\n".join(sorted(digests.strip().splitlines()))
    (folder / "model.toml").write_text(f"{head}[sha256]\n{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
