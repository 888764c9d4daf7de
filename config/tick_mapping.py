"""Reads a mapping file: a vendor's addresses, messages and fields, typed and checked. Examples: tick_sources/."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct

from config.alerting import convert, read_toml
from config.settings import Secret
from config.tick_source import INSTRUMENT, INSTRUMENTS, TOKEN, Connection, Kind, Polling, TickSource, read_token
from services.errors import Misconfigured
from services.market.ticks.feed_watch import SequenceScope
from services.market.ticks.quote_memory import VolumeMeaning
from services.market.ticks.tick_mapping import FieldPath, TickFields, TickMapping, TimeUnit, parse_path

FOLDER = Path(__file__).with_name("tick_sources")
SCHEMES = {"websocket": ("wss", "ws"), "polling": ("https", "http")}
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
SECRET_HEADERS = ("authorization", "cookie", "x-api-key", "api-key", "x-auth-token")
HIGHEST = {
    "jitter": 0.3,
    "batch": 1_000,
    "queue_ticks": 10_000_000,
    "largest_message_bytes": 64 * 1_048_576,
    # The line waits for the slowest quote, and takes none that is two minutes ahead of what it waits for.
    "interval_seconds": 90.0,
}
LONGEST_SECONDS = 86_400.0
Environment = Mapping[str, str]


class _TokenTable(Struct, frozen=True, forbid_unknown_fields=True):
    environment: str = ""
    file: str = ""


class _MessageTable(Struct, frozen=True, forbid_unknown_fields=True):
    ticks: str = ""
    match: dict[str, str | int | bool] = {}
    tick_match: dict[str, str | int | bool] = {}


class _FieldTable(Struct, frozen=True, forbid_unknown_fields=True):
    instrument: str
    price: str
    time: str
    time_unit: TimeUnit
    volume: str = ""
    sequence: str = ""
    conditions: str = ""
    currency: str = ""
    time_zone: str = ""
    sequence_is: SequenceScope = "instrument"
    volume_is: VolumeMeaning = "trade"


class _MappingFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Kind
    url: str
    instruments: dict[str, str]
    fields: _FieldTable
    conditions: dict[str, str] = {}
    message: _MessageTable = _MessageTable()
    subscribe: tuple[str, ...] = ()
    ping_message: str = ""
    token: _TokenTable | None = None
    headers: dict[str, str] = {}
    connection: Connection = Connection()
    polling: Polling = Polling()


def load_tick_source(
    path: Path, environment: Environment | None, knows: Callable[[str], bool] | None = None
) -> TickSource:
    """One vendor from its mapping file; raises Misconfigured naming file, key and reason.

    ``environment`` None: the token is not looked for, which is enough to check the file. ``knows``: whether an
    instrument is in the catalogue.
    """
    read = convert(path, read_toml(path), _MappingFile)
    try:
        _check_url(read)
        _check_headers(read)
        _check_limits(read)
        _check_instruments(read, knows)
        return _build(path, read, environment)
    except Misconfigured as error:
        raise Misconfigured(f"{path.name}: {error}") from None


def _build(path: Path, read: _MappingFile, environment: Environment | None) -> TickSource:
    token, place = _read_token_table(path, read, environment)
    return TickSource(
        kind=read.kind,
        file=path.name,
        url=read.url,
        token=token,
        token_place=place,
        headers=read.headers,
        subscribe=tuple(_parse_template(f"subscribe: message {n}", text) for n, text in enumerate(read.subscribe, 1)),
        ping_message=_parse_template("ping_message", read.ping_message) if read.ping_message else None,
        mapping=_build_mapping(read),
        sequence_is=read.fields.sequence_is,
        volume_is=read.fields.volume_is,
        connection=read.connection,
        polling=read.polling,
    )


def _build_mapping(read: _MappingFile) -> TickMapping:
    table = read.fields
    optional = {name: getattr(table, name) for name in ("volume", "sequence", "conditions", "currency")}
    return TickMapping(
        instruments=read.instruments,
        fields=TickFields(
            instrument=_field("instrument", table.instrument),
            price=_field("price", table.price),
            time=_field("time", table.time),
            **{name: _field(name, text) for name, text in optional.items() if text},
        ),
        ticks=_path("message.ticks", read.message.ticks),
        match=tuple((_path("message.match", text), value) for text, value in read.message.match.items()),
        tick_match=tuple((_path("message.tick_match", text), value) for text, value in read.message.tick_match.items()),
        conditions=read.conditions,
        time_unit=table.time_unit,
        time_zone=_zone(table.time_zone) if table.time_zone else None,
    )


def _field(name: str, text: str) -> FieldPath:
    """``/stream`` is looked for in the message around the tick."""
    return FieldPath(_path(f"fields.{name}", text.removeprefix("/") or " "), text.startswith("/"))


def _path(key: str, text: str) -> tuple[str | int, ...]:
    if text and not all(step.strip() for step in text.split(".")):
        raise Misconfigured(f"{key}: {text!r} is no path such as payload.trades.0")
    return parse_path(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise Misconfigured(f"fields.time_zone: {name!r} is no time zone such as Asia/Hong_Kong") from None


def _parse_template(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Misconfigured(f"{key} is not JSON") from None


def _read_token_table(path: Path, read: _MappingFile, environment: Environment | None) -> tuple[Secret, str]:
    table = read.token
    is_used = TOKEN in "".join([read.url, *read.headers.values(), *read.subscribe])
    if table is None:
        if is_used:
            raise Misconfigured("{token} is used, so [token] must name an environment variable or a file")
        return Secret(""), ""
    if bool(table.environment) == bool(table.file):
        raise Misconfigured("[token]: give either environment or file")
    if not is_used:
        raise Misconfigured("[token]: no url, header or subscribe message uses {token}")
    place = table.environment or table.file
    if environment is None:
        return Secret(""), place
    # Beside the mapping file, so that a folder with both can be mounted anywhere.
    return read_token(environment, table.environment, path.parent / table.file if table.file else None), place


def _check_url(read: _MappingFile) -> None:
    """The address may hold a secret after all, so no message repeats it."""
    try:
        parts = urlsplit(read.url)
        host, is_sound = parts.hostname, parts.port != 0
    except ValueError:
        raise Misconfigured("url: its host or port cannot be read") from None
    schemes = SCHEMES[read.kind]
    if parts.scheme not in schemes or not host or not is_sound:
        raise Misconfigured(f"url: expected {schemes[0]}://host/... for kind {read.kind!r}")
    if "@" in parts.netloc:
        raise Misconfigured("url: it holds a login: give it as {token} in [headers]")
    if parts.scheme != schemes[0] and host not in THIS_MACHINE:
        raise Misconfigured(f"url: expected {schemes[0]}://: without TLS anybody on the way can read and change prices")
    if TOKEN in parts.netloc or INSTRUMENTS in parts.netloc:
        raise Misconfigured("url: placeholders may stand in the path and query only")
    if read.kind == "polling" and INSTRUMENTS not in read.url:
        raise Misconfigured("url: it must hold {instruments}, where the symbols of one request stand")
    if read.kind == "polling" and (read.subscribe or read.ping_message):
        raise Misconfigured("subscribe and ping_message are for kind 'websocket'")


def _check_headers(read: _MappingFile) -> None:
    for name, value in read.headers.items():
        if name.lower() in SECRET_HEADERS and TOKEN not in value:
            raise Misconfigured(f"headers: {name}: take the secret from [token] and write {TOKEN} in its place")
        if not (f"{name}{value}".isascii() and f"{name}{value}".isprintable()) or set(name) & set(" :"):
            raise Misconfigured(f"headers: {name!r}: a header holds plain characters only")


def _check_limits(read: _MappingFile) -> None:
    for table_name, table in (("connection", read.connection), ("polling", read.polling)):
        for key in table.__struct_fields__:
            value, highest = getattr(table, key), HIGHEST.get(key, LONGEST_SECONDS)
            may_be_none = key in ("jitter", "delay_seconds")
            if not (0 <= value <= highest and math.isfinite(value) and (value > 0 or may_be_none)):
                raise Misconfigured(
                    f"{table_name}.{key} is {value}, expected {'0' if may_be_none else 'above 0'} to {highest:g}"
                )


def _check_instruments(read: _MappingFile, knows: Callable[[str], bool] | None) -> None:
    if not read.instruments:
        raise Misconfigured('instruments: give at least one "vendor symbol" = "instrument"')
    for symbol, instrument in read.instruments.items():
        if not symbol or not symbol.isprintable() or INSTRUMENT in symbol:
            raise Misconfigured(f"instruments: {symbol!r} is no symbol")
        if knows is not None and not knows(instrument):
            raise Misconfigured(f"instruments: {symbol!r}: the catalogue has no instrument {instrument!r}")
