"""Which build and which configuration a process runs, so that two that differ are seen beside each other."""

from __future__ import annotations

import hashlib
from pathlib import Path

from streams import metrics

CONFIG = Path(__file__).resolve().parents[2] / "config"


def show_build(folder: Path = CONFIG) -> None:
    """Add the digest of what people edit to the version of the build."""
    metrics.BUILD_INFO.info({"version": metrics.VERSION, "configuration": digest_of(folder)})


def digest_of(folder: Path) -> str:
    """Eight letters over names and contents of every TOML file under a folder: the same on every machine."""
    together = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml"), key=lambda one: one.relative_to(folder).as_posix()):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            together.update(len(part).to_bytes(8, "big") + part)
    return together.hexdigest()[:8]
