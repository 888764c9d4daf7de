"""Delivery of one alert revision to one Slack channel: at least once, seen twice at most, and labelled then.

The order is always: remember the attempt, call Slack, remember the outcome. A process that dies anywhere in between
finds an ATTEMPT without outcome and reads the channel back by alert id before it posts again. What cannot be settled
now raises Unavailable: the caller keeps the record and hands it in again later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace as with_fields

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.delivery_trace import READ_BACK, REPOSTED
from services.alerts.repeat import BLIND, NOT_POSTED, ROOT_GONE, Decision, Repeat, decide_repeat, first_word
from services.errors import Unavailable
from streams.delivery.attempt_log import AttemptLog
from streams.delivery.job import Job, as_plain, attempts_so_far, backoff, plain_when_stuck, shown_fields, why
from streams.delivery.pacing import Pacing, WaitingClock
from streams.logs import log as logger
from streams.metrics import LAST_POST, SLACK_PAUSED_SECONDS
from streams.slack.cards import as_card, labelled_as_repeat
from streams.slack.client import Card, Copy, NotReadable, Slack
from streams.slack.outcome import (
    GONE_ERRORS,
    Doubt,
    Outcome,
    Posted,
    RateLimited,
    RefusalLevel,
    Refused,
    Unknown,
)

READ_BACK_REACH = timedelta(hours=1)
"""How far before the last attempt the channel is read back: it covers clock skew and older attempts."""
REFUSAL_RETRY_SECONDS = 30.0
UNREACHABLE_RETRY_SECONDS = 5.0
PARK_AFTER_ATTEMPTS = 10
"""Only for errors that Slack states and nobody documents: one such alert must not hold up all others for ever."""


class Patience(Struct, frozen=True, kw_only=True):
    """How long doubt is given, in seconds."""

    first_look: float = 3.0
    """After an unknown outcome, the channel is first read back after this long."""
    last_look: float = 6.0
    """Read back without finding the message after this long proves that it was not accepted."""
    blind_after: float = 60.0
    """When the channel cannot be read for this long, one labelled re-post goes out without proof."""


class Delivered(Struct, frozen=True, kw_only=True):
    """What was done: the decision with its reason, and the last receipt of the alert in this channel."""

    repeat: Repeat
    receipt: Receipt | None


class Delivery:
    """Posts, edits and settles doubts for one channel. Not for use by two threads at once."""

    def __init__(
        self, slack: Slack, log: AttemptLog, pacing: Pacing, clock: WaitingClock, patience: Patience | None = None
    ) -> None:
        self._slack = slack
        self._log = log
        self._pacing = pacing
        self._clock = clock
        self._patience = patience or Patience()
        self._doubted_since: dict[tuple[str, str], float] = {}

    def deliver(self, alert: Alert, payload: Mapping[str, object], thread_ts: str = "") -> Delivered:
        """Bring the channel up to this revision; ``payload`` has ``text`` and ``blocks``.

        A first post goes into the thread of ``thread_ts`` when there is one, and where a try went the next one goes.
        Returns when the record may be committed: sent, skipped or parked. Raises Unavailable when the same record must
        be handed in again after ``retry_after`` seconds. Waits at most three seconds for the channel's pace.
        """
        last = self._log.last(alert.alert_id, self._slack.channel)
        repeat = decide_repeat(last, alert)
        card = with_fields(as_card(alert, payload), thread_ts=(last.thread_ts if last else "") or thread_ts or None)
        job = Job(card=card, alert=alert, attempts=attempts_so_far(last, alert.revision))
        match repeat.decision:
            case Decision.POST:
                receipt: Receipt | None = self._post(job)
            case Decision.EDIT if last is not None and last.slack_ts is not None:
                receipt = self._edit(job, last.slack_ts)
            case Decision.READ_BACK if last is not None:
                receipt = self._settle_doubt(job, last)
            case _:
                receipt = last
        return Delivered(repeat=repeat, receipt=receipt)

    def tell_once(self, card: Card) -> Receipt:
        """Post a message that has a ``reply_id`` and never changes: a reply, a digest, a notice.

        As ``deliver``: returns when it was sent, now or before, or parked; raises Unavailable.
        """
        last = self._log.last(card.alert_id, self._slack.channel, card.reply_id)
        if last is not None and last.state is not DeliveryState.ATTEMPT:
            return last
        job = Job(card=card, attempts=attempts_so_far(last, card.revision))
        if last is None or first_word(last.detail) == NOT_POSTED:
            return self._post(job)
        return self._settle_doubt(job, last)

    def settle(self, card: Card, last: Receipt) -> Receipt:
        """What became of a message with a ``reply_id`` whose words are lost: sent, or certainly not posted.

        Raises Unavailable while that is not known: without its words nothing is posted blind.
        """
        job = Job(card=card, attempts=last.attempts)
        copies = self._look_for(job, last)
        if isinstance(copies, NotReadable):
            raise Unavailable("slack_history", copies.reason, retry_after=max(copies.retry_after, 1.0))
        if copies:
            return self._sent(job, copies[0].ts)
        return self._remember(job, DeliveryState.ATTEMPT, detail=f"{NOT_POSTED}: not found")

    def _post(self, job: Job) -> Receipt:
        job = plain_when_stuck(job)
        self._pacing.take_turn()
        job = replace(job, attempts=job.attempts + 1)
        self._remember(job, DeliveryState.ATTEMPT, detail=job.note)
        outcome = self._slack.post(job.card)
        match outcome:
            case Posted(ts=ts):
                return self._sent(job, ts)
            case Refused(level=RefusalLevel.CONTENT, reason=reason) if job.note != BLIND:
                return self._post(as_plain(job, reason)) if not job.plain else self._park(job, reason)
            case Refused(level=RefusalLevel.MESSAGE) if job.card.thread_ts is not None and job.alert is not None:
                # The message whose thread it was to join is gone, so it stands by itself.
                return self._post(replace(job, card=with_fields(job.card, thread_ts=None)))
            case Refused(level=RefusalLevel.MESSAGE, reason=reason) if job.card.thread_ts is not None:
                return self._park(job, reason)
            case Unknown(reason=Doubt.UNLISTED_ERROR, detail=error) if job.attempts >= PARK_AFTER_ATTEMPTS:
                return self._park(job, error)
            case Unknown():
                self._doubted_since[job.key] = self._clock.monotonic()
                raise Unavailable("slack", why(outcome), retry_after=self._patience.first_look)
            case _:
                # A blind re-post that was refused settles nothing about the attempt before it.
                detail = "" if job.note == BLIND else f"{NOT_POSTED}: {why(outcome)}"
                raise self._hold(job, outcome, detail=detail)

    def _edit(self, job: Job, ts: str) -> Receipt:
        job = plain_when_stuck(job)
        self._pacing.take_turn()
        job = replace(job, attempts=job.attempts + 1)
        self._remember(job, DeliveryState.ATTEMPT, ts=ts)
        outcome = self._slack.update(ts, job.card)
        match outcome:
            case Posted():
                return self._sent(job, ts)
            case Refused(level=RefusalLevel.CONTENT, reason=reason):
                return self._edit(as_plain(job, reason), ts) if not job.plain else self._park(job, reason, ts)
            case Refused(level=RefusalLevel.MESSAGE, reason=reason) if reason in GONE_ERRORS:
                return self._edit_other_copy(job, ts)
            case Refused(level=RefusalLevel.MESSAGE, reason=reason):
                return self._park(job, reason, ts)
            case Unknown(reason=Doubt.UNLISTED_ERROR, detail=error) if job.attempts >= PARK_AFTER_ATTEMPTS:
                return self._park(job, error, ts)
            case Unknown():
                raise Unavailable("slack", why(outcome), retry_after=backoff(job.attempts))
            case _:
                raise self._hold(job, outcome, ts=ts)

    def _settle_doubt(self, job: Job, last: Receipt) -> Receipt:
        """Read the channel back: found is sent, proven absent is posted, unreadable is waited for."""
        copies = self._look_for(job, last)
        if isinstance(copies, NotReadable):
            return self._go_blind(job, last, copies, self._age_of_doubt(job))
        if copies:
            return self._adopt(job, copies[0])
        return self._post(replace(job, note=REPOSTED))

    def _age_of_doubt(self, job: Job) -> float:
        return self._clock.monotonic() - self._doubted_since.setdefault(job.key, self._clock.monotonic())

    def _look_for(self, job: Job, last: Receipt) -> tuple[Copy, ...] | NotReadable:
        """Copies in the channel; empty: it is proven that there is none. Raises Unavailable when it is too early."""
        age = self._age_of_doubt(job)
        if age < self._patience.first_look:
            raise Unavailable("slack_doubt", "too early to read back", retry_after=self._patience.first_look - age)
        copies = self._find_copies(job.card, last.at - READ_BACK_REACH)
        if copies or isinstance(copies, NotReadable):
            return copies
        # History may lag behind acceptance, and a Slack that fails often is asked less and less often.
        last_look = max(self._patience.last_look, backoff(job.attempts))
        if age < last_look:
            raise Unavailable("slack_doubt", "not found yet", retry_after=last_look - age)
        self._doubted_since.pop(job.key, None)
        return ()

    def _find_copies(self, card: Card, since: datetime) -> tuple[Copy, ...] | NotReadable:
        if card.reply_id or card.thread_ts is not None:
            return self._slack.find_reply(card, since)
        return self._slack.find_by_alert_id(card.alert_id, since)

    def _adopt(self, job: Job, found: Copy) -> Receipt:
        """The message exists: remember it as sent, and bring it up to this revision if it is older."""
        is_older = found.revision < job.card.revision
        receipt = self._sent(
            replace(
                job,
                card=with_fields(job.card, revision=found.revision),
                alert=None if is_older else job.alert,
                note=READ_BACK,
            ),
            found.ts,
        )
        if not is_older:
            return receipt
        return self._edit(replace(job, attempts=0), found.ts)

    def _go_blind(self, job: Job, last: Receipt, failure: NotReadable, age: float) -> Receipt:
        """Without read-back for long: one labelled re-post, remembered before it goes out; then only proof counts."""
        retry_after = max(failure.retry_after, 1.0)
        remaining = self._patience.blind_after - age
        if first_word(last.detail) == BLIND:
            raise Unavailable("slack_history", failure.reason, retry_after=retry_after)
        if remaining > 0:
            raise Unavailable("slack_history", failure.reason, retry_after=min(retry_after, max(remaining, 1.0)))
        return self._post(replace(job, card=labelled_as_repeat(job.card, last.at), note=BLIND))

    def _edit_other_copy(self, job: Job, gone: str) -> Receipt:
        """The message to edit was deleted: edit a second copy if there is one, else park. Never post it anew."""
        since = datetime.fromtimestamp(float(gone), UTC) - READ_BACK_REACH
        copies = () if job.other_copy else self._find_copies(job.card, since)
        if isinstance(copies, NotReadable):
            raise Unavailable("slack_history", copies.reason, retry_after=max(copies.retry_after, 1.0))
        others = [copy for copy in copies if copy.ts != gone]
        if others:
            return self._edit(replace(job, other_copy=True), others[0].ts)
        return self._park(job, f"{ROOT_GONE}: deleted by somebody")

    def _hold(self, job: Job, outcome: Outcome, *, ts: str | None = None, detail: str = "") -> Unavailable:
        """Nothing was posted for a reason that time or a person cures: such a try does not count as an attempt."""
        self._remember(replace(job, attempts=job.attempts - 1), DeliveryState.ATTEMPT, ts=ts, detail=detail)
        if isinstance(outcome, RateLimited):
            self._pacing.pause(outcome.retry_after)
            SLACK_PAUSED_SECONDS.inc(outcome.retry_after)
            return Unavailable("slack_rate_limit", retry_after=outcome.retry_after)
        level = outcome.level if isinstance(outcome, Refused) else RefusalLevel.NETWORK
        logger.error("slack refuses", level=level.value, reason=why(outcome), alert_id=job.card.alert_id)
        retry_after = UNREACHABLE_RETRY_SECONDS if level is RefusalLevel.NETWORK else REFUSAL_RETRY_SECONDS
        return Unavailable(f"slack_{level.value}", why(outcome), retry_after=retry_after)

    def _sent(self, job: Job, ts: str) -> Receipt:
        receipt = self._remember(job, DeliveryState.SENT, ts=ts, detail=job.note or ("plain" if job.plain else ""))
        self._doubted_since.pop(job.key, None)
        LAST_POST.set(self._clock.now().timestamp())
        return receipt

    def _park(self, job: Job, detail: str, ts: str | None = None) -> Receipt:
        logger.error("alert parked", alert_id=job.card.alert_id, revision=job.card.revision, reason=detail)
        self._doubted_since.pop(job.key, None)
        return self._remember(job, DeliveryState.PARKED, ts=ts, detail=detail)

    def _remember(self, job: Job, state: DeliveryState, *, ts: str | None = None, detail: str = "") -> Receipt:
        receipt = Receipt(
            alert_id=job.card.alert_id,
            revision=job.card.revision,
            channel=self._slack.channel,
            reply_id=job.card.reply_id,
            state=state,
            slack_ts=ts,
            attempts=job.attempts,
            detail=detail,
            thread_ts="" if job.card.reply_id else job.card.thread_ts or "",
            is_released=state is DeliveryState.ATTEMPT and self._is_released(job),
            at=self._clock.now(),
            **shown_fields(job.alert),
        )
        self._log.append(receipt)
        return receipt

    def _is_released(self, job: Job) -> bool:
        """Its record is committed since it waited: the mark stays until an outcome stands."""
        if job.card.reply_id:
            return False
        last = self._log.last(job.card.alert_id, self._slack.channel)
        return last is not None and (last.state is DeliveryState.HELD or last.is_released)
