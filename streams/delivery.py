"""Delivery of one alert revision to one Slack channel: at least once, seen twice at most, and labelled then.

The order is always: remember the attempt, call Slack, remember the outcome. A process that dies anywhere in between
finds an ATTEMPT without outcome and reads the channel back by alert id before it posts again. What cannot be settled
now raises Unavailable: the caller keeps the record and hands it in again later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace as with_fields

from services.alerts.alert import Alert, DeliveryState, Receipt
from services.alerts.repeat import BLIND, NOT_POSTED, ROOT_GONE, Decision, Repeat, decide_repeat, first_word
from services.errors import Unavailable
from streams.attempt_log import AttemptLog
from streams.logs import log as logger
from streams.metrics import LAST_POST
from streams.pacing import Pacing, WaitingClock
from streams.slack import Card, Copy, NotReadable, Slack
from streams.slack_cards import as_card, labelled_as_repeat, without_blocks
from streams.slack_outcome import (
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
LONGEST_BACKOFF_SECONDS = 60.0
REFUSAL_RETRY_SECONDS = 30.0
UNREACHABLE_RETRY_SECONDS = 5.0
PLAIN_AFTER_ATTEMPTS = 5
"""From here on a card that Slack neither takes nor refuses goes as plain text every other time."""
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


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One alert revision on its way; ``note`` is the first word of the next attempt's detail."""

    card: Card
    attempts: int = 0
    note: str = ""
    plain: bool = False
    other_copy: bool = False
    """The message first known was gone, and this is a second copy of it."""


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
        self._doubted_since: dict[str, float] = {}

    def deliver(self, alert: Alert, payload: Mapping[str, object]) -> Delivered:
        """Bring the channel up to this revision; ``payload`` has ``text`` and ``blocks``.

        Returns when the record may be committed: sent, skipped or parked. Raises Unavailable when the same record must
        be handed in again after ``retry_after`` seconds. Waits at most three seconds for the channel's pace.
        """
        last = self._log.last(alert.alert_id, self._slack.channel)
        repeat = decide_repeat(last, alert)
        job = _Job(card=as_card(alert, payload), attempts=_attempts_so_far(last, alert))
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

    def _post(self, job: _Job) -> Receipt:
        job = _plain_when_stuck(job)
        self._pacing.take_turn()
        job = replace(job, attempts=job.attempts + 1)
        attempt = self._remember(job, DeliveryState.ATTEMPT, detail=job.note)
        outcome = self._slack.post(job.card)
        match outcome:
            case Posted(ts=ts):
                return self._sent(job, ts)
            case Refused(level=RefusalLevel.CONTENT, reason=reason) if job.note != BLIND:
                return self._post(_as_plain(job, reason)) if not job.plain else self._park(job, reason)
            case Unknown(reason=Doubt.UNLISTED_ERROR, detail=error) if job.attempts >= PARK_AFTER_ATTEMPTS:
                return self._park(job, error)
            case Unknown():
                self._doubted_since[attempt.alert_id] = self._clock.monotonic()
                raise Unavailable("slack", _why(outcome), retry_after=self._patience.first_look)
            case _:
                # A blind re-post that was refused settles nothing about the attempt before it.
                detail = "" if job.note == BLIND else f"{NOT_POSTED}: {_why(outcome)}"
                raise self._hold(job, outcome, detail=detail)

    def _edit(self, job: _Job, ts: str) -> Receipt:
        job = _plain_when_stuck(job)
        self._pacing.take_turn()
        job = replace(job, attempts=job.attempts + 1)
        self._remember(job, DeliveryState.ATTEMPT, ts=ts)
        outcome = self._slack.update(ts, job.card)
        match outcome:
            case Posted():
                return self._sent(job, ts)
            case Refused(level=RefusalLevel.CONTENT, reason=reason):
                return self._edit(_as_plain(job, reason), ts) if not job.plain else self._park(job, reason, ts)
            case Refused(level=RefusalLevel.MESSAGE, reason=reason) if reason in GONE_ERRORS:
                return self._edit_other_copy(job, ts)
            case Refused(level=RefusalLevel.MESSAGE, reason=reason):
                return self._park(job, reason, ts)
            case Unknown(reason=Doubt.UNLISTED_ERROR, detail=error) if job.attempts >= PARK_AFTER_ATTEMPTS:
                return self._park(job, error, ts)
            case Unknown():
                raise Unavailable("slack", _why(outcome), retry_after=_backoff(job.attempts))
            case _:
                raise self._hold(job, outcome, ts=ts)

    def _settle_doubt(self, job: _Job, last: Receipt) -> Receipt:
        """Read the channel back: found is sent, proven absent is posted, unreadable is waited for."""
        alert_id = job.card.alert_id
        age = self._clock.monotonic() - self._doubted_since.setdefault(alert_id, self._clock.monotonic())
        if age < self._patience.first_look:
            raise Unavailable("slack_doubt", "too early to read back", retry_after=self._patience.first_look - age)
        copies = self._slack.find_by_alert_id(alert_id, last.at - READ_BACK_REACH)
        if isinstance(copies, NotReadable):
            return self._go_blind(job, last, copies, age)
        if copies:
            return self._adopt(job, copies[0])
        # History may lag behind acceptance, and a Slack that fails often is asked less and less often.
        last_look = max(self._patience.last_look, _backoff(job.attempts))
        if age < last_look:
            raise Unavailable("slack_doubt", "not found yet", retry_after=last_look - age)
        self._doubted_since.pop(alert_id, None)
        return self._post(job)

    def _adopt(self, job: _Job, found: Copy) -> Receipt:
        """The message exists: remember it as sent, and bring it up to this revision if it is older."""
        receipt = self._sent(replace(job, card=with_fields(job.card, revision=found.revision)), found.ts)
        if found.revision >= job.card.revision:
            return receipt
        return self._edit(replace(job, attempts=0), found.ts)

    def _go_blind(self, job: _Job, last: Receipt, failure: NotReadable, age: float) -> Receipt:
        """Without read-back for long: one labelled re-post, remembered before it goes out; then only proof counts."""
        retry_after = max(failure.retry_after, 1.0)
        remaining = self._patience.blind_after - age
        if first_word(last.detail) == BLIND:
            raise Unavailable("slack_history", failure.reason, retry_after=retry_after)
        if remaining > 0:
            raise Unavailable("slack_history", failure.reason, retry_after=min(retry_after, max(remaining, 1.0)))
        return self._post(replace(job, card=labelled_as_repeat(job.card, last.at), note=BLIND))

    def _edit_other_copy(self, job: _Job, gone: str) -> Receipt:
        """The message to edit was deleted: edit a second copy if there is one, else park. Never post it anew."""
        since = datetime.fromtimestamp(float(gone), UTC) - READ_BACK_REACH
        copies = () if job.other_copy else self._slack.find_by_alert_id(job.card.alert_id, since)
        if isinstance(copies, NotReadable):
            raise Unavailable("slack_history", copies.reason, retry_after=max(copies.retry_after, 1.0))
        others = [copy for copy in copies if copy.ts != gone]
        if others:
            return self._edit(replace(job, other_copy=True), others[0].ts)
        return self._park(job, f"{ROOT_GONE}: deleted by somebody")

    def _hold(self, job: _Job, outcome: Outcome, *, ts: str | None = None, detail: str = "") -> Unavailable:
        """Nothing was posted for a reason that time or a person cures: such a try does not count as an attempt."""
        self._remember(replace(job, attempts=job.attempts - 1), DeliveryState.ATTEMPT, ts=ts, detail=detail)
        if isinstance(outcome, RateLimited):
            self._pacing.pause(outcome.retry_after)
            return Unavailable("slack_rate_limit", retry_after=outcome.retry_after)
        level = outcome.level if isinstance(outcome, Refused) else RefusalLevel.NETWORK
        logger.error("slack refuses", level=level.value, reason=_why(outcome), alert_id=job.card.alert_id)
        retry_after = UNREACHABLE_RETRY_SECONDS if level is RefusalLevel.NETWORK else REFUSAL_RETRY_SECONDS
        return Unavailable(f"slack_{level.value}", _why(outcome), retry_after=retry_after)

    def _sent(self, job: _Job, ts: str) -> Receipt:
        receipt = self._remember(job, DeliveryState.SENT, ts=ts, detail=job.note or ("plain" if job.plain else ""))
        self._doubted_since.pop(job.card.alert_id, None)
        LAST_POST.set(self._clock.now().timestamp())
        return receipt

    def _park(self, job: _Job, detail: str, ts: str | None = None) -> Receipt:
        logger.error("alert parked", alert_id=job.card.alert_id, revision=job.card.revision, reason=detail)
        self._doubted_since.pop(job.card.alert_id, None)
        return self._remember(job, DeliveryState.PARKED, ts=ts, detail=detail)

    def _remember(self, job: _Job, state: DeliveryState, *, ts: str | None = None, detail: str = "") -> Receipt:
        receipt = Receipt(
            alert_id=job.card.alert_id,
            revision=job.card.revision,
            channel=self._slack.channel,
            state=state,
            slack_ts=ts,
            attempts=job.attempts,
            detail=detail,
            at=self._clock.now(),
        )
        self._log.append(receipt)
        return receipt


def _attempts_so_far(last: Receipt | None, alert: Alert) -> int:
    unfinished = last is not None and last.state is DeliveryState.ATTEMPT and last.revision == alert.revision
    return last.attempts if last is not None and unfinished else 0


def _as_plain(job: _Job, reason: str) -> _Job:
    logger.warning("slack refuses the card, trying plain text", alert_id=job.card.alert_id, reason=reason)
    return replace(job, card=without_blocks(job.card), plain=True)


def _plain_when_stuck(job: _Job) -> _Job:
    stuck = job.attempts >= PLAIN_AFTER_ATTEMPTS and job.attempts % 2 == 1
    return _as_plain(job, "no clear answer") if stuck and not job.plain else job


def _backoff(attempts: int) -> float:
    """Seconds before the next attempt: 3, 6, 12, 24, 48, 60, 60 ..."""
    return min(3.0 * 2.0 ** min(max(attempts - 1, 0), 10), LONGEST_BACKOFF_SECONDS)


def _why(outcome: Outcome) -> str:
    match outcome:
        case Refused(reason=reason):
            return reason
        case Unknown(reason=doubt, detail=detail):
            return f"{doubt.value} {detail}".strip()
        case RateLimited():
            return "ratelimited"
        case Posted():
            return "posted"
