"""Fault row 11: a burst goes out loudest first, the rest in digests; every alert id stands in some message, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.alerts import digest
from services.alerts.alert import Agreement, DeliveryState, Severity
from services.alerts.digest import MOST_LINES, MOST_SINGLE, write_digest
from services.alerts.slack_text import units
from streams.slack.limits import check_message
from streams.slack_stand_in.faults import Fault, FaultKind
from tests.slack.conftest import CHANNEL, START, make_alert
from tests.slack.notifier_bench import NotifierBench, payload_of


class Killed(BaseException):
    """The process is gone: no handler of ours may see this."""


def numbered(count, **changes):
    return [replace(make_alert(number), **changes) for number in range(count)]


def scored(number, score):
    alert = make_alert(number)
    return replace(alert, signal=replace(alert.signal, score=score), severity=Severity.ALERT)


def digests(bench):
    return [message for message in bench.messages() if "alert_ids" in payload_of(message)]


def later(alert, revision, **changes):
    return replace(alert, revision=revision, revised_at=START + timedelta(minutes=revision), **changes)


def test_row_11_five_hundred_alerts_are_all_told_within_a_minute_at_one_message_a_second():
    """Alone they would take more than eight minutes."""
    bench = NotifierBench()
    bench.publish(*numbered(500))
    bench.run(60)
    assert bench.told() == sorted(f"alert{number}" for number in range(500))
    assert len(bench.messages()) <= 45
    assert bench.committed == 500


def test_up_to_twenty_wait_for_messages_of_their_own():
    """A card says more than a line."""
    bench = NotifierBench()
    bench.publish(*numbered(MOST_SINGLE))
    bench.run(25)
    assert digests(bench) == []
    assert len(bench.shown()) == MOST_SINGLE


def test_the_loudest_get_their_own_message_and_a_digest_is_ranked_by_severity_points():
    """What matters most must not stand in a list."""
    bench = NotifierBench()
    quiet = [scored(number, 0.3 + number / 100) for number in range(30)]
    loud = [replace(make_alert(100 + number), severity=Severity.FLASH) for number in range(10)]
    bench.publish(*quiet, *loud)
    bench.run(9.5)
    assert [name for name, _ in bench.shown()] == [f"alert{100 + number}" for number in range(10)]
    bench.run(30)
    (message,) = digests(bench)
    ids = str(payload_of(message)["alert_ids"]).split(",")
    assert ids == sorted(ids, key=lambda name: -int(name.removeprefix("alert")))
    assert bench.told() == sorted(alert.alert_id for alert in (*quiet, *loud))
    texts = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert all(f"alert {name}" in text for name, text in zip(ids, texts, strict=True))


def test_the_receipt_of_each_alert_says_in_which_message_it_stands():
    """So that `why` and a restart find it."""
    bench = NotifierBench()
    bench.publish(*numbered(40))
    bench.run(40)
    (message,) = digests(bench)
    for name in str(payload_of(message)["alert_ids"]).split(","):
        receipt = bench.log.last(name, CHANNEL)
        assert receipt is not None
        assert (receipt.state, receipt.slack_ts) == (DeliveryState.SENT, message.ts)
        assert receipt.digest_id == payload_of(message)["alert_id"]


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [({}, False), ({"severity": Severity.FLASH}, True), ({"agreement": Agreement.CONTRADICTED}, True)],
)
def test_an_alert_of_a_digest_gets_its_own_message_only_when_it_matters(changes, is_told):
    """A line cannot be edited; a Flash or a verdict is worth a card, and from then on it is one like any other."""
    bench = NotifierBench()
    bench.publish(*numbered(40))
    bench.run(40)
    name = str(payload_of(digests(bench)[0])["alert_ids"]).split(",")[0]
    alert = next(alert for alert in numbered(40) if alert.alert_id == name)
    bench.publish(later(alert, 2, **changes))
    bench.run(5)
    assert ((name, 2) in bench.shown()) is is_told
    assert bench.committed == 41
    bench.publish(later(alert, 3, **changes))
    bench.run(5)
    assert ((name, 3) in bench.shown()) is is_told


@pytest.mark.parametrize("accepted", [False, True])
def test_a_digest_whose_answer_was_lost_is_read_back_also_by_the_next_process(accepted):
    """One doubt for all its alerts: lost 0, extra 0."""
    bench = NotifierBench()
    bench.scripted.add_faults(Fault(kind=FaultKind.DROPPED, accepted=accepted))
    bench.publish(*numbered(45))
    bench.run(0.5)
    bench.restart()
    bench.run(60)
    assert bench.told() == sorted(f"alert{number}" for number in range(45))
    assert bench.committed == 45


def test_a_kill_at_any_boundary_of_a_burst_loses_nothing_and_tells_nothing_twice(monkeypatch):
    """Every boundary of every call to Slack and to the attempt log, once each."""
    monkeypatch.setattr(digest, "MOST_SINGLE", 2)
    monkeypatch.setattr("streams.delivery.channel_sender.MOST_SINGLE", 2)
    tried = 0
    for kill_at in range(1, 200):
        bench = NotifierBench()
        bench.publish(*numbered(6))
        if not run_with_kill(bench, kill_at):
            break
        tried += 1
        bench.run(40)
        assert bench.told() == [f"alert{number}" for number in range(6)], f"killed at boundary {kill_at}"
        assert bench.committed == 6
    assert tried >= 20


def run_with_kill(bench, kill_at):
    """Run until the process is killed at a boundary, and start the next; False when it ended before."""
    count = 0

    def boundary():
        nonlocal count
        count += 1
        if count == kill_at:
            raise Killed

    bench.boundary = boundary
    try:
        bench.run(20)
    except Killed:
        bench.boundary = lambda: None
        bench.clock.wait(1.0)
        bench.restart()
        return True
    return False


def test_a_digest_that_slack_will_not_take_frees_its_alerts():
    """Refused twice as a list, each goes out as a message of its own."""
    bench = NotifierBench()
    bench.scripted.add_faults(Fault(kind=FaultKind.ERROR, error="invalid_blocks", count=2))
    bench.publish(*numbered(30))
    bench.run(60)
    assert digests(bench) == []
    assert bench.told() == sorted(f"alert{number}" for number in range(30))


def test_the_fullest_digest_of_the_longest_texts_is_within_all_limits():
    """Ours is 10,000 characters; Slack's are checked by the stand-in."""
    alerts = []
    for number in range(MOST_LINES):
        alert = make_alert(number)
        signal = replace(
            alert.signal,
            headline="<!channel> 🧑‍💻 & news *x* " * 50,
            url="https://" + "a" * 60 + ".example/x",
            regulators=("X" * 300,),
        )
        alerts.append(replace(alert, signal=signal, alert_id=f"alt_{number:016x}"))
    payload = write_digest(alerts, {})
    check_message(payload["text"], payload["blocks"], {"event_type": "policy_reply", "event_payload": {}})
    texts = [block["text"]["text"] for block in payload["blocks"] if block["type"] == "section"]
    assert sum(units(text) for text in texts) < 10_000
    assert not any("<!" in text for text in texts)
