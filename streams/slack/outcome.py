"""What became of a call to Slack: a closed set of outcomes, and the reading of an answer into one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from msgspec import Struct

LONGEST_PAUSE_SECONDS = 300.0
DEFAULT_PAUSE_SECONDS = 5.0


class RefusalLevel(StrEnum):
    """What a refusal is about; every level means that nothing was posted."""

    CHANNEL = "channel"
    TOKEN = "token"
    CONTENT = "content"
    MESSAGE = "message"
    """The message to edit is gone or may not be edited."""
    NETWORK = "network"
    """The request never left: no connection was made."""


class Doubt(StrEnum):
    """Why it is not known whether Slack accepted a message."""

    TIMEOUT = "timeout"
    DROPPED_REPLY = "dropped_reply"
    SERVER_ERROR = "server_error"
    NOT_JSON = "not_json"
    PARTLY_DONE = "partly_done"
    """Slack answered with an error that, by its own text, may have done part of the work."""
    UNLISTED_ERROR = "unlisted_error"


class Posted(Struct, frozen=True):
    """Slack accepted the message; ``ts`` is its id within the channel."""

    ts: str


class Refused(Struct, frozen=True):
    """Slack said no, so the message does not exist. ``reason`` is one of the words listed in this module."""

    level: RefusalLevel
    reason: str


class RateLimited(Struct, frozen=True):
    """Too fast: nothing was posted. ``retry_after`` is in seconds, 1 to 300."""

    retry_after: float


class Unknown(Struct, frozen=True):
    """The message may or may not exist: read back before sending again."""

    reason: Doubt
    detail: str = ""


Outcome = Posted | Refused | RateLimited | Unknown


class Answer(Struct, frozen=True, kw_only=True):
    """One reply over any transport: a status and the JSON object, or why there is none."""

    status: int = 0
    body: dict[str, object] | None = None
    retry_after: str | None = None
    """The raw ``Retry-After`` header."""
    problem: Doubt | RefusalLevel | None = None
    """Set when no reply came: TIMEOUT or DROPPED_REPLY (may have been accepted), NETWORK (never sent)."""
    detail: str = ""

    @property
    def ok(self) -> bool:
        """True when Slack did what was asked."""
        return self.status == 200 and self.body is not None and self.body.get("ok") is True


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN_ERRORS = _words(
    "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope no_permission"
    " not_allowed_token_type org_login_required ekm_access_denied access_denied two_factor_setup_required"
    " enterprise_is_restricted team_access_not_granted"
)
_CHANNEL_ERRORS = _words(
    "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel"
    " restricted_action_thread_only_channel restricted_action_non_threadable_channel restricted_action_thread_locked"
    " team_not_found user_not_in_channel messages_tab_disabled external_channel_migrating is_inactive"
)
_CONTENT_ERRORS = _words(
    "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text metadata_too_large"
    " invalid_metadata_format invalid_metadata_schema metadata_must_be_sent_from_app too_many_attachments"
    " attachment_payload_limit_exceeded invalid_attachments markdown_text_conflict invalid_arguments invalid_arg_name"
    " invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type invalid_json"
    " json_not_object"
)
GONE_ERRORS = frozenset({"message_not_found", "thread_not_found"})
_MESSAGE_ERRORS = GONE_ERRORS | _words(
    "cant_update_message edit_window_closed block_mismatch cant_delete_message compliance_exports_prevent_deletion"
)
_RATE_ERRORS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_PARTLY_DONE_ERRORS = _words(
    "internal_error fatal_error request_timeout service_unavailable team_added_to_org accesslimited"
    " update_failed duplicate_message_not_found"
)
_LEVELS = {
    RefusalLevel.TOKEN: _TOKEN_ERRORS,
    RefusalLevel.CHANNEL: _CHANNEL_ERRORS,
    RefusalLevel.CONTENT: _CONTENT_ERRORS,
    RefusalLevel.MESSAGE: _MESSAGE_ERRORS,
}
_WORD = re.compile(r"[a-z0-9_]{1,64}\Z")


def classify(answer: Answer, now: datetime) -> Outcome:
    """Read one answer into the closed set; anything not documented as a refusal is Unknown. Raises nothing."""
    if answer.problem is RefusalLevel.NETWORK:
        return Refused(RefusalLevel.NETWORK, "unreachable")
    if isinstance(answer.problem, Doubt):
        return Unknown(answer.problem, answer.detail)
    if answer.ok and answer.body is not None:
        ts = answer.body.get("ts")
        return Posted(ts) if isinstance(ts, str) and ts else Unknown(Doubt.NOT_JSON, "no ts in the answer")
    error = _error_word(answer)
    if answer.status == 429 or error in _RATE_ERRORS:
        return RateLimited(parse_retry_after(answer.retry_after, now))
    for level, errors in _LEVELS.items():
        if error in errors and answer.status < 500:
            return Refused(level, error)
    return Unknown(_doubt_of(answer, error), error or f"status {answer.status}")


def parse_retry_after(header: str | None, now: datetime) -> float:
    """Seconds to wait, 1 to 300, from an integer, a fraction, an HTTP date, or junk (then 5). Raises nothing.

    >>> parse_retry_after("1.5", datetime(2023, 7, 13, tzinfo=UTC))
    1.5
    """
    if header is None:
        return DEFAULT_PAUSE_SECONDS
    try:
        seconds = float(header)
    except ValueError:
        seconds = _seconds_until(header, now)
    if not math.isfinite(seconds) or seconds < 0:
        seconds = DEFAULT_PAUSE_SECONDS
    return min(max(seconds, 1.0), LONGEST_PAUSE_SECONDS)


def _seconds_until(header: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return math.nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


def _error_word(answer: Answer) -> str:
    error = (answer.body or {}).get("error")
    return error if isinstance(error, str) and _WORD.match(error) else ""


def _doubt_of(answer: Answer, error: str) -> Doubt:
    if answer.status >= 500:
        return Doubt.SERVER_ERROR
    if error in _PARTLY_DONE_ERRORS:
        return Doubt.PARTLY_DONE
    return Doubt.UNLISTED_ERROR if error else Doubt.NOT_JSON


def outcome_label(outcome: Outcome) -> str:
    """The outcome as a metric label: ``posted``, ``rate_limited``, a refusal level, or a doubt."""
    match outcome:
        case Posted():
            return "posted"
        case RateLimited():
            return "rate_limited"
        case Refused(level=level):
            return f"refused_{level.value}"
        case Unknown(reason=reason):
            return f"unknown_{reason.value}"


def mapping_of(value: object) -> Mapping[str, object]:
    """``value`` when it is a JSON object, else an empty one: for reading answers without trusting their shape."""
    return value if isinstance(value, dict) else {}
