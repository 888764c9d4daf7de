"""An HTML list of announcements -> entries: the links with the words on them, and the day that stands beside them.

Most Chinese authorities have no feed; their lists carry a date in the address (``t20230713_``) or after the link.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from services.news.feed import FeedEntry
from services.news.html_text import MAX_HTML_CHARACTERS

MAX_LINKS = 2_000
SHORTEST_ENGLISH, SHORTEST_CHINESE = 20, 8
"""Shorter links are navigation: "Contact us", 首页."""
_HAN = re.compile("[\u3400-\u9fff]")
_DAY_IN_TEXT = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+(\d{1,2}:\d{2}))?")
_DAY_IN_URL = re.compile(r"(?:^|[/_t\-])(20\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?=\D|$)")
_UNREAD = {"script", "style", "nav", "footer", "template"}


def read_links(html: str) -> list[FeedEntry]:
    """Links of a list page in its order; what is too short for a headline is left out."""
    reader = _LinkReader()
    try:
        reader.feed(html[:MAX_HTML_CHARACTERS])
        reader.close()
    except (AssertionError, ValueError):
        pass
    return [entry for link in reader.links if (entry := _as_entry(*link)) is not None]


def _as_entry(url: str, title: str, after: str) -> FeedEntry | None:
    title = " ".join(title.split())
    beside = _DAY_IN_TEXT.search(title[-30:]) or _DAY_IN_TEXT.search(after[:60])
    title = _DAY_IN_TEXT.sub("", title).strip(" []()|·") if beside else title
    if len(title) < (SHORTEST_CHINESE if _HAN.search(title) else SHORTEST_ENGLISH):
        return None
    if url.startswith(("javascript:", "mailto:", "#", "data:")):
        return None
    return FeedEntry(guid=url, url=url, title=title, published=_day(beside, url))


def _day(beside: re.Match[str] | None, url: str) -> str:
    found = beside or _DAY_IN_URL.search(url)
    if found is None:
        return ""
    year, month, day, *minute = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}" + (f" {minute[0]}" if minute and minute[0] else "")


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str, str]] = []
        self._url = ""
        self._words: list[str] = []
        self._full_title = ""
        self._is_inside = False
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread.append(tag)
        if tag == "a" and not self._unread and len(self.links) < MAX_LINKS:
            values = dict(attrs)
            self._url, self._words, self._is_inside = (values.get("href") or "").strip(), [], True
            # Lists cut long titles and keep the whole one here.
            self._full_title = values.get("title") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unread:
            del self._unread[self._unread.index(tag) :]
        if tag == "a" and self._is_inside:
            self._is_inside = False
            words = "".join(self._words)
            title = self._full_title if len(self._full_title) > len(words.strip()) else words
            if self._url:
                self.links.append((self._url, title, ""))

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._is_inside:
            self._words.append(data)
        elif self.links and len(self.links[-1][2]) < 60:
            url, title, after = self.links[-1]
            self.links[-1] = (url, title, f"{after} {data.strip()}".strip())
