"""The sender of one output: its queue, one try at a time beside the loop, attempt before and receipt after each.

At least once: a message stays until the other side has confirmed it, refused its content, or, where repeats cannot be
known by their key, left even a second copy unconfirmed; then it is parked, and goes to the second route. A try that a
kill cut off is made again. A record is committed after that. What an output has not taken for a quarter of an hour is
noted in the attempt log as waiting, so that its record may be committed: one dead output must not stop the others. It
is tried on, also by a next process.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from services.alerts.alert import Alert, DeliveryState, Receipt, Severity
from services.alerts.brief import Brief
from services.alerts.delivery_queue import NO_PARTITION, ChannelQueue, Waiting
from services.alerts.repeat import NOT_POSTED
from services.errors import Unavailable
from streams import metrics
from streams.delivery import counting, delivery_metrics
from streams.delivery.channel_state import PARKED_SECONDS, ChannelState
from streams.delivery.digest_post import DIGEST
from streams.delivery.job import backoff
from streams.delivery.second_routes import UNCONFIRMED
from streams.logs import log as logger
from streams.outputs.flight import (
    DOUBT,
    REFUSED,
    BriefOnWay,
    Flight,
    OutputParts,
    is_follow_up,
    is_given_up,
    is_wanted,
    shelve,
    told_in_brief,
    write_attempt,
    write_own_receipt,
)
from streams.outputs.output import Outgoing, Result, ResultKind

OVERDUE_SECONDS = 900.0
"""What has waited for longer is noted as waiting, and goes to the second route as well."""
UNWRITABLE = "unwritable"


class OutputSender:
    """Brings one output up to every revision in its queue that is worth a message. Not for use by two threads."""

    def __init__(self, name: str, parts: OutputParts) -> None:
        self.name = name
        self.channel = f"output/{name}"
        self.queue = ChannelQueue(keeps_all=parts.output.takes_every_revision)
        self.state = ChannelState(name, parts.clock)
        self._parts = parts
        self._flight: Flight | None = None
        self._brief: BriefOnWay | None = None
        self._failures = 0
        self.notices: dict[str, str] = {}
        """Words by key; each is sent once, before all alerts."""
        self.on_parked: Callable[[Waiting], None] = lambda _: None
        """Told of a revision that this output will never take."""

    def notify(self, key: str, words: str) -> None:
        """Say something that is no alert; once for each key."""
        self.notices[key] = words

    @property
    def is_brief_free(self) -> bool:
        """No brief is on its way."""
        return self._brief is None

    @property
    def is_on_way(self) -> bool:
        """A try has begun and has not been taken in."""
        return self._flight is not None

    def last(self, alert_id: str, reply_id: str = "") -> Receipt | None:
        """The last receipt of a message to this output."""
        return self._parts.log.last(alert_id, self.channel, reply_id)

    def take(self, alert: Alert, partition: int, offset: int, clock_offset_ms: int) -> None:
        """Put a revision into the queue unless it is not worth a message."""
        last = self.last(alert.alert_id)
        if not is_wanted(last, alert, self._parts.output):
            return
        waiting = Waiting(
            alert=alert,
            partition=partition,
            offset=offset,
            since=self._parts.clock.monotonic(),
            is_first=not is_follow_up(last),
            clock_offset_ms=clock_offset_ms,
        )
        if self.queue.put(waiting):
            delivery_metrics.COALESCED.inc()

    def work(self) -> bool:
        """Take in a try that has ended, or begin the next; False when neither can be. Raises Unavailable (Kafka)."""
        if self._flight is not None:
            return self._land(self._flight)
        now = self._parts.clock.monotonic()
        if now < self.state.hold_until:
            return False
        waiting = self.queue.choose(now)
        if self.notices:
            self._send_notice(*next(iter(self.notices.items())))
        elif self._brief is not None and (waiting is None or waiting.alert.severity is not Severity.FLASH):
            self._send_brief(self._brief)
        elif waiting is not None:
            self._send_alert(waiting)
        else:
            return False
        return True

    def begin_brief(self, brief: Brief, digest_id: str, done: Callable[[bool], None]) -> None:
        """Put a brief on its way; ``done`` is told whether it stands."""
        self._brief = BriefOnWay(brief=brief, brief_id=digest_id, done=done)

    def was_posted(self, digest_id: str) -> bool:
        """Was the brief of this id confirmed? One in doubt is sent again under the same key."""
        last = self.last(digest_id, DIGEST)
        return last is not None and last.state is not DeliveryState.ATTEMPT

    def require_ownership(self) -> None:
        """Raises Unavailable when another process serves this output now."""
        if not self._parts.may_send():
            raise Unavailable("ownership", "this process no longer owns the output's partition", retry_after=1.0)

    def forget(self) -> None:
        """Before a rebuild. A try that is on its way goes on; its attempt is in the log, and its end is dropped."""
        self.queue.clear()
        self._brief = None
        if self._flight is not None:
            self._flight.waiting, self._flight.receipts = None, ()

    def show_metrics(self) -> None:
        """Length and age of the queue."""
        now, is_refused = self._parts.clock.monotonic(), bool(self.state.refusal)
        counting.show_queue(self.name, self.queue, now, is_refused=is_refused)

    def _send_alert(self, waiting: Waiting) -> None:
        alert, last = waiting.alert, self.last(waiting.alert.alert_id)
        if not is_wanted(last, alert, self._parts.output):
            self.queue.done(waiting)
            return
        receipt = write_attempt(alert, self.channel, last, self._parts.clock.now())
        if is_given_up(last, self._parts.output):
            self._give_up(alert.alert_id, (replace(receipt, attempts=receipt.attempts - 1),))
            self._park(waiting)
            return
        note = self._parts.note_of(alert)
        try:
            outgoing = self._parts.output.write_alert(alert, is_follow_up=is_follow_up(last), note=note)
        except Exception:  # noqa: BLE001 - a mistake of ours in one message must not stop the line for all others
            logger.exception("could not be written", channel=self.name, alert_id=alert.alert_id)
            self._parts.log.append(replace(receipt, state=DeliveryState.PARKED, detail=UNWRITABLE, attempts=0))
            metrics.PARKED.inc()
            self._park(waiting)
            return
        self._begin(outgoing, Flight(receipts=(receipt,), waiting=waiting))

    def _park(self, waiting: Waiting) -> None:
        self.on_parked(waiting)
        self.queue.done(waiting)

    def _send_brief(self, on_way: BriefOnWay) -> None:
        last = self.last(on_way.brief_id, DIGEST)
        own = write_own_receipt(on_way.brief_id, self.channel, last, self._parts.clock.now())
        if is_given_up(last, self._parts.output):
            self._give_up(on_way.brief_id, (replace(own, attempts=own.attempts - 1), *self._told_in(on_way)))
            self._end_brief(on_way)
            return
        outgoing = self._parts.output.write_brief(on_way.brief, on_way.brief_id)
        self._begin(outgoing, Flight(receipts=(own, *self._told_in(on_way))))

    def _send_notice(self, key: str, words: str) -> None:
        last = self.last(key, DIGEST)
        if (last is not None and last.state is not DeliveryState.ATTEMPT) or is_given_up(last, self._parts.output):
            del self.notices[key]
            return
        outgoing = self._parts.output.write_notice(key, words)
        self._begin(
            outgoing,
            Flight(receipts=(write_own_receipt(key, self.channel, last, self._parts.clock.now()),), notice=key),
        )

    def _begin(self, outgoing: Outgoing, flight: Flight) -> None:
        """The attempt of the message itself is remembered before anything leaves."""
        self.require_ownership()
        self._parts.log.append(flight.receipts[0])
        self._flight = flight

        def act() -> None:
            try:
                flight.result = self._parts.output.send(outgoing)
            except Exception as error:  # noqa: BLE001 - the loop waits for a result, whatever broke
                flight.result = Result(kind=ResultKind.IN_DOUBT, detail=type(error).__name__)

        self._parts.run(act)

    def _land(self, flight: Flight) -> bool:
        result = flight.result
        if result is None:
            return False
        if flight.receipts:
            self._take_result(flight, result)
        self._flight = None
        delivery_metrics.OUTPUT_TRIES.labels(channel=self.name, outcome=result.kind.value).inc()
        return True

    def _take_result(self, flight: Flight, result: Result) -> None:
        attempt = flight.receipts[0]
        match result.kind:
            case ResultKind.SENT | ResultKind.CONTENT:
                self._settle(flight, result)
                return
            case ResultKind.IN_DOUBT:
                self._parts.log.append(replace(attempt, detail=f"{DOUBT}: {result.detail}"))
            case ResultKind.NOT_SENT | ResultKind.REFUSED:
                detail = f"{NOT_POSTED}: {result.detail}"
                self._parts.log.append(replace(attempt, attempts=attempt.attempts - 1, detail=detail))
        self._failures += 1
        self.state.problem = f"{result.kind.value}: {result.detail}"
        is_refused = result.kind is ResultKind.REFUSED
        self.state.refusal = REFUSED if is_refused or self._shelve_overdue() else ""
        self.state.hold(PARKED_SECONDS if is_refused else max(result.retry_after, backoff(self._failures)))
        metrics.RETRIES.labels(what="output").inc()
        logger.warning("not delivered yet", channel=self.name, problem=self.state.problem)

    def _shelve_overdue(self) -> bool:
        """True when something has waited for too long."""
        before = self._parts.clock.monotonic() - OVERDUE_SECONDS
        overdue = [one for one in self.queue.newest() if one.since <= before]
        fresh = [one for one in overdue if one.offset > NO_PARTITION]
        if fresh:
            now = self._parts.clock.now()
            self._parts.log.append(
                *(shelve(one.alert, self.channel, self.last(one.alert.alert_id), now) for one in fresh)
            )
            for one in fresh:
                self.queue.set_free(one.alert.alert_id)
        return bool(overdue)

    def _settle(self, flight: Flight, result: Result) -> None:
        is_sent = result.kind is ResultKind.SENT
        state = DeliveryState.SENT if is_sent else DeliveryState.PARKED
        now = self._parts.clock.now()
        mark = f"{now.timestamp():.6f}" if is_sent else None
        settled = [
            replace(one, state=state, detail=result.detail, slack_ts=one.slack_ts or mark, is_released=False, at=now)
            for one in flight.receipts
        ]
        self._parts.log.append(*settled, *self._still_shelved(flight, settled[0]))
        self._failures = 0
        self.state.is_well()
        if not is_sent:
            metrics.PARKED.inc()
            logger.error("output refuses a message", channel=self.name, reason=result.detail)
        if flight.waiting is not None:
            if not is_sent:
                self.on_parked(flight.waiting)
            self.queue.done(flight.waiting)
        elif flight.notice:
            self.notices.pop(flight.notice, None)
        elif self._brief is not None:
            self._end_brief(self._brief)

    def _still_shelved(self, flight: Flight, settled: Receipt) -> list[Receipt]:
        """A later revision that waits without its record must be found by a next process."""
        if flight.waiting is None:
            return []
        newest = self.queue.last_of(settled.alert_id)
        if newest is None or newest.offset > NO_PARTITION or newest.alert.revision <= settled.revision:
            return []
        return [shelve(newest.alert, self.channel, settled, settled.at)]

    def _end_brief(self, on_way: BriefOnWay) -> None:
        self._brief = None
        delivery_metrics.BRIEFED.inc(len(on_way.brief.waited))
        on_way.done(True)

    def _told_in(self, on_way: BriefOnWay) -> list[Receipt]:
        now = self._parts.clock.now()
        return [told_in_brief(one.alert, self.channel, on_way.brief_id, now) for one in on_way.brief.waited]

    def _give_up(self, key: str, receipts: tuple[Receipt, ...]) -> None:
        """Not sent a third time; people are told by another way."""
        self.require_ownership()
        now = self._parts.clock.now()
        # A mark all the same: what comes later is a follow-up of a message that people may well have.
        mark, detail = f"{now.timestamp():.6f}", f"{UNCONFIRMED}: twice"
        self._parts.log.append(
            *(replace(one, state=DeliveryState.PARKED, detail=detail, slack_ts=mark, at=now) for one in receipts)
        )
        metrics.PARKED.inc()
        logger.error("sent twice and never confirmed", channel=self.name, message=key)
        self._parts.on_unconfirmed(self.name, key)
