"""The same attacks as on the card, on everything else that shows foreign text: Slack, mail, pages, the terminal."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace
from rich.console import Console, RenderableType

from config.catalogue import load_catalogue
from services.alerts.alert import Alert, DeliveryState, Receipt, Report, Severity
from services.alerts.answers import say_digest, say_last, say_why, say_why_not
from services.alerts.brief import Brief, BriefItem, write_brief
from services.alerts.commands import Demand, Misunderstood, parse_command
from services.alerts.corrections import strike
from services.alerts.desk import Desk
from services.alerts.digest import write_digest
from services.alerts.held_list import Held, say_held
from services.alerts.mail_text import write_alert_mail, write_brief_mail, write_notice_mail
from services.alerts.orders import Asked, decide_demand
from services.alerts.routing import RoutingTable
from services.alerts.slack_message import render
from services.alerts.suppression import Candidate, Span
from services.alerts.thread_replies import find_upgrade, list_replies
from services.alerts.wording import HONG_KONG
from services.signals.signal import Relation
from streams.cli.tail import Line, draw
from streams.rendering.candidates_drawing import Asked as AskedAbout
from streams.rendering.candidates_drawing import draw_candidates
from streams.rendering.card_samples.sample_alerts import NAMES, PUBLISHED
from streams.rendering.path_drawing import draw_path
from streams.rendering.report import PostedMessage, Version, render_report
from streams.rendering.terminal_card import build_card
from streams.tracing.trace_reader import tell_from_alert
from tests.alerts.alert_samples import POLICY
from tests.alerts.test_slack_injection import CORPUS, attack

CATALOGUE = load_catalogue()
NOW = datetime(2023, 7, 13, 3, 0, tzinfo=UTC)
MARKUP = ("[bold red]x[/]", "[link=https://evil.example]sec.gov[/link]", "[/] [[/]]", "<a href='javascript:x'>y</a>")
ATTACKS = [*CORPUS, *MARKUP, "=?utf-8?q?a=0d=0aBcc:_b@c.example?=", "x\r\nBcc: b@c.example", "\x1b]8;;http://evil\x07y"]
ALLOWED = re.compile(r"<(https?)://([^|<>\s]+)\|([^<>]*)>")
"""The one instruction that we write ourselves into mrkdwn: a link that shows its host."""
INSTRUCTIONS = ("<!", "<@", "<#", "<http", "<mailto", "<script")
VOID_OF_POWER = {"Cf", "Cc", "Cs"}
"""Formatting (bidi, zero width), control and half characters."""


def corrected(text: str) -> Alert:
    """An alert full of the text that a further report, full of it as well, takes back."""
    alert = attack(text)
    last = Report(
        signal_id="s9",
        source=text,
        language=text,
        url=f"https://x.example/{text}",
        published_at=PUBLISHED,
        relation=Relation.RETRACTION,
        is_retraction=True,
    )
    return replace(alert, reports=(*alert.reports, last), followed_by=(replace(last, signal_id="s10"),))


def candidate(text: str) -> Candidate:
    """An article about which nothing was told."""
    return Candidate(
        at=NOW,
        outcome="silent",
        reason="low_score",
        detail=text,
        headline=text,
        source=text,
        article_id=text,
        is_linked=False,
    )


def held(text: str) -> Held:
    """An alert that waits."""
    return Held(
        channel=text,
        alert_id=text,
        title=text,
        since=NOW,
        until=None,
        reason="late",
        detail=text,
        in_brief=False,
    )


def in_a_brief(text: str) -> Brief:
    """All parts of a brief."""
    item = BriefItem(alert=corrected(text), points=1.0)
    return Brief(title="Morning", waited=(item,), told=(item,), changed=(item,))


def upgraded(text: str) -> list[str]:
    """The loud reply."""
    alert = replace(attack(text), severity=Severity.FLASH)
    last = Receipt(
        alert_id=alert.alert_id,
        revision=1,
        state=DeliveryState.SENT,
        channel="desk",
        at=NOW,
        severity=Severity.ALERT,
    )
    reply = find_upgrade(last, alert, {"SAMR": text})
    assert reply is not None
    return [reply.text]


SAID_IN_SLACK: dict[str, Callable[[str], Iterable[str]]] = {
    "thread replies": lambda text: [reply.text for reply in list_replies(corrected(text))],
    "the step up to a Flash": upgraded,
    "struck card": lambda text: texts_of(strike(render(corrected(text), NAMES, NOW), corrected(text))),
    "digest": lambda text: texts_of(write_digest([corrected(text)], {"SAMR": text})),
    "brief": lambda text: texts_of(write_brief(in_a_brief(text), {"SAMR": text})),
    "why": lambda text: [say_why(corrected(text), RoutingTable(fallback="desk"), {"SAMR": text})],
    "why, by its traces": lambda text: [
        say_why(
            corrected(text), RoutingTable(fallback="desk"), {"SAMR": text}, tell_from_alert(corrected(text), POLICY)
        )
    ],
    "why-not, when there is nothing": lambda text: [say_why_not(text, [], NOW, text)],
    "why-not": lambda text: [say_why_not(text, [candidate(text)], NOW)],
    "last": lambda text: [say_last([attack(text)], 5), say_digest([attack(text)], NOW)],
    "what waits": lambda text: [say_held([held(text)], {})],
    "answers to a command": lambda text: list(answers_to(text)),
}


def answers_to(text: str) -> Iterable[str]:
    """What a person is told who writes the text as words of a command."""
    for words in (text, f"mute instrument {text} for 8h", f"mute story {text} for 8h", f"watch add {text}"):
        command = parse_command(words)
        if isinstance(command, Misunderstood):
            yield command.sentence
        elif isinstance(command, Demand):
            answer = decide_demand(command, CATALOGUE, Desk(), Asked(user="U1", channel="C1", at=NOW))
            if isinstance(answer, str):
                yield answer


def texts_of(found: object) -> list[str]:
    """Every text of a payload that Slack reads as mrkdwn, or shows."""
    if isinstance(found, dict):
        own = [value for key, value in found.items() if key == "text" and isinstance(value, str)]
        return own + [text for value in found.values() for text in texts_of(value) if not isinstance(value, str)]
    return [text for one in found for text in texts_of(one)] if isinstance(found, list) else []


def steers(text: str) -> list[str]:
    """Characters that are not seen and change what is; the joiner inside an emoji is none of them."""
    seen = sorted(set(text) - {"\n", "\u200d"})
    return [f"U+{ord(one):04X}" for one in seen if unicodedata.category(one) in VOID_OF_POWER]


@pytest.mark.parametrize("surface", SAID_IN_SLACK)
def test_no_attack_becomes_an_instruction_of_slack(surface: str) -> None:
    """Nobody is pinged, no link poses as another, nothing invisible is left: on each surface, every attack."""
    # The card has texts that Slack takes literally, too; there a sign alone means nothing.
    signs, found = INSTRUCTIONS if surface == "struck card" else ("<", ">"), []
    for number, text in enumerate(ATTACKS):
        for said in SAID_IN_SLACK[surface](text):
            rest = ALLOWED.sub("", said)
            if any(sign in rest.lower() for sign in signs) or steers(said) or not hosts_are_shown(said):
                found.append((number, text[:40], said[:200], steers(said)[:3]))
    assert found == []


def hosts_are_shown(said: str) -> bool:
    """The words of each link are the host that it leads to, perhaps cut."""
    links = ALLOWED.finditer(said)
    return all(shown.rstrip("…") in f"{scheme}://{rest}" for scheme, rest, shown in (one.groups() for one in links))


@pytest.mark.parametrize("surface", ["brief", "digest", "thread replies", "why", "answers to a command"])
def test_every_surface_says_something_about_an_attack(surface: str) -> None:
    """A surface that says nothing cannot fail the test above."""
    assert any(said for said in SAID_IN_SLACK[surface]("<!channel> mute"))


class Page(HTMLParser):
    """Tags and addresses of a page, as a browser would find them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}


