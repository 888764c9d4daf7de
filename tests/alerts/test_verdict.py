"""Text against tape: when the market agrees, disagrees, has not answered, moved before, or cannot be seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.alert import Agreement
from services.alerts.verdict import judge
from services.market.reaction import NormalModel, Reaction, Window
from services.signals.signal import Role, Tone
from tests.alerts.alert_samples import POLICY, make_exposure, make_reaction, make_signal

RESTRICTIVE = {"tone": Tone.RESTRICTIVE, "score": -0.7}


@pytest.mark.parametrize(
    ("signal_changes", "reactions", "verdict"),
    [
        ({}, [make_reaction(abnormal=0.02, z=2.5)], Agreement.CONFIRMED),
        ({}, [make_reaction(abnormal=-0.02, z=-2.5)], Agreement.CONTRADICTED),
        ({}, [make_reaction(abnormal=0.02, z=1.5)], Agreement.NOT_YET),
        (RESTRICTIVE, [make_reaction(abnormal=-0.02, z=-2.5)], Agreement.CONFIRMED),
        (RESTRICTIVE, [make_reaction(abnormal=0.02, z=2.5)], Agreement.CONTRADICTED),
        ({}, [make_reaction(abnormal=0.011, z=None)], Agreement.CONFIRMED),
        ({}, [make_reaction(abnormal=0.009, z=None)], Agreement.NOT_YET),
        ({}, [make_reaction(abnormal=None)], Agreement.NOT_YET),
        ({}, [make_reaction(abnormal=None, price=None)], Agreement.NO_PRICE),
        ({}, [], Agreement.NO_PRICE),
        ({}, [make_reaction(Window.BEFORE_30M, abnormal=0.03, z=4.0)], Agreement.MOVED_BEFORE),
        ({}, [make_reaction(Window.BEFORE_30M, abnormal=-0.03, z=-4.0)], Agreement.NOT_YET),
    ],
)
def test_the_rule_gives_the_verdict_that_it_prints(
    signal_changes: dict[str, object], reactions: list[Reaction], verdict: Agreement
) -> None:
    """Each branch of RULE, both tones, with and without a z-score."""
    assert judge(make_signal(**signal_changes), reactions, POLICY) is verdict


def test_the_longest_measured_horizon_decides() -> None:
    """A first jump that is gone after half an hour is no confirmation."""
    reactions = [
        make_reaction(Window.AFTER_1M, abnormal=0.03, z=5.0),
        make_reaction(Window.AFTER_30M, abnormal=0.001, z=0.1),
        make_reaction(Window.TO_CLOSE, abnormal=None),
    ]
    assert judge(make_signal(), reactions, POLICY) is Agreement.NOT_YET


def test_companies_that_are_only_mentioned_do_not_vote() -> None:
    """The act is about the named ones; a bystander's move is not their answer."""
    signal = make_signal(exposures=(make_exposure("0700.HK"), make_exposure("9988.HK", Role.MENTIONED)))
    reactions = [make_reaction(abnormal=0.0, z=0.0), make_reaction(instrument="9988.HK", abnormal=0.1, z=9.0)]
    assert judge(signal, reactions, POLICY) is Agreement.NOT_YET


@given(st.floats(-0.2, 0.2), st.floats(-8, 8))
def test_turning_tone_and_tape_around_turns_nothing(abnormal: float, z: float) -> None:
    """The rule has no bias for good news."""
    up = judge(make_signal(), [make_reaction(abnormal=abnormal, z=z)], POLICY)
    down = judge(make_signal(**RESTRICTIVE), [make_reaction(abnormal=-abnormal, z=-z)], POLICY)
    assert up is down


@pytest.mark.parametrize("given_verdict", [None, Agreement.NOT_YET, Agreement.CONTRADICTED])
def test_a_verdict_holds_while_the_move_fades_a_little(given_verdict: Agreement | None) -> None:
    """A card that changes its mind at every tick around the threshold is noise; one that never does is wrong."""
    fading = [make_reaction(abnormal=0.02, z=1.6)]
    gone = [make_reaction(abnormal=0.02, z=1.3)]
    assert judge(make_signal(), fading, POLICY, given=given_verdict) is Agreement.NOT_YET
    assert judge(make_signal(), fading, POLICY, given=Agreement.CONFIRMED) is Agreement.CONFIRMED
    assert judge(make_signal(), gone, POLICY, given=Agreement.CONFIRMED) is Agreement.NOT_YET


def test_a_verdict_can_turn_round() -> None:
    """Confirmed at the open, contradicted at the close: the later answer stands."""
    turned = [make_reaction(Window.TO_CLOSE, abnormal=-0.03, z=-2.5)]
    assert judge(make_signal(), turned, POLICY, given=Agreement.CONFIRMED) is Agreement.CONTRADICTED


def test_five_sessions_later_is_shown_and_not_judged() -> None:
    """A week holds too much other news to confirm anything."""
    reactions = [
        make_reaction(Window.AFTER_1_SESSION, abnormal=0.03, z=3.0),
        make_reaction(Window.AFTER_5_SESSIONS, abnormal=-0.2, z=-5.0),
    ]
    assert judge(make_signal(), reactions, POLICY) is Agreement.CONFIRMED


def test_many_that_move_alone_say_more_than_many_that_always_move_together() -> None:
    """Four names at z 1.2 are an answer when they are independent, and one weak answer when they are one trade."""
    names = ("0700.HK", "3690.HK", "9988.HK", "9626.HK")
    signal = make_signal(exposures=tuple(make_exposure(name) for name in names))
    reactions = [make_reaction(instrument=name, abnormal=0.01, z=1.2) for name in names]
    assert judge(signal, reactions, POLICY, correlation=0.1) is Agreement.CONFIRMED
    assert judge(signal, reactions, POLICY) is Agreement.NOT_YET


def test_a_return_without_a_benchmark_decides_nothing() -> None:
    """When the whole market rose nobody can tell; the raw move is shown and no verdict rests on it."""
    raw = make_reaction(abnormal=0.08, z=6.0, model=NormalModel.RAW)
    assert judge(make_signal(), [raw], POLICY) is Agreement.NOT_YET
