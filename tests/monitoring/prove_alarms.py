"""What fires when something breaks: faults on the real line, one after the other, and the alarms that a real Prometheus
raises, with the seconds until it did.

The rules are the shipped ones, except that every waiting time (``for``) is three seconds: ``promtool test rules``
proves the waiting, this proves that the metrics of a broken line are those that the rules look at.
"""

# ruff: noqa: T201 - prints its table

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from config.catalogue import load_catalogue
from config.exchanges import load_calendars
from config.sample_day import load_sample_day
from streams.broker.kafka import Outbox
from streams.clock import monotonic, wall_clock
from streams.slack_stand_in.faults import Fault, FaultKind
from streams.topics import MARKET_TICKS, NEWS_ARTICLES
from tests.end_to_end.line import Line, line_in
from tests.monitoring.prometheus_server import RULES, PrometheusServer, find_prometheus

FIRES_WITHIN_SECONDS = 60.0
WAIT = "3s"
FLOOD = 150
HARMLESS = "Watchdog"


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """Something that is done to the line, and every alarm that must follow, with a label that tells which."""

    title: str
    happens: Callable[[Line], None]
    alarms: tuple[tuple[str, str], ...]


def send_garbage(line: Line) -> None:
    """Records that no reader can read."""
    outbox = Outbox(line.settings)
    for _ in range(FLOOD):
        outbox.send(NEWS_ARTICLES.name, None, b"{", {})
    outbox.flush()
    outbox.close()


def revoke_token(line: Line) -> None:
    """Slack knows the bot no more, and a day's articles come."""
    line.slack.scripted.add_faults(Fault(kind=FaultKind.ERROR, error="token_revoked", count=1_000))
    for article in load_sample_day().articles:
        line.send_article(article)


def stop_redis(line: Line) -> None:
    """The price store is away."""
    line.redis.stop()


def stop_ticks(line: Line) -> None:
    """An exchange that trades now had prices until six minutes ago, and has none since."""
    instrument = find_open_instrument(wall_clock())
    assert instrument is not None
    outbox, until = Outbox(line.settings), wall_clock() - timedelta(minutes=6)
    for seconds in range(120, 0, -1):
        at = int((until - timedelta(seconds=seconds)).timestamp() * 1000)
        tick = {"instrument": instrument, "price": 10.0, "volume": 100, "traded_at": at}
        outbox.send(MARKET_TICKS.name, instrument, msgspec.json.encode(tick), {})
    outbox.flush()
    outbox.close()


def find_open_instrument(now: datetime) -> str | None:
    """A listing on an exchange that has traded for the last ten minutes; None when all are closed."""
    moments = (now, now - timedelta(minutes=10))
    is_open = {name for name, one in load_calendars().items() if all(map(one.is_open, moments))}
    watched = {name for name, one in load_calendars().items() if one.last_day != date.max}
    listings = load_catalogue().listings()
    return next((one.instrument for one in listings if one.exchange in is_open & watched), None)


def kill_news_consumer(line: Line) -> None:
    """SIGKILL, and nobody starts it again."""
    child = line.supervisor.children["news_consumer"]
    child.process.kill()
    child.process.wait()


NO_TICKS = Breakage(title="ticks stop", happens=stop_ticks, alarms=(("PricesStandStill", ""),))
"""Only while some exchange trades: at other times the absence of ticks is no fault."""
BREAKAGES = (
    Breakage(
        title=f"{FLOOD} records that cannot be read",
        happens=send_garbage,
        alarms=(("RecordsSetAside", "not_json"), ("DeadLetterFlood", "news.articles")),
    ),
    Breakage(
        title="the bot's token is revoked while news comes",
        happens=revoke_token,
        alarms=(("SlackRefuses", ""), ("DependencyDown", "slack")),
    ),
    Breakage(title="Redis stops", happens=stop_redis, alarms=(("DependencyDown", "redis"),)),
    Breakage(title="news_consumer is killed", happens=kill_news_consumer, alarms=(("ProcessDown", "news_consumer"),)),
)


def main() -> int:
    """0 when each breakage raised its alarms and a whole line raised none; 77 without Prometheus."""
    if find_prometheus() is None:
        print("skipped: Prometheus is not installed (apt-get install prometheus, and do not start the service)")
        return 77
    with tempfile.TemporaryDirectory() as name, line_in(Path(name)) as line:
        line.bring_up()
        ports = {process: child.port for process, child in line.supervisor.children.items()}
        rules = Path(name) / "rules.yml"
        rules.write_text(re.sub(r"\bfor: \S+", f"for: {WAIT}", RULES.read_text(encoding="utf-8")), encoding="utf-8")
        with PrometheusServer(Path(name) / "prometheus", ports, rules) as prometheus:
            problems = [f"{alarm} fires on a whole line" for alarm in settle(prometheus, len(ports))]
            problems += watch_ticks_stop(line, prometheus)
            for breakage in BREAKAGES:
                problems += break_and_watch(line, prometheus, breakage)
    for problem in problems:
        print(f"  PROBLEM {problem}")
    return 1 if problems else 0


def settle(prometheus: PrometheusServer, processes: int) -> set[str]:
    """Wait until every process was scraped a few times; what fires then."""
    deadline = monotonic() + FIRES_WITHIN_SECONDS
    while len(prometheus.ask("count_over_time(up[1m]) > 8")) < processes and monotonic() < deadline:
        time.sleep(0.2)
    return {name for name, _ in firing(prometheus)}


def watch_ticks_stop(line: Line, prometheus: PrometheusServer) -> list[str]:
    """As every breakage, where there is an exchange to watch."""
    if find_open_instrument(wall_clock()) is None:
        print(f"\n{NO_TICKS.title}: not tried, since no exchange trades now (promtool test rules proves the rule)")
        return []
    return break_and_watch(line, prometheus, NO_TICKS)


def break_and_watch(line: Line, prometheus: PrometheusServer, breakage: Breakage) -> list[str]:
    """Do it, and wait for its alarms; those that did not come."""
    print(f"\n{breakage.title}")
    began, missing = monotonic(), set(breakage.alarms)
    breakage.happens(line)
    while missing and monotonic() - began < FIRES_WITHIN_SECONDS:
        for alarm in {one for one in missing if any(is_meant(one, found) for found in firing(prometheus))}:
            missing.discard(alarm)
            print(f"  {alarm[0]:<24} {alarm[1]:<16} after {monotonic() - began:.0f} s")
        time.sleep(0.2)
    return [f"{breakage.title}: {name} {label} did not fire" for name, label in sorted(missing)]


def firing(prometheus: PrometheusServer) -> list[tuple[str, set[str]]]:
    """Name and label values of each alarm that fires, but the one that always does."""
    found = prometheus.ask(f'ALERTS{{alertstate="firing",alertname!="{HARMLESS}"}}')
    return [(one["metric"]["alertname"], set(one["metric"].values())) for one in found]


def is_meant(wanted: tuple[str, str], found: tuple[str, set[str]]) -> bool:
    """The name, and the label value where one is asked for."""
    return wanted[0] == found[0] and (not wanted[1] or wanted[1] in found[1])


if __name__ == "__main__":
    sys.exit(main())
