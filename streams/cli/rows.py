"""Rows of plain text on a terminal: whatever foreign text stands in them, it moves, hides and fakes nothing."""

from __future__ import annotations

import typer

from services.alerts.slack_text import clean_row


def say_row(row: str, *, err: bool = False) -> None:
    """Print one row. Line ends in it become blanks, so that a headline cannot write a row of its own."""
    typer.echo(clean_row(row), err=err)


def say_rows(text: str) -> None:
    """Print text of several rows that we broke ourselves."""
    for row in text.split("\n"):
        say_row(row)
