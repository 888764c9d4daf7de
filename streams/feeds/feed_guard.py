"""The HTTP client of feeds: it connects to public addresses only, whatever a name, a literal or a redirect says.

A name is resolved once, every address of it must be public, and the connection goes to one of those very addresses:
a name server that answers differently the next time changes nothing. The check before each socket is the last word.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from services.errors import Unreadable
from services.news.web_address import is_allowed
from streams.broker.daemon_call import call_in_daemon

AGENT = "policy-signals"
Lookup = Callable[[str, int], list[tuple[Any, ...]]]


def system_lookup(host: str, port: int) -> list[tuple[Any, ...]]:
    """The machine's own resolver, as ``socket.getaddrinfo`` answers; raises OSError."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class PublicResolver(AbstractResolver):
    """Resolves a name, and refuses it when any of its addresses is not public."""

    def __init__(self, local_port: int | None, lookup: Lookup) -> None:
        self._local_port = local_port
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses to connect to; raises OSError without any, Unreadable (not_public) for one that is not public."""
        found = await call_in_daemon(lambda: self._lookup(host, port), "resolver")
        addresses = [(entry[0], entry[4][0]) for entry in found]
        if not addresses:
            raise OSError(None, "no address")
        if not all(is_allowed(address, port, self._local_port) for _, address in addresses):
            raise Unreadable("not_public", "its name leads to an address that is not public")
        return [_as_result(host, port, kind, address) for kind, address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def open_guarded_session(
    local_port: int | None = None, lookup: Lookup = system_lookup, most_connections: int = 16
) -> aiohttp.ClientSession:
    """A client without cookies, proxies, kept connections or own decompression; redirects are the caller's."""

    def open_socket(address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, place = address
        if not is_allowed(place[0], place[1], local_port):
            raise Unreadable("not_public", "the address is not a public one")
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        resolver=PublicResolver(local_port, lookup),
        use_dns_cache=False,
        # A kept connection would go to an address of earlier.
        force_close=True,
        limit=most_connections,
        socket_factory=open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        # A proxy would resolve names itself, behind the guard.
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": f"{AGENT}/1.0 (feed reader)", "Accept-Encoding": "gzip, deflate"},
        timeout=aiohttp.ClientTimeout(total=None, connect=10.0),
        read_bufsize=2**16,
        loop=asyncio.get_running_loop(),
    )


def _as_result(host: str, port: int, family: int, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=int(socket.AI_NUMERICHOST)
    )
