"""Which addresses of the web may be asked: public ones, over http or https, at the ports of the web.

A feed's entry or a redirect may point anywhere, also at this machine, its neighbours, or the cloud's own services.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from services.errors import Unreadable

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2_000
# Addresses of IPv4 in the clothes of IPv6: translated by routers to whatever they hold.
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")


class WebAddress(Struct, frozen=True, kw_only=True):
    """An address that may be asked, as far as its text tells; what its name resolves to is checked as well."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """Scheme, host and port: one turn at a time is taken per place."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def check_url(url: str, local_port: int | None = None) -> WebAddress:
    """The address, taken apart; ``local_port``: one more port, which tests use.

    Raises Unreadable: bad_url, bad_port, with_login, not_public.
    """
    if len(url) > LONGEST_URL or any(character.isspace() or ord(character) < 32 for character in url):
        raise Unreadable("bad_url", "too long, or with blanks in it")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unreadable("bad_url", "host or port cannot be read") from None
    if parts.scheme not in PORTS or not host or "\\" in url:
        raise Unreadable("bad_url", "expected an http or https address")
    if "@" in parts.netloc:
        raise Unreadable("with_login", "an address with a login is not asked")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values() and port != local_port:
        raise Unreadable("bad_port", f"port {port}: only 80 and 443 are asked")
    literal = _as_literal(host)
    if literal is not None and not is_allowed(str(literal), port, local_port):
        raise Unreadable("not_public", "the address is not a public one")
    return WebAddress(url=url, scheme=parts.scheme, host=host, port=port)


def is_allowed(address: str, port: int, local_port: int | None = None) -> bool:
    """May a connection go to this resolved address? Public ones, and this machine at ``local_port``."""
    literal = _as_literal(address)
    if literal is None:
        return False
    return is_public(literal) or (local_port is not None and port == local_port and literal.is_loopback)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True for a unicast address of the open internet, also when it hides in an IPv6 address.

    >>> [is_public(ip_address(text)) for text in ("8.8.8.8", "100.64.0.1", "64:ff9b::a9fe:a9fe", "224.0.1.1")]
    [True, False, False, False]
    """
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return all(is_public(inner) for inner in _inner_addresses(address))


def _inner_addresses(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inner = [found for found in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if found]
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return inner


def _as_literal(host: str) -> IPv4Address | IPv6Address | None:
    """None for a name. ``127.1`` and ``0x7f000001`` are names here; the resolver makes them addresses."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
