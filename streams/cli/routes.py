"""``policy-signals route test``: the way of one alert through config/routing.toml."""

from __future__ import annotations

from pathlib import Path

import msgspec
import typer

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from config.routing import load_routing
from services.alerts.alert import Alert
from services.alerts.routing import route_alert
from services.errors import Misconfigured


def show_routes(file: Path, folder: Path | None) -> None:
    """Print where each alert of a file goes, and every route that was asked. Raises Misconfigured."""
    routing = load_routing(load_catalogue(), (folder or FOLDER) / "routing.toml")
    for alert in _read_alerts(file):
        found = route_alert(alert, routing.table)
        typer.echo(f"{alert.alert_id}  {alert.severity.value} {alert.signal.tone.value}  {alert.signal.headline}")
        for step in found.steps:
            typer.echo(f"  {'  ' * step.depth}{'yes' if step.matched else 'no '}  {step.name}: {step.why}")
        is_fallback = not any(step.matched for step in found.steps)
        typer.echo(f"  -> {', '.join(found.channels)}{' (fallback)' if is_fallback else ''}")


def _read_alerts(file: Path) -> list[Alert]:
    """One alert as JSON, or alerts.jsonl as the command replay writes it: the last revision of each alert."""
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
