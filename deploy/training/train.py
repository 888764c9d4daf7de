"""``make train``: the labelled examples -> config/reader/model. On two cores about two hours; no GPU is needed.

Examples of files named ``held_*`` are never trained on. ``further.py`` goes on from the model that is there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from config.catalogue import load_catalogue
from deploy.training.artefact import write_artefact
from deploy.training.contrast import contrast_examples
from deploy.training.examples import Prepared, is_held_out, list_authorities, prepare, read_examples
from deploy.training.finish import finish, gather_material, say
from deploy.training.fit import Plan, fit
from deploy.training.network import Parameters, new_heads, read_embedding, read_layers
from deploy.training.pretrained import Pretrained, find_weights, read_pretrained
from deploy.training.vocabulary import choose_pieces, write_vocabulary
from services.signals.model.subwords import Subwords
from services.signals.sight import RuleBook

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "config" / "reader" / "examples"
MODEL = ROOT / "config" / "reader" / "model"
VERSION = "tone-5"
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
    material = gather_material(examples, rules, subwords, authorities)
    say(f"{material}, vocabulary {len(kept)}")
    drilled = drill(
        start_from(pretrained, chosen.seeds[0], len(authorities)),
        list(prepare(contrast_examples(chosen.contrast, chosen.seeds[0]), rules, subwords, authorities)),
        rows,
    )
    fits = [fit(drilled, material.taught, rows, Plan(epochs=chosen.epochs, seed=seed), say) for seed in chosen.seeds]
    # Fits from one start lie in one valley, so their mean is a network too (Wortsman et al. 2022).
    averaged = jax.tree.map(lambda *parts: sum(parts) / len(parts), *fits)
    parameters = fit(averaged, material.taught, rows, POLISH, say)
    write_artefact(chosen.out, finish(VERSION, parameters, vocabulary, rows, material))
    say(f"written to {chosen.out}")


def drill(start: Parameters, contrast: list[Prepared], rows: np.ndarray) -> Parameters:
    """One pass over contrast examples, half of them without the rules' findings: what governs what."""
    say(f"drill with {len(contrast)} contrast examples")
    return fit(start, contrast, rows, Plan(epochs=1, batch=32, without_rules=0.5, step=1e-4), say)


if __name__ == "__main__":
    main()
