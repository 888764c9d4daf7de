"""``policy-signals why``, ``why-not`` and ``tail``: what was decided, what was not told, and the line as it goes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.errors import Misconfigured

if TYPE_CHECKING:
    from config.settings import Settings
    from services.alerts.alert import Alert, Receipt
    from services.alerts.suppression import Kept
    from services.alerts.trace import Trace
    from services.signals.entities import Catalogue
    from streams.cli.tail_lines import Only

NEWEST_SILENCES = 50_000
ONLY = "articles|signals|silent|alerts|posts"


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
        instrument: Annotated[str, typer.Argument(help="Such as 3690.HK, Meituan or 美团.")],
        time: Annotated[str, typer.Argument(help="HH:MM of today at the exchange, or 2023-07-13T14:02.")] = "",
        window: Annotated[str, typer.Option("--window", help="To either side, such as 30m, 2h, 1d.")] = "1h",
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    ) -> None:
        """List what touched an instrument around a time, and what stopped each that was not told."""
        show_why_not(instrument, time, window, as_json=as_json)

    @app.command()
    def tail(
        from_beginning: Annotated[bool, typer.Option("--from-beginning", help="What is kept, too.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
        once: Annotated[bool, typer.Option("--once", help="End at the end of what is there.")] = False,
        only: Annotated[list[str] | None, typer.Option("--only", metavar=ONLY, help="May be repeated.")] = None,
    ) -> None:
        """Follow the line: each article and what became of it, alerts, posts and verdicts; Ctrl-C ends it."""
        from streams.cli.tail import follow_line  # noqa: PLC0415 - imports are made where needed: --help is quick

        follow_line(from_beginning=from_beginning, as_json=as_json, once=once, only=read_only(only or []))


def read_only(said: Sequence[str]) -> frozenset[Only]:
    """What ``--only`` lets through; raises Misconfigured."""
    from streams.cli.tail_lines import Only  # noqa: PLC0415

    unknown = [one for one in said if one not in list(Only)]
    if unknown:
        raise Misconfigured(f"--only {unknown[0]}: write {ONLY.replace('|', ', ')}")
    return frozenset(map(Only, said))


def show_why(name: str, *, as_json: bool) -> bool:
    """Print the path; False when nothing of that name is kept. Raises Misconfigured, Unavailable."""
    from config.settings import read_settings  # noqa: PLC0415
    from services.alerts.alert import Receipt  # noqa: PLC0415
    from services.alerts.trace import SHORTEST_ID  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_ALERTS_LOG  # noqa: PLC0415
    from streams.tracing.trace_reader import read_path  # noqa: PLC0415

    if len(name) < SHORTEST_ID:
        raise Misconfigured(f"{name}: write at least {SHORTEST_ID} characters of the id")
    settings = read_settings(os.environ)
    try:
        traces, is_kept = read_path(settings, name), True
    except ValueError as error:
        raise Misconfigured(str(error)) from None
    if not any(trace.alert_id for trace in traces):
        told = _tell_from_alert(settings, name)
        traces, is_kept = (told, False) if told else (traces, True)
    if not traces:
        return _show_silence(settings, name, as_json=as_json)
    alerts = {trace.alert_id for trace in traces if trace.alert_id}
    receipts = [one for one in read_values(settings, POLICY_ALERTS_LOG.name, Receipt) if one.alert_id in alerts]
    if as_json:
        described = {"traces": traces, "deliveries": receipts, "is_kept": is_kept}
        typer.echo(msgspec.json.encode(described).decode())
    else:
        _print_path(traces, receipts, is_kept=is_kept)
    return True


def _print_path(traces: Sequence[Trace], receipts: Sequence[Receipt], *, is_kept: bool) -> None:
    from rich.console import Console  # noqa: PLC0415

    from services.alerts.trace import TraceStage  # noqa: PLC0415
    from streams.rendering.path_drawing import draw_path, draw_receipts  # noqa: PLC0415

    console = Console(highlight=False)
    console.print(draw_path(traces))
    if not is_kept:
        console.print("No trace of it is kept: this is what the alert itself tells.", style="yellow")
    is_told = any(step.stage is TraceStage.DELIVERY for trace in traces for step in trace.steps)
    if receipts and not is_told:
        console.print(draw_receipts(receipts))


def _tell_from_alert(settings: Settings, name: str) -> list[Trace]:
    """Of an alert whose traces are gone or never came."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.routing import load_desk_policy  # noqa: PLC0415
    from services.alerts.alert import Alert  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_ALERTS  # noqa: PLC0415
    from streams.tracing.trace_reader import tell_from_alert  # noqa: PLC0415

    found = {one.alert_id: one for one in read_values(settings, POLICY_ALERTS.name, Alert) if _is_named(one, name)}
    if len(found) > 1:
        raise Misconfigured(f"{name} fits {len(found)} alerts: write more of it")
    return [trace for one in found.values() for trace in tell_from_alert(one, load_desk_policy(load_catalogue()))]