def report_of(text: str) -> str:
    """The page of a replay, or of ``policy-signals cards``: both are drawn by the same function."""
    payload = render(corrected(text), NAMES, NOW, label=text)
    message = PostedMessage(channel=text, versions=(Version(at=NOW, payload=payload),))
    return render_report([message], title=text, made_at=NOW, label=text)


def mails_of(text: str) -> list[tuple[str, str, str]]:
    """Subject, plain text and page of every mail that we write."""
    mails = [
        write_alert_mail(corrected(text), {"SAMR": text}, note=text),
        write_brief_mail(in_a_brief(text), {"SAMR": text}),
        write_notice_mail(text),
    ]
    return [(mail.subject, mail.text, mail.html) for mail in mails]


def test_no_attack_becomes_a_tag_or_an_address_of_the_report() -> None:
    """The page has the tags that it has for harmless text, and leads to the web only."""
    harmless = Page(report_of("Harmless words"))
    for text in ATTACKS[::4] + list(MARKUP):
        page = Page(report_of(text))
        assert page.tags <= harmless.tags, text[:60]
        assert page.attributes <= harmless.attributes, text[:60]
        assert all(one.startswith(("http://", "https://", "#", "data:,")) for one in page.addresses), text[:60]


def test_no_attack_becomes_a_tag_or_an_address_of_a_mail() -> None:
    """Nothing is loaded from outside, nothing runs, and a link shows its host."""
    for text in ATTACKS:
        for _, plain, html in mails_of(text):
            page = Page(html)
            assert page.tags <= {"html", "head", "meta", "body", "p", "b", "a"}, text[:60]
            assert page.attributes <= {"charset", "rel", "href"}, text[:60]
            assert all(urlsplit(one).scheme in ("http", "https") for one in page.addresses), text[:60]
            assert steers(plain) == [], text[:60]


