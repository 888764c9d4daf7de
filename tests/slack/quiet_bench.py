"""The notifier's bench with quiet hours, digests and cooldowns: what survives a kill is also the topic, compacted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

from config.exchanges import load_calendars
from config.outputs import ChannelEntry
from config.routing import RoutingFile
from config.settings import Settings
from services.alerts.alert import Alert, Severity, Silence
from services.alerts.holding import ChannelRules, HoldRules
from services.alerts.quiet_hours import ClockSpan, QuietHours, QuietMode
from services.alerts.routing import Route, RoutingTable
from streams.codec import decode
from streams.delivery.card_writer import CardWriter
from streams.slack.client import SlackChannel
from streams.slack_notifier import NotifierParts, SlackNotifier
from streams.slack_stand_in.faults import InMemorySlack
from tests.slack.conftest import CHANNEL, TOKEN
from tests.slack.notifier_bench import RISK, NotifierBench, _Token, _Watched, payload_of

CALENDARS = load_calendars()


def quiet_until(ends: str, mode: QuietMode = QuietMode.HOLD_AND_BRIEF, passes: Severity = Severity.FLASH) -> HoldRules:
    """Quiet in the channel desk from 01:00 UTC until ``ends``; the bench begins at 01:30 UTC."""
    hour, minute = map(int, ends.split(":"))
    span = ClockSpan(starts=time(1, 0), ends=time(hour, minute))
    night = QuietHours(name="night", mode=mode, passes=passes, zone=ZoneInfo("UTC"), spans=(span,))
    return rules(ChannelRules(quiet=("night",)), night)


def rules(channel: ChannelRules, *quiet: QuietHours) -> HoldRules:
    """Rules of the channel desk."""
    return HoldRules(channels={"desk": channel}, quiet={one.name: one for one in quiet}, calendars=CALENDARS)


class QuietBench(NotifierBench):
    """Two channels; ``silences`` are those that the notifier recorded."""

    def __init__(self, holding: HoldRules, routes: tuple[Route, ...] = ()) -> None:
        self.silences: list[Silence] = []
        self._on_way: list[Silence] = []
        """A kill takes with it what Kafka has not acknowledged, which it has at the end of each round."""
        self.reads_of_silences = 0
        channels = {"desk": "", "risk": RISK}
        self._quiet_routing = RoutingFile(
            table=RoutingTable(fallback="desk", routes=routes),
            channels={name: ChannelEntry(kind="slack", target=target) for name, target in channels.items()},
            holding=holding,
        )
        super().__init__()

    def restart(self) -> None:
        """A new process: it knows the attempt log and the topic from its last commit on, and may read it whole."""
        self._on_way.clear()
        transport = InMemorySlack(self.scripted, TOKEN, timeout_seconds=1.0)
        parts = NotifierParts(
            routing=self._quiet_routing,
            log=_Watched(self),
            connect=lambda target: SlackChannel(self._with_token(transport), target),
            cards=CardWriter({}),
            clock=self.clock,
            may_send=lambda: self.may_send,
            read_alerts=self._read_alerts,
            tell_silence=self._on_way.append,
            read_silences=self._read_silences,
            trace=self.take_trace,
        )
        settings = Settings(slack_bot_token=_Token(self), slack_channel=CHANNEL)
        self.notifier = SlackNotifier(settings, parts, self.health)
        self.notifier.rebuild()
        self.read_until = self.committed

    def step(self) -> None:
        """One round of the loop; it commits what is behind acknowledged effects only."""
        super().step()
        self.silences += self._on_way
        self._on_way.clear()

    def briefs(self) -> list[dict[str, object]]:
        """Title and texts of every brief and digest in the channel."""
        return [
            {"title": message.blocks[0]["text"]["text"], "texts": _texts(message.blocks), "ts": message.ts}
            for message in self.messages()
            if str(payload_of(message)["alert_id"]).startswith("brf_")
        ]

    def cards(self) -> list[str]:
        """Alert ids of cards in the channel itself, the oldest first."""
        return [name for name, _ in self.shown() if not name.startswith("brf_")]

    def _read_silences(self) -> Iterator[Silence]:
        self.reads_of_silences += 1
        return iter(list(self.silences))

    def _read_alerts(self) -> Iterator[Alert]:
        last: dict[str, Alert] = {}
        for record in self.topic:
            alert = decode(Alert, record.value)
            last[alert.alert_id] = alert
        return iter(last.values())


def _texts(blocks: list[dict[str, object]]) -> str:
    return "\n".join(str(block["text"]["text"]) for block in blocks if block["type"] == "section")