def _is_named(alert: Alert, name: str) -> bool:
    signal = alert.signal
    return any(one.startswith(name) for one in (alert.alert_id, signal.story_id, signal.signal_id, signal.article_id))


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


def show_why_not(instrument: str, time: str, window: str, *, as_json: bool) -> None:
    """Print the candidates; raises Misconfigured for an unknown instrument, time or window, Unavailable."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.settings import read_settings  # noqa: PLC0415
    from services.alerts.suppression import Span, count_decided, explain_nothing, find_candidates  # noqa: PLC0415
    from services.alerts.wording import place_of  # noqa: PLC0415
    from streams.clock import wall_clock  # noqa: PLC0415
    from streams.rendering.candidates_drawing import Asked, draw_candidates  # noqa: PLC0415

    catalogue = load_catalogue()
    known = find_instrument(instrument, catalogue)
    place = place_of(known)
    span = Span(at=read_moment(time, wall_clock().astimezone(place.zone)), window=read_window(window))
    kept, names = _read_kept(read_settings(os.environ)), catalogue.names_of(known)
    near = find_candidates(known, names, kept, Span())
    found = [one for one in near if span.holds(one.at)]
    if as_json:
        for one in found:
            typer.echo(msgspec.json.encode(one).decode())
        return
    from rich.console import Console  # noqa: PLC0415

    asked = Asked(instrument=known, name=names[0] if names else "", span=span, place=place)
    nothing = explain_nothing(near, count_decided(kept, span), span)
    Console(highlight=False).print(draw_candidates(asked, found, nothing))


def find_instrument(said: str, catalogue: Catalogue) -> str:
    """A listing by its code, or by any name of its company; raises Misconfigured with what comes near."""
    from difflib import get_close_matches  # noqa: PLC0415

    from services.alerts.mutes import MuteKind  # noqa: PLC0415
    from services.alerts.orders import find_name  # noqa: PLC0415

    known = find_name(MuteKind.INSTRUMENT, said, catalogue) or catalogue.find_company(said)
    if known is not None:
        return known
    issuers = catalogue.issuers.values()
    names = [name for one in issuers for name in (one.name_en, one.name_zh, *one.aliases_en, *one.aliases_zh)]
    codes = [listing.instrument for one in issuers for listing in one.listings]
    near = get_close_matches(said, [*names, *codes], n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(near)}?" if near else "write it such as 0700.HK, Tencent or 腾讯"
    raise Misconfigured(f"{said}: the catalogue has no such instrument or company; {hint}")


def _read_kept(settings: Settings) -> Kept:
    from services.alerts.alert import Alert, Silence  # noqa: PLC0415
    from services.alerts.suppression import Kept  # noqa: PLC0415
    from streams.broker.kafka import read_values  # noqa: PLC0415
    from streams.topics import POLICY_ALERTS, POLICY_SILENCES  # noqa: PLC0415
    from streams.tracing.trace_reader import read_deliveries  # noqa: PLC0415

    alerts = {one.alert_id: one for one in read_values(settings, POLICY_ALERTS.name, Alert)}
    return Kept(
        silences=list(read_values(settings, POLICY_SILENCES.name, Silence, newest=NEWEST_SILENCES)),
        alerts=list(alerts.values()),
        deliveries=list(read_deliveries(settings)),
    )


def read_moment(said: str, now: datetime) -> datetime | None:
    """``14:02`` of the day of ``now``, or date and time, as UTC; None when empty. Raises Misconfigured.

    A time without an offset is on the clock of ``now``, that of the instrument's exchange.
    """
    if not said:
        return None
    try:
        if len(said) <= 5:
            hour, _, minute = said.partition(":")
            return now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0).astimezone(UTC)
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Misconfigured(f"{said}: write HH:MM, or date and time such as 2023-07-13T14:02") from None
    return found.replace(tzinfo=found.tzinfo or now.tzinfo).astimezone(UTC)


def read_window(said: str) -> timedelta:
    """``30m``, ``2h``, ``1d``, or a number of minutes; raises Misconfigured."""
    units = {"m": 1, "h": 60, "d": 1440}
    number, unit = (said[:-1], said[-1]) if said[-1:] in units else (said, "m")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:8]) < 1_000_000):
        raise Misconfigured(f"{said}: write how far to either side to look, such as 30m, 2h or 1d")
    return timedelta(minutes=int(number) * units[unit])


def clean_line(text: str) -> str:
    """Foreign text on one line, without what steers a terminal."""
    from services.alerts.slack_text import clean  # noqa: PLC0415

    return clean(text)
