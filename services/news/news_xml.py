"""Looking into a parsed XML document by local names: words, attributes, lines of text, the address of an article."""

from __future__ import annotations

import re
from typing import Any

LONGEST_LINK = 2_000
_UNREAD = {"head", "title", "script", "style", "media", "figure", "media-caption", "object", "iframe", "svg"}
_BREAKING = {
    *("p", "br", "div", "li", "tr", "td", "th", "section", "article", "blockquote", "bq", "hr", "pre", "dt", "dd"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hl2", "block", "caption"),
}
_BLANKS = re.compile(r"\s+")
# Of the article itself; links of any other relation lead to what it is like, follows or shows.
_OWN_RELATIONS = {"", "self", "canonical", "permalink", "alternate"}


def name_of(node: Any) -> str:
    """The name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def named(node: Any, name: str) -> list[Any]:
    """Every element of this name in the document's order, the node itself included."""
    return [inner for inner in node.iter() if name_of(inner) == name]


def words_of(node: Any, name: str = "") -> str:
    """The words of the node, or of the first element of this name that has some; in one line."""
    for inner in named(node, name) if name else [node]:
        if words := " ".join("".join(inner.itertext()).split()):
            return words
    return ""


def attribute_of(node: Any, name: str, key: str) -> str:
    """The first attribute ``key`` of an element of this name that says something; empty without."""
    return next((str(inner.get(key)) for inner in named(node, name) if inner.get(key)), "")


def lines_of(node: Any) -> str:
    """The words of the node, a line per paragraph, item of a list, heading or cell; plain text keeps its lines."""
    parts: list[str] = []
    waiting: list[Any] = [node]
    if not len(node):
        parts, waiting = [node.text or ""], []
    while waiting:
        # A list of our own, not calls: what strangers send may be nested as deep as they like.
        part = waiting.pop()
        if isinstance(part, str):
            parts.append(part)
        elif name_of(part) not in _UNREAD:
            waiting.extend(reversed(_content_of(part)))
    lines = (" ".join(line.split()) for line in "".join(parts).splitlines())
    return "\n".join(line for line in lines if line)


def web_link_of(root: Any) -> str:
    """The http or https address of the article itself, as its identity, its link or its reference; empty without."""
    found = [root.get("guid") or ""]
    for node in root.iter():
        name = name_of(node)
        if name == "link" and (node.get("rel") or "").rpartition(":")[2].lower() in _OWN_RELATIONS:
            found.append(node.get("href") or "")
        elif name == "altId":
            found.append(node.text or "")
        elif name == "doc-id":
            found.append(node.get("id-string") or "")
        elif name == "pubdata":
            found.append(node.get("ex-ref") or "")
    links = (link.strip() for link in found)
    return next((link for link in links if link.startswith(("http://", "https://")) and len(link) <= LONGEST_LINK), "")


def _content_of(node: Any) -> list[Any]:
    edge = ["\n"] if name_of(node) in _BREAKING else []
    content = [*edge, _BLANKS.sub(" ", node.text or "")]
    for child in node:
        content += [child, _BLANKS.sub(" ", child.tail or "")]
    return content + edge
