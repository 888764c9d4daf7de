"""deploy/slack-app-manifest.yaml asks for what the code calls, and says of each scope what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from streams.metrics import SLACK_METHODS

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = (ROOT / "deploy" / "slack-app-manifest.yaml").read_text(encoding="utf-8")
FOLDERS = ("streams", "services")
NOT_OURS = ("streams/slack_stand_in", "streams/local", "streams/metrics.py")
"""The Slack that we play ourselves, what pretends to post, and the table of labels."""
SCOPES = {
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "chat.delete": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.replies": {"channels:history", "groups:history"},
    "usergroups.users.list": {"usergroups:read"},
}
"""What Slack's documentation says that a bot token needs for a method, in public and private channels."""
FAMILIES = "admin|api|apps|auth|bookmarks|bots|chat|conversations|dnd|emoji|files|pins|reactions|reminders|search|team|usergroups|users|views"
METHOD = re.compile(rf"\"((?:{FAMILIES})\.[a-zA-Z]+(?:\.[a-zA-Z]+)*)\"")


def called_methods() -> set[str]:
    """Every method of the Web API that stands as a word in the code."""
    found: set[str] = set()
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        if not path.relative_to(ROOT).as_posix().startswith(NOT_OURS):
            found |= set(METHOD.findall(path.read_text(encoding="utf-8")))
    return found


def asked_scopes() -> list[str]:
    """As the manifest has them."""
    scopes: list[str] = yaml.safe_load(MANIFEST)["oauth_config"]["scopes"]["bot"]
    return scopes


def test_the_methods_that_are_called_are_all_known() -> None:
    """A new method brings a new scope, or a decision that it needs none; and it has its label in the metrics."""
    assert called_methods() == set(SCOPES)
    assert set(SLACK_METHODS) == set(SCOPES)


def test_the_manifest_asks_for_exactly_the_scopes_of_those_methods() -> None:
    """One too many is one more thing that a stolen token can do; one too few is found by the first alert."""
    needed = set().union(*(SCOPES[method] for method in called_methods()))
    has_command = bool(yaml.safe_load(MANIFEST)["features"].get("slash_commands"))
    assert set(asked_scopes()) == needed | ({"commands"} if has_command else set())


def test_every_scope_is_explained() -> None:
    """Whoever must approve the app reads why, above each line."""
    lines = [line.strip() for line in MANIFEST.splitlines()]
    for scope in asked_scopes():
        above = lines[lines.index(f"- {scope}") - 1]
        assert above.startswith("# "), scope
        assert len(above.split()) >= 5, scope
