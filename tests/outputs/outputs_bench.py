"""The notifier's bench with a webhook and a mailing list beside Slack; their sides are scripted, or real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from config.outputs import ChannelEntry
from config.routing import RoutingFile
from config.settings import Settings
from services.alerts.alert import Alert, Silence
from services.alerts.holding import HoldRules
from services.alerts.routing import Route, RoutingTable
from streams.codec import decode
from streams.delivery.card_writer import CardWriter
from streams.outputs.output import Outgoing, Output, Result, ResultKind
from streams.outputs.webhook import Webhook
from streams.slack.client import SlackChannel
from streams.slack_notifier import NotifierParts, SlackNotifier
from streams.slack_stand_in.faults import InMemorySlack
from tests.outputs.test_mail import mail_to
from tests.outputs.test_webhook import hook
from tests.slack.conftest import CHANNEL, TOKEN
from tests.slack.notifier_bench import RISK, SALES, NotifierBench, _Token, _Watched

TO_ALL = RoutingTable(fallback="desk", routes=(Route(name="all", to=("desk", "hook", "mail")),))
TO_HOOK = RoutingTable(fallback="desk", routes=(Route(name="hook", to=("hook",)),))
TO_MAIL = RoutingTable(fallback="desk", routes=(Route(name="mail", to=("mail",)),))
OK = Result(kind=ResultKind.SENT, detail="status 204")


@dataclass
class OtherSide:
    """What a receiver has: it accepts, refuses, or accepts and loses its answer, as ``script`` says; then it accepts."""

    script: list[Result] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """Keys of what it has, repeats too."""
    bodies: list[bytes] = field(default_factory=list)
    tries: int = 0
    always: Result | None = None

    def answer(self, outgoing: Outgoing) -> Result:
        """One try."""
        self.tries += 1
        result = self.always or (self.script.pop(0) if self.script else OK)
        if result.kind in (ResultKind.SENT, ResultKind.IN_DOUBT):
            self.taken.append(outgoing.key)
            self.bodies.append(outgoing.body)
        return result


class Scripted:
    """A real output whose way out is the script."""

    def __init__(self, output: Output, side: OtherSide, boundary: Callable[[], None]) -> None:
        self.most_doubts = output.most_doubts
        self.takes_every_revision = output.takes_every_revision
        self.wants = output.wants
        self.write_alert = output.write_alert
        self.write_brief = output.write_brief
        self.write_notice = output.write_notice
        self._side = side
        self._boundary = boundary

    def send(self, outgoing: Outgoing) -> Result:
        """One try, with its boundaries."""
        self._boundary()
        result = self._side.answer(outgoing)
        self._boundary()
        return result


class OutputsBench(NotifierBench):
    """Channels desk, risk, sales, hook and mail; ``seconds`` gives the second route of each."""

    def __init__(
        self,
        table: RoutingTable = TO_ALL,
        seconds: Mapping[str, str] = {},
        holding: HoldRules | None = None,
        outputs: Mapping[str, Output] = {},
    ) -> None:
        self.hook, self.mail = OtherSide(), OtherSide()
        self.silences: list[Silence] = []
        self._real = outputs
        targets = {"desk": "", "risk": RISK, "sales": SALES}
        entries = {
            name: ChannelEntry(kind="slack", target=target, second=seconds.get(name, ""))
            for name, target in targets.items()
        }
        entries["hook"] = ChannelEntry(kind="webhook", target="https://hook.example/", second=seconds.get("hook", ""))
        entries["mail"] = ChannelEntry(kind="email", target="a@b.example", second=seconds.get("mail", ""))
        self._file = RoutingFile(table=table, channels=entries, holding=holding or HoldRules())
        super().__init__()

    def restart(self) -> None:
        """A new process: it knows the attempt log and the topic from its last commit on, and may read it whole."""
        transport = InMemorySlack(self.scripted, TOKEN, timeout_seconds=1.0)
        parts = NotifierParts(
            routing=self._file,
            log=_Watched(self),
            connect=lambda target: SlackChannel(self._with_token(transport), target),
            cards=CardWriter({}),
            clock=self.clock,
            may_send=lambda: self.may_send,
            read_alerts=self._read_alerts,
            tell_silence=self.silences.append,
            trace=self.take_trace,
            outputs={**self._scripted(), **self._real},
            # One after the other, so that the order of a test is the same each time.
            run_output=lambda act: act(),
        )
        self.notifier = SlackNotifier(Settings(slack_bot_token=_Token(self), slack_channel=CHANNEL), parts, self.health)
        self.notifier.rebuild()
        self.read_until = self.committed

    def _scripted(self) -> dict[str, Output]:
        webhook: Webhook = hook("http://127.0.0.1:1/")
        pairs = {"hook": (webhook, self.hook), "mail": (mail_to(None), self.mail)}

        def pass_boundary() -> None:
            self.boundary()

        return {name: Scripted(output, side, pass_boundary) for name, (output, side) in pairs.items()}

    def _read_alerts(self) -> Iterator[Alert]:
        """As the compacted topic has them."""
        last: dict[str, Alert] = {}
        for record in self.topic:
            alert = decode(Alert, record.value)
            last[alert.alert_id] = alert
        return iter(last.values())
