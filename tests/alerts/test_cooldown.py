"""Cooldown: only what is truly alike is joined; an upgrade rings; a swinging severity rings once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.cooldown import Told, event_key, find_cooling
from services.alerts.loudness import LOUDNESS, Cooldown, is_louder
from services.signals.signal import Role, Stage, Tone
from tests.alerts.alert_samples import PUBLISHED, make_exposure, make_signal

HOUR = Cooldown(minutes=60)
GROWING = Cooldown(minutes=60, grows=True)
NOON = datetime(2023, 7, 13, 12, 0, tzinfo=UTC)


def make_alert(name: str = "b", severity: Severity = Severity.URGENT, **changes: object) -> Alert:
    return Alert(
        alert_id=name,
        revision=1,
        cause="raised",
        severity=severity,
        agreement=Agreement.NOT_YET,
        signal=make_signal(**changes),
        reports=(),
        reactions=(),
        measured=(),
        reasons=(),
        raised_at=PUBLISHED,
        revised_at=PUBLISHED,
    )


def told(alert: Alert, minutes: float, *, rang: bool = True) -> Told:
    key = event_key(alert)
    assert key is not None
    at = NOON + timedelta(minutes=minutes)
    return Told(alert_id=alert.alert_id, key=key, at=at, severity=alert.severity, rang=rang)


def cooling(alert: Alert, minutes: float, *history: Told, rule: Cooldown = HOUR) -> str | None:
    found = find_cooling(alert, NOON + timedelta(minutes=minutes), history, rule)
    return None if found is None else found.root


def test_a_like_event_within_the_cooldown_joins_the_first() -> None:
    """Same regulator, same direction, same company."""
    first = told(make_alert("a"), 0)
    assert cooling(make_alert(), 59, first) == "a"
    assert cooling(make_alert(), 60, first) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"exposures": (make_exposure("9988.HK"),)},
        {"exposures": (make_exposure("0700.HK"), make_exposure("9988.HK"))},
        {"exposures": (make_exposure("0700.HK", Role.SECTOR),)},
        {"exposures": ()},
        {"regulators": ("PBOC",)},
        {"regulators": ("SAMR", "PBOC")},
        {"regulators": ()},
        {"tone": Tone.RESTRICTIVE},
        {"stage": Stage.PENALTY},
        {"stage": None},
    ],
    ids=str,
)
def test_an_event_that_differs_in_anything_that_matters_rings(changes: dict[str, object]) -> None:
    """Another company, one more company, the whole sector, another authority, direction or stage is news."""
    assert cooling(make_alert(**changes), 1, told(make_alert("a"), 0)) is None


def test_an_event_about_a_sector_is_like_another_about_the_same_sector_only() -> None:
    """Where no company is named, sectors decide; mentions in passing name none."""
    mention = (make_exposure("0700.HK", Role.MENTIONED),)
    first = told(make_alert("a", exposures=()), 0)
    assert cooling(make_alert(exposures=mention), 1, first) == "a"
    assert cooling(make_alert(exposures=(), sectors=("banks",)), 1, first) is None


def test_without_a_regulator_or_anything_touched_nothing_is_like_it() -> None:
    """In doubt it rings."""
    assert event_key(make_alert(regulators=())) is None
    assert event_key(make_alert(exposures=(), sectors=())) is None


def test_an_upgrade_breaks_through_and_the_loudest_told_counts() -> None:
    """A severity that swings around its threshold rings once: hysteresis."""
    quiet, loud = make_alert("a", Severity.ALERT), make_alert("c", Severity.URGENT)
    assert cooling(make_alert(severity=Severity.URGENT), 10, told(quiet, 0)) is None
    swung = [told(quiet, 0), told(loud, 10), told(replace(quiet, alert_id="d"), 20, rang=False)]
    assert cooling(make_alert(severity=Severity.URGENT), 30, *swung) == "c"
    assert cooling(make_alert(severity=Severity.FLASH), 30, *swung) is None


def test_a_joined_event_that_grew_louder_in_its_thread_counts_as_told_so() -> None:
    """Its step up was broadcast: the next of that severity says nothing new."""
    history = [told(make_alert("a", Severity.ALERT), 0), told(make_alert("c", Severity.URGENT), 5, rang=False)]
    assert cooling(make_alert(severity=Severity.URGENT), 10, *history) == "a"


def test_joining_does_not_prolong_the_cooldown() -> None:
    """Else a steady trickle would never ring again."""
    history = [told(make_alert("a"), 0), told(make_alert("c"), 50, rang=False)]
    assert cooling(make_alert(), 61, *history) is None


def test_a_growing_cooldown_doubles_while_its_kind_is_not_over_up_to_a_day() -> None:
    """1 h, 2 h, 4 h ... as Alertmanager users know it from repeat intervals; after a pause it begins anew."""
    first, second = told(make_alert("a"), 0), told(make_alert("c"), 61)
    assert cooling(make_alert(), 61 + 119, first, second, rule=GROWING) == "c"
    assert cooling(make_alert(), 61 + 121, first, second, rule=GROWING) is None
    rested = told(make_alert("c"), 60 + 61)
    assert cooling(make_alert(), 60 + 61 + 61, first, rested, rule=GROWING) is None
    long = [told(make_alert(f"n{number}"), minutes) for number, minutes in enumerate([0, 61, 182, 423, 904, 1865])]
    found = find_cooling(make_alert(), NOON + timedelta(minutes=1866), long, GROWING)
    assert found is not None
    assert found.until == NOON + timedelta(minutes=1865) + timedelta(hours=24)


@given(
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from(LOUDNESS), st.booleans()), max_size=12),
    st.integers(0, 900),
    st.sampled_from(LOUDNESS),
    st.sampled_from([HOUR, GROWING]),
)
def test_what_is_held_back_is_never_louder_than_what_was_told_and_the_order_of_the_log_does_not_matter(
    lines: list[tuple[int, Severity, bool]], minutes: int, severity: Severity, rule: Cooldown
) -> None:
    """Whatever the history: silence needs a like message that stands, within a day, at least as loud."""
    history = [
        told(make_alert(f"n{number:02}", loudness), at, rang=rang) for number, (at, loudness, rang) in enumerate(lines)
    ]
    alert = make_alert(severity=severity)
    found = find_cooling(
        alert, NOON + timedelta(minutes=minutes), sorted(history, key=lambda o: (o.at, o.alert_id)), rule
    )
    if found is not None:
        root = next(one for one in history if one.alert_id == found.root)
        assert root.rang
        assert not is_louder(severity, found.severity)
        assert NOON + timedelta(minutes=minutes) < root.at + timedelta(hours=24)
