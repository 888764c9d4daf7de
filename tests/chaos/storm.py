"""One long run: the plan is carried out step by step while articles flow, then everything is let settle and counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kafka.errors import KafkaError

from services.alerts.alert import Alert
from services.errors import Unavailable
from streams.broker.kafka import read_values, read_whole
from streams.clock import monotonic
from streams.slack_stand_in.faults import JournalEntry
from streams.slack_stand_in.workspace import Workspace
from streams.topics import MARKET_BARS, POLICY_ALERTS, POLICY_SIGNALS, Topic
from tests.chaos.acts import FLOWS_AGAIN_WITHIN_SECONDS, Acts
from tests.chaos.articles import WrittenArticle
from tests.chaos.feed import Feed
from tests.chaos.fleet import READY_WITHIN_SECONDS, USUAL, End, Start
from tests.chaos.plan import NOTIFIER, Step, share_articles
from tests.chaos.slack import ChaoticSlack
from tests.chaos.verdict import find_shown
from tests.chaos.world import World

LINE = ("news_consumer", "tick_aggregator", "correlator", NOTIFIER, "slack_actions")
SETTLES_WITHIN_SECONDS = 150.0
LOOK_AT_TOPICS_SECONDS = 2.0
OUTPUTS: dict[str, Topic] = {
    "news_consumer": POLICY_SIGNALS,
    "tick_aggregator": MARKET_BARS,
    "correlator": POLICY_ALERTS,
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a run left behind, with all processes ended. Times are in seconds since 1970."""

    article_urls: frozenset[str]
    alerts: dict[str, Alert]
    """The last revision of each."""
    alert_at: dict[str, float]
    """When its first revision was on its topic."""
    journal: list[JournalEntry]
    usual_journal: list[JournalEntry]
    on_display: Counter[str]
    """Messages that stand in Slack at the end, by alert."""
    starts: list[Start]
    outputs_at: dict[str, list[float]]
    """When each process brought something out."""
    done: Counter[str]
    kills: Counter[str]
    ends: list[End]
    """How the notifier went when it was told to."""
    faults: Counter[str]
    usual_faults: Counter[str]
    is_settled: bool
    seconds: float
    exit_statuses: dict[str, int]


class Storm:
    """Carries out a plan on a world; what is not done by ``deadline`` (monotonic seconds) is left out."""

    def __init__(
        self, world: World, articles: Sequence[WrittenArticle], deadline: float, say: Callable[[str], None]
    ) -> None:
        self._world = world
        self._fleet = world.fleet
        self._articles = articles
        self._storm_until = deadline - SETTLES_WITHIN_SECONDS
        self._say = say
        self._acts = Acts(world, deadline)
        self._done: Counter[str] = Counter()
        self._feed = Feed(world.settings, articles, seed=len(articles))

    def run(self, plan: list[Step]) -> Seen:
        """Everything, to the end."""
        began = monotonic()
        for process in (*LINE, USUAL):
            self._fleet.start(process)
        is_ready = self._acts.wait(lambda: all(map(self._fleet.is_ready, self._fleet.children)), READY_WITHIN_SECONDS)
        self._say(f"the line is {'up' if is_ready else 'not ready'} after {monotonic() - began:.0f} s")
        shares = share_articles(plan, len(self._articles))
        self._feed.start()
        try:
            for number, (step, articles) in enumerate(zip(plan, shares, strict=True), 1):
                if monotonic() > self._storm_until:
                    self._say("the deadline comes: the rest of the plan is left out")
                    break
                self._carry_out(step, articles)
                shown = len(find_shown(self._world.slack.journal))
                self._say(f"{number:3}/{len(plan)}  {monotonic() - began:4.0f} s  {shown:4} shown  after {step}")
            self._feed.allowed = len(self._articles)
            is_settled = self._settle()
        finally:
            self._feed.stop()
        return self._look(is_settled, monotonic() - began)

    def _carry_out(self, step: Step, articles: int) -> None:
        """Do it while articles come, and go on when posts are seen again."""
        self._feed.allowed = articles
        at = time.time()
        self._acts.do(step)
        self._done[str(step)] += 1
        ended = self._fleet.restart_ended()
        if ended:
            self._say(f"ended by itself: {', '.join(ended)}")
        since = max([at, *(start.at for start in self._fleet.starts)])
        self._acts.wait(lambda: self._feed.sent >= articles, FLOWS_AGAIN_WITHIN_SECONDS)
        if not self._acts.wait(lambda: self._acts.has_posted_since(since), FLOWS_AGAIN_WITHIN_SECONDS):
            self._say(f"no post within {FLOWS_AGAIN_WITHIN_SECONDS:g} s after {step}")

    def _settle(self) -> bool:
        """No more faults; True when every article and every alert has come to its end."""
        for slack in (self._world.slack, self._world.usual_slack):
            slack.calm()
        looked_at = 0.0
        done = False

        def is_settled() -> bool:
            nonlocal looked_at, done
            if monotonic() - looked_at > LOOK_AT_TOPICS_SECONDS:
                self._fleet.restart_ended()
                done, looked_at = self._is_everything_told(), monotonic()
            return done

        return self._acts.wait(is_settled, SETTLES_WITHIN_SECONDS)

    def _is_everything_told(self) -> bool:
        if self._feed.sent < len(self._articles):
            return False
        try:
            alerts = {alert.alert_id: alert for alert in read_values(self._world.settings, POLICY_ALERTS.name, Alert)}
        except (Unavailable, KafkaError):
            return False
        urls = {report.url for alert in alerts.values() for report in alert.reports}
        shown = [_told_in(slack) for slack in (self._world.slack, self._world.usual_slack)]
        return urls >= {article.url for article in self._articles} and all(alerts.keys() <= told for told in shown)

    def _look(self, is_settled: bool, seconds: float) -> Seen:
        settings, world = self._world.settings, self._world
        alerts, alert_at = {}, {}
        for record in read_whole(settings, POLICY_ALERTS.name):
            alert_at.setdefault((record.key or b"").decode(), record.timestamp_ms / 1000)
        for alert in read_values(settings, POLICY_ALERTS.name, Alert):
            alerts[alert.alert_id] = alert
        outputs_at = {
            process: sorted(record.timestamp_ms / 1000 for record in read_whole(settings, topic.name))
            for process, topic in OUTPUTS.items()
        }
        statuses = world.fleet.stop()
        return Seen(
            article_urls=frozenset(article.url for article in self._articles[: self._feed.sent]),
            alerts=alerts,
            alert_at=alert_at,
            journal=world.slack.journal,
            usual_journal=world.usual_slack.journal,
            on_display=Counter(_on_display(world.slack.workspace)),
            starts=world.fleet.starts,
            outputs_at=outputs_at,
            done=self._done,
            kills=world.fleet.kills,
            ends=[end for end in world.fleet.ends if end.process == NOTIFIER],
            faults=world.slack.met,
            usual_faults=world.usual_slack.met,
            is_settled=is_settled,
            seconds=seconds,
            exit_statuses=statuses,
        )


def _told_in(slack: ChaoticSlack) -> set[str]:
    return {alert_id for message in find_shown(slack.journal) for alert_id in message.alert_ids}


def _on_display(workspace: Workspace) -> Iterator[str]:
    for channel in workspace.channels:
        for message in workspace.message_list(channel):
            metadata = message.metadata
            if isinstance(metadata, dict) and metadata["event_type"] == "policy_alert":
                yield str(metadata["event_payload"]["alert_id"])
