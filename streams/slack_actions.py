"""Buttons and the command ``/policy`` from Slack -> ``policy.audit``, ``policy.actions``, ``policy.feedback``.

The process is a member of a group on ``policy.alerts``, which it reads to answer questions. Who owns the partition is
also the one who connects to Slack and writes: there is one writer of the audit, whatever number of processes runs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec.structs import replace

from config.actions import load_permissions
from config.catalogue import load_catalogue
from config.routing import load_routing
from config.settings import Settings
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Alert
from services.alerts.alert_memory import AlertMemory
from services.alerts.card_actions import read_press
from services.alerts.commands import HELP, Demand, Misunderstood, parse_command
from services.alerts.desk import Change
from services.alerts.feedback import Feedback
from services.alerts.mutes import Mute, list_ended, list_standing
from services.alerts.orders import Asked, decide_demand, decide_press, say_done, say_ended
from services.errors import Unavailable
from streams import codec, metrics
from streams.broker.consumer_loop import ConsumerLoop
from streams.broker.kafka import Outbox, Record, read_values
from streams.clock import monotonic, wall_clock
from streams.conversation.answers import SlackAnswers
from streams.conversation.audit_log import AuditLog
from streams.conversation.questions import Questions
from streams.delivery.card_writer import CardWriter
from streams.delivery.lines import ChannelLines
from streams.delivery.owner_line import OwnerLine
from streams.logs import log
from streams.process import read_surroundings, run_loop
from streams.slack.client import SlackCaller, SlackChannel, connect_caller
from streams.slack.outcome import Posted, Refused, outcome_label
from streams.slack.socket_mode import Request, SlackSocket
from streams.topics import POLICY_ALERTS
from streams.watching.exemplars import mark_with
from streams.watching.health import Health, Surroundings

PROCESS = "slack_actions"
GIVE_UP_SECONDS = 60.0
ASLEEP_AFTER_SECONDS = 30.0
REMIND_AGAIN_SECONDS = 30.0
LOOK_SECONDS = 30.0
MOST_SEEN = 10_000
NOT_ALLOWED = "You may ask here, but changing anything is for the channels and groups in config/actions.toml."
NOT_SAVED = "This could not be saved in time, so nothing was changed. Please try again."
FAILED = "Something went wrong here; the log of slack_actions says what. Nothing was changed, as far as is known."
UNKNOWN_ALERT = "This alert is not among the last ones that are kept here."
UNKNOWN_BUTTON = "This button is not known here."


class SlackActions:
    """Acts on one request at a time, each exactly once; answers only the person who asked."""

    def __init__(self, settings: Settings, call: SlackCaller, health: Health, is_owner: Callable[[], bool]) -> None:
        self._settings = settings
        self._call = call
        self._look_at = 0.0
        self._answers = SlackAnswers(call)
        self._socket = SlackSocket(settings, self._is_awake)
        self._health = health
        self._is_owner = is_owner
        self._awake_at = 0.0
        self._catalogue = load_catalogue()
        self._permissions = load_permissions()
        self._audit = AuditLog(settings)
        self._alerts = AlertMemory()
        self._questions = Questions(settings, self._catalogue, self._audit, self._alerts)
        cards = CardWriter(self._catalogue.names(), settings.card_label, owner_of=self._audit.desk.owners.get)
        lines = ChannelLines(load_routing(self._catalogue), settings.slack_channel)
        self._owner_line = OwnerLine(call, cards, lines.note_of)
        self._waiting: deque[Request] = deque()
        self._seen: dict[str, None] = {}
        self._remind_at = 0.0

    def rebuild(self) -> None:
        """Read the audit whole and the latest alerts; raises Unavailable."""
        self._audit.rebuild()
        for alert in read_values(self._settings, POLICY_ALERTS.name, Alert, newest=2_000):
            self._alerts.take(alert)

    def handle(self, record: Record) -> None:
        """Remember the revision; a card that was just acknowledged is brought up to it."""
        alert = codec.decode(Alert, record.value)
        self._alerts.take(alert)
        self._owner_line.follow(alert, self._audit.desk.owners.get(alert.alert_id))

    def idle(self, caught_up: bool) -> None:
        """Keep the connection up, act on what came in, remind of mutes that ended. Raises Unavailable."""
        self._awake_at = monotonic()
        problem = self._socket.keep_up()
        if problem:
            self._health.fails("slack", problem)
        else:
            self._health.answers("slack")
        while not self._socket.requests.empty():
            self._waiting.append(self._socket.requests.get())
        while self._waiting:
            self._serve(self._waiting[0])
            self._waiting.popleft()
        self._remind()

    def stand_by(self) -> None:
        """Another process acts now, and envelopes must reach that one; would Slack take this one's token?"""
        self._socket.close()
        if monotonic() < self._look_at:
            return
        self._look_at = monotonic() + LOOK_SECONDS
        outcome = SlackChannel(self._call, self._settings.slack_channel).check()
        if isinstance(outcome, Posted):
            self._health.answers("slack")
        else:
            self._health.fails("slack", outcome_label(outcome))

    def oldest_needed(self, partition: int) -> int | None:
        """Everything that is needed again is read at the start."""
        return None

    def close(self) -> None:
        """End the connection to Slack, then that to Kafka."""
        self._socket.close()
        self._audit.close()

    def _is_awake(self) -> bool:
        """False when nothing is acted on here: another process may own the partition by now."""
        return monotonic() - self._awake_at < ASLEEP_AFTER_SECONDS

    def _serve(self, request: Request) -> None:
        """One request; when Kafka is unavailable it stays the first in line."""
        if request.request_id in self._seen:
            metrics.REQUESTS.labels(outcome="repeated").inc()
            return
        try:
            outcome, sentence = self._act(request)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - one request must not stop the others
            log.exception("a request could not be acted on")
            outcome, sentence = "failed", FAILED
        self._seen[request.request_id] = None
        if len(self._seen) > MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        metrics.REQUESTS.labels(outcome=outcome).inc()
        self._answers.answer(request.channel, request.user, sentence)

    def _act(self, request: Request) -> tuple[str, str]:
        """What became of it, and what the person is told."""
        if request.request_id in self._audit.requests:
            return "repeated", "Done already."
        if monotonic() - request.received_at > GIVE_UP_SECONDS:
            return "given_up", NOT_SAVED
        asked = Asked(user=request.user, channel=request.channel, at=wall_clock())
        if request.action_id:
            return self._press(request, asked)
        command = parse_command(request.text)
        match command:
            case Misunderstood(sentence=sentence):
                return "not_understood", "\n".join((sentence, *HELP))
            case _ if isinstance(command, Demand):
                return self._demand(command, request, asked)
            case _:
                return "answered", self._questions.answer(command, asked.at)

    def _press(self, request: Request, asked: Asked) -> tuple[str, str]:
        press = read_press(request.action_id, request.value)
        if press is None:
            return "not_understood", UNKNOWN_BUTTON
        alert = self._alerts.find(press.alert_id)
        if alert is None:
            return "not_understood", UNKNOWN_ALERT
        if not self._is_allowed(asked):
            return "not_allowed", NOT_ALLOWED
        return self._change(decide_press(press, alert, self._audit.desk, asked), request, asked)

    def _demand(self, demand: Demand, request: Request, asked: Asked) -> tuple[str, str]:
        if not self._is_allowed(asked):
            return "not_allowed", NOT_ALLOWED
        return self._change(decide_demand(demand, self._catalogue, self._audit.desk, asked), request, asked)

    def _is_allowed(self, asked: Asked) -> bool:
        if self._permissions.is_open(asked.channel, self._settings.slack_channel):
            return True
        return any(self._answers.is_member(group, asked.user) for group in self._permissions.user_groups)

    def _change(self, change: Change | str, request: Request, asked: Asked) -> tuple[str, str]:
        """State changes when the topics have it, and not before. Raises Unavailable."""
        if isinstance(change, str):
            return "answered", change
        self._write(change, asked, request.request_id)
        log.info("changed", kind=type(change).__name__.lower(), by=asked.user, channel=asked.channel)
        if isinstance(change, Feedback):
            metrics.FEEDBACK.labels(verdict=change.verdict.value).inc()
        if isinstance(change, Acknowledgement):
            self._show_owner(change, request)
        self._count_mutes(asked.at)
        return "changed", say_done(change, asked.at)

    def _show_owner(self, owner: Acknowledgement, request: Request) -> None:
        posted_at = datetime.fromtimestamp(float(request.message_ts), UTC)
        taken = max(0.0, (owner.at - posted_at).total_seconds())
        metrics.RESPONSE_SECONDS.observe(taken, mark_with("alert_id", owner.alert_id))
        alert = self._alerts.by_id[owner.alert_id]
        self._owner_line.show(alert, owner, request.channel, request.message_ts)

    def _remind(self) -> None:
        """Say once that a mute is over: first in Slack, then in the audit, so that no reminder is lost."""
        now = wall_clock()
        if monotonic() < self._remind_at:
            return
        self._count_mutes(now)
        for mute in list_ended(self._audit.desk.mutes.values(), now):
            outcome = self._answers.remind(mute.channel, say_ended(mute))
            if not isinstance(outcome, Posted | Refused):
                self._remind_at = monotonic() + REMIND_AGAIN_SECONDS
                return
            self._settle(mute, now)

    def _settle(self, mute: Mute, now: datetime) -> None:
        asked = Asked(user="", channel=mute.channel, at=now)
        self._write(replace(mute, is_settled=True), asked, f"end of mute {mute.number}")

    def _write(self, change: Change, asked: Asked, request_id: str) -> None:
        if not self._is_owner():
            raise Unavailable("ownership", "this process no longer owns the partition", retry_after=1.0)
        self._audit.append(change, asked, request_id)

    def _count_mutes(self, now: datetime) -> None:
        metrics.MUTES_ACTIVE.set(len(list_standing(self._audit.desk.mutes.values(), now)))


def build() -> tuple[Surroundings, ConsumerLoop, SlackActions]:
    """Wire the process from the environment; raises Misconfigured, also without both tokens and the channel."""
    surroundings = read_surroundings("kafka", "slack")
    settings = surroundings.settings
    settings.require_socket_mode()
    call = connect_caller(settings.slack_bot_token.reveal, api_url=settings.slack_api_url)
    # Before each change the process asks the loop, which is made below, whether it is still the owner.
    actions = SlackActions(settings, call, surroundings.health, lambda: loop.is_owner())  # noqa: PLW0108
    loop = ConsumerLoop(surroundings, PROCESS, POLICY_ALERTS, actions, Outbox(settings))
    return surroundings, loop, actions


def main() -> None:
    """Run until told to stop."""
    surroundings, loop, actions = build()
    try:
        run_loop(PROCESS, surroundings, loop)
    finally:
        actions.close()
