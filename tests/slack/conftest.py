"""A Slack in two forms, a clock that moves only when told to, and alerts by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.alert import Agreement, Alert, Severity
from services.errors import Unavailable
from services.signals.signal import PolicySignal, Relation, Stage, Tone
from streams.delivery.attempt_log import AttemptLog, InMemoryAttemptLog
from streams.delivery.deliver import Delivered, Delivery
from streams.delivery.pacing import Pacing
from streams.slack.client import Slack, SlackChannel, connect_slack
from streams.slack_stand_in.faults import InMemorySlack, ScriptedSlack
from streams.slack_stand_in.server import SlackStandIn
from streams.slack_stand_in.workspace import Workspace

CHANNEL = "C0POLICYALERTS"
TOKEN = "xoxb-canary-0123456789"
START = datetime(2023, 7, 13, 1, 30, tzinfo=UTC)
MOST_TRIES = 200


class ManualClock:
    """Time that passes only through ``wait``; wall and monotonic time run together."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        assert 0 <= seconds <= 600
        self.seconds += seconds

    def epoch(self) -> float:
        return self.now().timestamp()


class Bench:
    """Everything that survives a kill (Slack, the attempt log, time), and deliveries that do not."""

    def __init__(
        self, call_slack: Callable[[ScriptedSlack], SlackChannel], *, clock: ManualClock | None = None
    ) -> None:
        self.clock = clock or ManualClock()
        self.scripted = ScriptedSlack(Workspace(TOKEN, (CHANNEL, "C0OTHER"), now=self.clock.epoch))
        self.slack: Slack = call_slack(self.scripted)
        self.log: AttemptLog = InMemoryAttemptLog()
        self.waits: list[Unavailable] = []

    def start(self, slack: Slack | None = None, log: AttemptLog | None = None) -> Delivery:
        """A new process: it knows only what the attempt log and Slack know."""
        return Delivery(slack or self.slack, log or self.log, Pacing(self.clock), self.clock)

    def finish(self, delivery: Delivery, alert: Alert, payload: dict[str, object] | None = None) -> Delivered:
        """Hand the same record in again after every Unavailable, as the consumer loop does."""
        for _ in range(MOST_TRIES):
            try:
                return delivery.deliver(alert, payload or payload_of(alert))
            except Unavailable as error:
                self.waits.append(error)
                self.clock.wait(error.retry_after)
        raise AssertionError(f"not delivered after {MOST_TRIES} tries: {self.waits[-1]}")

    def shown(self) -> list[tuple[str, int]]:
        """(alert_id, revision) of every message that people see, the oldest first."""
        payloads = [message.metadata["event_payload"] for message in self.scripted.workspace.message_list(CHANNEL)]
        return [(payload["alert_id"], payload["revision"]) for payload in payloads]

    def texts(self) -> list[str]:
        return [message.text for message in self.scripted.workspace.message_list(CHANNEL)]


def make_alert(number: int = 1, revision: int = 1) -> Alert:
    """Alert ``number``; all revisions carry the same signal."""
    signal = PolicySignal(
        signal_id=f"s{number}",
        story_id=f"story{number}",
        article_id=f"a{number}",
        relation=Relation.NEW,
        source="wire",
        language="en",
        headline=f"Authority backs platform companies, part {number}",
        url="https://news.example/1",
        tone=Tone.SUPPORTIVE,
        score=0.8,
        confidence=0.9,
        regulators=("NDRC",),
        sectors=("platforms",),
        stage=Stage.MEETING,
        exposures=(),
        evidence=(),
        commentary=False,
        authority=0.9,
        novelty=100,
        fingerprint=(),
        reader="test",
        published_at=START,
        received_at=START,
        scored_at=START,
    )
    return Alert(
        alert_id=f"alert{number}",
        revision=revision,
        cause="raised",
        severity=Severity.URGENT,
        agreement=Agreement.NOT_YET,
        signal=signal,
        reports=(),
        reactions=(),
        measured=(),
        reasons=(),
        raised_at=START,
        revised_at=START,
    )


def payload_of(alert: Alert) -> dict[str, object]:
    """A card as the renderer gives it: fallback text and blocks."""
    words = f"{alert.alert_id} revision {alert.revision}"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    return {"text": words, "blocks": [{"type": "header", "text": {"type": "plain_text", "text": words}}, section]}


@pytest.fixture(params=["memory", "http"])
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The bench over the in-memory transport, and again over HTTP to the stand-in with the real client."""
    if request.param == "memory":
        yield memory_bench()
        return
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    servers: list[SlackStandIn] = []

    def over_http(scripted: ScriptedSlack) -> SlackChannel:
        servers.append(SlackStandIn(scripted).start())
        return connect_slack(CHANNEL, lambda: TOKEN, api_url=servers[-1].api_url, timeout_seconds=1)

    yield Bench(over_http)
    for server in servers:
        server.stop()


def memory_bench() -> Bench:
    """The bench without a network."""
    return Bench(lambda scripted: SlackChannel(InMemorySlack(scripted, TOKEN, timeout_seconds=1.0), CHANNEL))


@pytest.fixture(scope="session")
def new_bench_factory() -> Callable[[], Bench]:
    """As ``new_bench``, for property-based tests, which make their own benches."""
    return memory_bench


@pytest.fixture(scope="session")
def new_alert_factory() -> Callable[..., Alert]:
    """As ``new_alert``, for property-based tests."""
    return make_alert


@pytest.fixture
def new_bench() -> Callable[[], Bench]:
    """For tests that need many fresh benches."""
    return memory_bench


@pytest.fixture
def new_alert() -> Callable[..., Alert]:
    """``new_alert(number, revision)``."""
    return make_alert
