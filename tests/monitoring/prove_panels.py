"""``make test-monitoring``: the real line, a real Prometheus, and every panel of every dashboard asked for its value.

Plays the sample day through all processes while Prometheus scrapes them, then sends each query of each dashboard with
its variables put in. A query that fails or answers nothing fails the run, and so does a rule that cannot be evaluated.
"""

# ruff: noqa: T201 - prints its table

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config.sample_day import load_sample_day
from services.market.sample.reconstruction import LABEL, reconstruct
from streams.broker.kafka import Outbox
from streams.clock import monotonic
from streams.local.day_player import DayPlayer
from streams.local.sample_history import sample_records
from streams.local.stand import Stand, standing
from streams.prices.history_loading import HistoryLoading
from streams.prices.price_store import RedisPriceStore
from streams.watching.watcher import Watcher
from tests.monitoring.board_preview import write_previews
from tests.monitoring.panel_queries import read_queries, say_answer
from tests.monitoring.prometheus_server import PrometheusServer, find_prometheus

SETTLE_SECONDS = 120.0
SCRAPED_WITHIN_SECONDS = 30.0
MOST_SERIES = 500
DEFAULT_WORD = "none yet"
HARMLESS = {"Watchdog"}
"""Alarms that may fire on a healthy line."""


def main() -> int:
    """0 when every panel has a value and every rule can be evaluated; 77, as automake skips, without Prometheus."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, help="keep logs, data and previews there; else a temporary folder")
    out = options.parse_args().out
    if find_prometheus() is None:
        print("skipped: Prometheus is not installed (apt-get install prometheus, and do not start the service)")
        return 77
    if out is not None:
        return prove(out, keeps_previews=True)
    with tempfile.TemporaryDirectory() as folder:
        return prove(Path(folder))


def prove(out: Path, *, keeps_previews: bool = False) -> int:
    """Run the day and ask every panel; the exit status."""
    began = monotonic()
    with standing(out, print, {"CARD_LABEL": LABEL}) as stand:
        ports = {name: child.port for name, child in stand.supervisor.children.items()}
        with PrometheusServer(out / "prometheus", ports) as prometheus:
            # The first values must be scraped before anything happens, or increase() does not see it.
            _wait_for(lambda: len(prometheus.ask("up == 1")) == len(ports))
            _wait_for(lambda: len(prometheus.ask("count_over_time(up[1m]) > 3")) == len(ports))
            problems = [f"on a fresh line: {one}" for one in ask_every_panel(prometheus, is_fresh=True)]
            print(f"\nA fresh line, before the first article: {len(problems)} panels without a value or a word")
            played = play(stand)
            newest = 'policy_signals_lag_messages{job="slack_notifier"} == 0'
            if not (played and _wait_for(lambda: bool(prometheus.ask(newest)))):
                problems.append("the line did not finish the day")
            problems += ask_every_panel(prometheus, say=print)
            problems += ask_every_rule(prometheus)
            problems += count_series(prometheus)
            problems += find_marks(prometheus)
            if keeps_previews:
                pictures = write_previews(prometheus, out / "previews", int(monotonic() - began))
                print("previews: " + ", ".join(map(str, pictures)))
    print(f"\n{len(read_queries())} queries asked, {len(problems)} problems")
    for problem in problems:
        print(f"  PROBLEM {problem}")
    return 1 if problems else 0


def play(stand: Stand) -> bool:
    """The sample day through the line; True when all of it was decided, measured and delivered."""
    day = load_sample_day()
    watcher = Watcher(stand.settings, lambda alert, receipt: None)
    watcher.start()
    outbox = Outbox(stand.settings)
    try:
        loading = HistoryLoading(outbox, RedisPriceStore(stand.settings.redis_url))
        loading.take(sample_records(day.tape))
        loading.send()
        tape = reconstruct(day.tape)
        DayPlayer(outbox, watcher, print).play(day.articles, tape)
        end = tape.traded_at_ms[-1] / 1000 + 500
        reached = watcher.wait_for(lambda seen: min(seen.watermarks.values(), default=0) >= end, SETTLE_SECONDS)
        return reached and watcher.wait_for(lambda seen: seen.is_complete() and seen.is_settled(), SETTLE_SECONDS)
    finally:
        outbox.close()
        watcher.stop()


def ask_every_panel(
    prometheus: PrometheusServer, *, say: Callable[[str], None] | None = None, is_fresh: bool = False
) -> list[str]:
    """What is wrong with the panels, one sentence each; ``say`` gets a line per panel.

    On a fresh line a panel may also say in words of its own that there was nothing.
    """
    problems, dashboard = [], ""
    for query in read_queries():
        if say is not None and query.dashboard != dashboard:
            say(f"\n{query.dashboard}")
            dashboard = query.dashboard
        try:
            samples = prometheus.ask(query.expression)
        except ValueError as error:
            problems.append(f"{query.dashboard}: {query.panel}: {error}")
            continue
        if not samples and not (is_fresh and query.nothing not in ("", DEFAULT_WORD)):
            problems.append(f"{query.dashboard}: {query.panel}: no answer to {query.expression}")
        if say is not None:
            say(f"  {query.panel:<44} {say_answer(query, samples) or 'NOTHING'}")
    return problems


def ask_every_rule(prometheus: PrometheusServer) -> list[str]:
    """Rules that cannot be evaluated, and alarms that a healthy line must not raise."""
    rules = prometheus.rules()
    firing = {rule["name"] for rule in rules if rule.get("state") == "firing"}
    print(f"\n{len(rules)} rules evaluated; firing: {', '.join(sorted(firing))}")
    broken = [f"rule {rule['name']}: {rule.get('lastError')}" for rule in rules if rule["health"] == "err"]
    return broken + [f"{name} fires on a healthy line" for name in sorted(firing - HARMLESS)]


def count_series(prometheus: PrometheusServer) -> list[str]:
    """Processes that serve more series than they may."""
    counts = {one["metric"]["job"]: int(one["value"][1]) for one in prometheus.ask("scrape_samples_scraped")}
    print("series: " + ", ".join(f"{job} {count}" for job, count in sorted(counts.items())))
    return [f"{job} serves {count} series" for job, count in counts.items() if count >= MOST_SERIES]


def find_marks(prometheus: PrometheusServer) -> list[str]:
    """Nothing is wrong when a latency leads to the alert behind it: Prometheus kept exemplars with its id."""
    found = prometheus.marks('policy_signals_stage_seconds_bucket{stage="scored_to_posted"}')
    ids = {mark["labels"].get("alert_id", "") for one in found for mark in one["exemplars"]} - {""}
    print(f"exemplars: {len(ids)} alerts beside their latency, such as {min(ids, default='none')}")
    return [] if ids else ["no latency leads to its alert: Prometheus kept no exemplar"]


def _wait_for(condition: Callable[[], bool]) -> bool:
    deadline = monotonic() + SCRAPED_WITHIN_SECONDS
    while not condition():
        if monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


if __name__ == "__main__":
    sys.exit(main())
