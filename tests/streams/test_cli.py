"""The command line as a new user meets it: plain answers, plain mistakes, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from config.settings import DEFAULT_METRICS_PORTS
from streams.cli.commands import ProcessName, app
from streams.local.embedded import free_port
from streams.local.supervisor import PROCESSES

TITLE = "Rectification of platform companies completed"
BODY = "The State Council said the rectification of platform companies has been completed and it will support Tencent."
FIELDS = [
    "article_id",
    "language",
    "tone",
    "score",
    "confidence",
    "regulators",
    "sectors",
    "stage",
    "exposures",
    "evidence",
]
ROOT = Path(__file__).parents[2]
CANARY = "xoxb-CANARY-98765"
Ask = Callable[..., Result]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """``ask("check", SLACK_CHANNEL="C1")``: the command, with nothing in the environment but what is given."""
    for name in list(os.environ):
        if name.startswith(("KAFKA_", "REDIS_", "SLACK_", "METRICS_", "LOG_", "CARD_")):
            monkeypatch.delenv(name)

    def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


def lines_of(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def article(**fields: object) -> str:
    return json.dumps({"title": TITLE, "body": BODY, **fields}, ensure_ascii=False)


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "streams.cli.commands", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


# ---- help


@pytest.mark.parametrize(
    "command",
    [
        "",
        "classify",
        "replay",
        "sample-day",
        "demo",
        "up",
        "run",
        "slack-stand-in",
        "check",
        "doctor",
        "topics",
        "topics create",
    ],
)
def test_every_command_explains_itself(ask: Ask, command: str) -> None:
    """Also with -h, and without a broker or a configuration."""
    for option in ("--help", "-h"):
        result = ask(*command.split(), option, KAFKA_BOOTSTRAP="nonsense")
        assert result.exit_code == 0
        assert "Usage: " in result.stdout


def test_every_command_stands_in_the_readme() -> None:
    """The README is where people look first."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert f"policy-signals {command.name or command.callback.__name__}" in readme  # type: ignore[union-attr]


def test_run_knows_every_process() -> None:
    """One list of names for compose, supervisor and people."""
    names = tuple(name.value.replace("-", "_") for name in ProcessName)
    assert names[: len(PROCESSES)] == PROCESSES
    assert {*names} == DEFAULT_METRICS_PORTS.keys() - {"tick_source"}


def test_version_is_said(ask: Ask) -> None:
    """It is the first question of a report."""
    assert ask("--version").stdout.startswith("policy-signals")


@pytest.mark.parametrize("arguments", [["frob"], ["run", "nothing"], ["run"], ["replay"], ["classify", "--frob"]])
def test_wrong_usage_is_status_2(ask: Ask, arguments: list[str]) -> None:
    """As the README promises."""
    assert ask(*arguments).exit_code == 2


# ---- classify


def test_a_text_file_is_read_with_its_first_line_as_title(ask: Ask, tmp_path: Path) -> None:
    """What people have at hand is a text file."""
    file = tmp_path / "news.txt"
    file.write_text(f"{TITLE}\n{BODY}\n", encoding="utf-8")
    result = ask("classify", file)
    assert result.exit_code == 0
    first, *rest = result.stdout.splitlines()
    assert first.startswith("supportive +")
    assert first.endswith(TITLE)
    assert any(line.split()[:3] == ["exposure", "0700.HK", "direct"] for line in rest)
    assert any(BODY in line for line in rest)


def test_json_has_exactly_the_fields_of_the_readme(ask: Ask, tmp_path: Path) -> None:
    """Programs rely on the names."""
    file = tmp_path / "news.txt"
    file.write_text(f"{TITLE}\n{BODY}\n", encoding="utf-8")
    (reading,) = lines_of(ask("classify", "--json", file))
    assert list(reading) == FIELDS
    assert reading["tone"] == "supportive"
    exposures, evidence = reading["exposures"], reading["evidence"]
    assert isinstance(exposures, list)
    assert isinstance(evidence, list)
    assert all(list(exposure) == ["instrument", "role", "relevance"] for exposure in exposures)
    assert all(list(piece) == ["sentence", "weight"] for piece in evidence)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f'"{field}"' in readme for field in FIELDS)


