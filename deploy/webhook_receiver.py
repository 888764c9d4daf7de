"""A receiver of signed webhooks to start from: Python's standard library alone.

    WEBHOOK_KEY=... python webhook_receiver.py 8099

``is_genuine`` is the part to take over, in whatever language. While a key is replaced, give both with a blank between
them: WEBHOOK_KEY="new old". Keep the idempotency keys somewhere that survives a restart, such as your data base.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

WINDOW_SECONDS = 300
MOST_BYTES = 2_000_000


def is_genuine(keys: Sequence[str], headers: Mapping[str, str] | Message, body: bytes, now: float) -> bool:
    """True for a request that somebody with one of the keys signed in the last five minutes, body unchanged."""
    timestamp = headers.get("X-Policy-Signals-Timestamp", "")
    signature = headers.get("X-Policy-Signals-Signature", "")
    if not timestamp.isdigit() or not timestamp.isascii() or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        return False
    signed = timestamp.encode() + b"." + body
    wanted = ["v1=" + hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in keys if key]
    # Compared in constant time: an early end would tell how many characters were right.
    fits = [hmac.compare_digest(signature.encode(), one.encode()) for one in wanted]
    return any(fits)


def say(words: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


class Receiver(BaseHTTPRequestHandler):
    """Prints each message once, however often it is sent."""

    keys: Sequence[str] = ()
    seen: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """One message: 204 when it was done, now or before; 401 when it is not genuine."""
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= MOST_BYTES:
            return self._answer(413)
        body = self.rfile.read(length)
        if not is_genuine(self.keys, self.headers, body, time.time()):
            return self._answer(401)
        message = json.loads(body)
        key = self.headers.get("Idempotency-Key", "")
        if key not in self.seen:
            # First do the work, then remember the key: the other order loses a message when the work fails.
            say(f"{message['type']} {message.get('title') or message.get('text')}")
            self.seen.add(key)
        return self._answer(204)

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def main() -> None:
    """Serve until stopped."""
    Receiver.keys = os.environ["WEBHOOK_KEY"].split()
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    say(f"listening on port {server.server_port}")
    server.serve_forever()


if __name__ == "__main__":
    main()
