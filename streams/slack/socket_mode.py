"""Socket Mode: presses and commands come in over a WebSocket that this process opened; nothing listens on a port.

Each envelope is acknowledged at once, in the client's own thread, and waits in a queue for the process to act on it.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from config.settings import Settings
from streams.clock import monotonic
from streams.logs import log
from streams.slack.outcome import mapping_of

TRY_AGAIN_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 10
MOST_WAITING = 1_000
READ_BYTES = 65_536

# Below WARNING the client writes down addresses that are good for one connection.
_quiet = logging.getLogger("policy_signals.socket_mode")
_quiet.setLevel(logging.WARNING)


class Request(Struct, frozen=True, kw_only=True):
    """One press or one command."""

    request_id: str
    """The same when Slack delivers it again."""
    user: str
    channel: str
    received_at: float
    """Monotonic seconds."""
    action_id: str = ""
    """Of a press; empty for a command."""
    value: str = ""
    message_ts: str = ""
    text: str = ""
    """Of a command: what stands after its name."""


class SlackSocket:
    """One connection, kept up by slack_sdk; ``requests`` holds what came in and was acknowledged."""

    def __init__(self, settings: Settings, may_take: Callable[[], bool]) -> None:
        self.requests: queue.Queue[Request] = queue.Queue(MOST_WAITING)
        self._settings = settings
        self._may_take = may_take
        self._client: SocketModeClient | None = None
        self._is_given_up = False
        self._try_at = 0.0

    def keep_up(self) -> str:
        """Connect where there is no connection; returns the problem, empty when connected."""
        if self._is_given_up:
            self.close()
        if self._client is not None and self._client.is_connected():
            return ""
        if monotonic() >= self._try_at and not (self._client is not None and self._client.current_app_monitor_started):
            self._try_at = monotonic() + TRY_AGAIN_SECONDS
            return self._connect()
        return "no connection by Socket Mode"

    def close(self) -> None:
        """End the connection and its threads."""
        client, self._client, self._is_given_up = self._client, None, False
        if client is not None:
            client.close()

    def _connect(self) -> str:
        self._client = self._client or self._make_client()
        try:
            self._client.connect()
        except SlackApiError as error:
            return f"apps.connections.open: {error.response.get('error')}"
        except (SlackClientError, OSError) as error:
            return f"apps.connections.open: {type(error).__name__}"
        return "" if self._client.is_connected() else "no connection by Socket Mode"

    def _make_client(self) -> SocketModeClient:
        url = self._settings.slack_api_url
        web = WebClient(base_url=url, timeout=CONNECT_TIMEOUT_SECONDS, retry_handlers=[], logger=_quiet)
        # The client loses what it has read when a read ends just before the length of the next frame: few, large reads.
        client = SocketModeClient(
            self._settings.slack_app_token.reveal(), logger=_quiet, web_client=web, receive_buffer_size=READ_BYTES
        )
        client.socket_mode_request_listeners.append(self._take)
        return client

    def _take(self, client: Any, envelope: SocketModeRequest) -> None:
        if not self._may_take():
            # Another process works for this group now. Unacknowledged, the person sees that nothing happened.
            log.warning("an envelope came to a process that may not act; giving the connection up")
            self._is_given_up = True
            client.auto_reconnect_enabled = False
            client.disconnect()
            return
        request = read_request(envelope.type, envelope.envelope_id, envelope.payload)
        if request is not None:
            try:
                self.requests.put_nowait(request)
            except queue.Full:
                log.warning("too many requests wait; one is not taken")
                return
        client.send_socket_mode_response(SocketModeResponse(envelope_id=envelope.envelope_id))


def read_request(kind: str, envelope_id: str, payload: Mapping[str, object]) -> Request | None:
    """The press or command of an envelope; None for anything else. Raises nothing."""
    # The trigger stays the same over deliveries, and an envelope that came without one has its own id.
    request_id = str(payload.get("trigger_id") or envelope_id)
    if kind == "slash_commands":
        return Request(
            request_id=request_id,
            user=str(payload.get("user_id", "")),
            channel=str(payload.get("channel_id", "")),
            text=str(payload.get("text") or ""),
            received_at=monotonic(),
        )
    actions = payload.get("actions")
    if kind != "interactive" or payload.get("type") != "block_actions" or not isinstance(actions, list) or not actions:
        return None
    action, container = mapping_of(actions[0]), mapping_of(payload.get("container"))
    return Request(
        request_id=request_id,
        user=str(mapping_of(payload.get("user")).get("id", "")),
        channel=str(container.get("channel_id", "")),
        action_id=str(action.get("action_id", "")),
        value=str(action.get("value") or mapping_of(action.get("selected_option")).get("value", "")),
        message_ts=str(container.get("message_ts", "")),
        received_at=monotonic(),
    )
