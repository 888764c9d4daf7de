"""What the card says about quiet days, moves before publication and moves that nobody named."""

from __future__ import annotations

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.market_answer import Kinship, Mover
from services.alerts.market_sentences import find_early_moves, say_tape
from services.market.reaction import NormalModel, Reaction, Window
from tests.alerts.alert_samples import PUBLISHED, make_reaction, make_signal


def alert_of(*reactions: Reaction, movers: tuple[Mover, ...] = ()) -> Alert:
    return Alert(
        alert_id="alt_1",
        revision=2,
        cause="after_5m",
        severity=Severity.URGENT,
        agreement=Agreement.CONFIRMED,
        signal=make_signal(),
        reports=(),
        reactions=reactions,
        movers=movers,
        measured=(),
        reasons=("why",),
        raised_at=PUBLISHED,
        revised_at=PUBLISHED,
    )


def say(*reactions: Reaction, movers: tuple[Mover, ...] = ()) -> dict[str, str]:
    return dict(say_tape(alert_of(*reactions, movers=movers)))


def test_the_share_of_quiet_windows_that_the_move_beats_is_said_with_their_number() -> None:
    """A share of how many is the question that a statistician asks first."""
    said = say(make_reaction(z=3.0, percentile=0.994, quiet_windows=1_170))
    assert said["Against quiet days"] == "0700.HK beats 99.4 % of 1,170 matched quiet windows (after 5 min)"


def test_short_history_is_said() -> None:
    """A hundred windows cannot show the last per cent, and none show nothing."""
    assert "short history" in say(make_reaction(percentile=1.0, quiet_windows=140))["Against quiet days"]
    assert say(make_reaction(quiet_windows=40))["Against quiet days"].startswith("history too short")
    assert "Against quiet days" not in say(make_reaction())


def test_nothing_is_ever_said_to_beat_all_of_a_thousand_windows() -> None:
    """The next quiet window may be larger: 1 in 1,170 is what was seen."""
    assert "over 99.9 %" in say(make_reaction(percentile=1.0, quiet_windows=1_170))["Against quiet days"]


def test_a_move_before_publication_is_flagged_whatever_the_verdict() -> None:
    """Somebody may have known: compliance reads this line, also where the market went on to confirm."""
    before = make_reaction(Window.BEFORE_30M, abnormal=0.02, z=3.4)
    assert [drift.z for drift in find_early_moves(alert_of(make_reaction(z=3.0), before))] == [3.4]
    assert "+2.00 % abnormal in the 30 min before (z 3.4)" in say(make_reaction(z=3.0), before)["Before publication"]
    assert "Before publication" not in say(make_reaction(Window.BEFORE_30M, abnormal=0.02, z=1.4))
    common = make_reaction(Window.BEFORE_30M, abnormal=0.02, z=3.4, percentile=0.9, quiet_windows=1_200)
    assert "Before publication" not in say(common)


def test_a_raw_move_is_not_called_abnormal() -> None:
    """Without a benchmark it may be the whole market's."""
    assert say(make_reaction(Window.BEFORE_30M, abnormal=0.2, z=9.0, model=NormalModel.RAW)) == {}


def test_what_moved_without_being_named_is_named_here() -> None:
    """A fund, a peer or the twin listing that jumps tells that the market read more than the text says."""
    mover = Mover(name="CSOP Hang Seng TECH ETF", kinship=Kinship.FUND, reaction=make_reaction(z=5.1))
    words = say(make_reaction(z=2.0), movers=(mover,))["Unnamed but moved"]
    assert words == "CSOP Hang Seng TECH ETF 0700.HK (fund) +2.00 % abnormal, z 5.1"
