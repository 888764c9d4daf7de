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
SHORTEST_EXPECTED = 16


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
    after_expected: int = 0
    """How many links came after the expected one: what was changed since it was noted."""
    problem: str = ""


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal.

    >>> digest_of(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def check_chain(links: Iterable[Link], expected: str = "") -> Chain:
    """Follow the chain from its beginning; ``expected``: a digest (or its start) that must be one of the links."""
    known = list(links)
    last, count, met_at = BEGINNING, 0, 0
    for link in known:
        problem = _find_problem(link, count + 1, last, {one.number for one in known[count + 1 :]})
        if problem:
            return Chain(links=count, last=last, problem=problem)
        count, last = count + 1, link.digest
        if expected and link.digest.startswith(expected.lower()):
            met_at = count
    if expected and not met_at:
        problem = f"no record has the digest {expected}: the chain was made anew, or its end is missing"
        return Chain(links=count, last=last, problem=problem)
    return Chain(links=count, last=last, after_expected=count - met_at if expected else 0)


def check_expected(expected: str) -> str:
    """What is wrong with a digest that a person gave; empty when it can be looked for.

    Fewer than ``SHORTEST_EXPECTED`` digits would fit some record of any chain.
    """
    digits = expected.lower()
    if set(digits) - set("0123456789abcdef") or not SHORTEST_EXPECTED <= len(digits) <= len(BEGINNING):
        return (
            f"--expect {expected}: give {SHORTEST_EXPECTED} to {len(BEGINNING)} hexadecimal digits, as the command "
            "`status` in Slack or `policy-signals audit verify` showed them"
        )
    return ""


def _find_problem(link: Link, number: int, previous: str, later: set[int]) -> str:
    if link.number < number:
        return f"record {link.number} comes twice, or two processes wrote at once"
    if link.number > number and number in later:
        return f"record {number} stands behind record {link.number}: they were moved"
    if link.number > number:
        missing = f"record {number} is" if link.number == number + 1 else f"records {number} to {link.number - 1} are"
        return f"{missing} missing"
    if link.previous != previous:
        return f"record {number} does not hold the digest of the record before it: one of the two was changed"
    return ""
