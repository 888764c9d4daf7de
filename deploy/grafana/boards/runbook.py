"""deploy/RUNBOOK.md as a dashboard, so that a panel and an alert can link to the section that they need."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

RUNBOOK = Path(__file__).resolve().parents[2] / "RUNBOOK.md"
UID = "policy-signals-runbook"


@cache
def read_sections() -> dict[str, str]:
    """Text by title, in order: what stands under each second-level heading."""
    parts = re.split(r"^## (.+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title.strip(): text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def link_to_section(title: str) -> str:
    """Address of a section inside Grafana; raises ValueError when the runbook has no such section."""
    number = list(read_sections()).index(title) + 1
    return f"/d/{UID}/policy-signals-runbook?viewPanel=panel-{number}"
