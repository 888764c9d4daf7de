"""The Dockerfile copies what exists, runs without root, and asks for health where health is served."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KEPT = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), flags=re.MULTILINE)


def copied_from_the_project() -> set[str]:
    """Sources of every COPY that does not come from another stage."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_the_build_context_holds_exactly_what_is_copied() -> None:
    """The ignore file lets in by name, so that no secret or history can reach an image."""
    assert copied_from_the_project() == set(KEPT)


def test_everything_copied_exists() -> None:
    """A renamed folder breaks the image long before anybody builds it."""
    assert [name for name in sorted(copied_from_the_project()) if not (ROOT / name).exists()] == []


def test_every_package_of_the_project_is_copied() -> None:
    """A new top-level package must reach the image as well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {pattern.rstrip("*") for pattern in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages <= copied_from_the_project()


def test_the_base_image_is_pinned_to_a_patch_version() -> None:
    """The same source should give the same image next month."""
    assert re.search(r"^ARG PYTHON_IMAGE=python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, flags=re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_the_image_does_not_run_as_root() -> None:
    """By number, so that an orchestrator that forbids root can see it."""
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", DOCKERFILE, flags=re.MULTILINE)


def test_the_health_check_asks_for_a_path_that_is_served() -> None:
    """A check of a wrong path restarts a healthy process for ever."""
    path = re.search(r"HEALTHCHECK(?:.|\n)+?\+ '(/\w+)'", DOCKERFILE)
    assert path is not None
    assert f'"{path[1]}"' in (ROOT / "streams" / "watching" / "health.py").read_text(encoding="utf-8")


def test_the_entry_point_is_the_command_that_the_project_installs() -> None:
    """The image's one door is the same command that people type."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f'ENTRYPOINT ["{next(iter(project["project"]["scripts"]))}"]' in DOCKERFILE
