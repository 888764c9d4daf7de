"""A damaged or mixed model is refused by name; nothing half-trained ever reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.tone_model import FOLDER, PARTS, load_tone_model
from services.errors import Misconfigured

LARGEST_ON_DISK = 60_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "model"))


def test_the_model_that_ships_loads_and_is_small() -> None:
    """It comes with the checkout, works offline, and fits in an image."""
    assert load_tone_model().version.startswith("tone-")
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST_ON_DISK


@pytest.mark.parametrize("name", [*PARTS, "model.toml"])
def test_a_missing_file_is_named_with_what_to_do(copy: Path, name: str) -> None:
    """The message is all that an operator has."""
    (copy / name).unlink()
    with pytest.raises(Misconfigured, match=rf"{name}.*make train"):
        load_tone_model(copy)


@pytest.mark.parametrize("name", PARTS)
def test_a_file_of_another_training_is_refused(copy: Path, name: str) -> None:
    """Heads of one training on the encoder of another would read nonsense with full confidence."""
    (copy / name).write_bytes((copy / name).read_bytes()[:-1] + b"?")
    with pytest.raises(Misconfigured, match=name):
        load_tone_model(copy)


def test_a_card_with_an_unknown_key_is_refused(copy: Path) -> None:
    """A card of a newer program may mean something that this one does not do."""
    card = copy / "model.toml"
    card.write_text("surprise = 1\n" + card.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(Misconfigured, match="surprise"):
        load_tone_model(copy)
