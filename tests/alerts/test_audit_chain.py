"""The chain of the audit: no record can be removed, changed, moved or added unseen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.audit import BEGINNING, Link, check_chain, check_expected, digest_of
from streams.conversation.audit_report import say_proven


def make_chain(count: int) -> list[bytes]:
    """Records as they lie on the topic."""
    records: list[bytes] = []
    previous = BEGINNING
    for number in range(1, count + 1):
        records.append(json.dumps({"number": number, "previous": previous, "what": f"mute {number}"}).encode())
        previous = digest_of(records[-1])
    return records


def links_of(records: list[bytes]) -> list[Link]:
    read = [(json.loads(data), digest_of(data)) for data in records]
    return [Link(number=one["number"], previous=one["previous"], digest=digest) for one, digest in read]


def test_a_whole_chain_is_sound_and_names_its_end() -> None:
    """The last digest is what a person notes elsewhere."""
    records = make_chain(5)
    chain = check_chain(links_of(records))
    assert (chain.links, chain.problem, chain.last) == (5, "", digest_of(records[-1]))
    assert check_chain([]).last == BEGINNING


@given(count=st.integers(2, 12), data=st.data())
def test_any_one_record_removed_but_the_last_is_found(count: int, data: st.DataObject) -> None:
    """Also the first."""
    records = make_chain(count)
    del records[data.draw(st.integers(0, count - 2))]
    assert check_chain(links_of(records)).problem.endswith("missing")


@given(count=st.integers(2, 12), data=st.data())
def test_any_one_record_changed_but_the_last_is_found(count: int, data: st.DataObject) -> None:
    """A change of one letter changes the digest that the next record holds."""
    records = make_chain(count)
    place = data.draw(st.integers(0, count - 2))
    records[place] = records[place].replace(b"mute", b"Mute")
    chain = check_chain(links_of(records))
    assert chain.links == place + 1
    assert "one of the two was changed" in chain.problem


def test_a_record_that_comes_twice_is_found() -> None:
    """Two processes that wrote at once, or a copied record."""
    records = make_chain(3)
    assert "comes twice" in check_chain(links_of([*records, records[1]])).problem


@pytest.mark.parametrize("kept", [2, 3])
def test_a_digest_noted_elsewhere_finds_a_missing_end_and_a_new_chain(kept: int) -> None:
    """The chain alone cannot tell that its last records are gone."""
    records = make_chain(4)
    noted = digest_of(records[-1])[:16].upper()
    assert check_chain(links_of(records), noted).problem == ""
    assert "its end is missing" in check_chain(links_of(records[:kept]), noted).problem


@given(count=st.integers(2, 12), data=st.data())
def test_two_records_that_changed_places_are_said_to_be_moved(count: int, data: st.DataObject) -> None:
    """Not "missing": all of them are there."""
    records = make_chain(count)
    one = data.draw(st.integers(0, count - 2))
    records[one], records[one + 1] = records[one + 1], records[one]
    assert "they were moved" in check_chain(links_of(records)).problem


def test_changes_since_the_noted_digest_are_counted() -> None:
    """What was noted proves the chain up to there."""
    records = make_chain(5)
    assert check_chain(links_of(records), digest_of(records[2])).after_expected == 2


@pytest.mark.parametrize("given_digest", ["a", "0123456789abcde", "g" * 16, "0" * 65])
def test_a_digest_that_would_fit_by_chance_is_refused(given_digest: str) -> None:
    """One digit fits some record of any longer chain."""
    assert "16 to 64 hexadecimal digits" in check_expected(given_digest)
    assert check_expected("0123456789ABCDEF") == ""


def test_only_what_was_proven_is_said() -> None:
    """Without a digest from before, a chain whose end was cut off looks whole."""
    records = make_chain(4)
    cut = "\n".join(say_proven(check_chain(links_of(records[:2])), ""))
    assert "cut off" in cut
    assert "none missing" not in cut
    assert "empty" in say_proven(check_chain([]), "")[0]
    noted = digest_of(records[1])
    assert "up to the one that you noted; 2 since" in say_proven(check_chain(links_of(records), noted), noted)[0]
