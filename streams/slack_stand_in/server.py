"""A strict Slack on this machine: for the demonstration, for tests, and for trying faults without a workspace.

``SlackStandIn().start()`` serves it from a thread, ``python -m streams.slack_stand_in.server`` from its own process.
Beside the Web API under ``/api/`` it has ``GET /journal`` (every call), ``GET /messages?channel=C...`` (what people
would see now), ``GET /ephemerals`` (what only one person saw), Socket Mode, and what ``slack_admin`` tells of ``POST
/admin/...``: faults, states, presses and commands.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services.errors import Misconfigured, Unreadable
from streams.codec import encode
from streams.conversation.interaction import ButtonPress, TypedCommand
from streams.slack.admin import administer, send_command, send_press
from streams.slack_stand_in.faults import Fault, FaultKind, ScriptedSlack, error_status
from streams.slack_stand_in.socket_mode import SocketHub, handshake_reply
from streams.slack_stand_in.workspace import Reply, Workspace

STAND_IN_TOKEN = "xoxb-stand-in"
STAND_IN_APP_TOKEN = "xapp-stand-in"
STAND_IN_CHANNEL = "C0POLICYALERTS"
MOST_BODY_BYTES = 2_000_000
HTML_PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>We will be right back</body></html>"
_FLAGS = frozenset({"include_all_metadata", "inclusive", "unfurl_links", "unfurl_media", "link_names"})
_JSON_ARGUMENTS = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}


class SlackStandIn:
    """The stand-in on a free port of ``host``, served by a thread of this process."""

    def __init__(
        self,
        scripted: ScriptedSlack | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.scripted = scripted or ScriptedSlack(Workspace(STAND_IN_TOKEN, (STAND_IN_CHANNEL,)))
        self._stopping = threading.Event()
        self._server = _Server((host, port), _Handler)
        self._server.scripted = self.scripted
        self._server.stopping = self._stopping
        self.hub = self._server.hub = SocketHub()
        workspace = self.scripted.workspace
        workspace.allow_app(STAND_IN_APP_TOKEN)
        workspace.open_socket = lambda: f"{self.url.replace('http', 'ws', 1)}socket?ticket={self.hub.make_ticket()}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Base address, such as ``http://127.0.0.1:40123/``."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    @property
    def api_url(self) -> str:
        """What a client takes as its base URL in place of ``https://slack.com/api/``."""
        return f"{self.url}api/"

    def start(self) -> SlackStandIn:
        """Serve; the port is open when this returns."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port; slow replies end at once."""
        self._stopping.set()
        self.hub.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def press(self, press: ButtonPress) -> str:
        """Press a button of a message; returns the envelope's id. Raises KeyError when the message has no such one."""
        return send_press(self.scripted, self.hub, press)

    def type_command(self, typed: TypedCommand) -> str:
        """Type ``/policy`` and a text; returns the envelope's id."""
        return send_command(self.scripted, self.hub, typed)

    def __enter__(self) -> SlackStandIn:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    scripted: ScriptedSlack
    hub: SocketHub
    stopping: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away before its reply is part of the play; anything else is worth a traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Web API calls, and the admin endpoints."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BODY_BYTES:
            self.close_connection = True
            self._reply(413, b"")
            return
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path.startswith("/api/"):
            self._serve_call(path.removeprefix("/api/"), body)
        elif path.startswith("/admin/"):
            self._serve_admin(path, body)
        else:
            self._reply(404, b"")

    def do_GET(self) -> None:
        """The journal, the messages, and Web API methods that only read."""
        split = urlsplit(self.path)
        if split.path == "/journal":
            self._reply(200, encode(self.server.scripted.journal))
        elif split.path == "/messages":
            channel = dict(parse_qsl(split.query)).get("channel", STAND_IN_CHANNEL)
            known = channel in self.server.scripted.workspace.channels
            messages = self.server.scripted.workspace.message_list(channel) if known else []
            self._reply(200, encode([message.view(with_metadata=True) for message in messages]))
        elif split.path == "/ephemerals":
            self._reply(200, encode(self.server.scripted.workspace.ephemerals))
        elif split.path == "/socket":
            self._serve_socket(dict(parse_qsl(split.query)).get("ticket", ""))
        elif split.path.startswith("/api/"):
            self._serve_call(split.path.removeprefix("/api/"), b"")
        else:
            self._reply(404, b"")

    def _serve_call(self, method: str, body: bytes) -> None:
        arguments = _read_arguments(self.path, self.headers.get("Content-Type", ""), body)
        if isinstance(arguments, str):
            self._reply(200, encode({"ok": False, "error": arguments}))
            return
        header = self.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else arguments.get("token")
        fault, reply = self.server.scripted.handle(None if token is None else str(token), method, arguments)
        if fault is None:
            self._reply(200, encode(reply))
        else:
            self._play(fault, reply)

    def _play(self, fault: Fault, reply: Reply) -> None:
        match fault.kind:
            case FaultKind.RATE_LIMITED:
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                self._reply(429, encode({"ok": False, "error": "ratelimited"}), headers)
            case FaultKind.SERVER_ERROR:
                self._reply(error_status(fault), HTML_PAGE, {"Content-Type": "text/html"})
            case FaultKind.DROPPED:
                self._hang_up()
            case FaultKind.HALF_BODY:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
                self._hang_up()
            case FaultKind.SLOW:
                self.server.stopping.wait(fault.seconds)
                self._reply(200, encode(reply))
            case FaultKind.HTML:
                self._reply(fault.status, HTML_PAGE, {"Content-Type": "text/html"})
            case FaultKind.EMPTY:
                self._reply(fault.status, b"")
            case FaultKind.ERROR:
                self._reply(200, encode({"ok": False, "error": fault.error}))

    def _serve_socket(self, ticket: str) -> None:
        if not self.server.hub.take_ticket(ticket):
            self._reply(408, b"")
            return
        self.close_connection = True
        self.connection.sendall(handshake_reply(self.headers.get("Sec-WebSocket-Key", "")))
        self.server.hub.serve(self.connection, self.rfile)

    def _serve_admin(self, path: str, body: bytes) -> None:
        try:
            answer = administer(self.server.scripted, self.server.hub, path.removeprefix("/admin/"), body)
        except (Unreadable, KeyError, TimeoutError) as error:
            self._reply(400, encode({"ok": False, "error": str(error)}))
            return
        self._reply(200, encode(answer))

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Silent: the journal tells more."""


def _read_arguments(path: str, content_type: str, body: bytes) -> dict[str, object] | str:
    """Arguments of a call from query, form or JSON; or Slack's error word when they cannot be read."""
    arguments: dict[str, object] = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
    try:
        if content_type.startswith("application/json"):
            given = json.loads(body or b"{}")
            return {**arguments, **given} if isinstance(given, dict) else "json_not_object"
        arguments |= dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except (ValueError, RecursionError):
        return "invalid_json" if content_type.startswith("application/json") else "invalid_form_data"
    for name in _FLAGS & arguments.keys():
        arguments[name] = arguments[name] in ("1", "true", "True")
    for name, error in _JSON_ARGUMENTS.items():
        if name in arguments:
            try:
                arguments[name] = json.loads(str(arguments[name]))
            except (ValueError, RecursionError):
                return error
    return arguments


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C; the first line of output is a JSON object with the addresses."""
    parser = argparse.ArgumentParser(description="A strict local stand-in for Slack's Web API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8065, help="0 picks a free port")
    parser.add_argument("--token", default=STAND_IN_TOKEN, help="the one token that is accepted")
    parser.add_argument("--channel", action="append", help=f"channel id, may be repeated; default {STAND_IN_CHANNEL}")
    parser.add_argument("--journal", help="file to which every call is appended as one JSON line")
    options = parser.parse_args(arguments)
    workspace = Workspace(options.token, tuple(options.channel or (STAND_IN_CHANNEL,)))
    scripted = ScriptedSlack(workspace, journal_path=options.journal)
    try:
        stand_in = SlackStandIn(scripted, host=options.host, port=options.port)
    except (OSError, OverflowError) as error:
        raise Misconfigured(f"--port {options.port} on {options.host} cannot be used: {error}") from None
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with stand_in:
        sys.stdout.write(json.dumps({"api_url": stand_in.api_url, "journal": f"{stand_in.url}journal"}) + "\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
