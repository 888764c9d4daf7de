"""``policy-signals route test`` and ``held``: the way of an alert through routing.toml, and what waits on purpose."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.errors import Misconfigured
from streams.cli.rows import say_row

if TYPE_CHECKING:
    from config.routing import RoutingFile
    from services.alerts.alert import Alert
    from services.alerts.held_list import Held
    from services.alerts.route_trial import RouteTrial, Trial, TrialRules

WIDEST = 100
OUTCOMES = {"told": "told at once", "held": "waits", "joins": "joins a thread"}


def add_commands(app: typer.Typer) -> None:
    """Give the command line the group ``route`` and the command ``held``."""
    route_app = typer.Typer(help="Who gets which alert.", no_args_is_help=True)
    app.add_typer(route_app, name="route")

    @route_app.command("test")
    def route_test(
        file: Annotated[Path, typer.Argument(help="One alert as JSON, or alerts.jsonl of the command replay.")],
        at: Annotated[
            str, typer.Option("--at", help="When it would come, such as 2023-07-13T22:30+08:00; now when none.")
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per alert.")] = False,
        folder: Annotated[Path | None, typer.Option("--config", help="A changed copy of the folder config/.")] = None,
    ) -> None:
        """Show which routes match an alert, who gets it, and what would hold it back at that time."""
        show_routes(file, folder, at=read_time(at), as_json=as_json)

    @app.command()
    def held(
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per alert and channel.")] = False,
    ) -> None:
        """List the alerts that wait on purpose: where, until when, and why."""
        show_held(as_json=as_json)


def show_routes(file: Path, folder: Path | None, *, at: datetime, as_json: bool = False) -> None:
    """Print the way of each alert of a file at a time; of several, those before count as told. Raises Misconfigured."""
    from config.alerting import FOLDER  # noqa: PLC0415 - imports are made where needed: --help is quick
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.routing import load_routing  # noqa: PLC0415
    from services.alerts.route_trial import try_routes  # noqa: PLC0415

    rules = _rules_of(load_routing(load_catalogue(), (folder or FOLDER) / "routing.toml"))
    alerts = _read_alerts(file)
    for alert in alerts:
        found = try_routes(alert, rules, at, alerts)
        if as_json:
            typer.echo(msgspec.json.encode(found).decode())
            continue
        for row in _as_table(alert, found):
            say_row(row)


def show_held(*, as_json: bool) -> None:
    """Print what waits. Raises Misconfigured, Unavailable."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.routing import load_routing  # noqa: PLC0415
    from config.settings import read_settings  # noqa: PLC0415
    from streams.clock import wall_clock  # noqa: PLC0415
    from streams.delivery.held_reader import HeldReader  # noqa: PLC0415

    catalogue = load_catalogue()
    reader = HeldReader(read_settings(os.environ), load_routing(catalogue), catalogue.names())
    held, _ = reader.read(wall_clock())
    for line in _held_as_json(held) if as_json else ():
        typer.echo(line)
    for row in () if as_json else _held_as_table(held):
        say_row(row)


def read_time(said: str) -> datetime:
    """A time with its offset from UTC; now when none is given. Raises Misconfigured."""
    from streams.clock import wall_clock  # noqa: PLC0415

    if not said:
        return wall_clock()
    try:
        at: datetime | None = datetime.fromisoformat(said)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise Misconfigured(f"--at {said!r}: give date, time and offset from UTC, such as 2023-07-13T22:30+08:00")
    return at.astimezone(UTC)


def _rules_of(routing: RoutingFile) -> TrialRules:
    from services.alerts.route_trial import TrialRules  # noqa: PLC0415

    channels = routing.channels
    return TrialRules(
        table=routing.table,
        holding=routing.holding,
        kinds={name: entry.kind for name, entry in channels.items()},
        seconds={name: entry.second for name, entry in channels.items()},
    )


def _as_table(alert: Alert, found: RouteTrial) -> list[str]:
    lines = [
        f"{alert.alert_id}  {alert.severity.value} {alert.signal.tone.value}  {alert.signal.headline}",
        f"  at {found.at:%Y-%m-%d %H:%M} UTC",
        *(f"  {'  ' * one.depth}{'yes' if one.matched else 'no '}  {one.name}: {one.why}" for one in found.steps),
    ]
    if found.inhibited:
        lines.append(f"  no alert would be raised: {found.inhibited}")
    rows = [("channel", "kind", "outcome", "until (UTC)", "why"), *map(_row, found.channels)]
    return [*lines, *(f"  {line}" for line in _columns(rows)), f"  -> {_say_channels(found.channels)}", ""]


def _row(one: Trial) -> tuple[str, ...]:
    until = "" if one.until is None else f"{one.until:%Y-%m-%d %H:%M}"
    why = "; ".join(
        part
        for part in (
            f"by {', '.join(one.routes)}" if one.routes else "the fallback: no route takes it",
            one.why,
            f"if it is not taken: {one.second}" if one.second else "",
        )
        if part
    )
    return one.channel, one.kind, OUTCOMES[one.outcome], until, why


def _say_channels(channels: Sequence[Trial]) -> str:
    names = ", ".join(one.channel for one in channels)
    return f"{names}{'' if any(one.routes for one in channels) else ' (fallback)'}"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows of text under each other; the last column is as long as it is."""
    widths = [min(max(len(row[column]) for row in rows), WIDEST) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]


def _held_as_json(held: Iterable[Held]) -> list[str]:
    return [msgspec.json.encode(one).decode() for one in held]


def _held_as_table(held: Sequence[Held]) -> list[str]:
    if not held:
        return ["Nothing waits on purpose."]
    rows = [("channel", "alert", "since (UTC)", "until (UTC)", "told", "why", "what")]
    for one in held:
        until = "until it is taken" if one.until is None else f"{one.until:%m-%d %H:%M}"
        told = "in a brief" if one.in_brief else "by itself"
        why = f"{one.reason}: {one.detail}"
        rows.append((one.channel, one.alert_id, f"{one.since:%m-%d %H:%M}", until, told, why, one.title))
    return _columns(rows)


def _read_alerts(file: Path) -> list[Alert]:
    """One alert as JSON, or alerts.jsonl as the command replay writes it: the last revision of each alert."""
    from services.alerts.alert import Alert  # noqa: PLC0415

    try:
        lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from None
    alerts: dict[str, Alert] = {}
    whole = b"\n".join(lines)
    for number, line in enumerate([whole] if whole.startswith(b"{\n") else lines, 1):
        try:
            alert = msgspec.json.decode(line, type=Alert)
        except msgspec.MsgspecError as error:
            raise Misconfigured(
                f"{file}: line {number} is no alert ({error}); expected a line of alerts.jsonl, as replay writes it"
            ) from None
        alerts[alert.alert_id] = alert
    return list(alerts.values())
