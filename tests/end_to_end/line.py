"""The whole line for one test: a broker, a Redis and a Slack of its own, four processes, and what came of a day."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import redis
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings, read_settings
from services.alerts.alert import Alert
from streams.broker.kafka import Outbox, Record, kafka_answers, offset_headers, read_whole
from streams.broker.topic_setup import create_topics
from streams.clock import wall_clock
from streams.delivery.card_writer import NOTICE
from streams.local.day_player import arrival_of
from streams.local.embedded import EmbeddedBroker, EmbeddedRedis
from streams.local.supervisor import PROCESSES, STOP_WITHIN_SECONDS, Supervisor
from streams.slack_stand_in.faults import Fault, FaultKind, ScriptedSlack
from streams.slack_stand_in.server import STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_stand_in.workspace import Workspace
from streams.topics import NEWS_ARTICLES
from streams.watching.watcher import Watcher
from tests.kafka_broker import ApacheKafka

SESSION_TIMEOUT_MS = "2000"
"""The group notices a killed member after this long, and the tests wait for it."""


HELD_REPLY_SECONDS = 60.0


class Broker(Protocol):
    """Tansu or Apache Kafka, as the test run was asked to use."""

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients."""

    def start(self) -> None:
        """Return when it serves."""

    def stop(self) -> None:
        """End it."""

    def kill(self) -> None:
        """SIGKILL."""


