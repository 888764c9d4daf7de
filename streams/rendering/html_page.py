"""What every page of ours shares: templates that escape, and one style sheet that the page's policy lets in by hash."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parent / "templates"


def make_environment() -> Environment:
    """Templates with autoescape; an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["utc"] = lambda at: f"{at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC"
    return environment


def read_style(names: Sequence[str]) -> str:
    """Style sheets of the templates folder, one after the other."""
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def hash_style(style: str) -> str:
    """The hash by which a page's policy lets in this one style sheet and nothing else."""
    return "sha256-" + b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