def test_no_attack_adds_a_header_to_a_mail() -> None:
    """A subject is one line, whatever stands in a headline, and no encoded word brings a line end back."""
    for text in ATTACKS:
        for subject, _, _ in mails_of(text):
            message = EmailMessage()
            message["To"] = Address("Desk", "desk", "x.example")
            message["Subject"] = subject
            assert steers(subject) == [], text[:60]
            assert "\n" not in subject
            assert b"\nBcc" not in bytes(message)


def terminal(*shown: RenderableType) -> str:
    """What a terminal with colours gets, as bytes in order."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=120)
    for one in shown:
        console.print(one)
    written = console.file.getvalue()  # type: ignore[attr-defined]
    return str(written)


OWN_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
"""Rich's own escapes: colour and weight, nothing that moves, writes titles or links."""


def shown_in_terminal(text: str) -> str:
    """Card, tail, why and why-not."""
    payload = render(attack(text), NAMES, NOW, label=text)
    line = Line(at=NOW, sign="●", what="alert", said="FLASH", headline=text, article_id=text)
    asked = AskedAbout(instrument="0700.HK", name=text, span=Span(at=NOW), place=HONG_KONG)
    why_not = draw_candidates(asked, [candidate(text)], text)
    path = draw_path(tell_from_alert(corrected(text), POLICY))
    return terminal(build_card(payload), draw(line), draw(line, 80), why_not, draw_candidates(asked, [], text), path)


def test_no_attack_steers_the_terminal() -> None:
    """No escape but Rich's colours, nothing invisible; Rich's own markup in a headline is shown as written."""
    found = []
    for text in ATTACKS[::3] + list(MARKUP):
        if len(text) > 50_000:
            continue
        rest = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", OWN_COLOURS.sub("", shown_in_terminal(text)))
        if steers(rest):
            found.append((text[:40], steers(rest)[:4]))
    assert found == []
    assert "[bold red]x[/]" in OWN_COLOURS.sub("", shown_in_terminal("[bold red]x[/]"))


def test_links_of_the_terminal_lead_where_the_card_leads() -> None:
    """A terminal link is made from the card's own address alone."""
    said = shown_in_terminal("[link=https://evil.example]sec.gov[/link]")
    targets = re.findall(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b", said)
    assert [one for one in targets if urlsplit(one).hostname == "evil.example"] == []
