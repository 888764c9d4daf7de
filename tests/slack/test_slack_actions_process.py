"""``policy-signals run slack-actions`` as people start it: readiness, refusals, its end; and ``audit verify``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.alerts.feedback import Verdict, give_feedback
from services.news.parsing import parse_article
from streams.broker.kafka import Outbox
from streams.clock import wall_clock
from streams.codec import encode
from streams.local.embedded import free_port
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_CHANNEL, STAND_IN_TOKEN
from streams.topics import NEWS_ARTICLES, POLICY_FEEDBACK
from tests.slack.actions_bench import ActionsBench, make_alert, own_bench, own_broker
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts


@pytest.fixture(scope="module")
def bench() -> Iterator[ActionsBench]:
    with own_broker() as bootstrap, own_bench(bootstrap) as bench:
        yield bench


def environment_of(bench: ActionsBench, port: int) -> dict[str, str]:
    hidden = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {
        **{name: value for name, value in os.environ.items() if name not in hidden},
        "KAFKA_BOOTSTRAP": bench.settings.kafka_bootstrap,
        "KAFKA_SESSION_TIMEOUT_MS": "2000",
        "SLACK_BOT_TOKEN": STAND_IN_TOKEN,
        "SLACK_APP_TOKEN": STAND_IN_APP_TOKEN,
        "SLACK_CHANNEL": STAND_IN_CHANNEL,
        "SLACK_API_URL": bench.slack.api_url,
        "METRICS_PORT": str(port),
        "LOG_LEVEL": "DEBUG",
    }


def run(bench: ActionsBench, *arguments: str, changes: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "streams.cli.commands", *arguments],
        env=environment_of(bench, 0) | changes,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def read(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_the_process_answers_counts_and_ends_without_telling_a_secret(bench: ActionsBench, tmp_path: Path) -> None:
    """Logged at DEBUG, everything on the way: neither token nor the address of the connection is in any line."""
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams.cli.commands", "run", "slack-actions"],
            env=environment_of(bench, port),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: '"ready": true' in read(port, "/readyz"), "the process is ready")
        assert bench.command("mute regulator SAMR for 8h").startswith("Muted regulator SAMR")
        wait_until(lambda: "policy_signals_mutes_active 1.0" in read(port, "/metrics"), "the mute is counted")
        assert 'policy_signals_slack_requests_total{outcome="changed"} 1.0' in read(port, "/metrics")
    finally:
        process.terminate()
        status = process.wait(timeout=20)
    assert status == 0
    lines = log.read_text(encoding="utf-8")
    assert '"event": "changed"' in lines
    assert [secret for secret in (STAND_IN_TOKEN, STAND_IN_APP_TOKEN, "ticket=") if secret in lines] == []


def test_the_audit_can_be_verified_and_listed(bench: ActionsBench) -> None:
    """Exit code 0 for a sound chain, 1 where a digest noted before is missing."""
    with bench.running():
        bench.command("watch add 0700.HK", user="U0AUDITED")
    assert run(bench, "audit", "verify").returncode == 0
    wrong = run(bench, "audit", "verify", "--expect", "0123456789abcdef")
    assert (wrong.returncode, "the chain was made anew" in wrong.stderr) == (1, True)
    assert "U0AUDITED" in run(bench, "audit", "list").stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": "xoxb-canary"}, "SLACK_APP_TOKEN does not begin with xapp-"),
        ({"SLACK_CHANNEL": ""}, "SLACK_CHANNEL is not set"),
    ],
)
def test_without_what_it_needs_the_process_says_so_and_ends(
    bench: ActionsBench, changes: dict[str, str], sentence: str
) -> None:
    """One sentence, exit code 2, no token in it."""
    ended = run(bench, "run", "slack-actions", changes=changes)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "canary" not in ended.stderr


def test_presses_and_commands_can_be_made_from_outside_of_the_stand_in(bench: ActionsBench) -> None:
    """For a person who tries things out, and for tests with processes: over ``/admin``."""
    url = f"{bench.slack.url}admin/press"
    body = json.dumps({"channel": STAND_IN_CHANNEL, "ts": "1.0", "action_id": "policy_acknowledge"}).encode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, data=body, method="POST"), timeout=5)
    assert refused.value.code == 400
    refused.value.close()
    with bench.running():
        command = json.dumps({"text": "help", "channel": STAND_IN_CHANNEL}).encode()
        request = urllib.request.Request(f"{bench.slack.url}admin/command", data=command, method="POST")
        with urllib.request.urlopen(request, timeout=5) as answer:
            envelope = json.load(answer)["envelope_id"]
        assert bench.slack.hub.wait_for_acknowledgement(envelope).after_seconds < 30.0


def test_feedback_is_exported_with_the_text_it_is_about(bench: ActionsBench, tmp_path: Path) -> None:
    """One row per last word, ready to be read by a training; what is gone from the topic is counted."""
    body = {"url": "https://news.example/1", "title": "Regulator ends its probe", "body": "It has ended."}
    article = json.dumps({**body, "source": "wire", "published_at": wall_clock().isoformat()}).encode()
    known = parse_article(article, wall_clock()).article_id
    alert = make_alert(1)
    words = [
        replace(give_feedback(alert, Verdict.WRONG_TONE, user, wall_clock()), article_id=article_id)
        for user, article_id in (("U1", known), ("U2", "art_gone"))
    ]
    words = [replace(words[0], rules=("closes_probe",)), replace(words[1], alert_id="alt_other")]
    outbox = Outbox(bench.settings)
    outbox.send(NEWS_ARTICLES.name, None, article)
    for word in words:
        outbox.send(POLICY_FEEDBACK.name, word.alert_id, encode(word))
    outbox.flush()
    outbox.close()
    file = tmp_path / "rows.jsonl"
    assert "1 rows" in (said := run(bench, "feedback", "export", str(file)).stdout)
    assert "1 articles are no longer on news.articles" in said
    row = json.loads(file.read_text(encoding="utf-8"))
    assert (row["title"], row["verdict"]) == ("Regulator ends its probe", "wrong_tone")
    assert (row["body"], row["signal_digest"]) == ("It has ended.", words[0].signal_digest)
    assert row["rules"] == ["closes_probe"]
    assert "0% useful of 2" in run(bench, "feedback", "show").stdout
