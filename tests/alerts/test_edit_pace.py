"""At most one edit in 45 seconds, unless the card says something else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.alert import Agreement, Alert, DeliveryState, Receipt, Report, Severity
from services.alerts.edit_pace import LEAST_GAP, EditReason, decide_edit
from services.signals.signal import Relation
from tests.alerts.alert_samples import PUBLISHED
from tests.alerts.test_delivery_queue import make_alert


def shown(state: DeliveryState = DeliveryState.SENT, **changes: object) -> Receipt:
    fields: dict[str, object] = {
        "severity": Severity.ALERT,
        "agreement": Agreement.NOT_YET,
        "revised_at": PUBLISHED,
        **changes,
    }
    return Receipt(alert_id="a", revision=1, channel="C1", state=state, slack_ts="1.1", at=PUBLISHED, **fields)  # type: ignore[arg-type]


def revised(seconds: float, **changes: object) -> Alert:
    return make_alert("a", 2, revised_at=PUBLISHED + timedelta(seconds=seconds), **changes)


@given(st.floats(0, 44.9))
def test_an_edit_that_says_nothing_new_waits_for_its_time(seconds: float) -> None:
    """A card that changes every second cannot be read."""
    pace = decide_edit(shown(), revised(seconds))
    assert (pace.reason, pace.due_at) == (EditReason.TOO_SOON, PUBLISHED + LEAST_GAP)


def test_after_45_seconds_the_edit_leaves() -> None:
    """Counted between the revisions, in event time."""
    assert decide_edit(shown(), revised(45.0)).reason is EditReason.LONG_ENOUGH


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"severity": Severity.FLASH}, EditReason.SEVERITY_CHANGED),
        ({"agreement": Agreement.CONTRADICTED}, EditReason.VERDICT_CHANGED),
        (
            {
                "reports": tuple(
                    Report(signal_id=name, source="w", language="en", url="", published_at=PUBLISHED, relation=relation)
                    for name, relation in (("s1", Relation.NEW), ("s2", Relation.CORRECTION))
                )
            },
            EditReason.CORRECTED,
        ),
    ],
)
def test_what_a_trader_must_know_leaves_at_once(changes: dict[str, object], reason: EditReason) -> None:
    """A verdict, a louder alert and a correction wait for nothing."""
    pace = decide_edit(shown(), revised(1.0, **changes))
    assert (pace.reason, pace.due_at) == (reason, None)


def test_a_correction_that_is_shown_already_is_no_reason_to_hurry() -> None:
    """Only the step to it is."""
    reports = tuple(
        Report(signal_id=name, source="w", language="en", url="", published_at=PUBLISHED, relation=relation)
        for name, relation in (("s1", Relation.NEW), ("s2", Relation.CORRECTION))
    )
    assert decide_edit(shown(correction="s2"), revised(1.0, reports=reports)).reason is EditReason.TOO_SOON


def test_an_edit_that_may_not_have_arrived_is_repeated_at_once() -> None:
    """And a receipt of an older version, which does not tell what is shown, holds up nothing."""
    assert decide_edit(shown(DeliveryState.ATTEMPT), revised(1.0)).reason is EditReason.UNFINISHED
    assert decide_edit(shown(revised_at=None), revised(1.0)).reason is EditReason.NOT_KNOWN
