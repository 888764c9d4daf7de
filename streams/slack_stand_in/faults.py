"""Faults for the Slack stand-in, taken one call at a time from a script; and Slack in memory that plays them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from streams.codec import encode
from streams.slack.outcome import Answer, Doubt
from streams.slack_stand_in.workspace import Reply, Workspace


class FaultKind(StrEnum):
    """What goes wrong with a call."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    DROPPED = "dropped"
    """The connection ends without a reply."""
    HALF_BODY = "half_body"
    SLOW = "slow"
    HTML = "html"
    EMPTY = "empty"
    ERROR = "error"
    """``ok: false`` with the word in ``Fault.error``."""


class Fault(Struct, frozen=True, kw_only=True):
    """One entry of the script: it meets the next ``count`` calls of ``method``, after ``skip`` calls that pass."""

    kind: FaultKind
    method: str = "chat.postMessage"
    accepted: bool = False
    """True: the call takes effect first, and only its reply is bad."""
    status: int = 200
    """HTTP status of SERVER_ERROR (a 200 there reads as 500), HTML and EMPTY."""
    retry_after: str | None = None
    """Raw ``Retry-After`` header of RATE_LIMITED; None leaves it out."""
    seconds: float = 0.0
    """Delay of SLOW."""
    error: str = "internal_error"
    count: int = 1
    skip: int = 0


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One call as it came in. ``at`` is seconds since 1970; the token is never written down."""

    at: float
    method: str
    arguments: dict[str, object]
    accepted: bool
    """True when it took effect, whatever the reply said."""
    error: str | None
    ts: str | None
    fault: FaultKind | None


class ScriptedSlack:
    """A workspace, the faults still to come, and the journal of all calls. Safe to call from several threads."""

    def __init__(self, workspace: Workspace, faults: tuple[Fault, ...] = (), journal_path: str | None = None) -> None:
        self.workspace = workspace
        self.journal: list[JournalEntry] = []
        self._faults = list(faults)
        self._journal_path = journal_path
        self._lock = threading.Lock()

    def add_faults(self, *faults: Fault) -> None:
        """Put faults at the end of the script."""
        with self._lock:
            self._faults += faults

    def drop_faults(self) -> None:
        """Forget the faults still to come."""
        with self._lock:
            self._faults.clear()

    def handle(self, token: str | None, method: str, arguments: Mapping[str, object]) -> tuple[Fault | None, Reply]:
        """Let the call take effect, unless its fault says otherwise, and write it down."""
        fault = self._take(method)
        acts = fault is None or fault.accepted or fault.kind is FaultKind.SLOW
        reply: Reply = self.workspace.call(token, method, arguments) if acts else {"ok": False, "error": "not_done"}
        error, ts = reply.get("error"), reply.get("ts")
        entry = JournalEntry(
            at=time.time(),
            method=method,
            arguments={name: value for name, value in arguments.items() if name != "token"},
            accepted=reply["ok"] is True,
            error=None if error is None else str(error),
            ts=None if ts is None else str(ts),
            fault=None if fault is None else fault.kind,
        )
        self._write(entry)
        return fault, reply

    def calls(self, method: str = "chat.postMessage") -> list[JournalEntry]:
        """The journal of one method."""
        with self._lock:
            return [entry for entry in self.journal if entry.method == method]

    def _take(self, method: str) -> Fault | None:
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.method not in (method, "*"):
                    continue
                if fault.skip > 0:
                    self._faults[place] = replace(fault, skip=fault.skip - 1)
                    return None
                if fault.count > 1:
                    self._faults[place] = replace(fault, count=fault.count - 1)
                else:
                    del self._faults[place]
                return fault
        return None

    def _write(self, entry: JournalEntry) -> None:
        with self._lock:
            self.journal.append(entry)
            if self._journal_path is not None:
                # Opened per line: a reader, or a kill, finds whole lines only.
                with open(self._journal_path, "ab") as journal:  # noqa: PTH123 - a path string, opened once per line
                    journal.write(encode(entry) + b"\n")


class InMemorySlack:
    """A transport for ``SlackChannel`` without a network: the same workspace, the same faults."""

    def __init__(self, scripted: ScriptedSlack, token: str, timeout_seconds: float = 10.0) -> None:
        self.scripted = scripted
        self.token = token
        self._timeout_seconds = timeout_seconds

    def __call__(self, method: str, arguments: dict[str, object]) -> Answer:
        """One call; an HTTP client would see the same."""
        fault, reply = self.scripted.handle(self.token, method, arguments)
        answer = Answer(status=200, body=reply)
        match fault:
            case Fault(kind=FaultKind.RATE_LIMITED):
                refused: Reply = {"ok": False, "error": "ratelimited"}
                answer = Answer(status=429, body=refused, retry_after=fault.retry_after)
            case Fault(kind=FaultKind.SERVER_ERROR):
                answer = Answer(status=error_status(fault))
            case Fault(kind=FaultKind.DROPPED | FaultKind.HALF_BODY):
                answer = Answer(problem=Doubt.DROPPED_REPLY)
            case Fault(kind=FaultKind.SLOW) if fault.seconds >= self._timeout_seconds:
                answer = Answer(problem=Doubt.TIMEOUT)
            case Fault(kind=FaultKind.HTML | FaultKind.EMPTY):
                answer = Answer(status=fault.status)
            case Fault(kind=FaultKind.ERROR):
                answer = Answer(status=200, body={"ok": False, "error": fault.error})
        return answer


def error_status(fault: Fault) -> int:
    """HTTP status of a SERVER_ERROR."""
    return fault.status if fault.status >= 500 else 500
