"""The lock files pin every library with its hashes, agree with pyproject.toml and with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
FULL, RUNTIME, TRAIN = "requirements.lock", "requirements-runtime.lock", "requirements-train.lock"
BENCH = "requirements-bench.lock"
WANTED = {
    FULL: [*PROJECT["dependencies"], *EXTRAS["local"], *EXTRAS["dev"], *EXTRAS["build"]],
    RUNTIME: [*PROJECT["dependencies"], *EXTRAS["build"]],
    TRAIN: [*PROJECT["dependencies"], *EXTRAS["train"]],
    BENCH: [*PROJECT["dependencies"], *EXTRAS["bench"], *EXTRAS["quotes"], *EXTRAS["local"]],
}


def read_lock(name: str) -> dict[str, set[str]]:
    """Library -> its locked versions; more than one where the version depends on the Python."""
    versions: dict[str, set[str]] = {}
    for library, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE):
        versions.setdefault(canonicalize_name(library), set()).add(version)
    return versions


@pytest.mark.parametrize("name", WANTED)
def test_every_requirement_is_locked_within_its_range(name: str) -> None:
    """Whoever changes pyproject.toml must say `make lock`, or an install differs from what was tested."""
    locked = read_lock(name)
    for text in WANTED[name]:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, text
        assert all(requirement.specifier.contains(version) for version in versions), text


@pytest.mark.parametrize("name", WANTED)
def test_every_locked_library_has_hashes(name: str) -> None:
    """pip refuses a file whose content is not the one that was locked."""
    entries = re.split(r"^(?=[A-Za-z])", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_names_no_place_to_download_from(name: str) -> None:
    """Where libraries come from is the choice of the machine that installs them."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?:|--index-url|--extra-index-url|--find-links", text) == []


def test_the_image_gets_the_versions_that_were_tested() -> None:
    """The runtime lock is a part of the full one, never a resolution of its own."""
    full = read_lock(FULL)
    assert {library: full.get(library) for library in read_lock(RUNTIME)} == read_lock(RUNTIME)


def test_the_image_gets_no_test_tools() -> None:
    """What is only needed to test or to try the service on one machine stays out of production."""
    needed = {canonicalize_name(Requirement(text).name) for text in WANTED[RUNTIME]}
    tools = {canonicalize_name(Requirement(text).name) for text in [*EXTRAS["dev"], *EXTRAS["local"]]} - needed
    assert tools & set(read_lock(RUNTIME)) == set()
