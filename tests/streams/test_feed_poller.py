"""The process as people start it: feeds, intake and folder onto the real topic, health beside it, a quick end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.settings import Settings
from streams.broker.kafka import read_whole
from streams.cli.commands import app
from streams.local.embedded import free_port
from streams.topics import NEWS_ARTICLES
from tests.streams.hostile_server import HostileServer, item, rss, says
from tests.streams.waiting import wait_until

ROOT = Path(__file__).parents[2]
TOKEN = "intake-CANARY-86420"
FEEDS = """
[[feed]]
id = "local-good"
url = "http://127.0.0.1:{port}/feed"
source = "Regulator"
authority = "official"
language = "en"
interval_seconds = 0.3
[[feed]]
id = "local-broken"
url = "http://127.0.0.1:{port}/broken"
source = "Other"
authority = "press"
language = "en"
"""


@contextmanager
def in_a_thread(server: HostileServer) -> Iterator[HostileServer]:
    """A server with a loop of its own."""
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with server.serving():
            ready.set()
            await done.wait()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)


def answer_of(url: str, data: bytes | None = None, token: str = TOKEN) -> tuple[int, str]:
    """Status and body; status 0 while nobody listens."""
    request = urllib.request.Request(url, data=data, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_every_way_in_leads_to_the_topic_and_the_process_leaves_quickly(
    shared_settings: Settings, tmp_path: Path, unique: Callable[[str], str]
) -> None:
    """A post, a dropped file and a feed; ready while Kafka answers; gone within ten seconds of SIGTERM."""
    server = HostileServer({"/feed": says(rss(item(1))), "/broken": says("", 500)})
    name, metrics_port, intake_port = unique("title"), free_port(), free_port()
    article = {"source": "Vendor", "url": "", "title": f"{name} posted", "published_at": "2023-07-13T05:59:00Z"}
    with in_a_thread(server):
        (tmp_path / "feeds.toml").write_text(FEEDS.format(port=server.port), encoding="utf-8")
        drop = tmp_path / "drop"
        drop.mkdir()
        (drop / "a.json").write_text(json.dumps({**article, "title": f"{name} dropped"}), encoding="utf-8")
        environment = os.environ | {
            "KAFKA_BOOTSTRAP": shared_settings.kafka_bootstrap,
            "REDIS_URL": shared_settings.redis_url,
            "METRICS_PORT": str(metrics_port),
            "FEEDS_FILE": str(tmp_path / "feeds.toml"),
            "FEEDS_LOCAL_PORT": str(server.port),
            "INTAKE_TOKEN": TOKEN,
            "INTAKE_PORT": str(intake_port),
            "INTAKE_FOLDER": str(drop),
        }
        command = [sys.executable, "-m", "streams.cli.commands", "run", "feed-poller"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
            try:
                intake = f"http://127.0.0.1:{intake_port}/v1/articles"
                body = json.dumps(article).encode()
                wait_until(lambda: answer_of(intake, body)[0] == 202, "the intake takes an article")
                wait_until((drop / "done" / "a.json").exists, "the file was sent")
                place = f"http://127.0.0.1:{metrics_port}"
                wait_until(lambda: answer_of(f"{place}/readyz")[0] == 200, "ready")
                beat = "policy_signals_heartbeat_timestamp_seconds 0.0"
                wait_until(lambda: beat not in answer_of(f"{place}/metrics")[1], "the heart beats")
                primed = 'policy_signals_feed_polls_total{feed="local-good",result="answered"} '
                wait_until(lambda: f"{primed}0.0" not in answer_of(f"{place}/metrics")[1], "the feed was asked")
                server.answers["/feed"] = says(rss(item(1), item(2, f"{name} fed")))
                wait_until(lambda: len(titles(shared_settings, name)) == 3, "all three lie on the topic")
            finally:
                process.send_signal(signal.SIGTERM)
                _, errors = process.communicate(timeout=30)
        assert process.returncode == 0
    assert titles(shared_settings, name) == {f"{name} posted", f"{name} dropped", f"{name} fed"}
    assert TOKEN not in errors.decode()
    assert "Traceback" not in errors.decode()


def titles(settings: Settings, name: str) -> set[str]:
    """Of the articles on the topic whose title holds ``name``."""
    found = (json.loads(record.value or b"{}").get("title", "") for record in read_whole(settings, NEWS_ARTICLES.name))
    return {title for title in found if name in title}


@pytest.fixture
def two_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One feed that answers and one that does not, on this machine."""
    server = HostileServer({"/feed": says(rss(item(1), item(2))), "/broken": says("", 500)})
    with in_a_thread(server):
        path = tmp_path / "feeds.toml"
        path.write_text(FEEDS.format(port=server.port), encoding="utf-8")
        monkeypatch.setenv("FEEDS_LOCAL_PORT", str(server.port))
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        yield path


