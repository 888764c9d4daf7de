"""The webhook against a real server: signed, judged rightly, and never led inside."""

from __future__ import annotations

import json
import socket
import time
from collections import deque

import pytest
from msgspec.structs import replace

from config.settings import Secret
from services.alerts.brief import Brief, BriefItem
from services.alerts.webhook_signature import find_forgery
from streams.outputs.output import ResultKind
from streams.outputs.webhook import Webhook, read_status
from tests.outputs.receiver import LOST, SLOW, Receiver
from tests.slack.conftest import make_alert

KEY = "a-key-of-at-least-16"


def hook(url, **changes):
    fields = {"allow_internal": True, "deadline_seconds": 30.0, **changes}
    return Webhook(url, Secret(KEY), **fields)


def send_one(receiver, alert=None, **changes):
    webhook = hook(receiver.url, **changes)
    return webhook.send(webhook.write_alert(alert or make_alert(), is_follow_up=False))


def test_an_alert_arrives_whole_signed_and_with_its_key():
    """The receiver can prove who sent it, and knows a repeat by the key, which names alert and revision."""
    with Receiver() as receiver:
        assert send_one(receiver, make_alert(3, 2)).kind is ResultKind.SENT
    (received,) = receiver.accepted
    assert not find_forgery([KEY], received.headers, received.body, time.time())
    message = json.loads(received.body)
    assert received.headers["Idempotency-Key"] == message["idempotency_key"] == "alert3.2"
    assert (message["type"], message["alert_id"], message["revision"]) == ("alert", "alert3", 2)
    assert message["alert"]["signal"]["headline"] == "Authority backs platform companies, part 3"
    assert "note" not in message


def test_a_brief_and_a_notice_have_keys_of_their_own():
    """Each kind says what it is."""
    webhook = hook("http://127.0.0.1:1/")
    brief = Brief(title="Brief 10:00", waited=(BriefItem(alert=make_alert(), points=1.0),))
    said = [json.loads(one.body) for one in (webhook.write_brief(brief, "brf_1"), webhook.write_notice("n1", "Hello"))]
    assert [(one["type"], one["idempotency_key"]) for one in said] == [("brief", "brf_1"), ("notice", "n1")]
    assert said[0]["alerts"][0]["alert_id"] == "alert1"


@pytest.mark.parametrize(
    ("answer", "kind", "retry_after"),
    [
        (200, ResultKind.SENT, 0.0),
        (202, ResultKind.SENT, 0.0),
        (301, ResultKind.REFUSED, 0.0),
        (400, ResultKind.CONTENT, 0.0),
        (401, ResultKind.REFUSED, 0.0),
        (404, ResultKind.REFUSED, 0.0),
        (413, ResultKind.CONTENT, 0.0),
        ((429, "7"), ResultKind.NOT_SENT, 7.0),
        (500, ResultKind.IN_DOUBT, 0.0),
        ((503, "20"), ResultKind.IN_DOUBT, 20.0),
        (LOST, ResultKind.IN_DOUBT, 0.0),
    ],
)
def test_each_answer_is_judged_by_what_it_proves(answer, kind, retry_after):
    """2xx alone is proof of arrival; a 4xx of the opposite; what is lost or broken proves nothing."""
    with Receiver(deque([answer])) as receiver:
        result = send_one(receiver)
    assert (result.kind, result.retry_after) == (kind, retry_after)


def test_a_receiver_that_does_not_answer_is_left_at_the_deadline():
    """In doubt: it may have taken the message all the same."""
    with Receiver(deque([SLOW])) as receiver:
        result = send_one(receiver, deadline_seconds=0.5)
    assert (result.kind, result.detail) == (ResultKind.IN_DOUBT, "timeout")


def test_where_nobody_listens_nothing_was_sent():
    """No doubt about it, so the next try is no repeat."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = hook(f"http://127.0.0.1:{taken.getsockname()[1]}/").send(
            hook("http://127.0.0.1:1/").write_alert(make_alert(), is_follow_up=False)
        )
    assert result.kind is ResultKind.NOT_SENT


def test_a_redirect_is_not_followed():
    """It could lead anywhere, and would carry the alert there."""
    with Receiver(deque([302])) as receiver:
        assert send_one(receiver).kind is ResultKind.REFUSED
        assert len(receiver.requests) == 1


INSIDE = ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost"]


@pytest.mark.parametrize("host", INSIDE)
def test_no_form_of_a_private_address_is_connected_to(host):
    """An address in the file that leads inside is a mistake or an attack, unless the file says that it is meant."""
    with Receiver() as receiver:
        webhook = hook(receiver.url.replace("127.0.0.1", host), allow_internal=False)
        result = webhook.send(webhook.write_alert(make_alert(), is_follow_up=False))
    assert result.kind is ResultKind.REFUSED
    assert not receiver.requests


def test_the_clouds_own_addresses_are_never_asked_even_when_inside_is_allowed():
    """Keys of the machine lie at 169.254.169.254; no webhook of anybody does."""
    webhook = hook("http://169.254.169.254/hook")
    assert webhook.send(webhook.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.REFUSED
    assert [webhook.may_ask(one) for one in ("10.0.0.5", "fe80::1", "0.0.0.0", "224.0.0.1")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_name_that_leads_inside_by_one_of_its_addresses_is_refused():
    """The check is made on the addresses that are connected to, so a name server that flips changes nothing."""
    with Receiver() as receiver:
        answers = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 0)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", 0))]
        webhook = hook(
            f"http://hook.example:{receiver.port}/hook", allow_internal=False, lookup=lambda _host, _port: answers
        )
        assert webhook.send(webhook.write_alert(make_alert(), is_follow_up=False)).kind is ResultKind.REFUSED
        assert not receiver.requests


def test_a_replaced_key_is_used_at_once(tmp_path):
    """Its file is read for each try, so a rotation needs no restart."""
    file = tmp_path / "key"
    file.write_text("the-first-key-of-all\n", encoding="utf-8")
    with Receiver() as receiver:
        webhook = Webhook(receiver.url, Secret("", file), allow_internal=True)
        outgoing = webhook.write_alert(make_alert(), is_follow_up=False)
        webhook.send(outgoing)
        file.write_text("the-second-key-of-all\n", encoding="utf-8")
        webhook.send(outgoing)
    keys = ["the-first-key-of-all", "the-second-key-of-all"]
    first, second = receiver.accepted
    assert [not find_forgery([key], first.headers, first.body, time.time()) for key in keys] == [True, False]
    assert [not find_forgery([key], second.headers, second.body, time.time()) for key in keys] == [False, True]


def test_the_second_route_says_so_in_the_message():
    """A machine, too, must know that this was meant for somebody else."""
    webhook = hook("http://127.0.0.1:1/")
    words = json.loads(webhook.write_alert(make_alert(), is_follow_up=False, note="Second route: of desk.").body)
    assert words["note"] == "Second route: of desk."


def test_no_result_repeats_what_the_other_side_said():
    """Its words could be anything, and its address may hold a key."""
    assert read_status(500).detail == "status 500"
    assert KEY not in str(hook("https://hook.example/secret-path")._key)


def test_every_revision_is_another_message():
    """A program wants the whole course, in order; each is whole."""
    webhook = hook("http://127.0.0.1:1/")
    keys = [webhook.write_alert(make_alert(1, number), is_follow_up=number > 1).key for number in (1, 2, 3)]
    assert keys == ["alert1.1", "alert1.2", "alert1.3"]
    assert replace(make_alert(), revision=2).alert_id == "alert1"
