"""Bytes to types and back: the only place that (de)serialises records of our own topics."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from services.errors import Unreadable

SCHEMA_VERSION = 1
T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[type, msgspec.json.Decoder[object]] = {}


def encode(value: object) -> bytes:
    """UTF-8 JSON; times as ISO 8601 with zone."""
    return _encoder.encode(value)


def decode(kind: type[T], data: bytes | None) -> T:
    """The value, validated against its type; raises Unreadable with a closed reason.

    Unknown fields are ignored, so that a newer minor version can be read; a newer ``schema_version`` cannot.
    """
    if data is None:
        raise Unreadable("empty", "the record has no value")
    decoder = _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    try:
        value = decoder.decode(data)
    except msgspec.ValidationError as error:
        raise Unreadable("wrong_type", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json", str(error)) from None
    except RecursionError:
        raise Unreadable("too_deep", "nested deeper than the reader goes") from None
    version = getattr(value, "schema_version", SCHEMA_VERSION)
    if version > SCHEMA_VERSION:
        raise Unreadable("newer_schema", f"schema_version {version}, this reader knows {SCHEMA_VERSION}")
    return value  # type: ignore[return-value]  # the decoder was built for this type
