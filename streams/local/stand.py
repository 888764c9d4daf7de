"""Where the line stands on one machine: its broker, its Redis, its Slack, its processes; and ``policy-signals up``."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from config.settings import Settings, read_settings
from streams.broker.topic_setup import create_topics
from streams.local.embedded import EmbeddedBroker, EmbeddedRedis, SlackStandInServer
from streams.local.supervisor import Supervisor

WATCH_SECONDS = 1.0
EMBEDDED_SESSION_TIMEOUT_MS = 6_000
"""The embedded broker lets a group join take half of the session timeout, so it gets a short one."""

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A line that runs: its settings, its supervisor, and whether Slack is the bundled stand-in."""

    settings: Settings
    supervisor: Supervisor
    is_stand_in: bool


@contextlib.contextmanager
def standing(out: Path, say: Say, extra: Mapping[str, str]) -> Iterator[Stand]:
    """The whole line up and ready for the length of the block; everything started here is stopped after it."""
    with contextlib.ExitStack() as stack:
        environment = {**os.environ, **extra}
        environment |= _bring_broker(environment, stack, say)
        environment |= _bring_redis(environment, stack, say)
        is_stand_in = not (environment.get("SLACK_CHANNEL") and _has_token(environment))
        if is_stand_in:
            environment |= _bring_slack(stack, say, out / "slack.jsonl")
        else:
            say(f"Slack is the real one, channel {environment['SLACK_CHANNEL']}")
        settings = read_settings(environment)
        created = create_topics(settings)
        say(f"topics: {len(created)} created" if created else "topics: all there")
        supervisor = Supervisor(environment, out / "logs")
        stack.callback(supervisor.stop)
        supervisor.start()
        supervisor.wait_until_ready(say)
        yield Stand(settings=settings, supervisor=supervisor, is_stand_in=is_stand_in)


def run_up(out: Path) -> int:
    """Keep the line up until Ctrl-C or SIGTERM; restarts a process that ends by itself. Returns the exit code."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with standing(out, typer.echo, {}) as stand:
        typer.echo(
            f"up: articles to news.articles and ticks to market.ticks on {stand.settings.kafka_bootstrap}; Ctrl-C ends"
        )
        while not stop.wait(WATCH_SECONDS):
            for name in stand.supervisor.restart_ended():
                typer.echo(f"{name} ended by itself and was started again, see {out / 'logs' / name}.jsonl", err=True)
        typer.echo("draining: each process finishes what is in flight, the rest stays on Kafka")
    typer.echo("stopped")
    return 0


def _has_token(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("SLACK_BOT_TOKEN") or environment.get("SLACK_BOT_TOKEN_FILE"))


def _bring_broker(environment: Mapping[str, str], stack: contextlib.ExitStack, say: Say) -> dict[str, str]:
    if environment.get("KAFKA_BOOTSTRAP"):
        say(f"Kafka: {environment['KAFKA_BOOTSTRAP']} (KAFKA_BOOTSTRAP)")
        return {}
    broker = EmbeddedBroker()
    stack.callback(broker.stop)
    broker.start()
    say(f"Kafka: {broker.name} on {broker.bootstrap}")
    return {"KAFKA_BOOTSTRAP": broker.bootstrap, "KAFKA_SESSION_TIMEOUT_MS": str(EMBEDDED_SESSION_TIMEOUT_MS)}


def _bring_redis(environment: Mapping[str, str], stack: contextlib.ExitStack, say: Say) -> dict[str, str]:
    if environment.get("REDIS_URL") or environment.get("REDIS_URL_FILE"):
        say("Redis: the one of REDIS_URL")
        return {}
    server = EmbeddedRedis()
    stack.callback(server.stop)
    server.start()
    say(f"Redis: {server.name} on 127.0.0.1:{server.port}")
    return {"REDIS_URL": server.url}


def _bring_slack(stack: contextlib.ExitStack, say: Say, journal: Path) -> dict[str, str]:
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.unlink(missing_ok=True)
    slack = SlackStandInServer(journal)
    stack.callback(slack.stop)
    slack.start()
    say(f"Slack: the bundled stand-in on 127.0.0.1:{slack.port}")
    say("       (set SLACK_BOT_TOKEN and SLACK_CHANNEL to post to the real one)")
    # A token for the real Slack's Socket Mode is of no use here.
    return {**slack.environment(), "SLACK_APP_TOKEN": "", "SLACK_APP_TOKEN_FILE": ""}
