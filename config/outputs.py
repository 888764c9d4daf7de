"""The channels of routing.toml: where a name leads, and what each kind of channel needs. Mistakes name file and key."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from config.settings import NO_SECRET, Secret, read_secret
from services.alerts.alert import Severity
from services.alerts.loudness import Cooldown
from services.errors import Misconfigured

Kind = Literal["slack", "webhook", "email"]
SHORTEST_KEY = 16
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{2,60}")
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;:\"\\]{1,64}@[A-Za-z0-9.-]{1,190}")
_SERVER = re.compile(r"[A-Za-z0-9.-]{1,200}:\d{1,5}")


class ChannelEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a channel's name leads, and how it wants to be told."""

    kind: Kind
    target: str
    """slack: channel id, empty: that of SLACK_CHANNEL. webhook: an https address. email: addresses with commas."""
    quiet: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    told_in_digest: Severity | None = None
    cooldown: Cooldown | None = None
    second: str = ""
    """The channel that gets what this one does not take; empty: nothing but notices and the log."""
    secret: str = ""
    """webhook: the environment variable with the key that signs; email: that with the password."""
    allow_internal: bool = False
    """webhook: addresses that are not public may be asked, any port, and http."""
    server: str = ""
    """email: host:port, such as smtp.example.com:587."""
    security: Literal["tls", "starttls", "none"] = "starttls"
    sender: str = ""
    user: str = ""


_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "slack": ("cooldown", "quiet", "digest", "told_in_digest", "second"),
    "webhook": ("secret", "allow_internal", "second"),
    "email": ("secret", "server", "security", "sender", "user", "quiet", "digest", "told_in_digest", "second"),
}
_DEFAULTS = ChannelEntry(kind="slack", target="")


def check_channel(path: Path, name: str, entry: ChannelEntry) -> None:
    """Raises Misconfigured for keys of another kind, and for what cannot be reached."""
    where = f"{path.name}: channels.{name}"
    allowed = (*_OF_KIND[entry.kind], "kind", "target")
    for key in ChannelEntry.__struct_fields__:
        if key not in allowed and getattr(entry, key) != getattr(_DEFAULTS, key):
            raise Misconfigured(f"{where}: {key}: a channel of kind {entry.kind!r} has no such key")
    if entry.told_in_digest is not None and not entry.digest:
        raise Misconfigured(f'{where}: told_in_digest: there is no digest; give digest such as ["hourly"]')
    if entry.told_in_digest is Severity.FLASH:
        raise Misconfigured(f"{where}: told_in_digest: 'flash' would silence everything; expected alert or urgent")
    if entry.secret and not _VARIABLE.fullmatch(entry.secret):
        raise Misconfigured(f"{where}: secret: give the NAME of an environment variable, such as DESK_HOOK_KEY")
    if entry.kind == "webhook":
        _check_webhook(where, entry)
    elif entry.kind == "email":
        _check_mail(where, entry)


def check_second(path: Path, name: str, entry: ChannelEntry, names: Collection[str]) -> None:
    """Raises Misconfigured for a second route that leads nowhere."""
    where = f"{path.name}: channels.{name}: second"
    if entry.second and entry.second not in names:
        raise Misconfigured(f"{where}: {entry.second!r} is none of the channels {sorted(names)}")
    if entry.second == name:
        raise Misconfigured(f"{where}: {name!r} cannot stand in for itself; name another channel")


def read_output_secret(name: str, entry: ChannelEntry, environment: Mapping[str, str]) -> Secret:
    """The key or password that the channel names; raises Misconfigured when it is not there.

    One in a file (the variable with ``_FILE`` behind its name) is read anew each time, so it can be replaced.
    """
    if not entry.secret:
        return NO_SECRET
    secret = read_secret(environment, entry.secret)
    if not secret:
        raise Misconfigured(
            f"routing.toml: channels.{name}: secret: {entry.secret} is not set; "
            f"set it, or {entry.secret}_FILE to a file that holds it"
        )
    if entry.kind == "webhook" and len(secret.reveal()) < SHORTEST_KEY:
        raise Misconfigured(
            f"{entry.secret} is too short to sign with: give at least {SHORTEST_KEY} characters, "
            'such as those of python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return secret


def describe_channels(entries: Mapping[str, ChannelEntry], environment: Mapping[str, str]) -> list[str]:
    """A line each: name, kind, second route, and whether its secret is at hand here. Raises Misconfigured."""
    lines = []
    for name, entry in entries.items():
        words = [f"{name}: {entry.kind}"]
        if entry.second:
            words.append(f"second route {entry.second}")
        if entry.secret:
            words.append(f"{entry.secret} is {'set' if read_secret(environment, entry.secret) else 'NOT SET here'}")
        lines.append(", ".join(words))
    return lines


def split_addresses(target: str) -> tuple[str, ...]:
    """Mail addresses without blanks.

    >>> split_addresses("a@x.example, b@y.example")
    ('a@x.example', 'b@y.example')
    """
    return tuple(address.strip() for address in target.split(",") if address.strip())


def _check_webhook(where: str, entry: ChannelEntry) -> None:
    try:
        parts = urlsplit(entry.target)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Misconfigured(f"{where}: target: host or port cannot be read") from None
    schemes = ("https", "http") if entry.allow_internal else ("https",)
    if parts.scheme not in schemes or not host or "@" in parts.netloc or not entry.target.isascii():
        raise Misconfigured(f"{where}: target: expected an address such as https://host/path, without a login")
    if not entry.allow_internal and port not in (None, 443):
        raise Misconfigured(f"{where}: target: port {port}: only 443 is asked; allow_internal = true lifts this")
    if not entry.secret:
        raise Misconfigured(f"{where}: secret: name the environment variable with the key that signs")


def _check_mail(where: str, entry: ChannelEntry) -> None:
    addresses = split_addresses(entry.target)
    if not addresses or any(not _MAIL_ADDRESS.fullmatch(address) for address in addresses):
        raise Misconfigured(f"{where}: target: expected mail addresses with commas between them")
    if not _MAIL_ADDRESS.fullmatch(entry.sender):
        raise Misconfigured(f"{where}: sender: expected a mail address")
    if not _SERVER.fullmatch(entry.server) or not 0 < int(entry.server.rpartition(":")[2]) < 65_536:
        raise Misconfigured(f"{where}: server: {entry.server!r} is not like smtp.example.com:587")
    if bool(entry.user) is not bool(entry.secret):
        raise Misconfigured(f"{where}: user and secret go together: a login needs both")
    if entry.user and entry.security == "none":
        raise Misconfigured(f"{where}: security: 'none' would send the password in the clear; use starttls or tls")
