"""The signature of a webhook: who sent it, that nobody changed it, and that it is not an old one played again.

Headers of each request:

* ``X-Policy-Signals-Timestamp``: seconds since 1970 UTC at which this try was signed;
* ``X-Policy-Signals-Signature``: ``v1=`` and the hex HMAC-SHA256 (RFC 2104) of ``TIMESTAMP.BODY`` with the shared key;
* ``Idempotency-Key``: the same for each try of one message; a receiver that has it answers 2xx and does nothing more.

A receiver refuses a timestamp further than REPLAY_WINDOW_SECONDS from its own clock, and compares in constant time.
While a key is replaced it accepts two: first the receiver learns the new one beside the old, then the sender changes
over, then the receiver forgets the old one. ``deploy/webhook_receiver.py`` is a receiver to start from.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

REPLAY_WINDOW_SECONDS = 300
TIMESTAMP_HEADER = "X-Policy-Signals-Timestamp"
SIGNATURE_HEADER = "X-Policy-Signals-Signature"
IDEMPOTENCY_HEADER = "Idempotency-Key"
VERSION = "v1"


def sign(key: str, body: bytes, timestamp: int) -> str:
    """The value of the signature header.

    >>> sign("key", b"{}", 1689213600)[:12]
    'v1=d857c8847'
    """
    mac = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"{VERSION}={mac.hexdigest()}"


def sign_headers(key: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Both headers of one try."""
    return {TIMESTAMP_HEADER: str(timestamp), SIGNATURE_HEADER: sign(key, body, timestamp)}


def find_forgery(keys: Iterable[str], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Why a receiver must refuse a request, in words; empty when it is genuine and fresh. Raises nothing.

    ``keys``: one, or two while a key is replaced; an empty one fits nothing.
    """
    given = {name.lower(): value for name, value in headers.items()}
    timestamp, signature = given.get(TIMESTAMP_HEADER.lower(), ""), given.get(SIGNATURE_HEADER.lower(), "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "no timestamp"
    if abs(now - int(timestamp)) > REPLAY_WINDOW_SECONDS:
        return f"the timestamp is more than {REPLAY_WINDOW_SECONDS} seconds away"
    said = signature.encode("utf-8", "replace")
    # Every key is tried, whichever fits: the time taken tells nothing.
    fits = [hmac.compare_digest(said, sign(key, body, int(timestamp)).encode()) for key in keys if key]
    return "" if any(fits) else "the signature does not fit"
