"""HTML as a source sends it -> plain text: no tags, no scripts, entities resolved, paragraphs kept."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MAX_HTML_CHARACTERS = 400_000
_UNREAD = {"script", "style", "template", "noscript", "iframe", "object", "svg", "head", "title"}
_BREAKING = {
    *("p", "br", "div", "li", "ul", "ol", "tr", "table", "section", "article", "blockquote", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_BLANKS = re.compile(r"[^\S\n]+")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&(?:#\d|#x|[a-zA-Z])")


def text_of_html(html: str) -> str:
    """The words of an HTML fragment, a line per paragraph; at most 400,000 characters of it are read.

    >>> text_of_html("<p>Fined &yen;7bn<script>x()</script></p><p>Case closed</p>")
    'Fined ¥7bn\\nCase closed'
    """
    html = html[:MAX_HTML_CHARACTERS]
    if not _LOOKS_LIKE_HTML.search(html):
        return _tidy(html)
    reader = _TextReader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):
        # The library's parser gives up on some broken declarations: what was read so far stands.
        pass
    return _tidy("".join(reader.parts))


def line_of_html(html: str) -> str:
    """As ``text_of_html``, in one line, for titles. Escaped twice, as some feeds do, counts as HTML too."""
    line = text_of_html(html)
    if _LOOKS_LIKE_HTML.search(line):
        line = text_of_html(line)
    return " ".join(line.split())


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread.append(tag)
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKING:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unread:
            del self._unread[self._unread.index(tag) :]
        elif tag in _BREAKING:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)


def _tidy(text: str) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
