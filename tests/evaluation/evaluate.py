"""`make evaluate`: how well the reader does on examples that were not trained on, against floors.

Prints a table per language, difficulty, style and sector, writes it with the intervals to tests/evaluation/results.md
and a reliability plot to tests/evaluation/reliability.png, and fails when a figure is below its floor
(tests/evaluation/floors.toml). Story identity is judged too (story_identity.py, stories.md). Examples of `config/reader/examples/held_*.jsonl` are never trained on, by event.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tomllib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config.catalogue import load_catalogue  # noqa: E402
from config.tone_model import load_reader  # noqa: E402
from deploy.training.examples import as_article, is_held_out, part_of, read_examples  # noqa: E402
from services.signals.reading import read_article  # noqa: E402
from tests.evaluation.adversarial import Outcome, attack_all  # noqa: E402
from tests.evaluation.measures import LABELS, MEASURES, Item, Items, agreement, confidences, interval, is_flip  # noqa: E402
from tests.evaluation.story_identity import RESULTS as STORY_RESULTS  # noqa: E402
from tests.evaluation.story_identity import SECTION, evaluate_stories  # noqa: E402

FOLDER = ROOT / "config" / "reader" / "examples"
RESULTS = Path(__file__).with_name("results.md")
PLOT = Path(__file__).with_name("reliability.png")
FLOORS = Path(__file__).with_name("floors.toml")
LATER = tuple(ROOT / "config" / "catalogue" / f"issuers_{name}.toml" for name in ("more", "wider"))
"""Companies that the labels of the held-out part could not name yet: they count neither for nor against."""
LOWER_IS_BETTER = {"flip_rate", "calibration_error", "unclear"}
SMALLEST_GROUP = 15
MOST_FLIPPED_BY_ATTACKS = 0.05
SET_ASIDE = 10


def read_held_out() -> list[dict[str, Any]]:
    """Every example that was kept from training."""
    return [example for example in read_examples(FOLDER) if is_held_out(example)]


def read_set_aside() -> list[dict[str, Any]]:
    """The tenth of the taught events that only the temperature was fitted on: see deploy/training/train.py."""
    return [one for one in read_examples(FOLDER) if not is_held_out(one) and part_of(one["event"], SET_ASIDE) == 0]


def attack_held_out() -> list[Outcome]:
    """Every attack; in a process of its own, since it takes as long as all the rest."""
    return attack_all(read_held_out(), load_reader(), as_article)


def read_all(examples: list[dict[str, Any]]) -> list[Item]:
    """Every example with its reading."""
    reader = load_reader()
    listed = frozenset(issuer.id for issuer in load_catalogue().issuers.values() if issuer.listings)
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in LATER)
    later = frozenset(entry["id"] for entries in files for entry in entries["issuer"])
    return [Item(example, read_article(as_article(example), reader), listed, later) for example in examples]


def group_items(items: Items) -> dict[str, list[Item]]:
    """All, then by language, difficulty, style, country and sector; small groups are left out."""
    groups: dict[str, list[Item]] = {"all": list(items)}
    for item in items:
        example = item.example
        keys = [f"language {example['language']}", f"style {example['style']}", f"country {example['country']}"]
        keys += [f"hard: {example['hard'] or 'no'}", *(f"sector {sector}" for sector in example["sectors"])]
        for key in keys:
            groups.setdefault(key, []).append(item)
    return {name: groups[name] for name in sorted(groups, key=_order) if len(groups[name]) >= SMALLEST_GROUP}


def _order(name: str) -> tuple[int, str]:
    kinds = ("all", "language", "hard", "style", "country", "sector")
    return next(place for place, kind in enumerate(kinds) if name.startswith(kind)), name


def write_table(groups: Mapping[str, Items]) -> str:
    """Markdown: one row a group."""
    lines = [f"| group | items | {' | '.join(MEASURES)} |", f"|---|---|{'---|' * len(MEASURES)}"]
    for name, items in groups.items():
        cells = [f"{measure(items):.3f}" for measure in MEASURES.values()]
        lines.append(f"| {name} | {len(items)} | {' | '.join(cells)} |")
    return "\n".join(lines).replace("nan", "-")


def write_intervals(groups: Mapping[str, Items]) -> str:
    """Markdown: every figure with its 95 % interval, for all and per language."""
    shown = {name: items for name, items in groups.items() if name == "all" or name.startswith("language")}
    lines = [f"| figure | {' | '.join(shown)} |", f"|---|{'---|' * len(shown)}"]
    for name, measure in MEASURES.items():
        cells = []
        for items in shown.values():
            low, high = interval(items, measure)
            cells.append(f"{measure(items):.3f} ({low:.3f} to {high:.3f})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_confusion(items: Items) -> str:
    """Markdown: label by reading, unclear apart."""
    columns = (*LABELS, "unclear")
    lines = [f"| label, then reading | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    for label in LABELS:
        mine = [item for item in items if item.example["tone"] == label]
        counts = [sum(item.reading.tone.value == column for item in mine) for column in columns]
        lines.append(f"| {label} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


def write_attacks(outcomes: list[Outcome]) -> str:
    """Markdown: per attack the flips, and the articles whose direction went away."""
    lines = ["| attack | articles | flipped | direction lost |", "|---|---|---|---|"]
    lines += [
        f"| {o.attack} | {o.articles} | {o.flips} ({o.flips / max(1, o.articles):.1%}) | {o.lost} |" for o in outcomes
    ]
    return "\n".join(lines)


def write_agreement(items: Items) -> str:
    """How far two labellers agree on the same items, which bounds what a reader can reach; and the reader with each."""
    lines = (FOLDER.parent / "second_labels.jsonl").read_text(encoding="utf-8").splitlines()
    second = {label["id"]: label for label in map(json.loads, lines)}
    sentences = []
    for key in ("tone", "stage"):
        pairs = [(str(item.example[key]), str(second[item.example["id"]][key])) for item in items]
        share, kappa = agreement(pairs)
        sentences.append(f"{key} {share:.1%} (kappa {kappa:.2f})")
    return f"Two labellers, the second without sight of the first, agree on {', '.join(sentences)}."


def write_calibration(items: Items) -> str:
    """The calibration error over enough items to mean something: 500 say little in ten bins."""
    return (
        f"Calibration over the {len(items)} examples whose tone was not trained on (the held-out part and the tenth of "
        f"the taught events that only the temperature was fitted on): error {MEASURES['calibration_error'](items):.3f}."
    )


def draw_reliability(items: Items) -> None:
    """Confidence against hit rate in ten bins, with how many items each holds."""
    mpl.use("Agg")
    confidence, hit = confidences(items)
    places = np.minimum((confidence * 10).astype(int), 9)
    figure, (above, below) = plt.subplots(2, 1, figsize=(5, 6), height_ratios=(3, 1), sharex=True)
    above.plot([0, 1], [0, 1], color="0.7", linestyle="--")
    used = sorted(set(places))
    above.plot(
        [confidence[places == b].mean() for b in used], [hit[places == b].mean() for b in used], "o-", color="#0072b2"
    )
    above.set(
        ylabel="share that was right",
        ylim=(0, 1),
        title=f"Reliability, {len(items)} items whose tone was not trained on",
    )
    below.bar([b / 10 + 0.05 for b in used], [(places == b).sum() for b in used], width=0.09, color="#56b4e9")
    below.set(xlabel="confidence", ylabel="items", xlim=(0, 1))
    figure.tight_layout()
    figure.savefig(PLOT, dpi=110, metadata={"Software": None})


def below_floor(groups: Mapping[str, Items]) -> list[str]:
    """Every figure that is worse than its recorded floor."""
    faults = []
    for group, floors in tomllib.loads(FLOORS.read_text(encoding="utf-8")).items():
        if group == SECTION:
            continue
        for name, floor in floors.items():
            value = MEASURES[name](groups[group])
            worse = value > floor if name in LOWER_IS_BETTER else value < floor
            if worse:
                faults.append(f"{group}: {name} is {value:.3f}, its floor is {floor}")
    return faults


def main() -> int:
    """Print, write, draw; 1 when a figure is below its floor."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as beside:
        awaited = beside.submit(attack_held_out)
        items = read_all(read_held_out())
        groups = group_items(items)
        untaught = [*items, *read_all(read_set_aside())]
        story_text, story_faults, _ = evaluate_stories()
        attacks = awaited.result()
    text = "\n\n".join(
        [
            "# How well the reader reads: `make evaluate`",
            f"{len(items)} held-out examples of {len({item.example['event'] for item in items})} events, reader "
            f"`{load_reader().version}`. Written by the same project as the training examples: real news will be harder. Companies of issuers_more.toml and issuers_wider.toml, which the labels could not name yet, are not judged.",
            write_intervals(groups),
            write_agreement(items),
            write_calibration(untaught),
            "Label by reading:",
            write_confusion(items),
            "Signs reversed: " + (", ".join(item.example["id"] for item in items if is_flip(item)) or "none"),
            "Attacks on articles that were read right (tests/evaluation/adversarial.py):",
            write_attacks(attacks),
            write_table(groups),
        ]
    )
    RESULTS.write_text(text + "\n", encoding="utf-8")
    draw_reliability(untaught)
    STORY_RESULTS.write_text(story_text + "\n", encoding="utf-8")
    print(text, story_text, sep="\n\n")
    flipped = sum(o.flips for o in attacks) / max(1, sum(o.articles for o in attacks))
    faults = below_floor(groups) + story_faults
    faults += [f"attacks flip {flipped:.1%}"] if flipped > MOST_FLIPPED_BY_ATTACKS else []
    for fault in faults:
        print(f"BELOW ITS FLOOR: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
