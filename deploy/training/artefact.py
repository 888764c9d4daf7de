"""Writing the trained reader to a folder, with a card that names every file by its digest."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from services.signals.model.acting import Acting
from services.signals.model.phrases import Phrases
from services.signals.model.stage_signs import StageSigns
from services.signals.model.tone_model import Artefact


def write_artefact(folder: Path, artefact: Artefact) -> None:
    """The eight files that ``config/tone_model.py`` reads, and ``model.toml``."""
    folder.mkdir(parents=True, exist_ok=True)
    gate = artefact.gate
    parts = {
        "encoder.onnx": artefact.graph,
        "vocabulary.spm": artefact.vocabulary,
        "words.npy": _as_npy(artefact.rows),
        "heads.npz": _as_npz(artefact.heads),
        "gate.npz": _as_npz(
            {"words": gate.words.astype(np.float16), "rules": gate.rules, "bias": np.float32(gate.bias)}
        ),
        "phrases.npz": _as_npz({name: getattr(artefact.phrases, name) for name in Phrases.__struct_fields__}),
        "acting.npz": pack_acting(artefact.acting),
        "stages.npz": pack_stages(artefact.stages),
    }
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    digests = "\n".join(f'"{name}" = "{hashlib.sha256(data).hexdigest()}"' for name, data in sorted(parts.items()))
    names = ", ".join(f'"{name}"' for name in artefact.authorities)
    card = (
        f'version = "{artefact.version}"\ntemperature = {artefact.temperature:.4f}\n'
        f"gate_sure = {artefact.gate.sure:.4f}\nauthorities = [{names}]\n\n[sha256]\n{digests}\n"
    )
    (folder / "model.toml").write_text(f"# Written by `make train`; do not edit.\n{card}", encoding="utf-8")


def pack_acting(acting: Acting) -> bytes:
    """Who acts, as a file."""
    arrays = {name: np.asarray(getattr(acting, name)) for name in Acting.__struct_fields__}
    return _as_npz(arrays)


def pack_stages(stages: StageSigns) -> bytes:
    """Which stage, as a file."""
    return _as_npz({name: np.asarray(getattr(stages, name)) for name in StageSigns.__struct_fields__})


def _as_npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _as_npz(arrays: dict[str, np.ndarray]) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()
