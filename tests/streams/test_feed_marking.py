"""``feeds check --mark``: what was seen to answer is written down, and nothing else in the file changes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from services.errors import Misconfigured
from streams.cli.commands import app
from streams.feeds.feed_marking import mark_verified
from tests.streams.hostile_server import HostileServer, item, rss, says
from tests.streams.test_feed_poller import in_a_thread

SHIPPED = (FOLDER / "feeds.toml").read_text(encoding="utf-8")
FEEDS = """# ours
[[feed]]
id = "good"
url = "{url}/feed"
source = "Regulator"  # verified = false
authority = "official"
language = "en"
[feed.extract]
full_text = false

[[feed]]
id = 'broken'
url = "{url}/broken"
source = "Other"
authority = "press"
language = "en"
verified = false # later

[[feed]]
id = "off"
url = "{url}/off"
source = "Third"
authority = "press"
language = "en"
enabled = false
"""


def test_every_feed_that_is_shipped_can_be_marked_and_no_other_line_changes(tmp_path: Path) -> None:
    """Comments and order are somebody's work."""
    path, catalogue = tmp_path / "feeds.toml", load_catalogue()
    path.write_text(SHIPPED, encoding="utf-8")
    ids = [feed["id"] for feed in tomllib.loads(SHIPPED)["feed"]]
    assert mark_verified(path, ids[1:], catalogue, None) == ids[1:]
    after = path.read_text(encoding="utf-8")
    assert [feed["verified"] for feed in tomllib.loads(after)["feed"]] == [False] + [True] * (len(ids) - 1)
    changed = [pair for pair in zip(SHIPPED.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert set(changed) == {("verified = false", "verified = true")}
    assert mark_verified(path, ids[1:], catalogue, None) == []


def test_a_file_that_could_no_longer_be_read_is_not_written(tmp_path: Path) -> None:
    """Marking is no way to repair a file, nor to break one."""
    path = tmp_path / "feeds.toml"
    path.write_text(FEEDS.format(url="https://w.example").replace('"press"', '"gossip"'), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    with pytest.raises(Misconfigured, match="broken"):
        mark_verified(path, ["good"], load_catalogue(), None)
    assert path.read_text(encoding="utf-8") == before


def test_check_marks_those_that_answer_and_asks_a_feed_that_is_off_only_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred feeds are not marked by hand; a feed that is off was switched off for a reason."""
    server = HostileServer({path: says(rss(item(1))) for path in ("/feed", "/off")} | {"/broken": says("", 500)})
    path = tmp_path / "feeds.toml"
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with in_a_thread(server):
        path.write_text(FEEDS.format(url=server.url), encoding="utf-8")
        monkeypatch.setenv("FEEDS_LOCAL_PORT", str(server.port))
        arguments = ["feeds", "check", "--mark", "--file", str(path)]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 1
        assert "1 of 2 feeds answer with entries\n1 marked as verified in feeds.toml" in result.stdout
        assert "/off" not in server.paths()
        feeds = {feed["id"]: feed for feed in tomllib.loads(path.read_text(encoding="utf-8"))["feed"]}
        assert [feeds[name].get("verified") for name in ("good", "broken", "off")] == [True, False, None]
        named = CliRunner().invoke(app, [*arguments, "off", "--json"])
        assert named.exit_code == 0
        assert json.loads(named.stdout)["feed"] == "off"
        assert "1 marked as verified" in named.stderr


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "http://w.example:8000/"])
def test_a_preview_of_an_address_that_is_never_asked_is_wrong_usage(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2: nothing outside is unavailable."""
    monkeypatch.delenv("FEEDS_LOCAL_PORT", raising=False)
    result = CliRunner().invoke(app, ["feeds", "preview", url])
    assert result.exit_code == 2
    assert "is not asked" in result.output
