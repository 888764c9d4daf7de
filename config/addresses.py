"""Addresses of what the line talks to: checked, and shown without what logs in."""

from __future__ import annotations

from urllib.parse import urlsplit

from services.errors import Misconfigured


def hide_login(url: str) -> str:
    """The address without user and password, for people to read.

    >>> hide_login("redis://reader:word@cache:6379/0")
    'redis://***@cache:6379/0'
    """
    scheme, separator, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}{separator}***{at}{place}" if login else url


def read_brokers(text: str) -> str:
    """``host:port[,host:port...]`` without blanks; raises Misconfigured."""
    addresses = [address.strip() for address in text.split(",")]
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or "/" in host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise Misconfigured(f"KAFKA_BOOTSTRAP is {text!r}: expected host:port[,host:port...]")
    return ",".join(addresses)


def check_address(name: str, value: str, schemes: tuple[str, ...]) -> None:
    """Raises Misconfigured; the value may hold a password, so no message repeats it."""
    try:
        parts = urlsplit(value)
        # Reading the port is what checks it.
        is_whole = bool(parts.path if parts.scheme == "unix" else parts.hostname) and parts.port != 0
    except ValueError:
        raise Misconfigured(f"{name} has a host or port that cannot be read") from None
    if parts.scheme not in schemes:
        raise Misconfigured(f"{name} must start with one of {', '.join(scheme + '://' for scheme in schemes)}")
    if not is_whole:
        raise Misconfigured(f"{name} names no host")
