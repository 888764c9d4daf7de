"""Briefs and digests: what they say, and that no text is long enough to break them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Report, Severity
from services.alerts.brief import LONGEST_BRIEF, MOST_TOLD, Brief, BriefItem, Known, group, write_brief
from services.alerts.digest import MOST_LINES, write_digest
from services.alerts.slack_text import units
from services.signals.signal import Relation
from streams.slack.limits import check_message
from tests.golden.reading import words_of
from tests.golden.write_briefs import FOLDER, write_all
from tests.slack.conftest import START, make_alert

GOLDEN = write_all()
CHARACTERS = ["a", "&", "<", "漢", "😀", "*", "_", "\u0301", "👩‍💻", "ﷺ", " "]


def stretch(number: int, character: str, length: int) -> Alert:
    """An alert in which everything is as long as it may be, and corrected at that."""
    alert = make_alert(number)
    long = character * length
    signal = replace(
        alert.signal,
        headline=long,
        source=long,
        url=f"https://{'a' * 60}.example/{'p' * (length % 500)}",
        regulators=tuple(f"R{number % 12}{long}{index}" for index in range(5)),
        sectors=tuple(f"{long}{index}" for index in range(5)),
    )
    report = Report(
        signal_id="s9",
        source=long,
        language="en",
        url="https://x.example/",
        published_at=START,
        relation=Relation.CORRECTION,
    )
    severity = list(Severity)[number % 3]
    return replace(
        alert,
        alert_id=f"alt_{number:016x}",
        severity=severity,
        signal=signal,
        reports=(report, report),
        agreement=Agreement.CONTRADICTED,
    )


def make_items(count: int, character: str, length: int) -> tuple[BriefItem, ...]:
    known = Known(severity=Severity.FLASH, agreement=Agreement.NOT_YET)
    return tuple(
        BriefItem(alert=stretch(number, character, length), points=float(number), known=known)
        for number in range(count)
    )


def assert_takeable(payload: dict[str, object], most: int) -> None:
    """Slack's limits, and ours: 10,000 characters and 50 blocks, counted in the strictest way."""
    text, blocks = payload["text"], payload["blocks"]
    assert isinstance(text, str)
    assert isinstance(blocks, list)
    check_message(text, blocks, None)
    assert len(blocks) <= 50
    assert units(text) <= 3_500
    assert sum(map(units, words_of(payload))) <= most < 10_000


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_briefs_read_as_they_were_looked_at(name: str) -> None:
    """Written anew by tests.golden.write_briefs; a reviewer reads the difference."""
    assert GOLDEN[name] == json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@settings(max_examples=80, deadline=None)
@given(
    waited=st.integers(1, MOST_TOLD),
    told=st.integers(0, 150),
    changed=st.integers(0, 150),
    character=st.sampled_from(CHARACTERS),
    length=st.integers(1, 2_000),
    title=st.text(max_size=300),
)
def test_no_brief_breaks_a_limit_of_slack(*, waited, told, changed, character, length, title):
    """However many, however long: it is taken, and every alert without a message of its own is in it."""
    items = [make_items(count, character, length) for count in (waited, told, changed)]
    payload = write_brief(Brief(title=title or "Brief", waited=items[0], told=items[1], changed=items[2]), {})
    assert_takeable(payload, LONGEST_BRIEF)
    shown = json.dumps(payload["blocks"])
    assert all(one.alert.alert_id in shown and one.alert.alert_id in str(payload["text"]) for one in items[0])


@pytest.mark.parametrize("character", CHARACTERS)
def test_the_longest_brief_of_all_is_taken(character: str) -> None:
    """All at the most at once: fifty that waited, everything else beyond its limit."""
    items = make_items(MOST_TOLD, character, 5_000)
    payload = write_brief(Brief(title=character * 500, waited=items, told=items * 3, changed=items * 3), {})
    assert_takeable(payload, LONGEST_BRIEF)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, MOST_LINES),
    character=st.sampled_from(CHARACTERS),
    length=st.sampled_from([1, 30, 100, 150, 5_000]),
)
def test_no_digest_of_a_flood_breaks_a_limit_of_slack(*, count, character, length):
    """Twenty-five lines at most, each as long as can be."""
    alerts = [stretch(number, character, length) for number in range(count)]
    payload = write_digest(alerts, {})
    assert_takeable(payload, 9_999)
    assert all(alert.alert_id in json.dumps(payload["blocks"]) for alert in alerts)


def test_short_texts_are_told_whole() -> None:
    """Shortening is for what is too much, not for the usual morning."""
    items = make_items(10, "w", 30)
    said = "\n".join(words_of(write_brief(Brief(title="Brief 07:00", waited=items), {})))
    assert said.count("w" * 30) >= 10
    assert "not listed here" not in said


def test_what_is_left_out_is_counted() -> None:
    """Cards that exist all the same need no line each; that there are more must be said."""
    items = make_items(60, "w", 30)
    said = "\n".join(words_of(write_brief(Brief(title="Digest", changed=items), {})))
    assert "45 more, not listed here" in said
    assert "60 changed" in said


def test_alerts_are_grouped_by_regulator_and_small_groups_stand_together_at_the_end() -> None:
    """Nobody reads twelve headings."""
    groups = group(make_items(36, "w", 3), {})
    assert len(groups) == 9
    assert list(groups)[-1] == "Others"
    assert sum(map(len, groups.values())) == 36


def test_the_loudest_stand_first_and_changes_are_named() -> None:
    """What was an Alert and is a Flash now is the news of the night."""
    quiet, loud = make_alert(1), replace(make_alert(2), severity=Severity.FLASH, agreement=Agreement.CONFIRMED)
    known = Known(severity=Severity.ALERT, agreement=Agreement.NOT_YET)
    items = (BriefItem(alert=quiet, points=9.0), BriefItem(alert=loud, points=1.0, known=known))
    said = "\n".join(words_of(write_brief(Brief(title="Brief", waited=items), {})))
    assert said.index("alert2") < said.index("alert1")
    assert "was ALERT" in said
    assert "2 waited: 1 flash, 1 urgent" in said


def test_a_hostile_headline_has_no_power_in_a_brief() -> None:
    """The same treatment as on a card."""
    alert = make_alert()
    signal = replace(alert.signal, headline="<!channel> <http://evil|sec.gov> *bold*", source="<@U1>")
    item = BriefItem(alert=replace(alert, signal=signal), points=1.0)
    brief = Brief(title="Brief <!here>", waited=(item,), told=(item,), changed=(item,))
    said = json.dumps(write_brief(brief, {}))
    assert not any(one in said for one in ("<!", "<@", "<http://evil"))


def test_an_empty_brief_is_no_message() -> None:
    """Nobody needs to be told that there is nothing."""
    assert Brief(title="Brief").is_empty
