"""``check``, ``doctor`` and ``topics create``: is everything as the line needs it?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import redis
import typer

from config.addresses import hide_login
from config.alerting import FOLDER, load_authorities, load_policy
from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.feeds import describe_feeds, feeds_file, load_feeds
from config.market import load_trade_rules
from config.outputs import describe_channels
from config.routing import load_routing
from config.settings import Settings, read_settings
from config.tick_mapping import load_tick_source
from config.tone_model import load_tone_model
from services.errors import Misconfigured, Unavailable
from services.market.sessions.sessions import ExchangeCalendar
from streams.broker.kafka import kafka_answers
from streams.broker.topic_setup import create_topics, missing_topics
from streams.clock import wall_clock
from streams.prices.price_store import RedisPriceStore, connect
from streams.prices.price_store_size import measure_store
from streams.slack.client import connect_slack
from streams.slack.outcome import Posted, Refused, outcome_label

CALENDAR_MARGIN_DAYS = 30
CLOCK_MARGIN_SECONDS = 2.0
SLACK_TIMEOUT_SECONDS = 5


def check_configuration(folder: Path | None = None) -> None:
    """Read the environment and every file of ``folder`` (None: the one in use); raises Misconfigured."""
    settings = read_settings(os.environ)
    # A folder on trial is judged by what lies in it.
    feeds_path = feeds_file(settings) if folder is None else folder / "feeds.toml"
    folder = folder or FOLDER
    if settings.slack_bot_token or settings.slack_channel:
        settings.require_slack()
    connect(settings.redis_url).close()
    catalogue = load_catalogue(folder / "catalogue")
    calendars = load_calendars(folder / "exchanges.toml")
    load_policy(folder / "alerting.toml")
    load_authorities(folder / "sources.toml")
    routing = load_routing(catalogue, folder / "routing.toml")
    rules = load_trade_rules(folder)
    feeds = load_feeds(catalogue, feeds_path, settings.feeds_local_port)
    sources = [
        load_tick_source(path, None, catalogue.has_instrument)
        for path in sorted((folder / "tick_sources").glob("*.toml"))
    ]
    for name in sorted({listing.exchange for listing in catalogue.listings()}):
        if name not in calendars:
            raise Misconfigured(f"exchanges.toml: no exchange {name!r}, which listings of the catalogue use")
    model = load_tone_model()
    typer.echo(f"catalogue   {catalogue.describe()}")
    typer.echo(f"reader      {model.version}")
    typer.echo(f"exchanges   {len(calendars)} calendars")
    for name, calendar in calendars.items():
        _warn_of_end(name, calendar, wall_clock())
    typer.echo(f"trades      {len(rules.not_price_forming)} conditions form no price, {len(rules.units)} units")
    typer.echo(f"tick files  {len(sources)} in tick_sources/, tokens not looked for")
    typer.echo(f"feeds       {describe_feeds(feeds)}")
    typer.echo("thresholds  alerting.toml, sources.toml")
    typer.echo(f"slack       {'token and channel are set' if settings.slack_channel else 'not set'}")
    for line in describe_channels(routing.channels, os.environ):
        typer.echo(f"channel     {line}")
    typer.echo("configuration is right")


def run_doctor(as_json: bool) -> int:
    """Ask every outside system; 0 when all answer as needed, else 1."""
    settings = read_settings(os.environ)
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("kafka", _check_kafka),
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
    """Create what the table names and the broker lacks. Raises Unavailable."""
    settings = read_settings(os.environ)
    _check_kafka(settings)
    created = create_topics(settings)
    typer.echo("\n".join(f"created {name}" for name in created) or "all topics exist")


def _warn_of_end(name: str, calendar: ExchangeCalendar, now: datetime) -> None:
    left = calendar.days_left(now)
    if left < CALENDAR_MARGIN_DAYS:
        end = f"ends in {left} days" if left >= 0 else f"ended {-left} days ago"
        typer.echo(f"warning     the calendar {name} {end}: run `make calendars`", err=True)


def _attempt(ask: Callable[[Settings], str], settings: Settings) -> tuple[bool, str]:
    try:
        return True, ask(settings)
    except (Unavailable, Misconfigured) as error:
        return False, " ".join(str(error).split())


def _check_kafka(settings: Settings) -> str:
    if not kafka_answers(settings.kafka_bootstrap):
        # Asking the port first: the client would wait for seconds.
        raise Unavailable("kafka", f"nothing listens on {settings.kafka_bootstrap} (KAFKA_BOOTSTRAP)")
    return f"listens on {settings.kafka_bootstrap}"


def _check_topics(settings: Settings) -> str:
    _check_kafka(settings)
    missing = missing_topics(settings)
    if missing:
        raise Misconfigured(f"missing {', '.join(missing)}: run `policy-signals topics create`")
    return "all there"


def _check_redis(settings: Settings) -> str:
    try:
        seconds, micros = connect(settings.redis_url).time()
    except redis.RedisError as error:
        place = f"{hide_login(settings.redis_url)} (REDIS_URL)"
        raise Unavailable("redis", f"{place}: {type(error).__name__}: {error}") from None
    apart = abs(seconds + micros / 1e6 - wall_clock().timestamp())
    if apart > CLOCK_MARGIN_SECONDS:
        raise Misconfigured(f"the clocks of this machine and of Redis are {apart:.1f} s apart: synchronise them")
    size = measure_store(RedisPriceStore(settings.redis_url))
    return f"answers; clocks are {apart * 1000:.0f} ms apart; price store: {size.describe()}"


def _check_slack(settings: Settings) -> str:
    settings.require_slack()
    slack = connect_slack(
        settings.slack_channel,
        settings.slack_bot_token.reveal,
        api_url=settings.slack_api_url,
        timeout_seconds=SLACK_TIMEOUT_SECONDS,
    )
    outcome = slack.check()
    if isinstance(outcome, Posted):
        return f"the token works; channel {settings.slack_channel}"
    if isinstance(outcome, Refused) and outcome.reason != "unreachable":
        raise Misconfigured(f"Slack says {outcome.reason}: check SLACK_BOT_TOKEN, its scopes and SLACK_CHANNEL")
    raise Unavailable("slack", f"{settings.slack_api_url} (SLACK_API_URL): {outcome_label(outcome)}")
