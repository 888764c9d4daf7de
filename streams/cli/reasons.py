"""``policy-signals why``, ``why-not`` and ``tail``: what was decided, what was not told, and the line as it goes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from services.errors import Misconfigured

if TYPE_CHECKING:
    from rich.table import Table

    from config.settings import Settings
    from services.alerts.alert import Receipt
    from services.alerts.suppression import Candidate
    from services.alerts.trace import Step, Trace

NEWEST_SILENCES = 50_000
SHORTEST_ID = 8


def add_commands(app: typer.Typer) -> None:
    """Put ``why``, ``why-not`` and ``tail`` beside the other commands."""

    @app.command()
    def why(
        name: Annotated[str, typer.Argument(metavar="ALERT_ID", help="alt_..., or sig_, art_, sto_; 8 characters do.")],
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    ) -> None:
        """Show the path of an alert: what each step decided, with the numbers and the thresholds."""
        if not show_why(name, as_json=as_json):
            raise typer.Exit(1)

    @app.command("why-not")
    def why_not(
        instrument: Annotated[str, typer.Argument(help="Such as 0700.HK, or a company's name.")],
        time: Annotated[str, typer.Argument(help="HH:MM of today at the exchange, or ISO time with offset.")] = "",
        window: Annotated[int, typer.Option("--window", min=1, help="Minutes to either side.")] = 60,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    ) -> None:
        """List what touched an instrument around a time, and what stopped each that was not told."""
        show_why_not(instrument, time, timedelta(minutes=window), as_json=as_json)

    @app.command()
    def tail(
        from_beginning: Annotated[bool, typer.Option("--from-beginning", help="What is kept, too.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
        once: Annotated[bool, typer.Option("--once", help="End at the end of what is there.")] = False,
    ) -> None:
        """Follow the line: articles, silences, alerts, posts and verdicts as they come; Ctrl-C ends it."""
        from streams.cli.tail import follow_line  # noqa: PLC0415 - imports are made where needed: --help is quick

        follow_line(from_beginning=from_beginning, as_json=as_json, once=once)


def show_why(name: str, *, as_json: bool) -> bool:
    """Print the path; False when nothing of that name is kept. Raises Misconfigured, Unavailable."""
    from config.settings import read_settings  # noqa: PLC0415
    from services.alerts.alert import Receipt  # noqa: PLC0415
    from services.alerts.trace import Trace, follow  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_ALERTS_LOG, POLICY_TRACE  # noqa: PLC0415

    if len(name) < SHORTEST_ID:
        raise Misconfigured(f"{name}: write at least {SHORTEST_ID} characters of the id")
    settings = read_settings(os.environ)
    try:
        traces = follow(read_values(settings, POLICY_TRACE.name, Trace), name)
    except ValueError as error:
        raise Misconfigured(str(error)) from None
    if not traces:
        return _show_silence(settings, name, as_json=as_json)
    alerts = {trace.alert_id for trace in traces if trace.alert_id}
    receipts = [one for one in read_values(settings, POLICY_ALERTS_LOG.name, Receipt) if one.alert_id in alerts]
    if as_json:
        described = {"traces": traces, "deliveries": receipts}
        typer.echo(msgspec.json.encode(described).decode())
        return True
    from rich.console import Console  # noqa: PLC0415

    console = Console(soft_wrap=False, highlight=False)
    for trace in traces:
        console.print(draw_trace(trace))
    if receipts:
        console.print(draw_receipts(receipts))
    return True


def _show_silence(settings: Settings, name: str, *, as_json: bool) -> bool:
    """An article that never became a signal has its silence, and nothing else."""
    from services.alerts.alert import Silence  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_SILENCES  # noqa: PLC0415

    silences = read_values(settings, POLICY_SILENCES.name, Silence, newest=NEWEST_SILENCES)
    found = [one for one in silences if one.article_id.startswith(name)]
    if not found:
        typer.echo(f"policy-signals: nothing of {name} is kept; 30 days are", err=True)
        return False
    for one in found:
        said = f"{one.decided_at:%Y-%m-%d %H:%M:%S} UTC  {one.article_id}  silent: {one.reason.value}, {one.detail}"
        headline = f"  {clean_line(one.headline)} ({clean_line(one.source)})"
        typer.echo(msgspec.json.encode(one).decode() if as_json else f"{clean_line(said)}\n{headline}")
    return True


def draw_trace(trace: Trace) -> Table:
    """One record as a table for a terminal; foreign text is no markup."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    ids = " ".join(one for one in (trace.alert_id, trace.signal_id, trace.story_id) if one)
    version = f", version {trace.revision}" if trace.revision else ""
    title = Text(f"{trace.at:%Y-%m-%d %H:%M:%S} UTC  {trace.by}{version}  {ids}", style="bold")
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("step", no_wrap=True)
    table.add_column("outcome", ratio=2)
    table.add_column("numbers", ratio=3)
    table.add_column("why", ratio=5)
    for step in trace.steps:
        table.add_row(
            Text(step.stage.value), Text(step.outcome), Text(say_numbers(step)), Text(clean_line(step.detail))
        )
    return table