def test_irrelevant_text_has_no_score(ask: Ask) -> None:
    """0.0 would read as neutral."""
    (reading,) = lines_of(ask("classify", "--json", "-", stdin=b"Panda cub born at the zoo\nThe keepers are glad.\n"))
    assert (reading["tone"], reading["score"], reading["exposures"]) == ("irrelevant", None, [])


@pytest.mark.parametrize("arguments", [["classify", "--json"], ["classify", "--json", "-"]])
@pytest.mark.parametrize("shape", ["text", "lines", "pretty", "list", "marked"])
def test_standard_input_takes_what_files_take(ask: Ask, arguments: list[str], shape: str) -> None:
    """Text, JSON Lines, one object over many lines, a list, with a byte order mark or without."""
    data = {
        "text": f"{TITLE}\n{BODY}",
        "lines": f"{article()}\n",
        "pretty": json.dumps({"title": TITLE, "body": BODY}, indent=2),
        "list": f"[{article()}]",
        "marked": f"\ufeff{article()}",
    }[shape]
    (reading,) = lines_of(ask(*arguments, stdin=data.encode()))
    assert reading["tone"] == "supportive"


def test_a_bad_line_keeps_its_place_and_gives_status_1(ask: Ask, tmp_path: Path) -> None:
    """The other articles are read all the same, and line n of the output belongs to article n of the input."""
    file = tmp_path / "news.jsonl"
    naive = article(published_at="2023-07-13T10:00:00")
    file.write_text("\n".join([article(), "{bad", "", naive, article(title="", body=""), "[1]", article()]))
    result = ask("classify", "--json", file)
    assert result.exit_code == 1
    readings = lines_of(result)
    assert [reading["article_id"] is None for reading in readings] == [False, True, True, True, True, False]
    assert readings[0] == readings[5]
    words = (
        "line 2: JSON is malformed",
        "line 4: published_at 2023-07-13T10:00:00 has no time zone",
        "line 5: title and body",
    )
    assert all(f"{file}: " in result.stderr and word in result.stderr for word in words)
    assert str(readings[1]["error"]).startswith("not_json: line 2")


