"""Has this alert been told already? One pure decision over the last line of the attempt log."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from services.alerts.alert import Alert, DeliveryState, Receipt, Severity
from services.alerts.corrections import correction_of

NOT_POSTED = "not_posted"
"""First word of an ATTEMPT's detail: Slack said no, so the message certainly does not exist."""
BLIND = "blind"
"""First word of an ATTEMPT's detail: the one re-post without proof was used; from now on only read-back decides."""
ROOT_GONE = "root_gone"
"""First word of a PARKED detail: somebody deleted the message, and a deleted message is not told again."""


class Decision(StrEnum):
    """What to do with one alert revision: a closed set, which is also the metric label."""

    POST = "post"
    EDIT = "edit"
    READ_BACK = "read_back"
    SKIP_SAME = "skip_same"
    SKIP_OLDER = "skip_older"
    SKIP_PARKED = "skip_parked"
    SKIP_DIGESTED = "skip_digested"


class RepeatReason(StrEnum):
    """Why: a closed set."""

    NEVER_TRIED = "never_tried"
    LAST_TRY_REFUSED = "last_try_refused"
    NEWER_THAN_PARKED = "newer_than_parked"
    NEWER_THAN_SENT = "newer_than_sent"
    EDIT_UNFINISHED = "edit_unfinished"
    POST_IN_DOUBT = "post_in_doubt"
    ALREADY_SENT = "already_sent"
    NEWER_KNOWN = "newer_known"
    ALREADY_PARKED = "already_parked"
    MESSAGE_DELETED = "message_deleted"
    OUTGREW_DIGEST = "outgrew_digest"
    TOLD_IN_DIGEST = "told_in_digest"
    TIME_TO_TELL = "time_to_tell"
    """It waited on purpose, and nothing holds it back any more."""


class Repeat(Struct, frozen=True, kw_only=True):
    """A decision with its reason."""

    decision: Decision
    reason: RepeatReason


def decide_repeat(last: Receipt | None, alert: Alert) -> Repeat:
    """What to do with ``alert``, given the last receipt for its id in the channel; raises nothing.

    An ATTEMPT without proof is never posted again unseen: a crash or a lost answer may hide an accepted message.
    An ATTEMPT that carries a message id was an edit, and edits may be repeated freely.
    """
    if last is None:
        return _repeat(Decision.POST, RepeatReason.NEVER_TRIED)
    if last.state is DeliveryState.HELD and last.slack_ts is None:
        return _repeat(Decision.POST, RepeatReason.TIME_TO_TELL)
    if last.state is DeliveryState.PARKED:
        return _decide_after_parking(last, alert)
    if alert.revision < last.revision:
        # The newer revision was read from the same topic, so its record is still to come: nothing is lost.
        return _repeat(Decision.SKIP_OLDER, RepeatReason.NEWER_KNOWN)
    if last.state is DeliveryState.ATTEMPT:
        return _decide_after_attempt(last)
    return _decide_after_sending(last, alert)


def first_word(detail: str) -> str:
    """The closed part of a receipt's detail, before the colon.

    >>> first_word("not_posted: ratelimited")
    'not_posted'
    """
    return detail.partition(":")[0].strip()


def _decide_after_attempt(last: Receipt) -> Repeat:
    if last.slack_ts is not None:
        return _repeat(Decision.EDIT, RepeatReason.EDIT_UNFINISHED)
    if first_word(last.detail) == NOT_POSTED:
        return _repeat(Decision.POST, RepeatReason.LAST_TRY_REFUSED)
    return _repeat(Decision.READ_BACK, RepeatReason.POST_IN_DOUBT)


def _decide_after_sending(last: Receipt, alert: Alert) -> Repeat:
    if alert.revision == last.revision:
        return _repeat(Decision.SKIP_SAME, RepeatReason.ALREADY_SENT)
    if last.digest_id:
        return _decide_after_digest(last, alert)
    if last.slack_ts is None:
        # A receipt that another hand wrote: the message exists, and only the channel knows which one it is.
        return _repeat(Decision.READ_BACK, RepeatReason.POST_IN_DOUBT)
    return _repeat(Decision.EDIT, RepeatReason.NEWER_THAN_SENT)


def _decide_after_digest(last: Receipt, alert: Alert) -> Repeat:
    """A line of a digest cannot be edited; what matters enough gets a message of its own."""
    is_corrected = correction_of(alert) != last.correction
    is_louder = alert.severity is Severity.FLASH and last.severity is not Severity.FLASH
    # Late news is not worth a sound for what the market did hours ago; that it was wrong is.
    has_news = is_louder or alert.agreement is not last.agreement
    if is_corrected or (has_news and not alert.is_late):
        return _repeat(Decision.POST, RepeatReason.OUTGREW_DIGEST)
    return _repeat(Decision.SKIP_DIGESTED, RepeatReason.TOLD_IN_DIGEST)


def _decide_after_parking(last: Receipt, alert: Alert) -> Repeat:
    if first_word(last.detail) == ROOT_GONE:
        return _repeat(Decision.SKIP_PARKED, RepeatReason.MESSAGE_DELETED)
    if alert.revision <= last.revision:
        return _repeat(Decision.SKIP_PARKED, RepeatReason.ALREADY_PARKED)
    decision = Decision.POST if last.slack_ts is None else Decision.EDIT
    return _repeat(decision, RepeatReason.NEWER_THAN_PARKED)


def _repeat(decision: Decision, reason: RepeatReason) -> Repeat:
    return Repeat(decision=decision, reason=reason)
