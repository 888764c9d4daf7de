"""Errors grouped by what the caller should do.

PolicySignalsError
|-- Unreadable      this input can never be handled: set it aside (dead-letter topic) and go on
|-- Unavailable     an outside system is not there now: wait ``retry_after`` seconds and try the same input again
`-- Misconfigured   a person must change something first: refuse to start, in one clear sentence
"""

from __future__ import annotations


class PolicySignalsError(Exception):
    """Base of every error raised on purpose; its text is one sentence for a person."""


class Unreadable(PolicySignalsError):
    """The input is broken. ``reason`` is a short closed word, used as metric label and dead-letter header."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Unavailable(PolicySignalsError):
    """An outside system did not answer; try again after ``retry_after`` seconds, nothing is lost."""

    def __init__(self, what: str, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(f"{what} is unavailable: {detail}" if detail else f"{what} is unavailable")
        self.what = what
        self.retry_after = retry_after


class Misconfigured(PolicySignalsError):
    """Settings or catalogue are wrong; the text names file or variable, key and reason."""