def test_several_files_are_read_in_order(ask: Ask, tmp_path: Path) -> None:
    """Output follows input, whatever mix of files."""
    (tmp_path / "a.txt").write_text(f"{TITLE}\n{BODY}")
    (tmp_path / "b.jsonl").write_text(f"{article(title='One')}\n{article(title='Two')}\n")
    result = ask("classify", tmp_path / "b.jsonl", "-", tmp_path / "a.txt", stdin=article(title="Three").encode())
    titles = [line.rsplit("  ", 1)[1] for line in result.stdout.splitlines() if not line.startswith("  ")]
    assert titles == ["One", "Two", "Three", TITLE]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("missing.txt", "does not exist"), ("folder", "is a folder")],
)
def test_a_file_that_is_not_there_is_said_before_anything_is_read(
    ask: Ask, tmp_path: Path, name: str, sentence: str
) -> None:
    """Half an output would look like a whole one."""
    (tmp_path / "a.txt").write_text(f"{TITLE}\n{BODY}")
    (tmp_path / "folder").mkdir()
    result = ask("classify", tmp_path / "a.txt", tmp_path / name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"policy-signals: {tmp_path / name} {sentence}\n"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.txt", b"", "empty: there is nothing to read"),
        ("a.jsonl", b" \n\n", "empty: there is nothing to read"),
        ("a.txt", b"\xe2\x80\x8b", "no_text: there is no text in it"),
        ("a.txt", b"Tencent \xff\xfe", "not_utf8: byte 9 is not UTF-8 text"),
    ],
)
def test_a_file_without_an_article_is_status_1(ask: Ask, tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """Silence would look like an article of no interest."""
    (tmp_path / name).write_bytes(data)
    result = ask("classify", tmp_path / name)
    assert (result.exit_code, result.stderr) == (1, f"policy-signals: {tmp_path / name}: {sentence}\n")


def test_a_line_may_carry_more_or_less_than_the_intake_asks_for(ask: Ask) -> None:
    """Title and body are enough; what nobody knows is passed over; a number of any size is no reason to stop."""
    data = "\n".join([article(), article(foo={"bar": 10**40}, url=None, language=None), '{"body": "' + BODY + '"}'])
    result = ask("classify", "--json", stdin=data.encode())
    assert result.exit_code == 0
    assert [reading["tone"] for reading in lines_of(result)] == ["supportive"] * 3


def test_times_at_the_end_of_the_calendar_are_no_traceback(ask: Ask) -> None:
    """A feed that writes the last minute there is must not stop the others."""
    last = "9999-12-31T23:59:30Z"
    lines = [article(received_at=last), article(published_at=last), article(published_at=last, received_at=last)]
    readings = lines_of(ask("classify", "--json", stdin="\n".join(lines).encode()))
    assert [str(reading.get("error", ""))[:11] for reading in readings] == ["", "future_time", ""]


def test_the_same_text_has_the_same_id_tomorrow(ask: Ask) -> None:
    """Results of two days are compared by id."""
    one, two = (lines_of(ask("classify", "--json", stdin=article().encode()))[0] for _ in range(2))
    assert one == two


def test_a_big_body_is_read_to_the_limit(ask: Ask, tmp_path: Path) -> None:
    """Several megabytes take no longer than a long article; a record over 1 MB is refused as it is live."""
    (tmp_path / "a.txt").write_text(f"{TITLE}\n{BODY} " + "More words follow. " * 200_000)
    assert lines_of(ask("classify", "--json", tmp_path / "a.txt"))[0]["tone"] == "supportive"
    result = ask("classify", "--json", stdin=f"{article(body='x' * 1_000_000)}\n{article()}".encode())
    assert [reading.get("error", "")[:9] for reading in lines_of(result)] == ["too_large", ""]  # type: ignore[index]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | st.dictionaries(st.text(), st.none() | st.floats() | st.text()).map(json.dumps).map(str.encode)
)
def test_no_input_brings_a_traceback(ask: Ask, data: bytes) -> None:
    """Whatever is piped in."""
    assert ask("classify", "--json", stdin=data).exit_code in (0, 1)


def test_a_reader_that_goes_away_is_no_mistake() -> None:
    """``policy-signals classify ... | head -1`` is how people look at things."""
    process = start("classify", "--json")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stdin.write((article() + "\n").encode() * 500)
    process.stdin.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 0


# ---- check


def test_the_configuration_in_use_is_right(ask: Ask) -> None:
    """What is shipped passes its own check."""
    result = ask("check")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "configuration is right"
    assert "slack       not set" in result.stdout
    assert "slack       token and channel are set" in ask("check", SLACK_BOT_TOKEN=CANARY, SLACK_CHANNEL="C1").stdout


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"KAFKA_BOOTSTRAP": "localhost"}, "KAFKA_BOOTSTRAP is 'localhost': expected host:port[,host:port...]"),
        ({"FEEDS_FILE": "nowhere.toml"}, "nowhere.toml: cannot be read"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'LOUD': expected one of DEBUG, INFO, WARNING, ERROR"),
        (
            {"SLACK_BOT_TOKEN": CANARY},
            "SLACK_CHANNEL is not set: give the channel's id, such as C0123456789, not its name",
        ),
        ({"SLACK_CHANNEL": "C1"}, "SLACK_BOT_TOKEN is not set: create the app"),
        ({"SLACK_BOT_TOKEN": CANARY, "SLACK_CHANNEL": "#news"}, "SLACK_CHANNEL is '#news': give the channel's id"),
        ({"REDIS_URL": f"redis://:{CANARY}@cache/0?socket_timeout=soon"}, "REDIS_URL cannot be used"),
    ],
)
def test_a_mistake_in_the_environment_is_one_sentence(ask: Ask, environment: dict[str, str], sentence: str) -> None:
    """Status 2, and the secret stays secret."""
    result = ask("check", **environment)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"policy-signals: {sentence}")
    assert len(result.stderr.splitlines()) == 1
    assert CANARY not in result.output


