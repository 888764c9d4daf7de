"""``python -m deploy.grafana.boards``: write every dashboard; ``build_all`` gives the same texts to the test."""

from __future__ import annotations

from pathlib import Path

from deploy.grafana.boards.delivery import DELIVERY
from deploy.grafana.boards.desk import DESK
from deploy.grafana.boards.market_data import MARKET_DATA
from deploy.grafana.boards.pages import write_page, write_runbook
from deploy.grafana.boards.pipeline import PIPELINE

FOLDER = Path(__file__).resolve().parents[1] / "dashboards"
PAGES = (DESK, PIPELINE, DELIVERY, MARKET_DATA)


def build_all() -> dict[str, str]:
    """JSON by file name."""
    return {f"{page.name}.json": write_page(page) for page in PAGES} | {"runbook.json": write_runbook()}


def main() -> None:
    """Write the folder anew."""
    built = build_all()
    for path in FOLDER.glob("*.json"):
        if path.name not in built:
            path.unlink()
    for name, words in built.items():
        (FOLDER / name).write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