def test_check_tells_of_every_feed_also_of_those_that_do_not_answer(two_feeds: Path) -> None:
    """Hidden failures are how a quiet feed is taken for a quiet day."""
    result = CliRunner().invoke(app, ["feeds", "check", "--file", str(two_feeds), "--json"])
    assert result.exit_code == 1
    found = {line["feed"]: line for line in map(json.loads, result.stdout.splitlines())}
    assert (found["local-good"]["ok"], found["local-good"]["entries"]) == (True, 2)
    assert found["local-good"]["newest"] == "2023-07-13T06:00:00Z"
    assert found["local-good"]["robots"] == "allowed"
    assert (found["local-broken"]["ok"], found["local-broken"]["problem"]) == (False, "server_error")


def test_one_feed_can_be_checked_for_people(two_feeds: Path) -> None:
    """One line a feed; nothing failed, so the exit code says so."""
    result = CliRunner().invoke(app, ["feeds", "check", "local-good", "--file", str(two_feeds)])
    assert result.exit_code == 0
    assert "2 entries, 2 dated, newest 2023-07-13 06:00 UTC, robots allowed" in result.stdout


def test_a_preview_shows_what_would_be_sent(two_feeds: Path) -> None:
    """In the intake format, so that it can be piped into classify."""
    result = CliRunner().invoke(app, ["feeds", "preview", "local-good", "--file", str(two_feeds)])
    assert [json.loads(line)["source"] for line in result.stdout.splitlines()] == ["Regulator", "Regulator"]


def test_a_name_that_is_no_feed_is_said(two_feeds: Path) -> None:
    """With the way to the right names."""
    result = CliRunner().invoke(app, ["feeds", "check", "nobody", "--file", str(two_feeds)])
    assert result.exit_code == 2
    assert "feeds list" in result.output


def test_the_list_shows_all_feeds_and_how_many_are_unverified(two_feeds: Path) -> None:
    """Nothing is asked for that."""
    result = CliRunner().invoke(app, ["feeds", "list", "--file", str(two_feeds)])
    assert "local-broken" in result.stdout
    assert "2 in feeds.toml, 2 not verified" in result.stdout


def add(path: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["feeds", "add", *arguments, "--file", str(path)])


def test_a_feed_that_answers_is_added_as_verified_and_can_be_used_at_once(two_feeds: Path) -> None:
    """One command instead of a table of settings; what the file said before stays as it was, comments too."""
    before = "# ours\n" + two_feeds.read_text(encoding="utf-8")
    two_feeds.write_text(before, encoding="utf-8")
    url = before.split('url = "')[1].split('"')[0] + "?of=news"
    result = add(two_feeds, url, "--source", 'The "Daily"', "--authority", "press", "--time-zone", "Asia/Tokyo")
    assert result.exit_code == 0, result.output
    assert "2 entries" in result.stdout
    assert "127-0-0-1-feed added: 3 in feeds.toml, 2 not verified" in result.stdout
    after = two_feeds.read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    [found] = [feed for feed in tomllib.loads(after)["feed"] if feed["id"] == "127-0-0-1-feed"]
    assert found["source"] == 'The "Daily"'
    assert found["verified"] is True
    assert found["extract"] == {"time_zone": "Asia/Tokyo"}
    assert CliRunner().invoke(app, ["feeds", "check", found["id"], "--file", str(two_feeds)]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("{url}/broken?2", "--source", "S", "--authority", "press"), "--unchecked adds a feed that does not answer"),
        (("{url}/feed", "--source", "S", "--authority", "press", "--unchecked"), "stands already in 'local-good'"),
        (("{url}/new", "--source", "S", "--authority", "gossip"), "--authority 'gossip' is none of official, exchange"),
        (("{url}/new", "--source", "S", "--authority", "press", "--unchecked", "--language", "fr"), "language: 'fr'"),
        (
            ("{url}/new", "--source", "S", "--authority", "press", "--unchecked", "--regulator", "XYZ"),
            "regulators.toml",
        ),
        (("http://10.0.0.1/a", "--source", "S", "--authority", "press", "--unchecked"), "url"),
    ],
    ids=["silent", "twice", "authority", "language", "regulator", "address"],
)
def test_a_feed_that_cannot_be_added_leaves_the_file_as_it_was(
    two_feeds: Path, arguments: tuple[str, ...], says: str
) -> None:
    """And says what to do."""
    before = two_feeds.read_text(encoding="utf-8")
    url = before.split('url = "')[1].rpartition("/feed")[0].split("/feed")[0]
    result = add(two_feeds, *(argument.format(url=url) for argument in arguments))
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())
    assert two_feeds.read_text(encoding="utf-8") == before
    assert [one.name for one in two_feeds.parent.iterdir()] == ["feeds.toml"]


def test_a_feed_that_does_not_answer_yet_can_be_added_unverified(two_feeds: Path) -> None:
    """Such as one behind a proxy that only the server passes."""
    url = two_feeds.read_text(encoding="utf-8").split('url = "')[1].split("/feed")[0]
    result = add(two_feeds, f"{url}/later", "--source", "S", "--authority", "press", "--id", "later", "--unchecked")
    assert "later added: 3 in feeds.toml, 3 not verified" in result.stdout


def test_the_rhythm_of_feeds_that_nobody_polled_is_said(two_feeds: Path) -> None:
    """Without Redis and without a poller the table still comes."""
    result = CliRunner().invoke(app, ["feeds", "rhythm", "--file", str(two_feeds)])
    assert result.exit_code == 0
    assert result.stdout.count("never answered") == 2
