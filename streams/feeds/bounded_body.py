"""A body of at most so many bytes, before and after decompression: a small bomb never becomes a large one."""

from __future__ import annotations

import zlib

from services.errors import Unreadable

_GZIP_OR_ZLIB, _RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")


class BoundedBody:
    """Collects chunks as they come; raises Unreadable (too_large, bad_encoding) as soon as that is certain."""

    def __init__(self, encoding: str, limit: int) -> None:
        """``encoding``: of the header Content-Encoding; ``limit``: bytes, both on the wire and decompressed."""
        encoding = encoding.strip().lower()
        if encoding not in ENCODINGS:
            raise Unreadable("bad_encoding", f"encoding {encoding[:40]!r} is neither gzip nor deflate")
        self._is_packed = encoding not in ("", "identity")
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._limit = limit
        self._received = 0
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take one chunk of the wire."""
        is_first = self._received == 0
        self._received += len(chunk)
        self._check(self._received)
        if not self._is_packed:
            self._body += chunk
            return
        if is_first and chunk[:1] not in (b"\x1f", b"\x78", b""):
            # Some servers mean deflate without its header.
            self._inflate = zlib.decompressobj(_RAW)
        try:
            self._body += self._inflate.decompress(chunk, self._limit + 1 - len(self._body))
        except zlib.error as error:
            raise Unreadable("bad_encoding", str(error)[:100]) from None
        self._check(len(self._body))
        if self._inflate.unconsumed_tail:
            raise _too_large(self._limit)

    def value(self) -> bytes:
        """What was collected; raises Unreadable (bad_encoding) when the end is missing."""
        if self._is_packed and self._received and not self._inflate.eof:
            raise Unreadable("bad_encoding", "it is cut off")
        return bytes(self._body)

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise _too_large(self._limit)


def _too_large(limit: int) -> Unreadable:
    return Unreadable("too_large", f"more than {limit} bytes")
