"""``policy-signals audit verify | list``: who changed what from Slack."""

from __future__ import annotations

from typing import Annotated

import typer


def add_commands(app: typer.Typer) -> None:
    """Give the command line the group ``audit``."""
    audit_app = typer.Typer(help="What people changed from Slack.", no_args_is_help=True)
    app.add_typer(audit_app, name="audit")

    @audit_app.command("verify")
    def verify(
        expected: Annotated[
            str,
            typer.Option("--expect", help="A digest noted before, or how it begins; it must be in the chain."),
        ] = "",
    ) -> None:
        """Prove that no change was removed or altered: each record holds the SHA-256 of the one before."""
        from streams.audit_report import verify_audit  # noqa: PLC0415 - imported where needed: --help is quick

        if not verify_audit(expected):
            raise typer.Exit(1)

    @audit_app.command("list")
    def show() -> None:
        """Who changed what, when and where."""
        from streams.audit_report import list_audit  # noqa: PLC0415

        list_audit()
