"""Socket Mode of the stand-in: WebSockets (RFC 6455) that deliver envelopes to an app, and what it acknowledged."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import uuid
from collections.abc import Mapping
from io import BufferedIOBase

from msgspec import Struct

from streams.clock import monotonic
from streams.conversation.interaction import APP_ID

_HANDSHAKE_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_LONG, _LONGEST = 126, 127
_GOING_AWAY = 1001


class Acknowledged(Struct, frozen=True, kw_only=True):
    """One acknowledgement: how long after the delivery, in seconds."""

    envelope_id: str
    after_seconds: float


class SocketHub:
    """Tickets, connections, envelopes and acknowledgements. Safe to use from several threads."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self._changed = threading.Condition()
        self._tickets: set[str] = set()
        self._connections: list[socket.socket] = []
        self._delivered: dict[str, float] = {}

    def make_ticket(self) -> str:
        """Good for one connection."""
        ticket = uuid.uuid4().hex
        with self._changed:
            self._tickets.add(ticket)
        return ticket

    def take_ticket(self, ticket: str) -> bool:
        """False when there is no such ticket, or it was used."""
        with self._changed:
            is_good = ticket in self._tickets
            self._tickets.discard(ticket)
        return is_good

    def deliver(self, kind: str, payload: Mapping[str, object], envelope_id: str = "", wait: float = 10.0) -> str:
        """Send one envelope to the newest connection and return its id; raises TimeoutError when nobody connects.

        An ``envelope_id`` that was delivered before makes it a redelivery.
        """
        envelope_id = envelope_id or str(uuid.uuid4())
        envelope = {
            "type": kind,
            "envelope_id": envelope_id,
            "accepts_response_payload": kind == "slash_commands",
            "payload": payload,
        }
        with self._changed:
            if not self._changed.wait_for(lambda: self._connections, wait):
                raise TimeoutError("no app is connected by Socket Mode")
            self._delivered[envelope_id] = monotonic()
            _send(self._connections[-1], _TEXT, json.dumps(envelope).encode())
        return envelope_id

    def wait_for_acknowledgement(self, envelope_id: str, wait: float = 10.0) -> Acknowledged:
        """The first acknowledgement of an envelope; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._find(envelope_id), wait):
                raise TimeoutError(f"envelope {envelope_id} was not acknowledged")
            return next(one for one in self.acknowledged if one.envelope_id == envelope_id)

    def refresh(self) -> None:
        """Tell every app to connect anew and end the old connections, as Slack does every few hours."""
        farewell = json.dumps({"type": "disconnect", "reason": "refresh_requested"}).encode()
        with self._changed:
            connections, self._connections = self._connections, []
            for connection in connections:
                _send(connection, _TEXT, farewell)
                _send(connection, _CLOSE, struct.pack("!H", _GOING_AWAY))

    def close(self) -> None:
        """End every connection."""
        with self._changed:
            for connection in self._connections:
                _hang_up(connection)

    def serve(self, connection: socket.socket, reader: BufferedIOBase) -> None:
        """Speak with one app until it goes; the handshake is over."""
        hello = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP_ID}}
        _send(connection, _TEXT, json.dumps(hello).encode())
        with self._changed:
            self._connections.append(connection)
            self._changed.notify_all()
        try:
            while self._take_frame(connection, reader):
                pass
        except (OSError, ValueError, struct.error):
            pass
        finally:
            with self._changed:
                self._connections = [one for one in self._connections if one is not connection]

    def _take_frame(self, connection: socket.socket, reader: BufferedIOBase) -> bool:
        kind, data = _read_frame(reader)
        if kind == _PING:
            with self._changed:
                _send(connection, _PONG, data)
        elif kind == _TEXT:
            self._note(str(json.loads(data).get("envelope_id", "")))
        return kind != _CLOSE

    def _note(self, envelope_id: str) -> None:
        with self._changed:
            after = monotonic() - self._delivered.get(envelope_id, monotonic())
            self.acknowledged.append(Acknowledged(envelope_id=envelope_id, after_seconds=after))
            self._changed.notify_all()

    def _find(self, envelope_id: str) -> bool:
        return any(one.envelope_id == envelope_id for one in self.acknowledged)


def handshake_reply(key: str) -> bytes:
    """The answer to a request to speak WebSocket; ``key`` is its Sec-WebSocket-Key (RFC 6455, section 1.3)."""
    accept = base64.b64encode(hashlib.sha1((key + _HANDSHAKE_SALT).encode(), usedforsecurity=False).digest()).decode()
    lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode()


def _read_frame(reader: BufferedIOBase) -> tuple[int, bytes]:
    """Kind and unmasked data of the next frame; apps send short frames in one piece. A closed pipe reads as a close."""
    head = reader.read(2)
    if len(head) < 2:
        return _CLOSE, b""
    length = head[1] & 0x7F
    if length == _LONG:
        length = struct.unpack("!H", reader.read(2))[0]
    elif length == _LONGEST:
        length = struct.unpack("!Q", reader.read(8))[0]
    mask = reader.read(4) if head[1] & 0x80 else bytes(4)
    data = reader.read(length)
    return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def _send(connection: socket.socket, kind: int, data: bytes) -> None:
    length = len(data)
    if length < _LONG:
        head = struct.pack("!BB", 0x80 | kind, length)
    elif length < 65_536:
        head = struct.pack("!BBH", 0x80 | kind, _LONG, length)
    else:
        head = struct.pack("!BBQ", 0x80 | kind, _LONGEST, length)
    connection.sendall(head + data)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
