"""From fitted layers to an artefact: the parts beside the encoder, and the temperature of the confidence.

One event in ten is kept for the temperature, which is fitted on it and on the held-out part: one number cannot
memorise either. Otherwise examples of files named ``held_*`` are never trained on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from config.catalogue import load_catalogue
from deploy.training.beside_fit import fit_acting, fit_stages
from deploy.training.calibration import fit_temperature
from deploy.training.examples import Example, Prepared, is_held_out, part_of, prepare
from deploy.training.gate_fit import fit_gate
from deploy.training.graph import write_graph
from deploy.training.network import Parameters
from deploy.training.phrases_fit import fit_phrases
from services.signals.model.encoder import Encoder
from services.signals.model.heads import add_phrases, answer
from services.signals.model.subwords import Subwords
from services.signals.model.tone_model import Artefact, read_of
from services.signals.sight import RuleBook, Sight

KEPT_FOR_CALIBRATION = 10


class Material(Struct, frozen=True, kw_only=True):
    """The examples by what they are for."""

    taught: list[Prepared]
    aside: list[Prepared]
    """Kept for the temperature."""
    held_out: list[Prepared]
    authorities: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.taught)} examples to learn from, {len(self.aside) + len(self.held_out)} for calibration"


def gather_material(
    examples: Sequence[Example], rules: RuleBook, subwords: Subwords, authorities: Sequence[str]
) -> Material:
    """Every example read by the rules, and parted by its event."""
    everything = list(prepare(examples, rules, subwords, authorities))
    prepared = [item for item in everything if not is_held_out(item.example)]
    return Material(
        taught=[item for item in prepared if part_of(item.example["event"], KEPT_FOR_CALIBRATION)],
        aside=[item for item in prepared if not part_of(item.example["event"], KEPT_FOR_CALIBRATION)],
        held_out=[item for item in everything if is_held_out(item.example)],
        authorities=tuple(authorities),
    )


def finish(
    version: str, parameters: Parameters, vocabulary: bytes, rows: npt.NDArray[np.uint8], material: Material
) -> Artefact:
    """The artefact of these layers, with gate, phrases, who-acts and stages fitted anew, calibrated."""
    prepared = [*material.taught, *material.aside]
    artefact = Artefact(
        version=version,
        graph=write_graph(parameters),
        vocabulary=vocabulary,
        rows=rows,
        heads={name: np.asarray(value, np.float32) for name, value in parameters["heads"].items()},
        authorities=material.authorities,
        gate=fit_gate(prepared),
        phrases=fit_phrases(material.taught),
        acting=fit_acting(*_open(prepared), load_catalogue().regulators),
        stages=fit_stages(*_open(prepared)),
        temperature=1.0,
    )
    return replace(artefact, temperature=_calibrate(artefact, [*material.aside, *material.held_out]))


def _open(prepared: list[Prepared]) -> tuple[list[Example], list[Sight]]:
    return [item.example for item in prepared], [item.sight for item in prepared]


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
