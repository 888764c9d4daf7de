"""A price in a wrong unit is a wrong price, and not every trade forms one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Unreadable
from services.market.ticks.tick import Tick
from services.market.ticks.tick_columns import check_columns, columns_of
from services.market.ticks.tick_labels import label_ticks
from services.market.ticks.trade_rules import NO_RULES, TradeRules, Unit, admit_trade

NOW = datetime(2023, 7, 13, 6, 0, tzinfo=UTC)
RULES = TradeRules(
    currencies={"BP.L": "GBP", "0700.HK": "HKD", "PENCE.L": "GBX"},
    units={"GBX": Unit(of="GBP", parts=100.0), "GBp": Unit(of="GBP", parts=100.0)},
    not_price_forming=frozenset({"odd_lot", "cancelled"}),
)


def tick(instrument: str, currency: str | None = None, *conditions: str, price: float = 480.5) -> Tick:
    return Tick(
        instrument=instrument, price=price, volume=100.0, traded_at=NOW, conditions=conditions, currency=currency
    )


def test_pence_become_pounds() -> None:
    """Half of London's feeds say GBX and half say GBP: without this a share would lose 99 % from one to the other."""
    assert admit_trade(tick("BP.L", "GBX"), RULES).price == pytest.approx(4.805)
    assert admit_trade(tick("BP.L", "GBp"), RULES).price == pytest.approx(4.805)
    assert admit_trade(tick("BP.L", "GBP", price=4.805), RULES).price == 4.805


def test_a_listing_that_the_file_keeps_in_pence_stays_in_pence() -> None:
    """Whoever has a history in pence says so in market.toml."""
    assert admit_trade(tick("PENCE.L", "GBX"), RULES).price == 480.5


@pytest.mark.parametrize(
    ("instrument", "currency"),
    [("0700.HK", "USD"), ("0700.HK", "hkd"), ("0700.HK", "GBX"), ("BP.L", "gbp"), ("PENCE.L", "GBP")],
)
def test_another_currency_is_refused(instrument: str, currency: str) -> None:
    """Capitals count: GBp is not GBP."""
    with pytest.raises(Unreadable) as refused:
        admit_trade(tick(instrument, currency), RULES)
    assert refused.value.reason == "wrong_currency"


def test_without_a_word_the_price_is_taken_as_it_is() -> None:
    """Most feeds send one currency only and do not say which; an index has none."""
    plain = tick("BP.L")
    assert admit_trade(plain, RULES) is plain
    assert admit_trade(tick("HSI", "HKD"), RULES).price == 480.5


def test_one_odd_condition_is_enough() -> None:
    """A cancelled trade that is regular otherwise is still cancelled."""
    with pytest.raises(Unreadable) as refused:
        admit_trade(tick("0700.HK", "HKD", "regular", "cancelled"), RULES)
    assert refused.value.reason == "not_price_forming"
    assert admit_trade(tick("0700.HK", "HKD", "regular"), RULES).conditions == ()


TICKS = st.lists(
    st.builds(
        lambda name, currency, words, price: tick(name, currency, *words, price=price),
        st.sampled_from(["BP.L", "0700.HK", "PENCE.L", "HSI"]),
        st.sampled_from([None, "GBP", "GBX", "GBp", "HKD", "USD"]),
        st.lists(st.sampled_from(["odd_lot", "cancelled", "regular", "x"]), max_size=3),
        st.sampled_from([0.5, 480.5, -1.0]),
    ),
    max_size=30,
)


@given(TICKS)
def test_columns_and_single_ticks_are_judged_alike(ticks: list[Tick]) -> None:
    """The quick way differs in nothing but time; a bad price is refused before its labels are looked at."""
    good, refused = check_columns(columns_of(ticks), NOW, RULES)
    singly, reasons = [], []
    for one in ticks:
        try:
            if one.price <= 0:
                raise Unreadable("not_positive")
            singly.append(admit_trade(one, RULES))
        except Unreadable as error:
            reasons.append(error.reason)
    assert [good.tick(index) for index in range(len(good))] == singly
    assert dict(refused) == {reason: reasons.count(reason) for reason in reasons}


@given(TICKS)
def test_labels_survive_the_way_into_columns_and_back(ticks: list[Tick]) -> None:
    """A producer sends them on."""
    columns = columns_of(ticks)
    assert [columns.tick(index) for index in range(len(columns))] == ticks
    every_other = columns.where(columns.code % 2 == 0)
    kept = [one for one, code in zip(ticks, columns.code.tolist(), strict=True) if code % 2 == 0]
    assert [every_other.tick(index) for index in range(len(every_other))] == kept


def test_ticks_without_labels_cost_nothing_and_are_not_copied() -> None:
    """The hot path: a frame without words passes as it is."""
    columns = columns_of([tick("0700.HK"), tick("HSI")])
    assert (columns.conditions, columns.currency) == (None, None)
    assert check_columns(columns, NOW, RULES)[0] is columns
    assert label_ticks([[], []]) is None


def test_a_future_trade_stays_refused_whatever_its_labels() -> None:
    """Labels add reasons and take none away."""
    late = columns_of([tick("0700.HK", "HKD")])
    assert check_columns(late, NOW - timedelta(hours=1), NO_RULES)[1] == {"future_time": 1}
