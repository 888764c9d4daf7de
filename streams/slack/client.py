"""One Slack channel: post, edit, delete, and read back what was posted. Every call ends in a closed outcome."""

from __future__ import annotations

import json
import socket
import ssl
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from urllib.error import URLError

from msgspec import Struct
from msgspec.structs import replace
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from streams.clock import wall_clock
from streams.metrics import SLACK_CALLS
from streams.slack.outcome import (
    DEFAULT_PAUSE_SECONDS,
    Answer,
    Doubt,
    Outcome,
    RateLimited,
    RefusalLevel,
    Unknown,
    classify,
    mapping_of,
    outcome_label,
)

EVENT_TYPE = "policy_alert"
REPLY_EVENT_TYPE = "policy_reply"
PAGE_SIZE = 200
MOST_PAGES = 20
_CLIENT_MESSAGE_SPACE = uuid.UUID("6f1f6f0c-5d0b-5c43-9a55-3f5f5c1f0d2e")


class Card(Struct, frozen=True, kw_only=True):
    """What to show for one alert revision: fallback text, and blocks (none: the text alone is shown)."""

    alert_id: str
    revision: int
    text: str
    blocks: tuple[Mapping[str, object], ...] = ()
    reply_id: str = ""
    """Set: a message beside the alert's own, told once; in the thread of ``thread_ts`` when there is one."""
    thread_ts: str | None = None
    is_broadcast: bool = False
    """A reply that the channel shows, too."""
    alert_ids: tuple[str, ...] = ()
    """The alerts that stand in this message, for a digest."""


class Copy(Struct, frozen=True, kw_only=True, order=True):
    """One message of ours as read back from the channel; ordered by ``ts``, the oldest first."""

    ts: str
    alert_id: str
    revision: int
    reply_id: str = ""


class NotReadable(Struct, frozen=True):
    """The channel's history could not be read, so nothing is known. ``retry_after`` is in seconds."""

    reason: str
    retry_after: float


