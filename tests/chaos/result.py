"""From what was seen to figures, and whether they hold: lost 0, at most two copies, hardly any of them, quick again."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tests.chaos.plan import NOTIFIER, PAUSES
from tests.chaos.storm import Seen
from tests.chaos.verdict import POST, Verdict, find_shown, judge, percentile

MOST_COPIES = 2
MOST_EXTRA_SHARE = 0.005
RECOVERY_P95_SECONDS = 10.0
SIGTERM_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Result:
    """Figures of one run; ``recoveries`` are seconds from each start of a process to what it next brought out."""

    ours: Verdict
    usual: Verdict
    articles: int
    articles_lost: int
    missing_articles: tuple[str, ...]
    """Addresses of articles that no alert tells of: where to begin looking."""
    left_twice: int
    recoveries: Mapping[str, tuple[float, ...]]
    terminations: tuple[float, ...]
    """Seconds from SIGTERM to the end, of those that ended with status 0."""
    unclean_ends: int
    kills: Mapping[str, int]
    steps: Mapping[str, int]
    faults: Mapping[str, int]
    usual_faults: Mapping[str, int]
    is_settled: bool
    seconds: float
    exit_statuses: Mapping[str, int]
    conditions: Mapping[str, str]

    def recovery_p95(self, process: str = NOTIFIER) -> float:
        """95 % of the starts had brought something out after so many seconds."""
        return percentile(self.recoveries.get(process, ()), 0.95)

    def broken_bars(self) -> list[str]:
        """Every promise that this run broke, in words."""
        has_pauses = any(str(kind.value) in step for kind in PAUSES for step in self.steps)
        bars = (
            (self.ours.lost or self.articles_lost, f"{self.ours.lost} alerts and {self.articles_lost} articles lost"),
            (self.ours.most_copies > MOST_COPIES, f"{self.ours.most_copies} copies of one alert"),
            (self.ours.extra_share > MOST_EXTRA_SHARE, f"{self.ours.extra} extra messages"),
            (self.ours.extra and not has_pauses, f"{self.ours.extra} extra messages without a paused owner"),
            (self.recovery_p95() > RECOVERY_P95_SECONDS, f"recovery p95 {self.recovery_p95():.1f} s"),
            (self.unclean_ends, f"{self.unclean_ends} of the notifiers did not end in good order"),
            (max(self.terminations, default=0) > SIGTERM_SECONDS, f"{max(self.terminations, default=0)} s to end"),
            (not self.is_settled, "not everything had come to its end by the deadline"),
        )
        return [sentence for is_broken, sentence in bars if is_broken]

    def as_json(self) -> dict[str, object]:
        """For a file; numbers that are none are left out."""
        plain = asdict(self)
        plain["recovery_p95"] = {process: round(self.recovery_p95(process), 2) for process in self.recoveries}
        plain["broken_bars"] = self.broken_bars()
        return plain


def make_result(seen: Seen, conditions: Mapping[str, str]) -> Result:
    """Count everything."""
    # Now and then two of the written events are taken for one: then the second is a report on the card of the first.
    alerted = {report.url for alert in seen.alerts.values() for report in alert.reports}
    return Result(
        ours=judge(seen.alert_at, find_shown(seen.journal)),
        usual=judge(seen.alert_at, find_shown(seen.usual_journal)),
        articles=len(seen.article_urls),
        articles_lost=len(seen.article_urls - alerted),
        missing_articles=tuple(sorted(seen.article_urls - alerted)),
        left_twice=sum(count > 1 for count in seen.on_display.values()),
        recoveries=find_recoveries(seen),
        terminations=tuple(round(end.seconds, 2) for end in seen.ends if end.status == 0),
        unclean_ends=sum(end.status != 0 for end in seen.ends),
        kills=dict(seen.kills),
        steps=dict(sorted(seen.done.items())),
        faults=dict(sorted(seen.faults.items())),
        usual_faults=dict(sorted(seen.usual_faults.items())),
        is_settled=seen.is_settled,
        seconds=seen.seconds,
        exit_statuses=seen.exit_statuses,
        conditions=conditions,
    )


def find_recoveries(seen: Seen) -> dict[str, tuple[float, ...]]:
    """For each restart that came to work before its next end: the time to the first thing it brought out."""
    posts_at = sorted(entry.at for entry in seen.journal if entry.accepted and entry.method in (POST, "chat.update"))
    outputs = {**seen.outputs_at, NOTIFIER: posts_at}
    found: dict[str, tuple[float, ...]] = {}
    for process, times in outputs.items():
        starts = [start.at for start in seen.starts if start.process == process and start.is_restart]
        ends = [*starts[1:], math.inf]
        pairs = ((start, _first_after(times, start), end) for start, end in zip(starts, ends, strict=True))
        found[process] = tuple(round(first - start, 3) for start, first, end in pairs if first < end)
    return found


def _first_after(times: list[float], at: float) -> float:
    place = bisect_right(times, at)
    return times[place] if place < len(times) else math.inf
