"""The chain of the audit: each record holds the SHA-256 of the one before it, so that no link can go unseen.

Whoever can write the topic could make a whole new chain; so a digest noted elsewhere (the command ``status`` shows
the last one in Slack) is what a chain is held against. (Hash chains for logs: Schneier and Kelsey, 1999.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from services.alerts.desk import Change

BEGINNING = "0" * 64
"""What the first record holds in place of a digest."""


class AuditRecord(Struct, frozen=True, kw_only=True):
    """One change of state: who, when, where, what."""

    schema_version: int = 1
    number: int
    """From 1, without gaps."""
    previous: str
    """SHA-256 of the bytes of the record before, in hexadecimal."""
    request_id: str
    """What asked for it; the same request is written once."""
    who: str
    """User id; "" when the service itself acted, such as at the end of a mute."""
    where: str
    """Channel id."""
    at: datetime
    change: Change


class Link(Struct, frozen=True, kw_only=True):
    """What checking a record takes: its number, the digest it holds, and its own digest."""

    number: int
    previous: str
    digest: str


class Chain(Struct, frozen=True, kw_only=True):
    """What was found: ``problem`` is empty when every link holds."""

    links: int
    last: str
    """Digest of the last good link; BEGINNING when there is none."""
    problem: str = ""


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal.

    >>> digest_of(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def check_chain(links: Iterable[Link], expected: str = "") -> Chain:
    """Follow the chain from its beginning; ``expected``: a digest (or its start) that must be one of the links."""
    last, count, is_met = BEGINNING, 0, not expected
    for link in links:
        problem = _find_problem(link, count + 1, last)
        if problem:
            return Chain(links=count, last=last, problem=problem)
        count, last = count + 1, link.digest
        is_met = is_met or link.digest.startswith(expected.lower())
    problem = "" if is_met else f"no record has the digest {expected}: the chain was made anew, or its end is missing"
    return Chain(links=count, last=last, problem=problem)


def _find_problem(link: Link, number: int, previous: str) -> str:
    if link.number < number:
        return f"record {link.number} comes twice, or two processes wrote at once"
    if link.number > number:
        missing = f"record {number} is" if link.number == number + 1 else f"records {number} to {link.number - 1} are"
        return f"{missing} missing"
    if link.previous != previous:
        return f"record {number} does not hold the digest of the record before it: one of the two was changed"
    return ""
