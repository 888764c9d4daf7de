"""What strangers send is parsed in a process of its own, with a limit on memory and a deadline on each document.

A frame is four bytes of length and a MessagePack value. The child ends when its input does.
"""

from __future__ import annotations

import asyncio
import signal
import struct
import sys
from contextlib import suppress
from typing import BinaryIO, Literal

import msgspec
from msgspec import Struct

from services.errors import Unreadable
from services.news.feed import FeedEntry
from streams.feeds.feed_parsing import Answer, parse_entries, parse_full_text

DEADLINE_SECONDS = 10.0
START_SECONDS = 30.0
MEMORY_BYTES = 1024 * 1024 * 1024
DOCUMENTS_PER_CHILD = 2_000
"""Then a fresh one: whatever a library keeps is given back."""
_LENGTH = struct.Struct(">I")


class Question(Struct, frozen=True, kw_only=True):
    """One document, and what to take from it."""

    answer: Answer
    wanted: Literal["entries", "full_text"] = "entries"


class Reply(Struct, frozen=True, kw_only=True):
    """What was taken from it, or the closed word why not."""

    entries: list[FeedEntry] = []
    text: str = ""
    problem: str = ""
    detail: str = ""


class FeedParser:
    """Asks the child, one document at a time; starts it when needed, kills it when a document takes too long."""

    def __init__(self, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._deadline_seconds = deadline_seconds
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._documents = 0

    @property
    def pid(self) -> int | None:
        """Of the child that runs now."""
        return self._child.pid if self._child else None

    async def entries(self, answer: Answer) -> list[FeedEntry]:
        """Cleaned entries; raises Unreadable: as ``parse_entries``, and too_slow, parser_died."""
        return (await self._ask(Question(answer=answer))).entries

    async def full_text(self, answer: Answer) -> str:
        """The article's text of a page; raises Unreadable: too_slow, parser_died."""
        return (await self._ask(Question(answer=answer, wanted="full_text"))).text

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            # The pipe's transport would complain later that nobody closed it.
            child._transport.close()  # type: ignore[attr-defined]

    async def _ask(self, question: Question) -> Reply:
        async with self._turn:
            try:
                return await self._exchange(question)
            except TimeoutError:
                await self.close()
                raise Unreadable("too_slow", f"not parsed within {self._deadline_seconds:g} s") from None
            except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
                await self.close()
                raise Unreadable("parser_died", "the document ended the parser, by memory or otherwise") from None
            except asyncio.CancelledError:
                # Half a reply would be taken for the next one's.
                await self.close()
                raise

    async def _exchange(self, question: Question) -> Reply:
        child = await self._running()
        assert child.stdin is not None and child.stdout is not None  # noqa: PT018 - both were asked for
        async with asyncio.timeout(self._deadline_seconds):
            payload = msgspec.msgpack.encode(question)
            child.stdin.write(_LENGTH.pack(len(payload)) + payload)
            await child.stdin.drain()
            (length,) = _LENGTH.unpack(await child.stdout.readexactly(_LENGTH.size))
            reply = msgspec.msgpack.decode(await child.stdout.readexactly(length), type=Reply)
        self._documents += 1
        if self._documents >= DOCUMENTS_PER_CHILD:
            await self.close()
        if reply.problem:
            raise Unreadable(reply.problem, reply.detail)
        return reply

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            await self.close()
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "streams.feeds.feed_child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                # Ctrl-C goes to the whole group of a terminal; this process ends the child itself.
                start_new_session=True,
            )
            self._documents = 0
            assert self._child.stdout is not None
            async with asyncio.timeout(START_SECONDS):
                await self._child.stdout.readexactly(1)
        return self._child


def main() -> None:
    """The child: answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not come between the frames.
    sys.stdout = sys.stderr
    sink.write(b"+")
    sink.flush()
    while (payload := _read_frame(source)) is not None:
        reply = msgspec.msgpack.encode(_answer(msgspec.msgpack.decode(payload, type=Question)))
        sink.write(_LENGTH.pack(len(reply)) + reply)
        sink.flush()


def _answer(question: Question) -> Reply:
    try:
        if question.wanted == "full_text":
            return Reply(text=parse_full_text(question.answer))
        return Reply(entries=parse_entries(question.answer))
    except Unreadable as error:
        return Reply(problem=error.reason, detail=error.detail[:200])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a library's surprise is one broken document, not a dead poller
        return Reply(problem="parser_failed", detail=type(error).__name__)


def _read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(_LENGTH.size)
    return source.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