BENCHMARK = 'XHKG = "HSI"'


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "alerting.toml",
            "flash_from = 0.45",
            "flash_from = 0.1",
            "alerting.toml: urgent_from is 0.25, expected at most flash_from",
        ),
        ("alerting.toml", "[silence]", "[silence", "alerting.toml: not TOML"),
        ("sources.toml", "default = 0.4", "default = 4", "sources.toml: 'default' is 4.0, expected 0 to 1"),
        ("exchanges.toml", "[XHKG]", "[XHKX]", "exchanges.toml: "),
        ("catalogue/benchmarks.toml", BENCHMARK, "XHKG = 5", "benchmarks.toml: XHKG: expected an instrument"),
        ("catalogue/benchmarks.toml", BENCHMARK, "", "exchange: 'XHKG' has no line in benchmarks.toml"),
        (
            "catalogue/sectors.toml",
            "[[sector]]",
            "[[sektor]]",
            "sectors.toml: unknown table 'sektor', expected [[sector]]",
        ),
        ("catalogue/regulators.toml", 'id="SAMR"', 'id="SAMR" hue="red"', "regulators.toml: "),
    ],
)
def test_each_mistake_in_a_copy_of_the_files_is_one_sentence(
    ask: Ask, tmp_path: Path, file: str, old: str, new: str, sentence: str
) -> None:
    """File, key and reason, and status 2: nothing would start."""
    for source in [*FOLDER.glob("*.toml"), *(FOLDER / "catalogue").glob("*.toml")]:
        copy = tmp_path / source.relative_to(FOLDER)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(source.read_bytes())
    text = (tmp_path / file).read_text(encoding="utf-8")
    flat = text if old in text else text.replace(" = ", "=")
    assert old in flat
    (tmp_path / file).write_text(flat.replace(old, new, 1), encoding="utf-8")
    result = ask("check", "--config", tmp_path)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    load_catalogue.cache_clear()


def test_a_folder_without_files_is_named(ask: Ask, tmp_path: Path) -> None:
    """A wrong path is the likeliest mistake."""
    result = ask("check", "--config", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


# ---- what is outside


def test_doctor_says_one_line_for_each_thing_that_is_away(ask: Ask) -> None:
    """All down: status 1, at once, with the variable to look at; the password stays hidden."""
    port = free_port()
    down = {"KAFKA_BOOTSTRAP": f"127.0.0.1:{port}", "REDIS_URL": f"redis://:{CANARY}@127.0.0.1:{port}/0"}
    slack = {"SLACK_API_URL": f"http://127.0.0.1:{port}/api", "SLACK_BOT_TOKEN": CANARY, "SLACK_CHANNEL": "C1"}
    result = ask("doctor", **down, **slack)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["FAIL", name] for name in ("kafka", "topics", "redis", "slack")]
    assert all(
        name in line
        for name, line in zip(("KAFKA_BOOTSTRAP",) * 2 + ("REDIS_URL", "SLACK_API_URL"), lines, strict=True)
    )
    assert CANARY not in result.output
    answers = json.loads(ask("doctor", "--json", **down).stdout)
    assert {name: answer["ok"] for name, answer in answers.items()} == dict.fromkeys(
        ("kafka", "topics", "redis", "slack"), False
    )
    assert answers["slack"]["detail"].startswith("SLACK_BOT_TOKEN is not set")


