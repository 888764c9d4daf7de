"""``policy-signals cards``: every situation that a card must tell, on one page for a person to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from services.errors import Misconfigured
from streams.rendering.card_samples.drawing import draw_situation
from streams.rendering.card_samples.situations import SITUATIONS
from streams.rendering.report import PostedMessage, Version, render_report


def write_gallery(file: Path) -> None:
    """Write the page; raises Misconfigured when the place cannot be written to."""
    page = draw_gallery(datetime.now(UTC))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"--out {file} cannot be written: {error.strerror}") from None
    typer.echo(f"{len(SITUATIONS)} cards: {file.resolve()}")


def draw_gallery(made_at: datetime) -> str:
    """The page as HTML text; ``made_at`` stands on it."""
    messages = []
    for name, make in SITUATIONS.items():
        situation = make()
        messages.append(
            PostedMessage(
                channel=name.replace("_", " "),
                versions=(Version(at=situation.now, payload=draw_situation(situation)),),
                paths=situation.alert.paths,
                names={exposure.instrument: exposure.name for exposure in situation.alert.signal.exposures},
            )
        )
    return render_report(messages, title="Every kind of card", made_at=made_at, label="invented alerts")
