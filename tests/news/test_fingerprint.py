"""MinHash: how much of two texts is the same, from 64 numbers each."""

from __future__ import annotations

import pytest

from services.news.fingerprint import fingerprint, resemblance


def test_resemblance_estimates_what_is_shared() -> None:
    """64 minima estimate the Jaccard similarity within about 0.06."""
    words = [f"word{number}" for number in range(400)]
    half, other = " ".join(words[:300]), " ".join(words[100:])
    true = (200 - 2) / (400 - 2 - 2)
    assert resemblance(fingerprint(half), fingerprint(other)) == pytest.approx(true, abs=0.15)
    assert resemblance(fingerprint(half), fingerprint("nothing alike at all here")) < 0.1


def test_a_missing_fingerprint_resembles_nothing() -> None:
    """Records of another version may lack it or have more numbers: that is no likeness, and no crash."""
    assert resemblance((), fingerprint("a b c d")) == 0.0
    assert resemblance((1, 2), fingerprint("a b c d")) == 0.0
