"""The page of messages: complete, self-contained, and deaf to whatever the news may contain."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest

from services.alerts.slack_message import render
from services.signals.signal import Evidence
from streams.rendering.card_samples.sample_alerts import NAMES, PUBLISHED, make_alert, make_signal
from streams.rendering.card_samples.situations import SITUATIONS
from streams.rendering.report import PostedMessage, Version, render_report
from tests.golden.write import render_situation

MADE_AT = datetime(2023, 7, 13, 9, 0, tzinfo=UTC)
ALLOWED_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "nav", "article", "h1", "h2", "h3", "p"),
    *("ol", "li", "a", "strong", "em", "s", "code", "pre", "blockquote", "hr", "div", "span", "details", "summary"),
    *("del", "ins"),
}
ALLOWED_ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "rel", "aria-label"),
}
VOID = {"meta", "hr"}
ATTACKS = [
    wrapper.format(weapon)
    for weapon, wrapper in product(
        (
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "javascript:alert(1)",
            "<a href='javascript:alert(1)'>x</a>",
            '" onmouseover="alert(1)',
            "' onfocus='alert(1)' autofocus='",
            "</style><script>alert(1)</script>",
            "</pre></article></main><iframe src=//evil.example>",
            "{{ 7 * 7 }}{% raw %}",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<http://evil.example|sec.gov>",
            "<javascript:alert(1)|sec.gov>",
            "*<!channel>* `<b>`",
            "\u202e<script>\u0000",
        ),
        ("{}", "before {} after", "{}{}".replace("{}{}", "{0}{0}")),
    )
]


class Reader(HTMLParser):
    """Collects what a browser would act upon."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the tag, its attributes and where it leads."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        if tag == "meta":
            self.metas.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every end must match the last start, or text has broken out of its place."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the words, the style sheet apart."""
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def read(page: str) -> Reader:
    """The page as a parser sees it; fails when tags do not close."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def make_page(*messages: PostedMessage, title: str = "Messages", label: str = "") -> str:
    """A page of ``messages``."""
    return render_report(messages, title=title, made_at=MADE_AT, label=label)


def post(*payloads: Any, channel: str = "#policy") -> PostedMessage:
    """A message whose versions came a minute apart."""
    return PostedMessage(
        channel=channel,
        versions=tuple(
            Version(at=PUBLISHED + timedelta(minutes=minute), payload=payload)
            for minute, payload in enumerate(payloads)
        ),
    )


def attack_payload(text: str) -> dict[str, object]:
    """A card that carries ``text`` wherever an article can put it."""
    signal = make_signal(
        headline=text, source=text, url=text, evidence=(Evidence(sentence=text, weight=1.0),), exposures=()
    )
    return render(make_alert([], PUBLISHED, signal, reasons=(text,)), NAMES, PUBLISHED, label=text)


def assert_harmless(page: str) -> Reader:
    """No script, no handler, no resource, no address but http(s) and anchors."""
    reader = read(page)
    assert reader.tags <= ALLOWED_TAGS
    assert reader.attributes <= ALLOWED_ATTRIBUTES
    assert not [name for name in reader.attributes if name.startswith("on")]
    assert all(link.startswith(("https://", "http://", "#message-")) for link in reader.links)
    return reader


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_no_text_of_an_article_becomes_markup(text: str) -> None:
    """The page may be opened from a disk or a mail: what it shows must never run."""
    payload = attack_payload(text)
    assert_harmless(make_page(post(payload, payload), title=text, label=text))


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_even_a_payload_made_by_someone_else_is_harmless(text: str) -> None:
    """Payloads are read from a topic; the page must not rely on our renderer having made them."""
    payload = {
        "text": text,
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": text}},
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [_link(text)]}]},
            {"type": text},
        ],
    }
    assert_harmless(make_page(post(payload), post({"text": text}), post(payload, channel=text)))


def test_the_policy_lets_in_this_style_sheet_and_nothing_else() -> None:
    """Were a tag to slip through, the browser itself would refuse to run or load it."""
    page = make_page(post(attack_payload("x")))
    policy = next(meta["content"] or "" for meta in read(page).metas if meta.get("http-equiv"))
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert "url(" not in style
    assert "@import" not in style


def test_every_message_is_on_the_page_in_the_order_of_posting() -> None:
    """The page is the record of a day."""
    late, early = post(_headed("second")), post(_headed("first"))
    late = PostedMessage(channel="#b", versions=tuple(_shift(version) for version in late.versions))
    words = "".join(read(make_page(late, early)).words)
    assert words.index("first") < words.index("second")
    assert "2 messages, 0 edits" in words


def test_the_history_shows_each_version_and_what_it_changed() -> None:
    """An edited message must not hide what it said before."""
    before, after = (render_situation(SITUATIONS[name]()) for name in ("three_reports", "supportive_confirmed"))
    page = make_page(post(before, after))
    assert page.count("the message as it was then") == 2
    assert "1 message, 1 edit." in page
    assert "edited ✎" in page
    assert "<ins>✓ Market agrees (confirmed)" in page
    assert "<del>○ No clear answer yet" in page


def test_a_message_never_edited_is_shown_once() -> None:
    """Nothing to unfold, nothing to compare."""
    page = make_page(post(_headed("only")))
    assert "the message as it was then" not in page
    assert "edited" not in page


def test_links_open_without_telling_where_they_were_found() -> None:
    """The page may hold what a desk watches; a news site need not know."""
    page = make_page(post(render_situation(SITUATIONS["supportive_confirmed"]())))
    assert 'rel="noopener noreferrer nofollow"' in page
    assert '<meta name="referrer" content="no-referrer">' in page


def test_an_empty_day_is_a_page_too() -> None:
    """A run without alerts says so."""
    assert "0 messages, 0 edits" in "".join(read(make_page()).words)


def _headed(title: str) -> dict[str, object]:
    return {"text": title, "blocks": [{"type": "header", "text": {"type": "plain_text", "text": title}}]}


def _link(text: str) -> dict[str, object]:
    return {"type": "link", "url": text, "text": text}


def _shift(version: Version) -> Version:
    return Version(at=version.at + timedelta(hours=1), payload=version.payload)
