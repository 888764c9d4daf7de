"""Where a long run happens: a broker, a Redis, two Slacks and the processes, on a copy of the code with channels of its
own."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.settings import Settings, read_settings
from streams.broker.topic_setup import create_topics
from streams.local.embedded import EmbeddedBroker, EmbeddedRedis
from streams.slack_stand_in.server import STAND_IN_APP_TOKEN, STAND_IN_CHANNEL, STAND_IN_TOKEN, SlackStandIn
from streams.slack_stand_in.workspace import Workspace
from tests.chaos.fleet import Fleet
from tests.chaos.slack import ChaoticSlack
from tests.kafka_broker import ApacheKafka, KafkaUnusableError, copy_jars

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = {"china": "C0CHAOSCHINA", "europe": "C0CHAOSEUROPE", "america": "C0CHAOSUSA"}
ROUTES = {"china": ("SAMR", "CAC"), "europe": ("EC",), "america": ("FTC", "SEC")}
PACE_SECONDS = "0.05"
SESSION_TIMEOUT_MS = "2000"


class World:
    """Everything but the articles; ``settings`` are those that the processes read."""

    def __init__(self, folder: Path, seed: int, broker: str) -> None:
        self.can_stop_broker = broker == "apache"
        self.broker = ApacheKafka() if self.can_stop_broker else EmbeddedBroker()
        self.broker_name = "Apache Kafka" if self.can_stop_broker else "the embedded broker (Tansu), not restarted"
        self.redis = EmbeddedRedis()
        channels = (STAND_IN_CHANNEL, *CHANNELS.values())
        self.slack = ChaoticSlack(Workspace(STAND_IN_TOKEN, channels), seed)
        self.usual_slack = ChaoticSlack(Workspace(STAND_IN_TOKEN, channels), seed)
        self.stand_in, self.usual_stand_in = SlackStandIn(self.slack), SlackStandIn(self.usual_slack)
        tree = copy_tree(folder / "tree")
        environment = self._environment(tree)
        self.settings: Settings = read_settings(environment)
        self.lease_seconds = self.settings.kafka_session_timeout_ms / 1000
        self.fleet = Fleet(tree, environment, folder / "logs")

    def _environment(self, tree: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return {
            **kept,
            "PYTHONPATH": str(tree),
            "KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "KAFKA_SESSION_TIMEOUT_MS": SESSION_TIMEOUT_MS,
            "REDIS_URL": self.redis.url,
            "SLACK_API_URL": self.stand_in.api_url,
            "USUAL_SLACK_API_URL": self.usual_stand_in.api_url,
            "SLACK_BOT_TOKEN": STAND_IN_TOKEN,
            "SLACK_APP_TOKEN": STAND_IN_APP_TOKEN,
            "SLACK_CHANNEL": STAND_IN_CHANNEL,
            "SLACK_PACE_SECONDS": PACE_SECONDS,
        }


@contextlib.contextmanager
def world_in(folder: Path, seed: int, broker: str) -> Iterator[World]:
    """Parts up and topics made, no process started; everything is ended with the block."""
    world = World(folder, seed, broker)
    with contextlib.ExitStack() as stack:
        for part in (world.redis, world.stand_in, world.usual_stand_in, world.broker):
            stack.callback(part.stop)
            part.start()
        create_topics(world.settings)
        stack.callback(world.fleet.stop)
        yield world


def choose_broker() -> str:
    """``apache`` where its jars are or can be had, else ``embedded``."""
    if os.environ.get("POLICY_SIGNALS_TEST_BROKER") == "apache":
        return "apache"
    try:
        copy_jars()
    except (KafkaUnusableError, OSError):
        return "embedded"
    return "apache"


def copy_tree(target: Path) -> Path:
    """The code as it stands now, with a routing table of three channels beside the fallback."""
    for folder in ("services", "streams", "config", "tests/chaos"):
        shutil.copytree(
            ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__", "examples", "stories")
        )
    lines = ['fallback = "desk"', "", "[channels.desk]", 'kind = "slack"', 'target = ""']
    for name, channel in CHANNELS.items():
        lines += ["", f"[channels.{name}]", 'kind = "slack"', f'target = "{channel}"']
    for name, regulators in ROUTES.items():
        lines += ["", "[[route]]", f'name = "{name}"', f"regulator = {list(regulators)}", f'to = ["{name}"]']
    (target / "config" / "routing.toml").write_text("\n".join(lines).replace("'", '"') + "\n", encoding="utf-8")
    return target
