"""`make bench`: what a tick costs, ours and the peers side by side on one broker; then latency and growth.

Every row is a process of its own that reads the same records from the same embedded broker and does the same work.
Each process reads a short topic and a long one; the difference in processor time (user and system, all threads), by
the difference in ticks, is the cost of a tick: starting up and joining a group cancel out. Medians of three rounds, in
which all rows take turns. Writes ticks.md and ticks.png beside this file; ``--quick`` is a smoke run and writes none.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from streams.local.embedded import EmbeddedBroker  # noqa: E402
from tests.benchmarks.tick_feed import FORMATS, Tape, fill  # noqa: E402

HERE = Path(__file__).parent
OURS = "policy-signals"
FAUST = "Faust agent"
FLOOR = "confluent-kafka, fetch only"
ROWS = (FAUST, "quixstreams", "bytewax, batches", "aiokafka, tick by tick", "aiokafka, batches", OURS, FLOOR)
RUN_SECONDS = 300
Costs = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Size:
    """How many ticks: a plain Faust agent reads fewer single ones, or it would take all day."""

    short: int
    long: int
    faust_short: int
    faust_long: int
    rounds: int
    latency_seconds: int
    growth: int

    def of(self, row: str, form: str) -> tuple[int, int]:
        """Ticks of the short and of the long topic."""
        if form != "single":
            return 4 * self.short, 4 * self.long
        return (self.faust_short, self.faust_long) if row == FAUST else (self.short, self.long)


FULL = Size(20_000, 420_000, 2_000, 22_000, 3, 60, 400_000)
QUICK = Size(5_000, 45_000, 500, 2_500, 1, 18, 40_000)


def main() -> None:
    """Measure, print, write."""
    arguments = _read_arguments()
    if arguments.child:
        _be_child(*arguments.child)
    if arguments.feed:
        from tests.benchmarks.tick_latency import feed  # noqa: PLC0415 - the child's own part

        print(json.dumps(feed(arguments.feed[0], int(arguments.feed[1]))))
        return
    size = QUICK if arguments.quick else FULL
    costs = _measure_costs(size)
    extras = _measure_extras(size)
    text = _as_text(costs, extras)
    print(text)
    if not arguments.quick:
        (HERE / "ticks.md").write_text(text, encoding="utf-8")
        _draw(costs, HERE / "ticks.png")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer ticks, one round, no files: does it run at all?")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    parser.add_argument("--feed", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def _be_child(row: str, bootstrap: str, topic: str, form: str, expected: str) -> None:
    """One row in this process: libraries of the other rows are never imported."""
    if row == FLOOR:
        from tests.benchmarks.tick_peers import fetch_only  # noqa: PLC0415 - see above

        found = fetch_only(bootstrap, topic, int(expected))
    elif row == OURS:
        from tests.benchmarks.tick_ours import run_ours  # noqa: PLC0415 - see above

        found = run_ours(bootstrap, topic, int(expected))
    else:
        from tests.benchmarks.tick_peers import run_peer  # noqa: PLC0415 - see above

        found = run_peer(row, bootstrap, topic, form, int(expected))
    print(json.dumps(found), flush=True)
    # Some peers leave threads behind that never end.
    os._exit(0)


def _measure_costs(size: Size) -> Costs:
    costs: dict[str, dict[str, list[float]]] = {form: {row: [] for row in ROWS} for form in FORMATS}
    results: dict[tuple[str, tuple[int, int]], tuple[int, int]] = {}
    for form in FORMATS:
        broker = EmbeddedBroker()
        broker.start()
        try:
            counts = sorted({count for row in ROWS for count in size.of(row, form)})
            records = {count: fill(broker.bootstrap, f"{form}.{count}", form, Tape(count)) for count in counts}
            for number in range(size.rounds):
                for row in ROWS:
                    cost, result = _measure_row(broker.bootstrap, row, form, size.of(row, form), records)
                    expected = result if row == FLOOR else results.setdefault((form, size.of(row, form)), result)
                    # Ours may have closed a partition that was quiet for a second while another was still read.
                    if result != expected and (row != OURS or result < expected):
                        raise RuntimeError(f"{row} came to {result}, others to {expected}")
                    costs[form][row].append(cost)
                    print(f"round {number + 1}  {form:<14}{row:<26}{cost:>9.3f} us", file=sys.stderr, flush=True)
        finally:
            broker.stop()
    return {form: {row: median(found) for row, found in rows.items()} for form, rows in costs.items()}


def _measure_row(
    bootstrap: str, row: str, form: str, counts: tuple[int, int], records: dict[int, int]
) -> tuple[float, tuple[int, int]]:
    """Microseconds of processor time per tick; ticks in time and bars made of them, which must be the same for all."""
    short, long = (_run(row, bootstrap, f"{form}.{count}", form, str(records[count])) for count in counts)
    cost = (long["seconds"] - short["seconds"]) / (counts[1] - counts[0]) * 1e6
    return cost, (-int(long["late"]), int(long["bars"]))


def _run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]}: {done.stderr[-2_000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _measure_extras(size: Size) -> dict[str, Any]:
    from tests.benchmarks import tick_growth, tick_latency  # noqa: PLC0415 - after the children, so that they stay small

    broker = EmbeddedBroker()
    broker.start()
    try:
        latency = tick_latency.measure_latency(broker.bootstrap, size.latency_seconds)
    finally:
        broker.stop()
    return {
        "latency": latency,
        "instruments": {form: tick_growth.measure_instruments(form, size.growth) for form in FORMATS},
        "idle": tick_growth.measure_idle("json-columns", size.growth),
        "ticks": tick_growth.measure_ticks("json-columns", size.growth),
        "memory": tick_growth.measure_memory(size.growth),
    }


def _as_text(costs: Costs, extras: dict[str, Any]) -> str:
    from tests.benchmarks.tick_report import as_text  # noqa: PLC0415 - see _measure_extras

    return as_text(costs, extras)


def _draw(costs: Costs, path: Path) -> None:
    from tests.benchmarks.tick_report import draw  # noqa: PLC0415 - see _measure_extras

    draw(costs, path)


if __name__ == "__main__":
    main()
