"""``make chaos``: the guarantee put to the test, and the usual way beside it.

Real processes, a real broker and Redis, Slack with faults; at least 800 alerts and 60 SIGKILLs in the full run, 120 and
8 in the short one. Prints a table, writes it as JSON, and fails when a bar is broken.
"""

# ruff: noqa: T201 - prints its progress and its table

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from streams.clock import monotonic
from tests.chaos.articles import choose_articles
from tests.chaos.plan import FULL, SHORT, make_plan
from tests.chaos.report import write_table
from tests.chaos.result import Result, make_result
from tests.chaos.storm import Storm
from tests.chaos.world import choose_broker, world_in

SEED = 20231116


def run_chaos(options: argparse.Namespace, folder: Path, say: Callable[[str], None] = print) -> Result:
    """One run in an empty folder, with everything ended afterwards."""
    broker = options.broker or choose_broker()
    articles = choose_articles(options.alerts, options.seed, datetime.now(UTC))
    say(f"{len(articles)} articles chosen, each an event of its own")
    with world_in(folder, options.seed, broker) as world:
        plan = make_plan(SHORT if options.short else FULL, options.seed, can_stop_broker=world.can_stop_broker)
        say(f"{len(plan)} steps on {world.broker_name} and {world.redis.name}")
        storm = Storm(world, articles, monotonic() + options.deadline, say)
        conditions = {
            "broker": world.broker_name,
            "redis": Path(world.redis.name).name,
            "seed": str(options.seed),
            "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
            "load at the end": "",
        }
        seen = storm.run(plan)
        conditions["load at the end"] = f"{os.getloadavg()[0]:.1f}"
        return make_result(seen, conditions)


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Options of the command line, with the numbers of the short or the full run where none are given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="120 alerts, 8 kills, about a minute")
    parser.add_argument("--alerts", type=int, help="how many articles, each of which makes an alert")
    parser.add_argument("--seed", type=int, default=SEED, help="of the plan, of the faults and of the articles")
    parser.add_argument("--deadline", type=float, help="seconds after which the run ends, done or not")
    parser.add_argument("--broker", choices=("apache", "embedded"), help="default: Apache Kafka where it can be had")
    parser.add_argument("--out", type=Path, default=Path("out/chaos"), help="folder of result.json, results.md, logs")
    options = parser.parse_args(arguments)
    options.alerts = options.alerts or (120 if options.short else 840)
    options.deadline = options.deadline or (300.0 if options.short else 1_200.0)
    return options


def main() -> None:
    """Run, tell, and end with 1 when a promise was broken."""
    options = read_options()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(2))
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="policy-signals-chaos-") as folder:
        result = run_chaos(options, Path(folder), lambda sentence: print(sentence, flush=True))
        keep_logs(Path(folder) / "logs", options.out / "logs")
    table = write_table(result)
    (options.out / "result.json").write_text(json.dumps(result.as_json(), indent=2) + "\n", encoding="utf-8")
    (options.out / "results.md").write_text(table, encoding="utf-8")
    print(table)
    broken = result.broken_bars()
    for sentence in broken:
        print(f"BROKEN: {sentence}")
    sys.exit(1 if broken else 0)


def keep_logs(source: Path, target: Path) -> None:
    """What the processes said, for who wants to know why."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.jsonl"):
        (target / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
