"""Who gets an alert: first match, continue, children before parents, and a fallback that takes the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.alerts.alert import Agreement, Alert, Severity
from services.alerts.routing import Route, RoutingTable, route_alert
from services.alerts.watchlists import Watchlist, find_watchlists, find_weight
from services.signals.signal import Role, Tone
from tests.alerts.alert_samples import PUBLISHED, make_exposure, make_signal

HOLDINGS = {"holdings": Watchlist(instruments={"0700.HK": 2.0, "9988.HK": 3.0})}


def alert_of(severity: Severity = Severity.URGENT, **changes: object) -> Alert:
    return Alert(
        alert_id="alt_1",
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


def send(alert: Alert, *routes: Route) -> tuple[str, ...]:
    return route_alert(alert, RoutingTable(fallback="desk", routes=routes, watchlists=HOLDINGS)).channels


def test_what_no_route_takes_goes_to_the_fallback() -> None:
    """A gap in the tree must not be a lost alert."""
    assert send(alert_of()) == ("desk",)
    assert send(alert_of(), Route(name="a", regulator=("SEC",), to=("us",))) == ("desk",)


def test_the_first_match_takes_the_alert_unless_it_continues() -> None:
    """As in Alertmanager: order is priority."""
    first, second = Route(name="a", to=("one",)), Route(name="b", to=("two",))
    assert send(alert_of(), first, second) == ("one",)
    assert send(alert_of(), Route(name="a", to=("one",), go_on=True), second) == ("one", "two")


def test_a_child_is_asked_before_its_parent_delivers() -> None:
    """The finer route wins; where none matches the parent keeps the alert."""
    child = Route(name="loud", severity=Severity.FLASH, to=("pager",))
    parent = Route(name="china", regulator=("SAMR",), to=("china",), routes=(child,))
    assert send(alert_of(Severity.FLASH), parent) == ("pager",)
    assert send(alert_of(Severity.URGENT), parent) == ("china",)


def test_every_matcher_must_hold_and_any_of_its_values_will_do() -> None:
    """And across keys, or within a key."""
    route = Route(name="a", tone=(Tone.RESTRICTIVE, Tone.SUPPORTIVE), regulator=("SEC", "SAMR"), to=("x",))
    assert send(alert_of(), route) == ("x",)
    assert send(alert_of(tone=Tone.NEUTRAL), route) == ("desk",)
    assert send(alert_of(language="zh"), Route(name="a", language=("en",), to=("x",))) == ("desk",)


def test_a_watchlist_matches_by_any_listing_but_not_by_a_mere_mention() -> None:
    """A holder of the New York line is touched by a rule for the company."""
    route = Route(name="a", watchlist=("holdings",), to=("x",))
    assert send(alert_of(), route) == ("x",)
    assert send(alert_of(exposures=(make_exposure("0700.HK", Role.MENTIONED),)), route) == ("desk",)


def test_the_way_says_why_a_route_did_not_match() -> None:
    """`route test` prints it: the question after every missing message."""
    table = RoutingTable(fallback="desk", routes=(Route(name="us", regulator=("SEC",), to=("us",)),))
    (step,) = route_alert(alert_of(), table).steps
    assert step.why == "regulator is SAMR, wanted SEC"


def test_a_holding_makes_an_alert_louder_and_a_sector_hit_half_as_much() -> None:
    """The largest weight counts; a mention counts nothing."""
    assert find_weight(make_signal(), HOLDINGS) == (2.0, "0700.HK")
    by_sector = make_signal(exposures=(make_exposure("9988.HK", Role.SECTOR),))
    assert find_weight(by_sector, HOLDINGS) == (2.0, "9988.HK")
    assert find_weight(make_signal(exposures=(make_exposure("0700.HK", Role.MENTIONED),)), HOLDINGS) == (1.0, "")
    assert find_watchlists(by_sector, HOLDINGS) == {"holdings"}


routes = st.recursive(
    st.builds(
        Route,
        name=st.just("r"),
        regulator=st.sampled_from([(), ("SAMR",), ("SEC",)]),
        tone=st.sampled_from([(), (Tone.SUPPORTIVE,), (Tone.RESTRICTIVE,)]),
        severity=st.sampled_from(Severity),
        to=st.sampled_from([("a",), ("b",), ("a", "c")]),
        go_on=st.booleans(),
    ),
    lambda inner: st.builds(
        Route, name=st.just("p"), to=st.just(("p",)), go_on=st.booleans(), routes=st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@given(st.lists(routes, max_size=4), st.sampled_from(Severity))
def test_every_alert_reaches_somebody_and_nobody_twice(tree: list[Route], severity: Severity) -> None:
    """Whatever the tree looks like."""
    channels = send(alert_of(severity), *tree)
    assert channels
    assert len(set(channels)) == len(channels)
