"""NewsML-G2 and NITF (both of the IPTC) -> articles in the intake format, or a word why not, item by item.

Of a vendor's XML only what an article needs is read: headline, text, provider, address, times, status. What is under
embargo or withheld is refused, pictures and graphics are passed over. A cancelled item comes as the retraction that it
is, without its text: what was told of it must be struck.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html.entities import html5
from typing import Any

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from msgspec.structs import replace

from services.errors import Unreadable
from services.news.charset import decode_text
from services.news.news_xml import attribute_of, lines_of, name_of, named, web_link_of, words_of
from services.news.parsing import IntakeRecord

CLOCK_TOLERANCE = timedelta(minutes=2)
_TEXT_KINDS = ("", "text", "composite")
_CANCELLED = ("canceled", "cancelled")
_HELD = ("withheld", "embargoed")
_XML_OWN = ("amp", "lt", "gt", "quot", "apos")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_WIDE_OR_MARKED = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def read_news_xml(data: bytes, now: datetime, charset: str = "") -> list[IntakeRecord | Unreadable]:
    """Every text of a document in its order, each as an article or as the reason why it is none.

    ``now`` (aware): against it an embargo is measured; ``charset``: of the HTTP header, empty where none is said.
    Raises Unreadable for the document: unsafe_xml, not_news_xml, no_text (pictures alone). The items' reasons:
    missing_field, wrong_type, naive_time, embargoed, withheld, withdrawn.
    """
    root = _parse(_decode(data, charset))
    if name_of(root) == "nitf":
        return [_record_or_reason(_from_nitf, root, now)]
    items = [root] if name_of(root) == "newsItem" else named(root, "newsItem")
    if not items:
        raise Unreadable("not_news_xml", f"root {name_of(root)[:40]!r}: expected newsItem, newsMessage or nitf")
    texts = [item for item in items if _word(attribute_of(item, "itemClass", "qcode")) in _TEXT_KINDS]
    if not texts:
        raise Unreadable("no_text", "no item of the document is a text")
    return [_record_or_reason(_from_news_item, item, now) for item in texts]


def _decode(data: bytes, charset: str) -> str:
    """XML that names no encoding is UTF-8; a guess would put words into a vendor's mouth."""
    is_said = bool(charset) or data.startswith(_WIDE_OR_MARKED) or b"encoding" in data[:200]
    if not is_said:
        try:
            data.decode()
        except UnicodeDecodeError:
            raise Unreadable("not_news_xml", "it is not UTF-8, and names no other encoding") from None
    text = decode_text(data, charset)
    # Names such as &nbsp; stand in the document type of NITF, which is not read.
    return _ENTITY.sub(_as_number, text)


def _as_number(match: re.Match[str]) -> str:
    characters = "" if match[1] in _XML_OWN else html5.get(f"{match[1]};", "")
    return "".join(f"&#{ord(character)};" for character in characters) or match[0]


def _parse(text: str) -> Any:
    try:
        return fromstring(text.encode("utf-8", "replace"), forbid_dtd=False)
    except DefusedXmlException as error:
        raise Unreadable("unsafe_xml", type(error).__name__) from None
    except ParseError as error:
        line, column = error.position
        raise Unreadable("not_news_xml", f"no XML that can be read: line {line}, column {column}") from None
    except (ValueError, LookupError, RecursionError):
        raise Unreadable("not_news_xml", "no XML that can be read") from None


def _record_or_reason(
    read: Callable[[Any, datetime], IntakeRecord], node: Any, now: datetime
) -> IntakeRecord | Unreadable:
    try:
        return read(node, now)
    except Unreadable as error:
        return error


def _from_news_item(item: Any, now: datetime) -> IntakeRecord:
    meta = next(iter(named(item, "itemMeta")), item)
    status = _word(attribute_of(meta, "pubStatus", "qcode"))
    signals = {_word(node.get("qcode") or "") for node in named(meta, "signal")}
    _require_free(status, now, [words_of(node) for node in named(meta, "embargoed")])
    title = words_of(item, "headline") or words_of(meta, "title")
    created = words_of(meta, "firstCreated") or words_of(item, "contentCreated")
    content = next(iter([*named(item, "nitf"), *named(item, "inlineXML"), *named(item, "inlineData")]), None)
    record = IntakeRecord(
        source=_provider(item),
        url=web_link_of(item),
        title=f"CORRECTION: {title}" if "correction" in signals and "correct" not in title.lower() else title,
        body=_body_of(content),
        published_at=_latest(words_of(meta, "versionCreated") or created),
    )
    return _struck(record) if status in _CANCELLED else record


def _from_nitf(root: Any, now: datetime) -> IntakeRecord:
    status = attribute_of(root, "docdata", "management-status").lower()
    issued, released = (attribute_of(root, f"date.{name}", "norm") for name in ("issue", "release"))
    _require_free(status, now, [released] if released else [])
    holders = (("doc.copyright", "holder"), ("doc.rights", "owner"))
    named_holders = (attribute_of(root, name, key) for name, key in holders)
    record = IntakeRecord(
        source=words_of(root, "distributor") or next(filter(None, named_holders), "vendor"),
        url=web_link_of(root),
        title=words_of(root, "hl1") or words_of(root, "title"),
        body=_body_of(root),
        published_at=_latest(issued, released),
    )
    return _struck(record) if status in _CANCELLED else record


def _struck(record: IntakeRecord) -> IntakeRecord:
    """A cancelled item as its own retraction: the words of the headline find the story that it strikes."""
    if not record.title:
        raise Unreadable("withdrawn", "cancelled, and without the headline that would tell which report it was")
    body = f"{record.source} has withdrawn this report."
    return replace(record, title=f"WITHDRAWN: {record.title}", body=body)


def _require_free(status: str, now: datetime, embargoes: list[str]) -> None:
    if status in _CANCELLED:
        return
    for text in embargoes:
        # An empty one means: until further notice.
        if not text or _moment(text) > now + CLOCK_TOLERANCE:
            raise Unreadable("embargoed", f"until {text or 'further notice'}: send it again then")
    if status in _HELD:
        raise Unreadable("embargoed" if status == "embargoed" else "withheld", f"its status says {status}")


def _provider(item: Any) -> str:
    for node in named(item, "provider"):
        found = words_of(node, "name") or node.get("literal") or _word(node.get("qcode") or "", lower=False)
        if found:
            return str(found)
    return "vendor"


def _body_of(node: Any) -> str:
    if node is None:
        return ""
    inner = next(iter([*named(node, "body.content"), *named(node, "body")]), node)
    return lines_of(inner)


def _latest(*texts: str) -> datetime:
    """What was issued and is released later was not public before."""
    moments = [_moment(text) for text in texts if text]
    if not moments:
        raise Unreadable("missing_field", "no time of publication")
    return max(moments)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("wrong_type", f"{text[:40]!r} is no time such as 2023-07-13T14:00:00+08:00") from None
    if moment.tzinfo is None:
        raise Unreadable("naive_time", f"{text[:40]} has no time zone")
    return moment


def _word(qcode: str, *, lower: bool = True) -> str:
    """A code without the alias of its scheme, which each provider chooses.

    >>> _word("stat:canceled")
    'canceled'
    """
    word = qcode.rpartition(":")[2]
    return word.lower() if lower else word
