"""NewsML-G2 and NITF (both of the IPTC) -> articles in the intake format.

Of a vendor's XML only what an article needs is read: headline, text, provider, address, language, time. An item
that was withdrawn is refused; an embargo shows as a time in the future, which is refused too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from services.errors import Unreadable
from services.news.html_text import text_of_html
from services.news.parsing import IntakeRecord

_WITHDRAWN = ("stat:canceled", "stat:withheld")


def read_news_xml(data: bytes) -> list[IntakeRecord]:
    """Every article of a document.

    Raises Unreadable: unsafe_xml, not_news_xml, missing_field, wrong_type, naive_time, withdrawn.
    """
    try:
        root = fromstring(data, forbid_dtd=False)
    except DefusedXmlException as error:
        raise Unreadable("unsafe_xml", type(error).__name__) from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise Unreadable("not_news_xml", "no XML that can be read") from None
    name = _name(root)
    if name == "nitf":
        return [_from_nitf(root)]
    items = [root] if name == "newsItem" else [node for node in root.iter() if _name(node) == "newsItem"]
    if not items:
        raise Unreadable("not_news_xml", f"root {name[:40]!r}: expected newsItem, newsMessage or nitf")
    return [_from_news_item(item) for item in items]


def _from_news_item(item: Any) -> IntakeRecord:
    if _attribute(item, "pubStatus", "qcode") in _WITHDRAWN:
        raise Unreadable("withdrawn", "the item's status says that it is not to be published")
    inner = next((node for node in item.iter() if _name(node) == "nitf"), None)
    body = inner if inner is not None else _find(item, "inlineXML", "inlineData")
    created = _text(item, "firstCreated") or _text(item, "contentCreated")
    provider = next((node for node in item.iter() if _name(node) == "provider"), None)
    source = "" if provider is None else _text(provider, "name") or provider.get("literal") or provider.get("qcode", "")
    return IntakeRecord(
        source=source or "vendor",
        url=_web_link(item),
        title=_text(item, "headline"),
        body=_body_text(body),
        published_at=_moment(_text(item, "versionCreated") or created),
    )


def _from_nitf(root: Any) -> IntakeRecord:
    issued = _attribute(root, "date.issue", "norm") or _attribute(root, "date.release", "norm")
    source = _text(root, "distributor") or _text(root, "doc.copyright") or "vendor"
    return IntakeRecord(
        source=source,
        url=_web_link(root),
        title=_text(root, "hl1") or _text(root, "title"),
        body=_body_text(_find(root, "body.content", "body")),
        published_at=_moment(issued),
    )


def _body_text(node: Any) -> str:
    if node is None:
        return ""
    content = next((inner for inner in node.iter() if _name(inner) == "body.content"), node)
    paragraphs = [" ".join("".join(inner.itertext()).split()) for inner in content.iter() if _name(inner) == "p"]
    return "\n".join(filter(None, paragraphs)) or text_of_html("".join(content.itertext()))


def _moment(text: str) -> datetime:
    if not text:
        raise Unreadable("missing_field", "no time of publication")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable("wrong_type", f"{text[:40]!r} is no time such as 2023-07-13T14:00:00+08:00") from None
    if moment.tzinfo is None:
        raise Unreadable("naive_time", f"{text[:40]} has no time zone")
    return moment


def _web_link(root: Any) -> str:
    for node in root.iter():
        href = node.get("href") or ""
        if _name(node) in ("link", "remoteInfo", "altId") and href.startswith(("http://", "https://")):
            return str(href)
    return ""


def _find(root: Any, *names: str) -> Any:
    return next((node for name in names for node in root.iter() if _name(node) == name), None)


def _text(root: Any, name: str) -> str:
    return next(_words(root, name), "")


def _words(root: Any, name: str) -> Iterator[str]:
    for node in root.iter():
        if _name(node) == name and (words := " ".join("".join(node.itertext()).split())):
            yield words


def _attribute(root: Any, name: str, key: str) -> str:
    return next((str(node.get(key)) for node in root.iter() if _name(node) == name and node.get(key)), "")


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]