def say_numbers(step: Step) -> str:
    """``confidence 0.91, minimum_confidence 0.6``: what was measured, then the thresholds."""
    numbers = [f"{name} {value:.4g}" for name, value in step.numbers.items()]
    limits = [f"{name} {value:g}" for name, value in step.thresholds.items()]
    return ", ".join(numbers) + (f" (limits: {', '.join(limits)})" if limits else "")


def draw_receipts(receipts: Sequence[Receipt]) -> Table:
    """The attempt log of an alert: every try in every channel."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=Text("delivery", style="bold"), title_justify="left", box=box.SIMPLE_HEAD, expand=True)
    for name in ("at (UTC)", "channel", "version", "state", "message", "detail"):
        table.add_column(name)
    for one in receipts:
        what = "reply" if one.reply_id else one.digest_id or one.slack_ts or ""
        cells = (f"{one.at:%H:%M:%S}", one.channel, str(one.revision), one.state.value, what, clean_line(one.detail))
        table.add_row(*map(Text, cells))
    return table


def show_why_not(instrument: str, time: str, window: timedelta, *, as_json: bool) -> None:
    """Print the candidates; raises Misconfigured for an unknown instrument or time, Unavailable."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.settings import read_settings  # noqa: PLC0415
    from services.alerts.alert import Alert, Silence  # noqa: PLC0415
    from services.alerts.mutes import MuteKind  # noqa: PLC0415
    from services.alerts.orders import find_name  # noqa: PLC0415
    from services.alerts.suppression import Span, find_candidates  # noqa: PLC0415
    from services.alerts.wording import place_of  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.clock import wall_clock  # noqa: PLC0415
    from streams.topics import POLICY_ALERTS, POLICY_SILENCES  # noqa: PLC0415

    catalogue, settings = load_catalogue(), read_settings(os.environ)
    known = find_name(MuteKind.INSTRUMENT, instrument, catalogue) or catalogue.find_company(instrument)
    if known is None:
        raise Misconfigured(f"{instrument}: the catalogue has no such instrument; write it such as 0700.HK, or Tencent")
    place = place_of(known)
    span = Span(at=read_moment(time, wall_clock().astimezone(place.zone)), window=window)
    alerts = {one.alert_id: one for one in read_values(settings, POLICY_ALERTS.name, Alert)}
    silences = read_values(settings, POLICY_SILENCES.name, Silence, newest=NEWEST_SILENCES)
    found = find_candidates(known, catalogue.names_of(known), silences, alerts.values(), span)
    if as_json:
        for one in found:
            typer.echo(msgspec.json.encode(one).decode())
        return
    from rich.console import Console  # noqa: PLC0415

    Console(highlight=False).print(draw_candidates(known, found, span.at))


def read_moment(said: str, now: datetime) -> datetime | None:
    """``14:02`` of the day of ``now``, or an ISO time with offset, as UTC; None when empty. Raises Misconfigured."""
    if not said:
        return None
    try:
        if len(said) <= 5:
            hour, _, minute = said.partition(":")
            return now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0).astimezone(UTC)
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Misconfigured(f"{said}: write HH:MM, or date and time such as 2023-07-13T14:02+08:00") from None
    if found.tzinfo is None:
        raise Misconfigured(f"{said}: say the offset from UTC, such as {said}+08:00")
    return found.astimezone(UTC)


def draw_candidates(instrument: str, found: Iterable[Candidate], at: datetime | None) -> Table | str:
    """What was told and what was not, for a terminal."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    rows = list(found)
    around = f" around {at:%Y-%m-%d %H:%M} UTC" if at else ""
    if not rows:
        return f"{instrument}{around}: nothing that is kept touched it, neither told nor silent"
    title = Text(f"{instrument}{around}: {sum(one.outcome == 'alert' for one in rows)} told, "
                 f"{sum(one.outcome == 'silent' for one in rows)} silent", style="bold")  # fmt: skip
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
    for name, ratio in (("at (UTC)", None), ("outcome", None), ("what decided", 4), ("headline", 5), ("id", None)):
        table.add_column(name, ratio=ratio, no_wrap=ratio is None)
    for one in rows:
        sign = "● told" if one.outcome == "alert" else "○ silent"
        how = "" if one.is_linked else " (named in the headline, not linked)"
        cells: tuple[Any, ...] = (
            f"{one.at:%m-%d %H:%M:%S}",
            f"{sign}: {one.reason}",
            clean_line(one.detail) + how,
            clean_line(f"{one.headline} ({one.source})"),
            clean_line(one.alert_id or one.article_id),
        )
        table.add_row(*map(Text, cells))
    return table


def clean_line(text: str) -> str:
    """Foreign text on one line, without what steers a terminal."""
    from services.alerts.slack_text import clean  # noqa: PLC0415

    return clean(text)