@pytest.mark.parametrize("command", [["topics", "create"]])
def test_what_is_unavailable_is_status_3(ask: Ask, command: list[str]) -> None:
    """A script may try again later; a wrong configuration it may not."""
    result = ask(*command, KAFKA_BOOTSTRAP=f"127.0.0.1:{free_port()}")
    assert result.exit_code == 3
    assert result.stderr.startswith("policy-signals: kafka is unavailable: nothing listens on 127.0.0.1:")


def test_the_notifier_refuses_to_start_without_slack(ask: Ask) -> None:
    """A notifier that posts nowhere would look healthy."""
    result = ask("run", "slack-notifier", METRICS_PORT="0")
    assert result.exit_code == 2
    assert result.stderr.startswith("policy-signals: SLACK_BOT_TOKEN is not set")


@pytest.mark.parts
def test_topics_are_created_once_and_doctor_sees_them(ask: Ask, kafka_bootstrap: str, redis_url: str) -> None:
    """The way from an empty broker to a line that can start."""
    parts = {"KAFKA_BOOTSTRAP": kafka_bootstrap, "REDIS_URL": redis_url}
    assert ask("topics", "create", **parts).exit_code == 0
    assert ask("topics", "create", **parts).stdout == "all topics exist\n"
    answers = json.loads(ask("doctor", "--json", **parts).stdout)
    assert [name for name, answer in answers.items() if answer["ok"]] == ["kafka", "topics", "redis"]


# ---- the stand-in, and secrets


def test_the_stand_in_takes_its_options_and_no_log_shows_the_token(tmp_path: Path) -> None:
    """Port, token, channel and journal work through the command; DEBUG shows nothing that a thief could use."""
    port, journal = free_port(), tmp_path / "journal.jsonl"
    options = [
        "--port",
        str(port),
        "--token",
        CANARY,
        "--channel",
        "C0ONE",
        "--channel",
        "C0TWO",
        "--journal",
        str(journal),
    ]
    stand_in = start("slack-stand-in", *options)
    assert stand_in.stdout is not None
    addresses = json.loads(stand_in.stdout.readline())
    assert addresses["api_url"] == f"http://127.0.0.1:{port}/api/"
    slack = {"SLACK_API_URL": addresses["api_url"], "SLACK_BOT_TOKEN": CANARY, "LOG_LEVEL": "DEBUG"}
    redis = {"REDIS_URL": f"redis://:{CANARY}@127.0.0.1:1/0", "KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    for channel, word in (("C0TWO", "ok    slack   the token works; channel C0TWO"), ("C0NO", "channel_not_found")):
        out, errors = start("doctor", **slack, **redis, SLACK_CHANNEL=channel).communicate(timeout=60)
        assert word in out.decode()
        assert CANARY.encode() not in out + errors
    notifier = start("run", "slack-notifier", **slack, **redis, SLACK_CHANNEL="C0ONE", METRICS_PORT="0")
    assert notifier.stderr is not None
    started = json.loads(notifier.stderr.readline())
    with urllib.request.urlopen(f"http://127.0.0.1:{started['port']}/metrics", timeout=5) as answer:
        assert CANARY.encode() not in answer.read()
    said = json.dumps(started).encode() + notifier.stderr.readline()
    assert b"dependency does not answer" in said
    for process in (notifier, stand_in):
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=60)
        assert CANARY.encode() not in said + out + errors
        assert process.returncode == 0
    assert CANARY not in journal.read_text(encoding="utf-8")


def test_a_port_that_is_taken_is_said_in_one_sentence(ask: Ask) -> None:
    """The most likely mistake with a server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = ask("slack-stand-in", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"policy-signals: --port {port} on 127.0.0.1 cannot be used")