class Line:
    """Parts and processes of one line; ``bring_up`` starts what is still missing, ``close`` ends everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker = make_broker()
        self.redis = make_redis()
        self.slack = SlackStandIn(ScriptedSlack(Workspace(STAND_IN_TOKEN, (STAND_IN_CHANNEL,))))
        self.settings: Settings = read_settings(self._environment())
        self.supervisor = Supervisor(self._environment(), folder / "logs")
        self.watcher = Watcher(self.settings, lambda alert, receipt: None)
        self.outbox = Outbox(self.settings)
        self._stack = contextlib.ExitStack()

    def start_parts(self) -> None:
        """Redis and Slack; the broker is left to the test that wants it late."""
        self._stack.callback(self.redis.stop)
        self.redis.start()
        self._stack.callback(self.slack.stop)
        self.slack.start()

    def start_broker(self) -> None:
        """The broker with all topics, and the watcher on them."""
        self._stack.callback(self.broker.stop)
        self.broker.start()
        create_topics(self.settings)
        self._stack.callback(self.watcher.stop)
        self.watcher.start()
        self._stack.callback(self.outbox.close)

    def start_processes(self) -> None:
        """All four, not waiting for them."""
        self._stack.callback(self.supervisor.stop)
        self.supervisor.start()

    def bring_up(self) -> None:
        """Everything, and ready."""
        self.start_parts()
        self.start_broker()
        self.start_processes()
        self.supervisor.wait_until_ready(lambda sentence: None)

    def close(self) -> None:
        """End whatever was started; may be called again."""
        self._stack.close()

    def kill(self, process: str) -> None:
        """SIGKILL, and start it again as the supervisor does."""
        child = self.supervisor.children[process]
        child.process.kill()
        child.process.wait()
        assert self.supervisor.restart_ended() == [process]

    def send_article(self, article: bytes) -> None:
        """One article of the sample day, as of its own time."""
        at = arrival_of(article)
        offset_ms = int((at - wall_clock()).total_seconds() * 1000)
        # An outbox of its own: one whose broker went away in between would have to find that out first.
        outbox = Outbox(self.settings)
        outbox.send(NEWS_ARTICLES.name, None, article, offset_headers(offset_ms))
        outbox.flush()
        outbox.close()

    def hold_slack_replies(self, count: int) -> None:
        """Slack takes the next posts and keeps the caller waiting for the answer."""
        held = Fault(kind=FaultKind.SLOW, seconds=HELD_REPLY_SECONDS, count=count)
        self.slack.scripted.add_faults(held)

    def terminate(self) -> dict[str, int]:
        """SIGTERM to all at once; the exit status by process. Whoever needs longer than promised fails the test."""
        children = self.supervisor.children.values()
        for child in children:
            child.process.send_signal(signal.SIGTERM)
        return {child.name: child.process.wait(timeout=STOP_WITHIN_SECONDS) for child in children}

    def probe(self, process: str, path: str) -> tuple[int, Any]:
        """Status and JSON of ``/healthz`` or ``/readyz``; 0 while nothing listens."""
        url = f"http://127.0.0.1:{self.supervisor.children[process].port}/{path}"
        try:
            try:
                with urllib.request.urlopen(url, timeout=2) as reply:
                    return reply.status, json.load(reply)
            except urllib.error.HTTPError as error:
                return error.code, json.load(error)
        except (OSError, http.client.HTTPException):
            # Also an answer that breaks off: whoever waits asks again.
            return 0, None

    def samples(self, process: str, metric: str, label: str) -> dict[str, float]:
        """Samples of one metric that are not zero, by one of its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.supervisor.children[process].port}/metrics") as reply:
            families = text_string_to_metric_families(reply.read().decode())
        samples = [sample for family in families for sample in family.samples if sample.name == metric]
        return {sample.labels[label]: sample.value for sample in samples if sample.value}

    def statuses(self, path: str) -> dict[str, int]:
        """Status of one path for each process."""
        return {process: self.probe(process, path)[0] for process in PROCESSES}

    def listening_ports(self) -> list[int]:
        """Ports of this line on which something still answers."""
        children = [child.port for child in self.supervisor.children.values()]
        broker = int(self.broker.bootstrap.rpartition(":")[2])
        slack = int(self.slack.url.rstrip("/").rpartition(":")[2])
        return [port for port in (*children, broker, self.redis.port, slack) if kafka_answers(f"127.0.0.1:{port}")]

    def records(self, topic: str) -> list[Record]:
        """A topic as it is now."""
        return list(read_whole(self.settings, topic))

    def redis_client(self) -> redis.Redis:
        """A client of this line's Redis."""
        return redis.Redis.from_url(self.settings.redis_url)

    def root_messages(self) -> list[tuple[str, str, Mapping[str, object]]]:
        """(alert id, ts, message) for each message of the channel that is no reply, as people see it now.

        Without notices, such as the daily sign of life, which comes when its hour comes.
        """
        messages = [
            message.view(with_metadata=True)
            for message in self.slack.scripted.workspace.message_list(STAND_IN_CHANNEL)
            if message.thread_ts in (None, message.ts)
        ]
        told = [(alert_payload(message["metadata"]), str(message["ts"]), message) for message in messages]
        return [
            (payload["alert_id"], ts, message) for payload, ts, message in told if payload.get("reply_id") != NOTICE
        ]

    def final_alerts(self) -> dict[str, Alert]:
        """The last revision of each alert, by id."""
        return {alert_id: known[max(known)] for alert_id, known in self.watcher.revisions.items()}

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "KAFKA_SESSION_TIMEOUT_MS": SESSION_TIMEOUT_MS,
            "REDIS_URL": self.redis.url,
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": STAND_IN_TOKEN,
            "SLACK_CHANNEL": STAND_IN_CHANNEL,
            "SLACK_PACE_SECONDS": "0.02",
        }


@contextlib.contextmanager
def line_in(folder: Path) -> Iterator[Line]:
    """A line of which nothing has been started; what the test starts ends with the block, also when it fails."""
    line = Line(folder)
    try:
        yield line
    finally:
        line.close()


def alert_payload(metadata: Any) -> Mapping[str, Any]:
    """``alert_id`` and ``revision`` as the message's metadata has them."""
    assert metadata["event_type"] == "policy_alert"
    payload: Mapping[str, Any] = metadata["event_payload"]
    return payload


def make_broker() -> Broker:
    """A fresh one, as the environment asks."""
    if os.environ.get("POLICY_SIGNALS_TEST_BROKER") == "apache":
        return ApacheKafka()
    return EmbeddedBroker()


def make_redis() -> EmbeddedRedis:
    """A fresh one, as the environment asks."""
    server = EmbeddedRedis()
    if os.environ.get("POLICY_SIGNALS_TEST_REDIS") == "server":
        assert "fakeredis" not in server.name, f"a real redis-server was asked for, found {server.name}"
    return server
