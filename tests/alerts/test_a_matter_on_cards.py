"""One matter from probe to retraction, from articles to cards: what is said where, and what is not said."""

from __future__ import annotations

from services.alerts.alert import Alert, Silence, SilenceReason
from services.alerts.correlation import Correlation
from services.alerts.news_desk import NewsDesk
from services.alerts.thread_replies import list_replies
from services.signals.signal import PolicySignal, Relation
from tests.alerts.test_correlation import POLICY, ScriptedMarket
from tests.alerts.test_news_desk import article, new_desk, take

DAY = 24 * 60
PROBE = (
    "China's market regulator opens antitrust probe into Meituan",
    "The State Administration for Market Regulation has opened an antitrust investigation into Meituan over unfair "
    "terms for merchants, the regulator said.",
)
FINE = (
    "China's market regulator fines Meituan 3.44 billion yuan for abuse of dominance",
    "The State Administration for Market Regulation fined Meituan 3.44 billion yuan for abusing its dominant position, "
    "the regulator said on Thursday. It ordered the company to stop forcing merchants into exclusive deals.",
)
EXPLAINER = (
    "EXPLAINER: what Meituan's 3.44 billion yuan antitrust fine means",
    "China's market regulator SAMR fined Meituan 3.44 billion yuan for abuse of dominance. Here is what is known.",
)
RETRACTION = (
    "RETRACTED: report that China's market regulator fines Meituan 3.44 billion yuan",
    "Harbour Wire has withdrawn its report that SAMR fined Meituan 3.44 billion yuan for abuse of dominance.",
)


class Line:
    """Desk and correlation, as the two processes run them."""

    def __init__(self) -> None:
        self.desk: NewsDesk = new_desk()
        self.correlation = Correlation(POLICY, ScriptedMarket())
        self.followed: list[Alert] = []

    def tell(self, text: tuple[str, str], minutes: float, source: str = "Harbour Wire") -> Alert | Silence:
        outcome = take(self.desk, article(text, minutes, source))
        assert isinstance(outcome, PolicySignal)
        decided = self.correlation.on_signal(outcome)
        assert decided is not None
        if isinstance(decided, Alert):
            earlier = self.correlation.on_new_act(decided)
            self.followed += [] if earlier is None else [earlier]
        return decided


def test_a_fine_after_a_probe_is_a_card_of_its_own_and_a_reply_in_the_first() -> None:
    """A new act is news; the thread of the old card leads to it."""
    line = Line()
    probe, fine = line.tell(PROBE, 0), line.tell(FINE, 5 * DAY)
    assert isinstance(probe, Alert)
    assert isinstance(fine, Alert)
    assert (fine.revision, fine.signal.relation, fine.signal.follows_headline) == (1, Relation.FOLLOW_UP, PROBE[0])
    assert fine.alert_id != probe.alert_id
    assert [alert.alert_id for alert in line.followed] == [probe.alert_id]
    assert len(list_replies(line.followed[0])) == 1


def test_copies_and_looks_back_are_silent_and_a_retraction_strikes() -> None:
    """The copy in another paper, the explainer an hour later: no message. That it was wrong: on the card at once."""
    line = Line()
    fine = line.tell(FINE, 0)
    copy, explainer = line.tell(FINE, 5, "Bay Mirror"), line.tell(EXPLAINER, 60, "Bay Mirror")
    assert isinstance(copy, Silence)
    assert copy.reason is SilenceReason.REPRINT
    assert isinstance(explainer, Silence)
    assert explainer.reason is SilenceReason.BACKGROUND
    struck = line.tell(RETRACTION, 90)
    assert isinstance(fine, Alert)
    assert isinstance(struck, Alert)
    assert (struck.alert_id, struck.cause, struck.reports[-1].is_retraction) == (fine.alert_id, "correction", True)
