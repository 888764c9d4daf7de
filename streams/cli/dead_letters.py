"""``dead-letters show`` and ``dead-letters send-again``: what could not be read, and the way back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from services.errors import Misconfigured
from streams.cli.rows import say_row

if TYPE_CHECKING:  # imports are made where needed: --help is quick
    from config.settings import Settings
    from streams.broker.dead_letter_post import DeadLetter

EXIT_FAILED = 1
SHOWN_CHARACTERS = 100
OfTopic = Annotated[str, typer.Option("--topic", help="Only of this topic, such as news.articles.")]
ForReason = Annotated[str, typer.Option("--reason", help="Only those set aside for this reason.")]


def add_commands(app: typer.Typer) -> None:
    """Give the application its group."""
    group = typer.Typer(help="Records that could not be read: look at them, and send them again.", no_args_is_help=True)
    group.command("show")(show)
    group.command("send-again")(send_again)
    app.add_typer(group, name="dead-letters")


def show(
    topic: OfTopic = "",
    reason: ForReason = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per record.")] = False,
) -> None:
    """Show what was set aside, where it stood, and why; what was sent again is left out."""
    import msgspec  # noqa: PLC0415

    letters = _choose(topic, reason)[1]
    for letter in letters:
        if as_json:
            typer.echo(msgspec.json.encode(letter).decode())
        else:
            say_row(_line_of(letter))
    if not as_json:
        typer.echo(f"{len(letters)} set aside")


def send_again(
    topic: OfTopic = "",
    reason: ForReason = "",
    origin: Annotated[list[str] | None, typer.Option("--origin", help="Only this one: topic/partition/offset.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
) -> None:
    """Put whole records onto their topics again, once: after an upgrade, or when the reason is repaired."""
    from streams.broker import dead_letter_post  # noqa: PLC0415

    settings, letters = _choose(topic, reason)
    if origin:
        unknown = set(origin) - {letter.origin for letter in letters}
        if unknown:
            raise Misconfigured(f"nothing set aside stood at {sorted(unknown)[0]}: `policy-signals dead-letters show`")
        letters = [letter for letter in letters if letter.origin in origin]
    if dry_run:
        for letter in letters:
            say_row(_line_of(letter))
        typer.echo(f"{len(letters)} would be sent again")
        return
    sent, gone = dead_letter_post.send_again(settings, letters)
    for letter in gone:
        say_row(f"no longer on its topic: {_line_of(letter)}", err=True)
    typer.echo(f"{len(sent)} sent again, {len(gone)} no longer on their topics")
    if gone:
        raise typer.Exit(EXIT_FAILED)


def _choose(topic: str, reason: str) -> tuple[Settings, list[DeadLetter]]:
    from config.settings import read_settings  # noqa: PLC0415
    from streams.broker.dead_letter_post import read_dead_letters  # noqa: PLC0415
    from streams.topics import TOPICS  # noqa: PLC0415

    having = [one for one in TOPICS if one.has_dead_letters]
    if topic and topic not in {one.name for one in having}:
        raise Misconfigured(f"--topic {topic!r} is none of {', '.join(one.name for one in having)}")
    settings = read_settings(os.environ)
    letters = read_dead_letters(settings, [one for one in having if topic in ("", one.name)])
    return settings, [letter for letter in letters if reason in ("", letter.reason)]


def _line_of(letter: DeadLetter) -> str:
    from datetime import UTC, datetime  # noqa: PLC0415

    from services.news.parsing import clean_text  # noqa: PLC0415

    at = datetime.fromtimestamp(letter.timestamp_ms / 1000, UTC)
    begins = " ".join(clean_text(letter.begins, SHOWN_CHARACTERS).split())
    detail = " ".join(clean_text(letter.detail, SHOWN_CHARACTERS).split())
    return f"{at:%Y-%m-%d %H:%M:%S} UTC  {letter.origin}  {letter.reason}: {detail}  ({letter.size} bytes) {begins}"
