"""A notifier on three channels of a Slack in memory, with a clock that moves only when told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.routing import ChannelEntry, RoutingFile
from config.settings import Secret, Settings
from services.alerts.alert import Alert, Receipt, Severity
from services.alerts.routing import Route, RoutingTable
from services.alerts.trace import Trace
from services.errors import Unavailable
from streams.broker.kafka import Record
from streams.codec import encode
from streams.delivery.attempt_log import InMemoryAttemptLog
from streams.delivery.card_writer import CardWriter
from streams.slack.client import SlackChannel
from streams.slack_notifier import NotifierParts, SlackNotifier
from streams.slack_stand_in.faults import InMemorySlack, ScriptedSlack
from streams.slack_stand_in.workspace import Message, Workspace
from streams.tracing.trace_sender import Build
from streams.watching.health import Health
from tests.slack.conftest import CHANNEL, TOKEN, ManualClock

RISK, SALES = "C0RISK", "C0SALES"
DESK_ONLY = RoutingTable(fallback="desk")
EVERYWHERE = RoutingTable(fallback="desk", routes=(Route(name="everybody", to=("desk", "risk", "sales")),))
LOUD_TO_RISK = RoutingTable(
    fallback="desk",
    routes=(Route(name="loud", severity=Severity.FLASH, to=("risk",)), Route(name="rest", to=("desk",))),
)


class NotifierBench:
    """What survives a kill: Slack, the attempt log, the topic with its commit, time."""

    def __init__(self, table: RoutingTable = DESK_ONLY) -> None:
        self.clock = ManualClock()
        self.scripted = ScriptedSlack(Workspace(TOKEN, (CHANNEL, RISK, SALES), now=self.clock.epoch))
        self.token = TOKEN
        self.log = InMemoryAttemptLog()
        self.health = Health("slack")
        channels = {"desk": "", "risk": RISK, "sales": SALES}
        entries = {name: ChannelEntry(kind="slack", target=target) for name, target in channels.items()}
        self._routing = RoutingFile(table=table, channels=entries)
        self.topic: list[Record] = []
        self.traces: list[Trace] = []
        self.committed = 0
        self.may_send = True
        self.boundary: Callable[[], None] = lambda: None
        """Called before and after every call to Slack and to the attempt log; may raise to kill the process there."""
        self.restart()

    def restart(self) -> None:
        """A new process: it reads the topic again from the last commit."""
        transport = InMemorySlack(self.scripted, TOKEN, timeout_seconds=1.0)
        parts = NotifierParts(
            routing=self._routing,
            log=_Watched(self),
            connect=lambda target: SlackChannel(self._with_token(transport), target),
            cards=CardWriter({}),
            clock=self.clock,
            may_send=lambda: self.may_send,
            trace=self.take_trace,
        )
        settings = Settings(slack_bot_token=_Token(self), slack_channel=CHANNEL)
        self.notifier = SlackNotifier(settings, parts, self.health)
        self.notifier.rebuild()
        self.read_until = self.committed

    def take_trace(self, build: Build, _clock_offset_ms: int = 0) -> None:
        """What the notifier says of its decisions."""
        trace = build()
        if trace is not None:
            self.traces.append(trace)

    def publish(self, *alerts: Alert, clock_offset_ms: int = 0) -> None:
        """Put revisions on the topic."""
        headers = {"clock-offset-ms": str(clock_offset_ms).encode()} if clock_offset_ms else {}
        for alert in alerts:
            offset = len(self.topic)
            record = Record(
                topic="policy.alerts",
                partition=0,
                offset=offset,
                key=None,
                value=encode(alert),
                timestamp_ms=0,
                headers=headers,
            )
            self.topic.append(record)

    def told(self, channel: str = CHANNEL) -> list[str]:
        """Every alert id that people see: by a message of its own, or in a digest; once for each place."""
        found = []
        for message in self.messages(channel):
            payload = payload_of(message)
            if "alert_ids" in payload:
                found += str(payload["alert_ids"]).split(",")
            elif message.thread_ts is None and "reply_id" not in payload:
                found.append(str(payload["alert_id"]))
        return sorted(found)

    def run(self, seconds: float) -> None:
        """As the consumer loop does: hand in, work, commit; a look every tenth of a second."""
        until = self.clock.seconds + seconds
        while self.clock.seconds < until:
            self.step()
            self.clock.wait(0.1)

    def step(self) -> None:
        """One round of the loop."""
        try:
            while self.read_until < len(self.topic):
                self.notifier.handle(self.topic[self.read_until])
                self.read_until += 1
            self.notifier.idle(caught_up=True)
        except Unavailable:
            self.read_until = self.committed
            return
        needed = self.notifier.oldest_needed(0)
        self.committed = max(self.committed, self.read_until if needed is None else min(needed, self.read_until))

    def messages(self, channel: str = CHANNEL) -> list[Message]:
        """What people see, replies too, the oldest first."""
        return self.scripted.workspace.message_list(channel)

    def shown(self, channel: str = CHANNEL) -> list[tuple[str, int]]:
        """(alert_id, revision) of every card."""
        payloads = [payload_of(message) for message in self.messages(channel) if message.thread_ts is None]
        return [(str(payload["alert_id"]), int(str(payload["revision"]))) for payload in payloads]

    def replies(self, channel: str = CHANNEL) -> list[str]:
        """Texts of what stands in threads."""
        return [message.text for message in self.messages(channel) if message.thread_ts is not None]

    def _with_token(self, transport: InMemorySlack):
        def call(method: str, arguments: dict[str, object]):
            transport.token = self.token
            self.boundary()
            answer = transport(method, arguments)
            self.boundary()
            return answer

        return call


class _Watched:
    """The attempt log with its boundaries."""

    def __init__(self, bench: NotifierBench) -> None:
        self._bench = bench
        self.rebuild = bench.log.rebuild
        self.last = bench.log.last
        self.find_held = bench.log.find_held
        self.list_posted = bench.log.list_posted

    def append(self, *receipts: Receipt) -> None:
        # A flush may be cut in the middle: some lines have arrived.
        for receipt in receipts:
            self._bench.boundary()
            self._bench.log.append(receipt)
        self._bench.boundary()


class _Token(Secret):
    """The token as its file holds it now."""

    __slots__ = ("_bench",)

    def __init__(self, bench: NotifierBench) -> None:
        super().__init__(TOKEN)
        self._bench = bench

    def reveal(self) -> str:
        return self._bench.token


def payload_of(message: Message) -> Mapping[str, object]:
    """Our ids in a message."""
    assert isinstance(message.metadata, dict)
    payload = message.metadata["event_payload"]
    assert isinstance(payload, dict)
    return payload
