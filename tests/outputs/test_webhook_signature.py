"""The signature: who has no key, changes a byte or plays an old request again is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.webhook_signature import REPLAY_WINDOW_SECONDS, find_forgery, sign_headers

RECEIVER = Path(__file__).parents[2] / "deploy" / "webhook_receiver.py"
NOW = 1_689_213_600
KEY, NEW_KEY = "a key of the desk", "the key after it"


def load_receiver():
    spec = importlib.util.spec_from_file_location("webhook_receiver", RECEIVER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


IS_GENUINE = load_receiver().is_genuine


def verdicts(keys, headers, body, now):
    """Of our own check and of the example for receivers: they must never differ."""
    ours = not find_forgery(keys, headers, body, now)
    assert IS_GENUINE(keys, headers, body, now) == ours
    return ours


@given(body=st.binary(max_size=200), key=st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable()))
def test_what_was_signed_is_taken_and_nothing_else(body, key):
    """Any body, any key: genuine with the key, forged with another, or with one bit of the body changed."""
    headers = sign_headers(key, body, NOW)
    assert verdicts([key], headers, body, NOW)
    assert not verdicts([key + "x"], headers, body, NOW)
    assert not verdicts([key], headers, body + b"\0", NOW)


@given(timestamp=st.text(max_size=15), signature=st.text(max_size=80), now=st.floats(0, 4e9), keys=st.lists(st.text()))
def test_no_headers_of_a_stranger_raise_or_pass(timestamp, signature, now, keys):
    """Strangers send what they like."""
    printable = [key for key in keys if key.isprintable()]
    headers = {"X-Policy-Signals-Timestamp": timestamp, "X-Policy-Signals-Signature": signature}
    assert find_forgery(printable, headers, b"{}", now)


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_request_is_good_for_five_minutes_on_either_side(seconds, is_taken):
    """Longer, and a recorded one could be played again; shorter, and clocks that differ would lose alerts."""
    assert REPLAY_WINDOW_SECONDS == 300
    assert verdicts([KEY], sign_headers(KEY, b"{}", NOW), b"{}", NOW + seconds) is is_taken


def test_while_a_key_is_replaced_both_are_taken_and_afterwards_only_the_new_one():
    """Receiver first, sender second, then the old key goes: no request is refused on the way."""
    old, new = sign_headers(KEY, b"{}", NOW), sign_headers(NEW_KEY, b"{}", NOW)
    assert [verdicts([KEY], one, b"{}", NOW) for one in (old, new)] == [True, False]
    assert [verdicts([NEW_KEY, KEY], one, b"{}", NOW) for one in (old, new)] == [True, True]
    assert [verdicts([NEW_KEY], one, b"{}", NOW) for one in (old, new)] == [False, True]


def test_an_empty_key_fits_nothing():
    """A receiver whose variable is not set must not take what everybody can sign."""
    assert not verdicts([""], sign_headers("", b"{}", NOW), b"{}", NOW)
    assert not verdicts([], sign_headers(KEY, b"{}", NOW), b"{}", NOW)


def test_header_names_are_read_in_any_case():
    """Proxies write them small."""
    headers = {name.lower(): value for name, value in sign_headers(KEY, b"{}", NOW).items()}
    assert not find_forgery([KEY], headers, b"{}", NOW)
