"""Talk about an event is silent while its alert is followed; what changes the event never is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.alerts.alert import Alert, Silence, SilenceReason
from services.alerts.correlation import Correlation
from services.alerts.inhibition import is_background
from services.market.reaction import Window
from services.signals.signal import Relation, Stage, Tone
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal
from tests.alerts.test_correlation import ENDS, ScriptedMarket

COLOUR = {"regulators": (), "stage": None, "tone": Tone.NEUTRAL, "score": 0.0}


@pytest.fixture
def followed() -> Correlation:
    correlation = Correlation(POLICY, ScriptedMarket())  # type: ignore[arg-type]
    assert isinstance(correlation.on_signal(make_signal()), Alert)
    return correlation


@pytest.mark.parametrize("changes", [{"commentary": True, "tone": Tone.NEUTRAL}, COLOUR], ids=["opinion", "colour"])
def test_background_to_a_story_whose_alert_is_followed_is_silent_with_its_reason(
    followed: Correlation, changes: dict[str, object]
) -> None:
    """`why-not` names the alert that has the story."""
    silence = followed.on_signal(make_signal(signal_id="sig_2", relation=Relation.REPORT, **changes))
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.INHIBITED
    assert "alert alt_" in silence.detail


def test_a_further_report_of_the_authority_is_no_background(followed: Correlation) -> None:
    """It joins the alert."""
    assert isinstance(followed.on_signal(make_signal(signal_id="sig_2", relation=Relation.REPORT)), Alert)


def test_a_correction_is_never_background() -> None:
    """It changes what was told, whatever its words."""
    assert not is_background(make_signal(relation=Relation.CORRECTION, commentary=True))
    assert not is_background(make_signal(relation=Relation.CORRECTION, **COLOUR))
    assert not is_background(make_signal(relation=Relation.RETRACTION, **COLOUR))


@pytest.mark.parametrize("changes", [{"regulators": ("SAMR",)}, {"stage": Stage.PENALTY}, {"tone": Tone.RESTRICTIVE}])
def test_whatever_names_an_authority_a_stage_or_a_tone_is_no_colour(changes: dict[str, object]) -> None:
    """In doubt it is told."""
    assert not is_background(make_signal(**{**COLOUR, **changes}))


def test_commentary_on_a_story_without_an_alert_is_commentary() -> None:
    """There is nothing to be background to."""
    silence = Correlation(POLICY, ScriptedMarket()).on_signal(make_signal(commentary=True))  # type: ignore[arg-type]
    assert isinstance(silence, Silence)
    assert silence.reason is SilenceReason.COMMENTARY


def test_when_the_alert_is_complete_nothing_is_inhibited_any_more(followed: Correlation) -> None:
    """Its story is over, so a late word joins it as before."""
    list(followed.on_tape(PUBLISHED + timedelta(minutes=ENDS[Window.TO_CLOSE] + 1)))
    assert followed.open_alerts == 0
    late = make_signal(signal_id="sig_2", relation=Relation.REPORT, commentary=True)
    assert isinstance(followed.on_signal(late), Alert)
