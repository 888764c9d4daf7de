"""A small mail server for tests: asyncio alone, with STARTTLS, login, and faults at any step."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

LOST = "lost"
"""The connection is cut at this step."""
SLOW = "slow"
"""No answer at this step."""


@dataclass
class SmtpStandIn:
    """``faults`` maps a verb (``DATA``, or ``END`` for what follows the mail's last line) to replies, used up in turn."""

    context: ssl.SSLContext | None = None
    starts_with_tls: bool = False
    faults: dict[str, list[str]] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Every command line."""
    was_secure: list[bool] = field(default_factory=list)
    """For each mail: did it come over TLS?"""
    port: int = 0
    on_accept: Callable[[], None] = lambda: None
    """Called after a mail was accepted and before the reply leaves."""

    def message_ids(self) -> list[str]:
        """Of what was accepted, repeats too."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    def __enter__(self) -> SmtpStandIn:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _start(self) -> None:
        self._end = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        first = self.context if self.starts_with_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=first)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._end.set()
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, _Cut):
            # The client is gone, the test is over, or the fault says so: nothing is left to say.
            pass
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._reply(writer, "CONNECT", "220 stand-in")
        while line := (await reader.readline()).decode("ascii", "replace").strip():
            self.said.append(line)
            verb = line.split()[0].upper()
            match verb:
                case "EHLO":
                    offers = ["250-stand-in", *(["250-STARTTLS"] if self.context else []), "250 AUTH PLAIN"]
                    await self._reply(writer, verb, "\r\n".join(offers))
                case "STARTTLS":
                    await self._reply(writer, verb, "220 go on")
                    assert self.context is not None
                    await writer.start_tls(self.context)
                case "DATA":
                    if await self._reply(writer, verb, "354 go on"):
                        await self._take(reader, writer)
                case "QUIT":
                    await self._reply(writer, verb, "221 bye")
                    return
                case _:
                    await self._reply(writer, verb, "235 welcome" if verb == "AUTH" else "250 fine")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.readuntil(b"\r\n.\r\n")
        lines = data[: -len(b".\r\n")].split(b"\r\n")
        body = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
        fault = self._next_fault("END")
        if fault is None or fault in (LOST, SLOW):
            self.raw.append(body)
            self.mails.append(message_from_bytes(body, policy=SMTP))  # type: ignore[arg-type]
            self.was_secure.append(writer.get_extra_info("ssl_object") is not None)
            self.on_accept()
        await self._act(writer, fault or "250 accepted")

    def _next_fault(self, verb: str) -> str | None:
        waiting = self.faults.get(verb)
        return waiting.pop(0) if waiting else None

    async def _reply(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> bool:
        """True when nothing was wrong."""
        fault = self._next_fault(verb)
        await self._act(writer, fault or usual)
        return fault is None

    async def _act(self, writer: asyncio.StreamWriter, reply: str) -> None:
        if reply == SLOW:
            await self._end.wait()
        if reply in (LOST, SLOW):
            raise _Cut
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()


class _Cut(Exception):
    """The connection ends here."""


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server on 127.0.0.1 and of a client that trusts it, by a fresh certificate of one day."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
