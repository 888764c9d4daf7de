"""``policy-signals audit verify | list`` and ``feedback show | export``: what people did and said in Slack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_commands(app: typer.Typer) -> None:
    """Give the command line the groups ``audit`` and ``feedback``."""
    _add_audit(app)
    _add_feedback(app)


def _add_feedback(app: typer.Typer) -> None:
    feedback_app = typer.Typer(help="What people said of alerts.", no_args_is_help=True)
    app.add_typer(feedback_app, name="feedback")

    @feedback_app.command("show")
    def show() -> None:
        """How often alerts were useful, by tone, regulator, reader and rule; the last word of each person counts."""
        from streams.conversation.feedback_report import show_feedback  # noqa: PLC0415

        show_feedback()

    @feedback_app.command("export")
    def export(
        file: Annotated[Path, typer.Argument(help="The file to write: one JSON object per line.")],
    ) -> None:
        """Write the last words with the texts they are about, as rows to train on."""
        from streams.conversation.feedback_report import export_feedback  # noqa: PLC0415

        export_feedback(file)


def _add_audit(app: typer.Typer) -> None:
    audit_app = typer.Typer(help="What people changed from Slack.", no_args_is_help=True)
    app.add_typer(audit_app, name="audit")

    @audit_app.command("verify")
    def verify(
        expected: Annotated[
            str,
            typer.Option(
                "--expect", help="A digest noted before, at least its first 16 digits; it must be in the chain."
            ),
        ] = "",
    ) -> None:
        """Follow the chain of changes, each with the SHA-256 of the one before, and say what that proves."""
        from streams.conversation.audit_report import verify_audit  # noqa: PLC0415 - imported where needed: --help is quick

        if not verify_audit(expected):
            raise typer.Exit(1)

    @audit_app.command("list")
    def show() -> None:
        """Who changed what, when and where."""
        from streams.conversation.audit_report import list_audit  # noqa: PLC0415

        list_audit()
