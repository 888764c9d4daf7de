"""Commands and presses: understood, or answered with a sentence; and what each is allowed to become."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from config.catalogue import load_catalogue
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Alert
from services.alerts.card_actions import (
    ACKNOWLEDGE,
    FEEDBACK,
    SNOOZE,
    Press,
    add_actions,
    find_target,
    read_press,
)
from services.alerts.commands import (
    HELP,
    Command,
    Digest,
    Help,
    Last,
    Misunderstood,
    MuteOrder,
    Mutes,
    Status,
    Unmute,
    Watches,
    WatchOrder,
    Why,
    WhyNot,
    parse_command,
)
from services.alerts.desk import Desk, Watch
from services.alerts.feedback import (
    Feedback,
    Verdict,
    find_precision,
    find_precision_of_rules,
    give_feedback,
    keep_last_words,
)
from services.alerts.mutes import Mute, MuteKind
from services.alerts.orders import Asked, decide_demand, decide_press, say_done
from services.alerts.slack_message import render
from streams.rendering.card_samples.sample_alerts import NAMES, PUBLISHED
from streams.rendering.card_samples.situations import SITUATIONS
from tests.golden.reading import assert_within_limits, words_of

CATALOGUE = load_catalogue()
ASKED = Asked(user="U0TRADER", channel="C0DESK", at=PUBLISHED)
ALERT = SITUATIONS["supportive_confirmed"]().alert


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Help()),
        ("  HELP ", Help()),
        ("status", Status()),
        ("why alt_0123456789ABCDEF", Why("alt_0123456789abcdef")),
        ("why-not 0700.hk", WhyNot("0700.HK")),
        ("why—not 0700.HK 9:05", WhyNot("0700.HK", (9, 5))),
        ("mute instrument 0700.HK for 1h", MuteOrder(MuteKind.INSTRUMENT, "0700.HK", timedelta(hours=1))),
        ("Mute Regulator SAMR for 30 min", MuteOrder(MuteKind.REGULATOR, "SAMR", timedelta(minutes=30))),
        ("mute sector games until tomorrow", MuteOrder(MuteKind.SECTOR, "games", None)),
        ("mute story sto_1 for 7d", MuteOrder(MuteKind.STORY, "sto_1", timedelta(days=7))),
        ("mutes", Mutes()),
        ("unmute #7", Unmute(7)),
        ("watch add 0700.hk", WatchOrder("0700.HK", True)),
        ("watch remove BABA", WatchOrder("BABA", False)),
        ("watches", Watches()),
        ("digest", Digest()),
        ("last", Last(5)),
        ("last 20", Last(20)),
    ],
)
def test_each_command_is_understood(text: str, command: Command) -> None:
    """In any case, with the dashes and spaces of a phone's keyboard."""
    assert parse_command(text) == command


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("wy alt_1", "There are: digest, help, last, mute, mutes"),
        ("why", "Write `why ALERT`"),
        ("why-not 0700.HK yesterday", "why-not 0700.HK 14:05"),
        ("mute instrument 0700.HK", "a mute has an end"),
        ("mute instrument 0700.HK for ever", "at most 7 days"),
        ("mute instrument 0700.HK for 8d", "at most 7 days"),
        ("mute instrument 0700.HK for 0h", "at most 7 days"),
        ("unmute", "the number from the command `mutes`"),
        ("unmute ٧", "the number from the command `mutes`"),
        ("watch 0700.HK", "watch add INSTRUMENT"),
        ("last 0", "from 1 to 20"),
        ("last 21", "from 1 to 20"),
        ("status now", "takes nothing after it"),
    ],
)
def test_each_mistake_is_answered_with_what_to_write(text: str, part: str) -> None:
    """People at a desk have no manual open."""
    command = parse_command(text)
    assert isinstance(command, Misunderstood)
    assert part in command.sentence


@given(st.text(max_size=400))
def test_no_text_crashes_the_reading_of_commands_or_comes_back(text: str) -> None:
    """Whatever is pasted: a command or a sentence of ours, never an exception or an echo."""
    command = parse_command(text)
    if isinstance(command, Misunderstood):
        assert "<!" not in command.sentence


@given(
    st.sampled_from(["mute", "unmute", "why", "why-not", "watch", "last", "mutes"]),
    st.lists(st.sampled_from(["instrument", "for", "1h", "tomorrow", "add", "0700.HK", "-1", "９", "9" * 40, "<@U1>"])),
)
def test_known_words_in_any_order_are_a_command_or_a_sentence(first: str, words: list[str]) -> None:
    """Half a command is the usual mistake."""
    assert parse_command(" ".join([first, *words])) is not None


