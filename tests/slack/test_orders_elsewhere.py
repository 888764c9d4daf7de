"""What people order in Slack, as the other processes see it: the notifier's cards, the correlator's silences."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Settings
from services.alerts.acknowledgement import Acknowledgement
from services.alerts.alert import Silence, SilenceReason
from services.alerts.card_actions import ACKNOWLEDGE
from services.alerts.correlation import Correlation
from services.alerts.desk import ActionRecord, Order, key_of
from services.alerts.mutes import Mute, MuteKind
from streams.broker.kafka import Outbox, Record
from streams.clock import wall_clock
from streams.codec import decode, encode
from streams.correlator import Correlator
from streams.delivery.card_writer import CardWriter
from streams.rendering.card_samples.sample_alerts import NAMES
from streams.topics import POLICY_ACTIONS, POLICY_SIGNALS, POLICY_SILENCES
from streams.watching.desk_reader import DeskReader
from tests.alerts.alert_samples import POLICY, PUBLISHED, make_signal
from tests.alerts.test_correlation import ScriptedMarket
from tests.conftest import make_settings
from tests.slack.actions_bench import make_alert, own_broker
from tests.streams.waiting import wait_until

pytestmark = pytest.mark.parts
MUTE = Mute(
    number=1,
    kind=MuteKind.REGULATOR,
    target="SAMR",
    since=PUBLISHED,
    until=PUBLISHED + timedelta(hours=1),
    by="U0TRADER",
    channel="C0DESK",
)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with own_broker() as bootstrap:
        yield make_settings(bootstrap)


def order(settings: Settings, *orders: Order) -> None:
    outbox = Outbox(settings)
    for one in orders:
        outbox.send(POLICY_ACTIONS.name, key_of(one), encode(ActionRecord(order=one)))
    outbox.flush()
    outbox.close()


def make_owner(number: int) -> Acknowledgement:
    return Acknowledgement(alert_id=make_alert(number).alert_id, revision=1, by="U0TRADER", at=wall_clock())


def test_the_notifier_knows_owners_of_before_its_start_and_learns_of_new_ones(settings: Settings) -> None:
    """An edit that came after the acknowledgement must keep it, whichever process was away."""
    order(settings, make_owner(1))
    reader = DeskReader(settings)
    try:
        assert reader.owner_of(make_alert(1).alert_id) is not None
        assert reader.owner_of(make_alert(2).alert_id) is None
        order(settings, make_owner(2))
        wait_until(lambda: reader.owner_of(make_alert(2).alert_id) is not None, "the new owner")
    finally:
        reader.close()


def test_a_card_has_buttons_only_when_somebody_listens_and_names_its_owner() -> None:
    """Without slack_actions a button would end in an error sign."""
    alert, owner = make_alert(3), make_owner(3)
    plain = str(CardWriter(NAMES).write(alert, wall_clock(), None))
    fresh = str(CardWriter(NAMES, owner_of=lambda alert_id: None).write(alert, wall_clock(), None))
    taken = str(CardWriter(NAMES, owner_of=lambda alert_id: owner).write(alert, wall_clock(), None))
    assert [ACKNOWLEDGE in one for one in (plain, fresh, taken)] == [False, True, False]
    assert ["<@U0TRADER>" in one for one in (plain, fresh, taken)] == [False, False, True]


def as_record(topic: str, value: bytes) -> Record:
    return Record(topic=topic, partition=0, offset=0, key=None, value=value, timestamp_ms=0)


def silences_of(correlator_orders: tuple[Order, ...], settings: Settings, *, at_start: bool) -> list[Silence]:
    """What one signal ends in, with orders that lie on the topic at the start or come after it."""
    sent: list[tuple[str, bytes]] = []

    async def send(*record: Any) -> None:
        sent.append((record[0], record[2]))

    correlator = Correlator(settings, Correlation(POLICY, ScriptedMarket()), send)
    correlator.rebuild()

    async def play() -> None:
        for one in () if at_start else correlator_orders:
            await correlator.on_action(as_record(POLICY_ACTIONS.name, encode(ActionRecord(order=one))))
        await correlator.on_signal(as_record(POLICY_SIGNALS.name, encode(make_signal())))

    asyncio.run(play())
    return [decode(Silence, value) for topic, value in sent if topic == POLICY_SILENCES.name]


def test_the_correlator_obeys_a_mute_that_comes_while_it_runs(settings: Settings) -> None:
    """Within the moment that Kafka needs."""
    assert silences_of((), settings, at_start=False) == []
    assert [one.reason for one in silences_of((MUTE,), settings, at_start=False)] == [SilenceReason.MUTED]


def test_the_correlator_obeys_a_mute_from_before_its_start(settings: Settings) -> None:
    """A restart ends no mute."""
    order(settings, MUTE)
    assert [one.reason for one in silences_of((), settings, at_start=True)] == [SilenceReason.MUTED]
