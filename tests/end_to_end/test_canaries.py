"""No secret leaves the line: every secret is a canary, everything is said at DEBUG, and nothing that comes out holds one."""

from __future__ import annotations

import traceback
import urllib.request
from contextlib import closing

import pytest
from typer.testing import CliRunner

from services.errors import Unavailable
from streams.cli.commands import app
from streams.local.embedded import free_port
from streams.prices.price_book import RedisPriceBook
from streams.slack_stand_in.faults import Fault, FaultKind
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_TOKEN
from streams.topics import NEWS_ARTICLES, TOPICS
from streams.watching.health import Health
from tests.end_to_end.days import Day, play
from tests.end_to_end.line import Line
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts

CANARIES = {
    "INTAKE_TOKEN": "canary-intake-4f1d0a77c2",
    "SECOND_READER_API_KEY": "canary-second-reader-90ab11",
    "SLACK_APP_TOKEN": STAND_IN_APP_TOKEN,
    "DESK_WEBHOOK_KEY": "canary-webhook-8c2b1d",
}
REDIS_PASSWORD = "canary-redis-77aa01"
SECRETS = (*CANARIES.values(), REDIS_PASSWORD, STAND_IN_TOKEN)


class LoudLine(Line):
    """Says everything, and holds every secret that the line can hold."""

    def _environment(self) -> dict[str, str]:
        more = {"LOG_LEVEL": "DEBUG", "SECOND_READER_MODEL": "none", "SECOND_READER_TIMEOUT_SECONDS": "0.5"}
        dead = f"http://127.0.0.1:{free_port()}/v1"
        return {**super()._environment(), **CANARIES, **more, "SECOND_READER_URL": dead}


@pytest.fixture(scope="module")
def said(short_day: Day, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that came out of the line, by where it came out."""
    folder = tmp_path_factory.mktemp("canaries")
    with closing(LoudLine(folder)) as line:
        line.bring_up()
        # Errors are where secrets slip out: poison, a Slack that fails, a process that is killed.
        line.outbox.send(NEWS_ARTICLES.name, None, b"{broken")
        line.outbox.flush()
        line.slack.scripted.add_faults(Fault(kind=FaultKind.SERVER_ERROR, count=2))
        play(line, short_day)
        wait_until(lambda: bool(line.records(NEWS_ARTICLES.dead_letters)), "the poison set aside")
        found = {"metrics of " + name: _read_metrics(line, name) for name in line.supervisor.children}
        for topic in TOPICS:
            for name in (topic.name, topic.dead_letters) if topic.has_dead_letters else (topic.name,):
                found[name] = repr(line.records(name))
        found["slack"] = repr([call.arguments for call in line.slack.scripted.calls()])
        line.terminate()
    for log in sorted((folder / "logs").iterdir()):
        found[f"log {log.name}"] = log.read_text(encoding="utf-8")
    return found


def _read_metrics(line: Line, process: str) -> str:
    port = line.supervisor.children[process].port
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
        metrics: str = reply.read().decode()
    return metrics


def test_nothing_that_comes_out_of_the_line_holds_a_secret(said: dict[str, str]) -> None:
    """Logs at DEBUG, metrics, every topic, dead letters, what Slack was sent."""
    found = [(place, secret) for place, text in said.items() for secret in SECRETS if secret in text]
    assert found == []


def test_the_day_said_enough_for_that_to_mean_something(said: dict[str, str]) -> None:
    """A line that says nothing leaks nothing."""
    logs = "".join(text for place, text in said.items() if place.startswith("log "))
    assert all(word in logs for word in ("set aside", "delivered", '"signal"', '"alert"'))
    assert "not_json" in said[NEWS_ARTICLES.dead_letters]
    assert len(said["slack"]) > 1_000


@pytest.mark.parametrize("words", ["check", "doctor --json", "--help", "run --help", "topics create"])
def test_commands_that_fail_or_explain_tell_no_secret(words: str) -> None:
    """With everything away: the sentence names the variable and the host, not what is in it."""
    away = f"127.0.0.1:{free_port()}"
    environment = {
        **CANARIES,
        "KAFKA_BOOTSTRAP": away,
        "REDIS_URL": f"redis://:{REDIS_PASSWORD}@{away}/0",
        "SLACK_API_URL": f"http://{away}/api/",
        "SLACK_BOT_TOKEN": "xoxb-canary-123456",
        "SLACK_CHANNEL": "C0123456789",
    }
    found = CliRunner().invoke(app, words.split(), env=environment)
    told = found.output + (found.stderr if found.stderr_bytes else "") + repr(found.exception)
    assert [secret for secret in (*SECRETS, "xoxb-canary-123456") if secret in told] == []


def test_an_absent_redis_is_named_without_its_password() -> None:
    """Client libraries like to print the address that they were given."""
    book = RedisPriceBook(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{free_port()}/0", Health("redis"))
    with pytest.raises(Unavailable) as caught:
        book.ping()
    assert REDIS_PASSWORD not in "".join(traceback.format_exception(caught.value))
