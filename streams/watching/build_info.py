"""Which build, model and configuration lie beside a process, so that two that differ are seen beside each other."""

from __future__ import annotations

import hashlib
from pathlib import Path

from config.tone_model import name_model
from services.errors import Misconfigured
from streams import metrics

CONFIG = Path(__file__).resolve().parents[2] / "config"


def show_build(folder: Path = CONFIG) -> None:
    """Add the digests of the model and of what people edit to the version of the build."""
    model, configuration = find_model(folder), digest_of(folder)
    metrics.BUILD_INFO.info({"version": metrics.VERSION, "model": model, "configuration": configuration})


def find_model(folder: Path) -> str:
    """Version and digest of the model; "none" where there is none: only news_consumer refuses to start without it."""
    try:
        return name_model(folder / "reader" / "model")
    except Misconfigured:
        return "none"


def digest_of(folder: Path) -> str:
    """Eight letters over names and contents of every TOML file under a folder: the same on every machine."""
    together = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml"), key=lambda one: one.relative_to(folder).as_posix()):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            together.update(len(part).to_bytes(8, "big") + part)
    return together.hexdigest()[:8]
