"""``policy-signals route test --at``: readable, and the same as JSON."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from config.alerting import FOLDER
from services.errors import Misconfigured
from streams.cli.commands import app
from streams.cli.routes import read_time
from tests.slack.conftest import make_alert

QUIET = """
fallback = "desk"
[channels.desk]
kind = "slack"
target = ""
quiet = ["night"]
second = "duty"
[channels.duty]
kind = "email"
target = "duty@example.com"
server = "smtp.example.com:587"
sender = "alerts@example.com"
[quiet.night]
mode = "hold-and-brief"
zone = "Asia/Hong_Kong"
spans = ["22:00-07:00"]
[[route]]
name = "only loud ones"
severity = "flash"
to = ["duty"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a routing.toml and one alert."""
    (tmp_path / "routing.toml").write_text(QUIET, encoding="utf-8")
    (tmp_path / "alert.json").write_bytes(msgspec.json.encode(make_alert()))
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    command = ["route", "test", str(folder / "alert.json"), "--config", str(folder), *arguments]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_table_says_who_gets_it_when_and_why(folder: Path) -> None:
    """At half past ten at night in Hong Kong it waits until seven."""
    said = run(folder, "--at", "2023-07-13T22:30+08:00")
    assert "at 2023-07-13 14:30 UTC" in said
    assert "no   only loud ones: severity is urgent, wanted flash or more" in said
    (row,) = [line for line in said.splitlines() if line.strip().startswith("desk ")]
    assert row.split()[:6] == ["desk", "slack", "waits", "2023-07-13", "23:00", "the"]
    assert "if it is not taken: duty" in row
    assert "-> desk (fallback)" in said


def test_json_says_the_same(folder: Path) -> None:
    """For programs, one object a line."""
    found = msgspec.json.decode(run(folder, "--at", "2023-07-13T22:30+08:00", "--json"))
    assert [(one["channel"], one["outcome"], one["until"]) for one in found["channels"]] == [
        ("desk", "held", "2023-07-13T23:00:00Z")
    ]
    (by_day,) = msgspec.json.decode(run(folder, "--at", "2023-07-13T12:30+08:00", "--json"))["channels"]
    assert by_day["outcome"] == "told"


@pytest.mark.parametrize("said", ["22:30", "2023-07-13T22:30", "yesterday", "2023-13-01T00:00+00:00"])
def test_a_time_without_its_offset_is_refused_with_an_example(said: str) -> None:
    """Quiet hours are a matter of zones: a guess would be wrong by hours."""
    with pytest.raises(Misconfigured, match=r"such as 2023-07-13T22:30\+08:00"):
        read_time(said)


def test_the_file_in_use_works(folder: Path) -> None:
    """Nothing but the alert is needed."""
    result = CliRunner().invoke(app, ["route", "test", str(folder / "alert.json")])
    assert result.exit_code == 0
    assert "-> desk (fallback)" in result.output
    assert (FOLDER / "routing.toml").exists()
