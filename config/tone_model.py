"""The trained reader's files -> Artefact. Written by ``make train``; what is damaged is named."""

from __future__ import annotations

import hashlib
import io
import tomllib
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from config.catalogue import load_catalogue
from services.errors import Misconfigured
from services.signals.model.acting import Acting
from services.signals.model.gate import Gate
from services.signals.model.phrases import Phrases
from services.signals.model.stage_signs import StageSigns
from services.signals.model.tone_model import Artefact, ToneModel
from services.signals.reading import Reader, Watch

FOLDER = Path(__file__).with_name("reader") / "model"
PARTS = (
    "encoder.onnx",
    "vocabulary.spm",
    "words.npy",
    "heads.npz",
    "gate.npz",
    "phrases.npz",
    "acting.npz",
    "stages.npz",
)


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``model.toml``: what belongs together."""

    version: str
    temperature: float
    gate_sure: float
    authorities: tuple[str, ...]
    sha256: dict[str, str]


@cache
def load_tone_model(folder: Path = FOLDER) -> ToneModel:
    """The model of a folder; raises Misconfigured when a file is missing, damaged or of another training."""
    return ToneModel(load_artefact(folder), load_catalogue().regulators)


def load_artefact(folder: Path) -> Artefact:
    """The parts of a model, checked against its card; raises Misconfigured."""
    card = _read_card(folder / "model.toml")
    parts = {name: _read_part(folder / name, card.sha256.get(name, "")) for name in PARTS}
    with np.load(io.BytesIO(parts["heads.npz"])) as stored:
        heads = {name: stored[name] for name in stored.files}
    with np.load(io.BytesIO(parts["gate.npz"])) as stored:
        words, rules, bias = stored["words"].astype(np.float32), stored["rules"], float(stored["bias"])
    with np.load(io.BytesIO(parts["phrases.npz"])) as stored:
        phrases = Phrases(**{name: stored[name] for name in Phrases.__struct_fields__})
    return Artefact(
        version=f"{card.version}-{digest_of(card)}",
        graph=parts["encoder.onnx"],
        vocabulary=parts["vocabulary.spm"],
        rows=np.load(io.BytesIO(parts["words.npy"])),
        heads=heads,
        authorities=card.authorities,
        gate=Gate(words=words, rules=rules, bias=bias, sure=card.gate_sure),
        phrases=phrases,
        acting=_read_acting(parts["acting.npz"]),
        stages=_read_stages(parts["stages.npz"]),
        temperature=card.temperature,
    )


@cache
def load_reader(watch: Watch = nullcontext) -> Reader:
    """The reader as the service uses it: the whole catalogue and the trained model; ``watch`` times its steps."""
    return Reader(load_catalogue(), load_tone_model(), watch)


def name_model(folder: Path = FOLDER) -> str:
    """Version and digest of the model that lies in a folder, without loading it; raises Misconfigured."""
    card = _read_card(folder / "model.toml")
    return f"{card.version}-{digest_of(card)}"


def digest_of(card: Card) -> str:
    """Eight letters that tell one training from another."""
    return hashlib.sha256(msgspec.json.encode(card, order="deterministic")).hexdigest()[:8]


def _read_acting(data: bytes) -> Acting:
    with np.load(io.BytesIO(data)) as stored:
        arrays = {name: stored[name] for name in stored.files if name != "authorities"}
        return Acting(authorities=tuple(map(str, stored["authorities"])), **arrays)


def _read_stages(data: bytes) -> StageSigns:
    with np.load(io.BytesIO(data)) as stored:
        arrays = {name: stored[name] for name in stored.files if name != "strength"}
        return StageSigns(strength=float(stored["strength"]), **arrays)


def _read_card(path: Path) -> Card:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Card)
    except FileNotFoundError:
        raise Misconfigured(f"{path} is missing: run `make train`, or take the folder from the repository") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Misconfigured(f"{path}: {error}") from None


def _read_part(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Misconfigured(
            f"{path} is missing: take the whole folder from the repository, or run `make train`"
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise Misconfigured(f"{path} is not the file that model.toml names: take the whole folder, or run `make train`")
    return data
