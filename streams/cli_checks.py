"""``check``, ``doctor`` and ``topics create``: is everything as the line needs it?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime

import redis
import typer

from config.alerting import load_authorities, load_policy
from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.settings import Settings, read_settings
from services.errors import Misconfigured, Unavailable
from streams.clock import wall_clock
from streams.price_store import connect
from streams.slack import connect_slack
from streams.slack_outcome import Posted, Refused
from streams.topic_setup import create_topics, missing_topics

CALENDAR_MARGIN_DAYS = 30
CLOCK_MARGIN_SECONDS = 2.0


def check_configuration() -> None:
    """Read every file and the environment; raises Misconfigured at the first mistake."""
    settings = read_settings(os.environ)
    catalogue, calendars = load_catalogue(), load_calendars()
    load_policy()
    load_authorities()
    typer.echo(f"catalogue   {catalogue.describe()}")
    typer.echo(f"exchanges   {len(calendars)} calendars")
    for name in sorted({listing.exchange for listing in catalogue.listings()}):
        if name not in calendars:
            raise Misconfigured(f"exchanges.toml: no exchange {name!r}, which listings of the catalogue use")
    now = datetime.now(UTC)
    for name, calendar in calendars.items():
        left = calendar.days_left(now)
        if left is not None and left < CALENDAR_MARGIN_DAYS:
            typer.echo(f"warning     the calendar {name} ends in {left} days: run `make calendars`", err=True)
    typer.echo("thresholds  alerting.toml, sources.toml")
    typer.echo(
        f"slack       {'token and channel set' if settings.slack_bot_token and settings.slack_channel else 'not set'}"
    )
    typer.echo("configuration is right")


def run_doctor(as_json: bool) -> int:
    """Ask every outside system; 0 when all answer as needed, else 1."""
    settings = read_settings(os.environ)
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("topics", _check_topics),
        ("redis", _check_redis),
        ("slack", _check_slack),
    )
    results = {name: _attempt(ask, settings) for name, ask in checks}
    if as_json:
        typer.echo(json.dumps({name: {"ok": ok, "detail": detail} for name, (ok, detail) in results.items()}))
    else:
        for name, (ok, detail) in results.items():
            typer.echo(f"{'ok  ' if ok else 'FAIL'}  {name:<7} {detail}")
    return 0 if all(ok for ok, _ in results.values()) else 1


def create_missing_topics() -> None:
    """Create what the table names and the broker lacks."""
    created = create_topics(read_settings(os.environ))
    typer.echo("\n".join(f"created {name}" for name in created) or "all topics exist")


def _attempt(ask: Callable[[Settings], str], settings: Settings) -> tuple[bool, str]:
    try:
        return True, ask(settings)
    except (Unavailable, Misconfigured) as error:
        return False, str(error)


def _check_topics(settings: Settings) -> str:
    missing = missing_topics(settings)
    if missing:
        raise Misconfigured(f"missing {', '.join(missing)}: run `policy-signals topics create`")
    return f"kafka at {settings.kafka_bootstrap} has every topic"


def _check_redis(settings: Settings) -> str:
    try:
        seconds, micros = connect(settings.redis_url).time()
    except redis.RedisError as error:
        raise Unavailable("redis", f"{type(error).__name__}: {error}") from None
    apart = abs(seconds + micros / 1e6 - wall_clock().timestamp())
    if apart > CLOCK_MARGIN_SECONDS:
        raise Misconfigured(f"the clocks of this machine and of Redis are {apart:.1f} s apart: synchronise them")
    return f"answers; clocks are {apart * 1000:.0f} ms apart"


def _check_slack(settings: Settings) -> str:
    settings.require_slack()
    slack = connect_slack(settings.slack_channel, settings.slack_bot_token.reveal, api_url=settings.slack_api_url)
    outcome = slack.check()
    if isinstance(outcome, Posted):
        return f"the token works; channel {settings.slack_channel}"
    if isinstance(outcome, Refused):
        raise Misconfigured(f"Slack says {outcome.reason}: check SLACK_BOT_TOKEN and its scopes")
    raise Unavailable("slack", str(outcome))