def test_the_help_names_every_command() -> None:
    """A command that help does not name does not exist."""
    listed = parse_command("nonsense")
    assert isinstance(listed, Misunderstood)
    names = listed.sentence.split("There are: ")[1].rstrip(".").split(", ")
    assert [name for name in names if name != "help" and name not in " ".join(HELP)] == []


# --- presses --------------------------------------------------------------------------------------------------------


def elements_of(alert: Alert, owner: Acknowledgement | None = None) -> dict[str, dict[str, object]]:
    payload = add_actions(render(alert, NAMES, PUBLISHED), alert, owner)
    return {element["action_id"]: element for element in payload["blocks"][-1]["elements"]}  # type: ignore[index]


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_card_with_buttons_stays_within_every_limit_of_slack(name: str) -> None:
    """Also where it names no company, no regulator, or nine of them; an option holds at most 75 characters."""
    alert = SITUATIONS[name]().alert
    owner = Acknowledgement(alert_id=alert.alert_id, revision=1, by="U0TRADER", at=PUBLISHED)
    for who in (None, owner):
        payload = add_actions(render(alert, NAMES, PUBLISHED), alert, who)
        assert_within_limits(payload)
    menu = elements_of(alert)[SNOOZE]
    options = [option for group in menu["option_groups"] for option in group["options"]]  # type: ignore[attr-defined]
    assert options
    assert all(len(option["text"]["text"]) <= 75 and len(option["value"]) <= 150 for option in options)
    assert len({option["value"] for option in options}) == len(options)


def test_every_button_of_a_card_is_understood_when_it_is_pressed() -> None:
    """Writer and reader of the values are one pair."""
    elements = elements_of(ALERT)
    at = {"alert_id": ALERT.alert_id, "revision": ALERT.revision}
    assert read_press(ACKNOWLEDGE, str(elements[ACKNOWLEDGE]["value"])) == Press(**at, act=None)
    for verdict in Verdict:
        value = str(elements[f"{FEEDBACK}{verdict.value}"]["value"])
        assert read_press(f"{FEEDBACK}{verdict.value}", value) == Press(**at, act=verdict)
    groups = elements[SNOOZE]["option_groups"]
    presses = [read_press(SNOOZE, option["value"]) for group in groups for option in group["options"]]  # type: ignore[attr-defined]
    assert [press and press.act for press in presses] == [kind for kind in MuteKind for _ in range(3)]
    assert {press and press.span for press in presses} == {timedelta(hours=1), timedelta(hours=8), None}


@given(st.sampled_from([ACKNOWLEDGE, SNOOZE, FEEDBACK, f"{FEEDBACK}useful", "other"]), st.text(max_size=40))
def test_no_value_crashes_the_reading_of_a_press(action_id: str, value: str) -> None:
    """The payload comes from outside."""
    press = read_press(action_id, value)
    assert press is None or press.alert_id


def test_buttons_carry_no_word_of_the_article() -> None:
    """What a press carries comes back to us as an instruction."""
    alert = SITUATIONS["hostile_text"]().alert
    values = [str(element.get("value", "")) for element in elements_of(alert).values()]
    assert all("evil" not in value and "<" not in value for value in values)
    payload = add_actions(render(alert, NAMES, PUBLISHED), alert)
    assert all("<!" not in words for words in words_of(payload["blocks"][-1]))  # type: ignore[index]


def test_the_first_to_acknowledge_owns_the_alert_and_the_second_is_told_who() -> None:
    """Two owners are none."""
    desk = Desk()
    press = Press(alert_id=ALERT.alert_id, revision=4, act=None)
    first = decide_press(press, ALERT, desk, ASKED)
    assert isinstance(first, Acknowledgement)
    desk.take(first)
    assert decide_press(press, ALERT, desk, replace(ASKED, user="U0OTHER")) == (
        "<@U0TRADER> has it already, since 06:02 UTC."
    )


def test_an_owner_who_is_no_user_id_is_not_shown_as_a_mention() -> None:
    """The line stands on a card that everybody sees."""
    owner = Acknowledgement(alert_id=ALERT.alert_id, revision=1, by="!channel> <!here", at=PUBLISHED)
    line = str(add_actions(render(ALERT, NAMES, PUBLISHED), ALERT, owner)["blocks"][-2])  # type: ignore[index]
    assert "by somebody" in line
    assert "<!" not in line


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (MuteKind.INSTRUMENT, "0700.HK"),
        (MuteKind.REGULATOR, ALERT.signal.regulators[0]),
        (MuteKind.SECTOR, ALERT.signal.sectors[0]),
        (MuteKind.STORY, ALERT.signal.story_id),
    ],
)
def test_a_snooze_mutes_what_the_alert_is_most_about(kind: MuteKind, target: str) -> None:
    """Told by the signal, which no revision changes: the card must mean tomorrow what it showed when it was pressed."""
    mute = decide_press(Press(alert_id=ALERT.alert_id, revision=4, act=kind, span=None), ALERT, Desk(), ASKED)
    assert isinstance(mute, Mute)
    assert (mute.target, find_target(ALERT, kind)) == (target, target)
    assert "until 14 Jul 00:00 HKT" in say_done(mute, PUBLISHED)


