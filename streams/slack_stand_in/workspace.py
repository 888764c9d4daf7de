"""A Slack workspace in memory: tokens, channels, messages, and the Web API methods that this service uses.

It is strict where a mistake of ours would be refused by Slack, and it knows nothing of HTTP: ``SlackStandIn`` serves it
on a port, ``InMemorySlack`` calls it directly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from streams.conversation.interaction import Ephemeral, list_group, open_connection, post_ephemeral
from streams.slack.limits import Refusal, check_message

BOT_USER = "U0POLICYBOT"
BOT_ID = "B0POLICYBOT"
TEAM_ID = "T0STANDIN"
ALL_SCOPES = frozenset({"chat:write", "channels:history", "channels:read", "usergroups:read"})
APP_SCOPES = frozenset({"connections:write"})
"""Of an app-level token, which opens sockets and does nothing else."""
MOST_PAGE = 999
DEFAULT_PAGE = 100
CHANNEL_FIXTURE_NAME = "policy-alerts"

Arguments = Mapping[str, object]
Reply = dict[str, object]


@dataclass
class Message:
    """One message as it stands now; ``posted_at`` is in seconds since 1970."""

    ts: str
    posted_at: float
    text: str
    blocks: list[object]
    metadata: object = None
    thread_ts: str | None = None
    edits: int = 0

    def view(self, *, with_metadata: bool) -> Reply:
        """As the API shows it."""
        shown: Reply = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "ts": self.ts, "text": self.text}
        if self.blocks:
            shown["blocks"] = self.blocks
        if self.thread_ts is not None:
            shown["thread_ts"] = self.thread_ts
        if self.edits:
            shown["edited"] = {"user": BOT_USER, "ts": self.ts}
        if with_metadata and self.metadata is not None:
            shown["metadata"] = self.metadata
        return shown


@dataclass
class Channel:
    """One channel; the bot is a member unless said otherwise."""

    channel_id: str
    name: str = CHANNEL_FIXTURE_NAME
    is_archived: bool = False
    is_member: bool = True
    messages: dict[str, Message] = field(default_factory=dict)


class Workspace:
    """Tokens with their scopes, channels, and the methods. Safe to call from several threads."""

    def __init__(self, token: str, channels: tuple[str, ...], now: Callable[[], float] = time.time) -> None:
        self.tokens: dict[str, frozenset[str]] = {token: ALL_SCOPES}
        self.revoked: set[str] = set()
        self.channels = {name: Channel(channel_id=name) for name in channels}
        self.history_lag_seconds = 0.0
        self.ephemerals: list[Ephemeral] = []
        self.user_groups: dict[str, tuple[str, ...]] = {}
        self.open_socket: Callable[[], str] | None = None
        """Makes the address of a new Socket Mode connection; None: nobody serves any."""
        self._now = now
        self._last_ts = 0
        self._lock = threading.RLock()

    def call(self, token: str | None, method: str, arguments: Arguments) -> Reply:
        """One Web API call: the ``ok: true`` object, or ``ok: false`` with Slack's error word. Raises nothing."""
        handler = _METHODS.get(method)
        with self._lock:
            try:
                if handler is None:
                    raise Refusal("unknown_method")
                scope, act = handler
                self._check_token(token, scope)
                return {"ok": True, **act(self, arguments)}
            except Refusal as refusal:
                return _refused(refusal)

    def allow(self, token: str) -> None:
        """Accept a token with all scopes, again or newly."""
        with self._lock:
            self.revoked.discard(token)
            self.tokens[token] = ALL_SCOPES

    def allow_app(self, token: str) -> None:
        """Accept an app-level token."""
        with self._lock:
            self.tokens[token] = APP_SCOPES

    def find_channel_to_write(self, arguments: Arguments) -> str:
        """Id of the channel that a call names; raises Refusal when the bot may not write there."""
        return self._channel_to_write(arguments).channel_id

    def message_list(self, channel_id: str) -> list[Message]:
        """Messages of a channel as they stand, the oldest first, without any lag."""
        with self._lock:
            return sorted(self.channels[channel_id].messages.values(), key=lambda message: message.ts)

    def _check_token(self, token: str | None, scope: str | None) -> None:
        if not token:
            raise Refusal("not_authed")
        if token in self.revoked:
            raise Refusal("token_revoked")
        if token not in self.tokens:
            raise Refusal("invalid_auth")
        if scope is not None and scope not in self.tokens[token]:
            raise Refusal("missing_scope")

    def auth_test(self, _arguments: Arguments) -> Reply:
        """``auth.test``."""
        return {"url": "http://localhost/", "team_id": TEAM_ID, "user_id": BOT_USER, "bot_id": BOT_ID}

    def post_message(self, arguments: Arguments) -> Reply:
        """``chat.postMessage``."""
        channel = self._channel_to_write(arguments)
        text, blocks, metadata = arguments.get("text"), arguments.get("blocks", []), arguments.get("metadata")
        check_message(text, blocks, metadata)
        thread_ts = arguments.get("thread_ts")
        if thread_ts is not None and str(thread_ts) not in channel.messages:
            raise Refusal("thread_not_found")
        message = Message(
            ts=self._new_ts(),
            posted_at=self._now(),
            text=str(text or ""),
            blocks=list(blocks) if isinstance(blocks, list) else [],
            metadata=metadata,
            thread_ts=None if thread_ts is None else str(thread_ts),
        )
        channel.messages[message.ts] = message
        shown = message.view(with_metadata=True)
        return {"channel": channel.channel_id, "ts": message.ts, "message": shown}

    def update_message(self, arguments: Arguments) -> Reply:
        """``chat.update``: what is not given stays, except blocks, which go when only a text is given."""
        channel = self._channel_to_write(arguments)
        message = self._message(channel, arguments)
        text, blocks = arguments.get("text", message.text), arguments.get("blocks", [])
        metadata = arguments.get("metadata")
        check_message(text, blocks, metadata)
        message.text = str(text or "")
        message.blocks = list(blocks) if isinstance(blocks, list) else []
        message.metadata = message.metadata if metadata is None else metadata
        message.edits += 1
        return {"channel": channel.channel_id, "ts": message.ts, "text": message.text}

    def delete_message(self, arguments: Arguments) -> Reply:
        """``chat.delete``."""
        channel = self._channel_to_write(arguments)
        message = self._message(channel, arguments)
        del channel.messages[message.ts]
        return {"channel": channel.channel_id, "ts": message.ts}

    def history(self, arguments: Arguments) -> Reply:
        """``conversations.history``: newest first, without replies, in pages; shows messages after the lag."""
        channel = self._channel_to_read(arguments)
        oldest, latest = _number(arguments, "oldest", 0.0), _number(arguments, "latest", float("inf"))
        inclusive = bool(arguments.get("inclusive"))
        visible = [
            message
            for message in sorted(channel.messages.values(), key=lambda message: message.ts, reverse=True)
            if message.thread_ts in (None, message.ts)
            and message.posted_at + self.history_lag_seconds <= self._now()
            and (oldest < float(message.ts) < latest or (inclusive and float(message.ts) in (oldest, latest)))
        ]
        return _page(visible, arguments)

    def replies(self, arguments: Arguments) -> Reply:
        """``conversations.replies``: the root and its replies, the oldest first."""
        channel = self._channel_to_read(arguments)
        root = str(arguments.get("ts", ""))
        if root not in channel.messages:
            raise Refusal("thread_not_found")
        thread = [
            message for message in self.message_list(channel.channel_id) if root in (message.ts, message.thread_ts)
        ]
        return _page(thread, arguments)

    def info(self, arguments: Arguments) -> Reply:
        """``conversations.info``."""
        channel = self._channel(arguments)
        return {
            "channel": {
                "id": channel.channel_id,
                "name": channel.name,
                "is_channel": True,
                "is_archived": channel.is_archived,
                "is_member": channel.is_member,
            }
        }

    def _channel(self, arguments: Arguments) -> Channel:
        channel = self.channels.get(str(arguments.get("channel", "")))
        if channel is None:
            raise Refusal("channel_not_found")
        return channel

    def _channel_to_read(self, arguments: Arguments) -> Channel:
        channel = self._channel(arguments)
        if not channel.is_member:
            raise Refusal("not_in_channel")
        return channel

    def _channel_to_write(self, arguments: Arguments) -> Channel:
        channel = self._channel(arguments)
        if channel.is_archived:
            raise Refusal("is_archived")
        return self._channel_to_read(arguments)

    def _message(self, channel: Channel, arguments: Arguments) -> Message:
        message = channel.messages.get(str(arguments.get("ts", "")))
        if message is None:
            raise Refusal("message_not_found")
        return message

    def _new_ts(self) -> str:
        self._last_ts = max(int(self._now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


_METHODS: dict[str, tuple[str | None, Callable[[Workspace, Arguments], Reply]]] = {
    "auth.test": (None, Workspace.auth_test),
    "chat.postMessage": ("chat:write", Workspace.post_message),
    "chat.update": ("chat:write", Workspace.update_message),
    "chat.delete": ("chat:write", Workspace.delete_message),
    "conversations.history": ("channels:history", Workspace.history),
    "conversations.replies": ("channels:history", Workspace.replies),
    "conversations.info": ("channels:read", Workspace.info),
    "chat.postEphemeral": ("chat:write", post_ephemeral),
    "usergroups.users.list": ("usergroups:read", list_group),
    "apps.connections.open": ("connections:write", open_connection),
}


def _refused(refusal: Refusal) -> Reply:
    reply: Reply = {"ok": False, "error": refusal.error}
    if refusal.detail:
        reply |= {"errors": [refusal.detail], "response_metadata": {"messages": [f"[ERROR] {refusal.detail}"]}}
    return reply


def _page(messages: list[Message], arguments: Arguments) -> Reply:
    limit = int(_number(arguments, "limit", DEFAULT_PAGE))
    if not 1 <= limit <= MOST_PAGE:
        raise Refusal("invalid_limit")
    cursor = str(arguments.get("cursor") or "0")
    if not cursor.isdecimal():
        raise Refusal("invalid_cursor")
    start = int(cursor)
    with_metadata = bool(arguments.get("include_all_metadata"))
    shown = [message.view(with_metadata=with_metadata) for message in messages[start : start + limit]]
    has_more = start + limit < len(messages)
    cursor_object = {"next_cursor": str(start + limit) if has_more else ""}
    return {"messages": shown, "has_more": has_more, "response_metadata": cursor_object}


def _number(arguments: Arguments, name: str, default: float) -> float:
    try:
        return float(str(arguments.get(name, default)))
    except ValueError:
        raise Refusal("invalid_arguments", f"{name} is not a number") from None
