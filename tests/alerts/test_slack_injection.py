"""No text of an article can break out of the card, ping anyone, pose as a link, or push it over a limit."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.alerts.alert import Alert, Report
from services.alerts.slack_message import render
from services.market.reaction import SessionState
from services.signals.signal import Evidence
from streams.rendering.card_samples.sample_alerts import (
    NAMES,
    PUBLISHED,
    TENCENT,
    Quote,
    expose,
    make_alert,
    make_signal,
)
from streams.rendering.card_samples.situations import SITUATIONS
from tests.golden.reading import assert_within_limits, urls_of
from tests.golden.write import render_situation

NOW = PUBLISHED + timedelta(seconds=4)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=400)

WEAPONS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!subteam^S1>",
    "<!date^1^{date}|x>",
    "<@U1>",
    "<#C1|general>",
    "<http://evil|sec.gov>",
    "<HTTPS://evil.example|https://sec.gov>",
    "<mailto:a@b.example|write>",
    "&lt;!channel&gt; &amp;lt;",
    "```code``` `x`",
    "*bold* _slant_ ~gone~",
    "> quoted",
    ":fire: :siren:",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "\u202e\u2066lennahc!<\u2069",
    "<\u200b!channel\u200b> <\u00ad@U1> <\ufeffhttp://evil|x>",
    "مرحبا שלום",
    "👩‍👩‍👧‍👦🇨🇳👍🏽",
    "\x00\x1b[31m\x07\ud83d",
    "x" * 100_000,
    "<!channel> " * 9_000,
    "e" + "\u0301" * 5_000,
)
WRAPPERS = ("{}", "News: {} today", "\n{}\n", "<{}", "{}<", "&{};", "<<{}>>", "{0}{0}")
CORPUS = [wrapper.replace("{0}", "{}").replace("{}", weapon) for weapon, wrapper in product(WEAPONS, WRAPPERS)]


def test_the_corpus_is_as_large_as_it_claims() -> None:
    """Two hundred different attacks."""
    assert len(set(CORPUS)) >= 200


def attack(text: str) -> Alert:
    """The same foreign text in every place that an article can fill."""
    signal = make_signal(
        headline=text,
        source=text,
        url=text,
        language=text,
        evidence=(Evidence(sentence=text, weight=1.0), Evidence(sentence=f"{text} again", weight=0.5)),
        exposures=(TENCENT,),
    )
    reports = tuple(
        Report(signal_id=f"s{n}", source=text, language="en", url=f"https://x.example/{text}", published_at=PUBLISHED)
        for n in range(3)
    )
    return make_alert([Quote(exposure=TENCENT, price=347.0, previous_close=340.0)], NOW, signal, reports=reports)


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_no_attack_gets_an_instruction_into_the_payload(text: str) -> None:
    """Our own card has no mention and no mrkdwn link, so any ``<!``, ``<@`` or ``<http`` would be the attacker's."""
    payload = render(attack(text), NAMES, NOW, label=text)
    said = json.dumps(payload, ensure_ascii=False).lower()
    for instruction in ("<!", "<@", "<#", "<http", "<mailto", "<script"):
        assert instruction not in said
    assert_within_limits(payload)
    assert all(url.startswith(("http://", "https://")) for url in urls_of(payload))


def test_only_addresses_of_the_web_become_links() -> None:
    """The card builds its links itself and shows the host that they lead to."""
    payload = render_situation(SITUATIONS["three_reports"]())
    assert sorted(urls_of(payload)) == [
        "https://second.example/a%7Cb%3Ec",
        "https://www.example.com/news/platform-symposium?id=7&lang=en",
    ]


def test_unknown_names_of_the_catalogue_are_harmless_too() -> None:
    """Names come from a file that people edit; a slip there must not ping anyone."""
    exposure = expose("0700.HK", "<!channel> *Firm*")
    alert = make_alert(
        [Quote(exposure=exposure, price=1.0, previous_close=1.0)],
        NOW,
        make_signal(exposures=(exposure,), regulators=("<!here>", "SAMR"), sectors=("<@U1>",)),
    )
    said = json.dumps(render(alert, {"SAMR": "<!everyone>"}, NOW))
    assert "<!" not in said
    assert "<@" not in said


@given(headline=ANY_TEXT, source=ANY_TEXT, url=ANY_TEXT, sentence=ANY_TEXT, reason=ANY_TEXT)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_a_card_within_the_limits(
    headline: str, source: str, url: str, sentence: str, reason: str
) -> None:
    """Whatever is published somewhere in the world, the alert goes out."""
    signal = make_signal(headline=headline, source=source, url=url, evidence=(Evidence(sentence=sentence, weight=1.0),))
    payload = render(make_alert([], NOW, signal, reasons=(reason,)), NAMES, NOW, label=reason)
    assert_within_limits(payload)
    json.dumps(payload, ensure_ascii=False).encode("utf-8")


def test_the_longest_of_everything_is_within_the_limits() -> None:
    """Each part at its largest, in characters that escape to five or count as two."""
    for character in ("&", "😀", "平"):
        long = character * 30_000
        names = dict.fromkeys(("A", "B", "C", "D", "E"), long)
        quotes = [
            Quote(exposure=expose(f"{n}{long}.HK", long), price=9e6, previous_close=1.0, state=SessionState.HALTED)
            for n in range(12)
        ]
        evidence = tuple(Evidence(sentence=f"{n}{long}", weight=1.0) for n in range(9))
        signal = make_signal(
            exposures=tuple(quote.exposure for quote in quotes),
            headline=long,
            evidence=evidence,
            regulators=("A", "B", "C", "D", "E"),
            sectors=("A", "B", "C", "D", "E"),
            url="https://x.example/" + "a" * 500,
        )
        report = Report(
            signal_id="other", source=long, language=long, url="https://x.example/" + "b" * 500, published_at=NOW
        )
        alert = make_alert(quotes, NOW, signal, reports=(report,) * 20, reasons=(long,) * 20)
        assert_within_limits(render(alert, names, NOW, label=long))
