"""``ticks send``: files of ticks onto ``market.ticks``, at once or in the rhythm in which they were traded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.errors import Misconfigured

if TYPE_CHECKING:  # imports are made where needed: --help is quick
    from streams.ticks.tick_files import Refusals

FORMATS = ("arrow", "json-columns", "json")
LARGEST_FRAME = 10_000


def add_commands(ticks_app: typer.Typer) -> None:
    """Give the group the command that sends files."""
    ticks_app.command("send")(send)


def send(  # noqa: PLR0913, PLR0917 - each is an option of the command
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV (.gz too) or Parquet: instrument,price,volume,traded_at[,sequence,conditions,currency]."
        ),
    ],
    form: Annotated[str, typer.Option("--format", help="arrow, json-columns or json.")] = "arrow",
    frame: Annotated[int, typer.Option(help="Most ticks of one record.", min=1, max=LARGEST_FRAME)] = 1_000,
    speed: Annotated[
        float | None, typer.Option(help="In the file's rhythm, so many times as fast; its trades keep their times.")
    ] = None,
    at_once: Annotated[bool, typer.Option("--at-once", help="As fast as the broker takes them; the default.")] = False,
    now: Annotated[bool, typer.Option("--now", help="With --speed: as if the trades happened now.")] = False,
) -> None:
    """Put files of ticks on market.ticks, and say how many, how fast, and which rows are no ticks and why."""
    _check_options(form, speed, at_once, now)
    for path in files:
        if not path.is_file():
            raise Misconfigured(f"{path} {'is a folder' if path.is_dir() else 'does not exist'}")
    from streams.ticks.tick_sending import send_files  # noqa: PLC0415

    is_sound = True
    for path, sent, seconds, refusals in send_files(files, form, frame, speed, is_now=now):
        rate = f", {sent / seconds:,.0f} a second" if seconds > 0 and speed is None else ""
        typer.echo(f"{path.name}: {sent:,} ticks sent in {seconds:,.1f} s{rate}; {_describe(refusals)}")
        # A file may well hold instruments that nobody here follows.
        is_sound = is_sound and not refusals.counts.keys() - {"unknown_instrument"}
    if not is_sound:
        raise typer.Exit(1)


def _check_options(form: str, speed: float | None, at_once: bool, now: bool) -> None:
    if form not in FORMATS:
        raise Misconfigured(f"--format is {form!r}: expected one of {', '.join(FORMATS)}")
    if speed is not None and at_once:
        raise Misconfigured("give --speed or --at-once, not both")
    if speed is not None and not 0 < speed <= 1_000_000:
        raise Misconfigured(f"--speed is {speed:g}: expected more than 0, at most 1000000")
    if now and speed is None:
        raise Misconfigured("--now moves each trade to the moment at which it is sent, so it needs --speed")


def _describe(refusals: Refusals) -> str:
    if not refusals.counts:
        return "no row refused"
    lines = [f"{sum(refusals.counts.values()):,} rows refused"]
    for reason, count in sorted(refusals.counts.items(), key=lambda item: -item[1]):
        first = ", ".join(map(str, refusals.lines[reason]))
        more = ", ..." if count > len(refusals.lines[reason]) else ""
        lines.append(f"  {reason:<20} {count:>9,}  line {first}{more}")
    return "\n".join(lines)
