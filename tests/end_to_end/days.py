"""Days to play: the sample day as it is, and a short one from the same parameters for tests that break things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from config.catalogue import load_catalogue
from config.sample_day import load_sample_day
from services.alerts.alert import Alert
from services.market.reaction import Window
from services.market.sample.reconstruction import Tape, reconstruct, write_rows
from streams.broker.kafka import Outbox
from streams.local.day_player import DayPlayer
from streams.local.replay import Replay, ReplayResult
from streams.local.replay_slack import ReplaySlack
from streams.topics import NEWS_ARTICLES
from tests.end_to_end.line import Line

SHORT_DAY = (
    b"/planner-ten-platform-cases",
    b"/worst-is-over",
    b"/travel-commission-cap",
    b"/northern-league-ban",
    b"harbour-wire.example/2023/07/13/game-titles-approved",
    b"yuegang-caixun.example/2023/07/13/game-titles-approved",
    b"/short-video-minors",
    b"/tencent-music-rights-ruling",
)
"""An alert in the evening, at lunch and twice during trading, a second report, and three silences."""
SHORT_DAY_SECONDS_PER_TICK = 30
SETTLE_SECONDS = 60.0


@dataclass(frozen=True)
class Day:
    """What is played: articles as raw JSON in order of arrival, and the tape."""

    articles: tuple[bytes, ...]
    tape: Tape


def make_sample_day() -> Day:
    """The sample day, whole."""
    day = load_sample_day()
    return Day(day.articles, reconstruct(day.tape))


def make_short_day() -> Day:
    """Eight articles, and a tick per instrument every half minute."""
    day = load_sample_day()
    articles = tuple(line for line in day.articles if any(mark in line for mark in SHORT_DAY))
    assert len(articles) == len(SHORT_DAY)
    days = tuple(replace(one, seconds_per_tick=SHORT_DAY_SECONDS_PER_TICK) for one in day.tape.days)
    return Day(articles, reconstruct(replace(day.tape, days=days)))


class MeddlingOutbox(Outbox):
    """Calls back when records have just been acknowledged, which is when they wait to be read."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.settings)
        self.after_article: Callable[[bytes], None] = lambda article: None
        self.after_ticks: Callable[[int], None] = lambda number: None
        self._frames = 0
        self._article: bytes | None = None
        self._has_ticks = False

    def send(
        self, topic: str, key: str | None, value: bytes | None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        """As ever, and remembered."""
        super().send(topic, key, value, headers)
        self._article = value if topic == NEWS_ARTICLES.name else None

    def send_to(self, topic: str, partition: int, value: bytes, headers: Mapping[str, bytes]) -> None:
        """As ever, and remembered; a frame without ticks only tells the time."""
        super().send_to(topic, partition, value, headers)
        self._has_ticks = self._has_ticks or b'"instrument":[]' not in value

    def flush(self) -> None:
        """As ever, then the call."""
        super().flush()
        article, self._article = self._article, None
        has_ticks, self._has_ticks = self._has_ticks, False
        if article is not None:
            self.after_article(article)
        if has_ticks:
            self._frames += 1
            self.after_ticks(self._frames)


def play(line: Line, day: Day, outbox: Outbox | None = None) -> DayPlayer:
    """Play the day to its end and until Slack has every revision; fails the test with what is missing."""
    complaints: list[str] = []
    player = DayPlayer(outbox or line.outbox, line.watcher, complaints.append)
    player.play(day.articles, day.tape)
    end = day.tape.traded_at_ms[-1] / 1000 + 500
    assert line.watcher.wait_for(lambda seen: min(seen.watermarks.values(), default=0) >= end, SETTLE_SECONDS), (
        f"the tape did not end: {line.watcher.watermarks}"
    )
    undecided = [played.title for played in player.articles if not is_decided_soon(line, played.article_id)]
    assert not undecided, f"no decision on {undecided}; the player said {complaints}"
    assert line.watcher.wait_for(lambda seen: seen.is_complete() and seen.is_settled(), SETTLE_SECONDS), (
        f"not everything reached Slack: {describe_progress(line)}"
    )
    return player


def is_decided_soon(line: Line, article_id: str) -> bool:
    """True when the article came to its end within the deadline."""
    return line.watcher.wait_for(lambda seen: seen.is_decided(article_id), SETTLE_SECONDS)


def describe_progress(line: Line) -> dict[str, str]:
    """Cause of the last revision of each alert, and how many of its revisions Slack has."""
    return {
        alert_id: f"{alert.cause} {line.watcher.sent_revision(alert_id)}/{alert.revision}"
        for alert_id, alert in line.final_alerts().items()
    }


def replay(day: Day) -> ReplayResult:
    """The same day through the same decisions, without a broker."""
    names = ("instrument", "traded_at", "price", "volume")
    rows = (dict(zip(names, row, strict=True)) for row in write_rows(day.tape))
    return Replay(ReplaySlack(load_catalogue().names())).run(day.articles, rows)


def by_alert(alerts: Sequence[Alert]) -> dict[str, list[Alert]]:
    """Revisions of each alert, in order."""
    found: dict[str, list[Alert]] = {}
    for alert in alerts:
        found.setdefault(alert.alert_id, []).append(alert)
    return found


def conclusion(alert: Alert) -> dict[str, object]:
    """What the final card says, without the run that said it: verdict, reports, and every figure."""
    return {
        "cause": alert.cause,
        "agreement": alert.agreement.value,
        "reports": [report.signal_id for report in alert.reports],
        "measured": [window.value for window in alert.measured],
        "reactions": [
            (reaction.instrument, reaction.window.value, reaction.state.value, reaction.price, reaction.return_)
            for reaction in alert.reactions
            if reaction.window in FINAL_WINDOWS
        ],
    }


FINAL_WINDOWS = (Window.SINCE_PREVIOUS_CLOSE, Window.AFTER_1M, Window.AFTER_5M, Window.AFTER_30M, Window.TO_CLOSE)


def assert_nothing_lost_nothing_doubled(line: Line, day: Day) -> None:
    """Every alert of an undisturbed run stands in Slack once, at its last revision, with the same conclusion."""
    expected = {alert_id: known[-1] for alert_id, known in by_alert(replay(day).alerts).items()}
    final = line.final_alerts()
    assert {key: conclusion(alert) for key, alert in final.items()} == {
        key: conclusion(alert) for key, alert in expected.items()
    }
    assert len(expected) >= 3
    messages = line.root_messages()
    assert sorted(alert_id for alert_id, _, _ in messages) == sorted(expected)
    for alert_id, _, message in messages:
        assert shown_revision(message) == final[alert_id].revision


def shown_revision(message: object) -> int:
    """Which revision of its alert a message shows."""
    assert isinstance(message, dict)
    return int(message["metadata"]["event_payload"]["revision"])