# --- demands --------------------------------------------------------------------------------------------------------


def test_a_mute_of_something_unknown_is_refused() -> None:
    """A misspelt mute would seem to work and silence nothing."""
    assert isinstance(decide_demand(MuteOrder(MuteKind.INSTRUMENT, "TENCENT", None), CATALOGUE, Desk(), ASKED), str)
    assert isinstance(decide_demand(MuteOrder(MuteKind.REGULATOR, "NOBODY", None), CATALOGUE, Desk(), ASKED), str)
    mute = decide_demand(MuteOrder(MuteKind.REGULATOR, "samr", None), CATALOGUE, Desk(), ASKED)
    assert isinstance(mute, Mute)
    assert mute.target == "SAMR"


def test_a_mute_can_be_taken_back_once() -> None:
    """And the person is told when there is none."""
    desk = Desk()
    mute = decide_demand(MuteOrder(MuteKind.INSTRUMENT, "0700.HK", timedelta(hours=8)), CATALOGUE, desk, ASKED)
    assert isinstance(mute, Mute)
    desk.take(mute)
    later = replace(ASKED, at=PUBLISHED + timedelta(minutes=5))
    over = decide_demand(Unmute(1), CATALOGUE, desk, later)
    assert isinstance(over, Mute)
    assert (over.until, over.is_settled) == (later.at, True)
    assert say_done(over, later.at) == "Mute 1 (instrument 0700.HK) is over."
    desk.take(over)
    assert isinstance(decide_demand(Unmute(1), CATALOGUE, desk, later), str)


def test_watching_twice_is_said_and_changes_nothing() -> None:
    """An audit full of nothing hides what matters."""
    desk = Desk()
    watch = decide_demand(WatchOrder("0700.HK", True), CATALOGUE, desk, ASKED)
    assert isinstance(watch, Watch)
    desk.take(watch)
    assert decide_demand(WatchOrder("0700.HK", True), CATALOGUE, desk, ASKED) == "0700.HK is watched already."
    assert decide_demand(WatchOrder("BABA", False), CATALOGUE, desk, ASKED) == "BABA is not watched."


# --- feedback -------------------------------------------------------------------------------------------------------


def say(verdict: Verdict, by: str, minutes: int = 0) -> Feedback:
    return give_feedback(ALERT, verdict, by, PUBLISHED + timedelta(minutes=minutes))


def test_the_last_word_of_each_person_counts() -> None:
    """People press twice; a change of mind is not a second opinion."""
    given_words = [say(Verdict.WRONG_TONE, "U1", 5), say(Verdict.USEFUL, "U1", 9), say(Verdict.USEFUL, "U2")]
    assert len(keep_last_words(given_words)) == 2
    assert len(keep_last_words(given_words[::-1])) == 2
    found = find_precision(given_words, lambda one: one.tone.value)
    assert [(one.name, one.useful, one.judged) for one in found] == [("supportive", 2, 2)]


def test_feedback_carries_what_a_training_row_needs() -> None:
    """The text lies on news.articles under the article's id; what the reader said is fixed by a digest."""
    word = say(Verdict.WRONG_COMPANY, "U1")
    assert (word.article_id, word.reader, word.tone) == (
        ALERT.signal.article_id,
        ALERT.signal.reader,
        ALERT.signal.tone,
    )
    other = replace(ALERT, signal=replace(ALERT.signal, score=0.1))
    assert give_feedback(other, Verdict.USEFUL, "U1", PUBLISHED).signal_digest != word.signal_digest


def test_a_word_about_an_alert_counts_for_every_rule_that_spoke_in_it() -> None:
    """So that a rule which is often wrong is found."""

    def word(by: str, verdict: Verdict, *rules: str) -> Feedback:
        alert = replace(ALERT, alert_id=f"alt_{by}", signal=replace(ALERT.signal, rules=rules))
        return give_feedback(alert, verdict, by, PUBLISHED)

    given = [
        word("U1", Verdict.USEFUL, "fines", "lifts + ban"),
        word("U2", Verdict.WRONG_TONE, "fines"),
        word("U3", Verdict.USEFUL),
    ]
    found = {one.name: (one.useful, one.judged) for one in find_precision_of_rules(given)}
    assert found == {"fines": (1, 2), "lifts + ban": (1, 1)}
