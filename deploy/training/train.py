"""``make train``: the labelled examples -> config/reader/model. On two cores about two hours; no GPU is needed.

One event in ten is kept for the temperature, which is fitted on it and on the held-out part: one number cannot
memorise either. Otherwise examples of files named ``held_*`` are never trained on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from msgspec.structs import replace

from config.catalogue import load_catalogue
from deploy.training.artefact import write_artefact
from deploy.training.beside_fit import fit_acting, fit_stages
from deploy.training.calibration import fit_temperature
from deploy.training.contrast import contrast_examples
from deploy.training.examples import Example, Prepared, is_held_out, list_authorities, part_of, prepare, read_examples
from deploy.training.fit import Plan, fit
from deploy.training.gate_fit import fit_gate
from deploy.training.graph import write_graph
from deploy.training.network import Parameters, new_heads, read_embedding, read_layers
from deploy.training.phrases_fit import fit_phrases
from deploy.training.pretrained import Pretrained, find_weights, read_pretrained
from deploy.training.vocabulary import choose_pieces, write_vocabulary
from services.signals.model.encoder import Encoder
from services.signals.model.heads import add_phrases, answer
from services.signals.model.subwords import Subwords
from services.signals.model.tone_model import Artefact, read_of
from services.signals.sight import RuleBook, Sight

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "config" / "reader" / "examples"
MODEL = ROOT / "config" / "reader" / "model"
VERSION = "tone-3"
KEPT_FOR_CALIBRATION = 10
CONTRAST = 8_000
SEEDS = (7, 8)
POLISH = Plan(epochs=2, step=5e-5, head_step=8e-4, seed=13)
"""Two passes from the mean of the fits at a smaller step: fewer reversed signs on both languages."""


def start_from(pretrained: Pretrained, seed: int, authorities: int) -> Parameters:
    """The encoder as it came, heads small and new; the heads start from what the rules say."""
    heads = new_heads(seed, authorities)
    heads["tone_article"] = heads["tone_article"].at[:4, :4].set(2.0 * jnp.eye(4))
    return {"embedding": read_embedding(pretrained), "layers": read_layers(pretrained), "heads": heads}


def main() -> None:
    """Train, calibrate, write, and say what was reached on the part kept for calibration."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--epochs", type=int, default=Plan().epochs)
    options.add_argument("--contrast", type=int, default=CONTRAST, help="how many contrast examples come first")
    options.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="a fit each, averaged")
    options.add_argument("--out", type=Path, default=MODEL)
    chosen = options.parse_args()
    pretrained = read_pretrained(find_weights())
    kept = choose_pieces(pretrained.pieces)
    vocabulary = write_vocabulary([pretrained.pieces[number] for number in kept], pretrained.scores[kept])
    rows, subwords, rules = pretrained.rows[kept], Subwords(vocabulary), RuleBook(load_catalogue())
    examples = read_examples(EXAMPLES)
    authorities = list_authorities([example for example in examples if not is_held_out(example)])
    everything = list(prepare(examples, rules, subwords, authorities))
    prepared = [item for item in everything if not is_held_out(item.example)]
    held_out = [item for item in everything if is_held_out(item.example)]
    aside = [item for item in prepared if part_of(item.example["event"], KEPT_FOR_CALIBRATION) == 0]
    taught = [item for item in prepared if part_of(item.example["event"], KEPT_FOR_CALIBRATION)]
    say(f"{len(taught)} examples to learn from, {len(aside) + len(held_out)} for calibration, vocabulary {len(kept)}")
    drilled = drill(
        start_from(pretrained, chosen.seeds[0], len(authorities)),
        list(prepare(contrast_examples(chosen.contrast, chosen.seeds[0]), rules, subwords, authorities)),
        rows,
    )
    fits = [fit(drilled, taught, rows, Plan(epochs=chosen.epochs, seed=seed), say) for seed in chosen.seeds]
    # Fits from one start lie in one valley, so their mean is a network too (Wortsman et al. 2022).
    averaged = jax.tree.map(lambda *parts: sum(parts) / len(parts), *fits)
    parameters = fit(averaged, taught, rows, POLISH, say)
    artefact = Artefact(
        version=VERSION,
        graph=write_graph(parameters),
        vocabulary=vocabulary,
        rows=rows,
        heads={name: np.asarray(value, np.float32) for name, value in parameters["heads"].items()},
        authorities=authorities,
        gate=fit_gate(prepared),
        phrases=fit_phrases(taught),
        acting=fit_acting(*_open(prepared), load_catalogue().regulators),
        stages=fit_stages(*_open(prepared)),
        temperature=1.0,
    )
    write_artefact(chosen.out, replace(artefact, temperature=_calibrate(artefact, [*aside, *held_out])))
    say(f"written to {chosen.out}")


def _open(prepared: list[Prepared]) -> tuple[list[Example], list[Sight]]:
    return [item.example for item in prepared], [item.sight for item in prepared]


def drill(start: Parameters, contrast: list[Prepared], rows: np.ndarray) -> Parameters:
    """One pass over contrast examples, half of them without the rules' findings: what governs what."""
    say(f"drill with {len(contrast)} contrast examples")
    return fit(start, contrast, rows, Plan(epochs=1, batch=32, without_rules=0.5, step=1e-4), say)


def _calibrate(artefact: Artefact, aside: list[Prepared]) -> float:
    """The temperature for the reader as it runs, in eight bits."""
    encoder = Encoder(artefact.graph, artefact.rows)
    logits = np.stack(
        [
            add_phrases(
                answer(artefact.heads, encoder.encode(item.given.pieces), item.given, item.named),
                artefact.phrases.weigh(read_of(item.sight, item.given)),
            ).tone
            for item in aside
        ]
    )
    labels = np.array([item.tone.argmax() for item in aside])
    temperature = fit_temperature(logits, labels)
    right = float((logits.argmax(axis=1) == labels).mean())
    say(f"on the parts kept for calibration: {right:.1%} right, temperature {temperature:.2f}")
    return temperature


def say(line: str) -> None:
    """To the terminal at once: an hour is long."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