class Slack(Protocol):
    """What delivery needs of a channel."""

    @property
    def channel(self) -> str:
        """The channel's id, such as ``C0123456789``."""

    def post(self, card: Card) -> Outcome:
        """Post a new message once, without any retry."""

    def update(self, ts: str, card: Card) -> Outcome:
        """Replace the message ``ts``; may be repeated freely."""

    def delete(self, ts: str) -> Outcome:
        """Delete our own message ``ts``."""

    def find_by_alert_id(self, alert_id: str, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every message of this alert posted after ``since``, the oldest first; empty: there is none."""

    def find_reply(self, card: Card, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every copy of a message that has a ``reply_id``, in its thread or after ``since`` in the channel."""

    def read_copies(self, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every alert message posted after ``since``, the oldest first."""


SlackCaller = Callable[[str, dict[str, object]], Answer]
"""A transport: method name and arguments in, answer out. Raises nothing."""


class SlackChannel:
    """One channel over any transport; see ``connect_slack`` for the real one."""

    def __init__(self, call: SlackCaller, channel: str) -> None:
        self._call = call
        self._channel = channel

    @property
    def channel(self) -> str:
        """The channel's id."""
        return self._channel

    def post(self, card: Card) -> Outcome:
        """Post a new message once; the outcome says whether it exists, does not, or may."""
        arguments = self._arguments(card)
        # Slack may treat a repeated id as the same message; nothing here relies on it.
        own_id = f"{card.alert_id}\n{card.reply_id}" if card.reply_id else card.alert_id
        arguments["client_msg_id"] = client_message_id(own_id, self._channel)
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        if card.thread_ts is not None:
            arguments |= {"thread_ts": card.thread_ts, "reply_broadcast": card.is_broadcast}
        return self._ask("chat.postMessage", arguments)

    def update(self, ts: str, card: Card) -> Outcome:
        """Replace the message ``ts`` by ``card``."""
        return self._ask("chat.update", {**self._arguments(card), "ts": ts})

    def delete(self, ts: str) -> Outcome:
        """Delete our own message ``ts``."""
        return self._ask("chat.delete", {"channel": self._channel, "ts": ts})

    def check(self) -> Outcome:
        """Can this token read the channel? For readiness: Posted (with an empty page's ``ts``) means yes."""
        answer = self._call("conversations.history", {"channel": self._channel, "limit": 1})
        if answer.ok and answer.body is not None:
            answer = replace(answer, body={**answer.body, "ts": "0"})
        return self._judge("conversations.history", answer)

    def find_by_alert_id(self, alert_id: str, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every message of this alert posted after ``since``, the oldest first; empty: there is none."""
        copies = self.read_copies(since)
        if isinstance(copies, NotReadable):
            return copies
        return tuple(copy for copy in copies if copy.alert_id == alert_id)

    def find_reply(self, card: Card, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every copy of a message that has a ``reply_id``, in its thread or after ``since`` in the channel."""
        if card.thread_ts is None:
            copies = self._read("conversations.history", {"oldest": f"{since.timestamp():.6f}"})
        else:
            copies = self._read("conversations.replies", {"ts": card.thread_ts})
        if isinstance(copies, NotReadable):
            return copies
        return tuple(copy for copy in copies if (copy.alert_id, copy.reply_id) == (card.alert_id, card.reply_id))

    def read_copies(self, since: datetime) -> tuple[Copy, ...] | NotReadable:
        """Every alert message posted after ``since``, the oldest first; all pages or NotReadable."""
        copies = self._read("conversations.history", {"oldest": f"{since.timestamp():.6f}"})
        return copies if isinstance(copies, NotReadable) else tuple(copy for copy in copies if not copy.reply_id)

    def _read(self, method: str, where: dict[str, object]) -> tuple[Copy, ...] | NotReadable:
        arguments = {"channel": self._channel, "limit": PAGE_SIZE, "include_all_metadata": True, **where}
        copies: list[Copy] = []
        for _ in range(MOST_PAGES):
            answer = self._call(method, arguments)
            messages = answer.body.get("messages") if answer.ok and answer.body is not None else None
            if not isinstance(messages, list) or answer.body is None:
                return self._not_readable(method, answer)
            SLACK_CALLS.labels(method=method, outcome="read").inc()
            copies += [copy for copy in map(_read_copy, messages) if copy is not None]
            cursor = mapping_of(answer.body.get("response_metadata")).get("next_cursor")
            if not cursor:
                return tuple(sorted(copies))
            arguments["cursor"] = cursor
        return NotReadable("too_many_pages", DEFAULT_PAUSE_SECONDS)

    def _arguments(self, card: Card) -> dict[str, object]:
        # Empty blocks are sent on purpose: an edit without blocks must remove those of the old card.
        return {
            "channel": self._channel,
            "text": card.text,
            "blocks": [dict(block) for block in card.blocks],
            "metadata": _metadata_of(card),
            "parse": "none",
            "link_names": False,
        }

    def _ask(self, method: str, arguments: dict[str, object]) -> Outcome:
        return self._judge(method, self._call(method, arguments))

    def _judge(self, method: str, answer: Answer) -> Outcome:
        outcome = classify(answer, wall_clock())
        SLACK_CALLS.labels(method=method, outcome=outcome_label(outcome)).inc()
        return outcome

    def _not_readable(self, method: str, answer: Answer) -> NotReadable:
        outcome = self._judge(method, answer)
        if isinstance(outcome, RateLimited):
            return NotReadable("ratelimited", outcome.retry_after)
        reason = outcome.detail if isinstance(outcome, Unknown) else getattr(outcome, "reason", "not_json")
        return NotReadable(str(reason) or "unknown", DEFAULT_PAUSE_SECONDS)


def connect_slack(
    channel: str, token: Callable[[], str], *, api_url: str = "https://slack.com/api/", timeout_seconds: int = 10
) -> SlackChannel:
    """A channel over HTTPS; connects to nothing until the first call.

    ``token`` is asked before every call, so a token that was replaced in its secret file is used at once.
    """
    return SlackChannel(connect_caller(token, api_url=api_url, timeout_seconds=timeout_seconds), channel)


def connect_caller(
    token: Callable[[], str], *, api_url: str = "https://slack.com/api/", timeout_seconds: int = 10
) -> SlackCaller:
    """Any method of the Web API over HTTPS, without retries; connects to nothing until the first call."""
    return _WebCaller(token, api_url, timeout_seconds)


def client_message_id(alert_id: str, channel: str) -> str:
    """The same id for the same alert in the same channel, always (UUID version 5)."""
    return str(uuid.uuid5(_CLIENT_MESSAGE_SPACE, f"{alert_id}\n{channel}"))


class _WebCaller:
    """slack_sdk without its retries: its default handler posts twice when an accepted reply is lost."""

    def __init__(self, token: Callable[[], str], api_url: str, timeout_seconds: int) -> None:
        self._token = token
        self._client = WebClient(base_url=api_url, timeout=timeout_seconds, retry_handlers=[])

    def __call__(self, method: str, arguments: dict[str, object]) -> Answer:
        try:
            # A form, not JSON: conversations.history takes nothing else, and the chat methods take both.
            response = self._client.api_call(
                method, data=_form(arguments), headers={"Authorization": f"Bearer {self._token()}"}
            )
        except SlackApiError as error:
            return _read_answer(error.response)
        except TimeoutError:
            return Answer(problem=Doubt.TIMEOUT)
        except URLError as error:
            never_left = isinstance(
                error.reason, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError
            )
            problem = RefusalLevel.NETWORK if never_left else _doubt_of(error)
            return Answer(problem=problem, detail=type(error.reason).__name__)
        except Exception as error:  # noqa: BLE001 - whatever broke, the request may have been accepted
            return Answer(problem=Doubt.DROPPED_REPLY, detail=type(error).__name__)
        return _read_answer(response)


def _doubt_of(error: URLError) -> Doubt:
    return Doubt.TIMEOUT if isinstance(error.reason, TimeoutError) else Doubt.DROPPED_REPLY


def _form(arguments: dict[str, object]) -> dict[str, object]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in arguments.items()
    }


def _read_answer(response: object) -> Answer:
    headers = {str(name).lower(): str(value) for name, value in getattr(response, "headers", {}).items()}
    body = getattr(response, "data", None)
    return Answer(
        status=getattr(response, "status_code", 0),
        body=body if isinstance(body, dict) else None,
        retry_after=headers.get("retry-after"),
    )


def _metadata_of(card: Card) -> dict[str, object]:
    """Ids only: any member of the channel can read them."""
    payload: dict[str, object] = {"alert_id": card.alert_id, "revision": card.revision}
    if card.reply_id:
        payload["reply_id"] = card.reply_id
    if card.alert_ids:
        payload["alert_ids"] = ",".join(card.alert_ids)
    return {"event_type": REPLY_EVENT_TYPE if card.reply_id else EVENT_TYPE, "event_payload": payload}


def _read_copy(message: object) -> Copy | None:
    metadata = mapping_of(mapping_of(message).get("metadata"))
    payload = mapping_of(metadata.get("event_payload"))
    ts, alert_id, revision = mapping_of(message).get("ts"), payload.get("alert_id"), payload.get("revision")
    is_ours = metadata.get("event_type") in (EVENT_TYPE, REPLY_EVENT_TYPE)
    if not is_ours or not isinstance(ts, str) or not isinstance(alert_id, str):
        return None
    reply_id = str(payload.get("reply_id") or "")
    return Copy(ts=ts, alert_id=alert_id, revision=revision if isinstance(revision, int) else 0, reply_id=reply_id)
