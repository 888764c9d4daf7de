"""``policy-signals stories FILE``: a line for each article, in order, under the ids that it came with."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.cli.commands import app

FINE = {
    "article_id": "mine-1",
    "source": "Harbour Wire",
    "url": "https://w.example/1",
    "title": "China's SAMR fines Alibaba 18.2 bln yuan in antitrust probe",
    "body": "China's market regulator SAMR fined Alibaba 18.2 billion yuan on Saturday for abusing its dominance.",
    "published_at": "2021-04-10T02:10:00Z",
}
CHINESE = {
    **FINE,
    "article_id": "mine-2",
    "source": "Tidings",
    "title": "市场监管总局对阿里巴巴作出行政处罚 罚款182亿元",
    "body": "市场监管总局依法对阿里巴巴集团垄断行为作出行政处罚, 罚款182亿元。",
    "published_at": "2021-04-10T10:20:00+08:00",
}
OTHER = {"title": "SEC approves the first spot bitcoin funds", "published_at": "2024-01-10T21:00:00Z", "url": None}
NAIVE = {**FINE, "article_id": "mine-4", "published_at": "2021-04-10T02:10:00"}


def write(path: Path, *lines: Any) -> Path:
    data = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def run(path: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["stories", str(path), *options])


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_every_line_has_its_answer_in_its_place_under_its_own_id(name: str, tmp_path: Path) -> None:
    """Whoever lays input and output side by side must not slip by a line, and sees each fault where it is."""
    result = run(write(tmp_path / name, CHINESE, "", NAIVE, "{broken", OTHER, FINE, FINE), "--json")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [line["article_id"] for line in found[:3]] == ["mine-2", "mine-4", None]
    assert [line["article_id"] for line in found[4:]] == ["mine-1", "mine-1#7"]
    assert [(line["line"], line["error"], line["story_id"]) for line in found[1:3]] == [
        (3, "naive_time", None),
        (4, "not_json", None),
    ]
    assert found[0]["story_id"] == found[4]["story_id"] == found[5]["story_id"] != found[3]["story_id"]
    relations = [line["relation"] for line in (found[0], *found[3:])]
    assert relations == ["translation", "new", "new", "reprint"]
    assert [line["novelty"] for line in (*found[3:5], found[0])] == [100, 100, 56]
    assert all(line["reasons"] for line in found if line["story_id"])
    assert "line 3: naive_time" in " ".join(result.stderr.split())


def test_people_see_the_stories_with_their_reports_in_order_of_time(tmp_path: Path) -> None:
    """The table is the same answer for the eye."""
    result = run(write(tmp_path / "a.jsonl", CHINESE, OTHER, FINE))
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if line]
    assert lines[0].endswith("2 reports")
    assert "Harbour Wire" in lines[1]
    assert "translation" in lines[3]
    assert lines[5].endswith("1 report")


@pytest.mark.parametrize("name", ["missing.jsonl", "folder", "plain.gz", "cut.gz"])
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    """Not with a traceback."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain.gz").write_bytes(b"{}")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(json.dumps(FINE).encode())[:-20])
    result = run(tmp_path / name, "--json")
    assert result.exit_code == 2
    assert "cannot be read" in " ".join(result.stderr.split())
