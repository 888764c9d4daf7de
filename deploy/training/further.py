"""``make train-further``: more passes over the examples from the model that is there; minutes instead of hours.

What is new is learned beside all that is old, and the result is the mean of the layers before and after: a step that
keeps what was known (Wortsman et al. 2022). The matrices start from their eight bits, which cost nothing measurable.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import jax
import jax.numpy as jnp

from config.catalogue import load_catalogue
from config.tone_model import load_artefact
from deploy.training.artefact import write_artefact
from deploy.training.examples import read_examples
from deploy.training.finish import finish, gather_material, say
from deploy.training.fit import Plan, fit
from deploy.training.graph import read_graph
from deploy.training.network import Parameters
from deploy.training.train import EXAMPLES, MODEL
from services.signals.model.subwords import Subwords
from services.signals.model.tone_model import Artefact
from services.signals.sight import RuleBook


def start_from_artefact(artefact: Artefact) -> Parameters:
    """The layers and heads of a model, to be fitted further."""
    heads = {name: jnp.asarray(value) for name, value in artefact.heads.items()}
    return {**jax.tree.map(jnp.asarray, read_graph(artefact.graph)), "heads": heads}


def main() -> None:
    """Fit further, take the mean with the start, calibrate and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--version", required=True, help="name of the model that comes out, tone-4 for instance")
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--step", type=float, default=4e-5)
    options.add_argument("--seed", type=int, default=17)
    options.add_argument("--after", type=float, default=0.7, help="share of the layers after the passes in the mean")
    options.add_argument("--twice", default="^$", help="examples whose id matches this expression count twice")
    options.add_argument(
        "--beside",
        type=Path,
        nargs="*",
        default=[],
        help="other models of one line, each with a whole share in the mean",
    )
    options.add_argument("--start", type=Path, default=MODEL)
    options.add_argument("--out", type=Path, default=MODEL)
    chosen = options.parse_args()
    artefact = load_artefact(chosen.start)
    rules = RuleBook(load_catalogue())
    material = gather_material(read_examples(EXAMPLES), rules, Subwords(artefact.vocabulary), artefact.authorities)
    again = [item for item in material.taught if re.search(chosen.twice, item.example["id"])]
    say(f"{material}, {len(again)} of them twice")
    plan = Plan(epochs=chosen.epochs, step=chosen.step, head_step=16 * chosen.step, seed=chosen.seed)
    start = start_from_artefact(artefact)
    fitted = fit(start, [*material.taught, *again], artefact.rows, plan, say) if chosen.epochs else start
    mean = jax.tree.map(lambda before, after: (1 - chosen.after) * before + chosen.after * after, start, fitted)
    others = [start_from_artefact(load_artefact(folder)) for folder in chosen.beside]
    mean = jax.tree.map(lambda *parts: sum(parts) / len(parts), mean, *others)
    write_artefact(chosen.out, finish(chosen.version, mean, artefact.vocabulary, artefact.rows, material))
    say(f"written to {chosen.out}")


if __name__ == "__main__":
    main()
