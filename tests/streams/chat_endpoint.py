"""A chat-completions endpoint on this machine that behaves as a test tells it, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = {"tone": "supportive", "score": 0.6, "confidence": 0.95, "stage": "completion", "evidence": [1]}


def completion(answer: object = ANSWER, tokens: int = 900) -> bytes:
    """The body of a reply with this answer."""
    content = answer if isinstance(answer, str) else json.dumps(answer)
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"total_tokens": tokens}}
    ).encode()


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        endpoint: ChatEndpoint = self.server.endpoint  # type: ignore[attr-defined]
        endpoint.asked.append(Asked(self.path, dict(self.headers), body))
        endpoint.behave(self)

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nobody reads it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is what some tests want."""


@dataclass
class ChatEndpoint:
    """Serves until ``stop``; ``released`` lets go of what hangs."""

    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    behave: Callable[[Any], None] = field(init=False)

    def __post_init__(self) -> None:
        self.says(completion())
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Base address, as a user gives it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def says(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Answer every request so."""
        self.behave = lambda handler: handler.answer(status, body, headers)

    def hangs(self) -> None:
        """Take the request and say nothing."""
        self.behave = lambda handler: self.released.wait(30)

    def drips(self) -> None:
        """Send a byte of the reply now and then: no single read is slow."""

        def drip(handler: Any) -> None:
            handler.send_response(200)
            handler.end_headers()
            while not self.released.wait(0.02):
                handler.wfile.write(b" ")
                handler.wfile.flush()

        self.behave = drip

    def hangs_up(self, times: int) -> None:
        """Close the connection without a word so many times, then answer well."""
        left = [None] * times

        def hang_up(handler: Any) -> None:
            if left:
                left.pop()
                handler.close_connection = True
            else:
                handler.answer(200, completion())

        self.behave = hang_up

    def stop(self) -> None:
        """Free the port."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
