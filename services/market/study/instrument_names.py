"""One instrument written in several ways: 700.HK, 0700.HK and 00700.HK are the same, and nothing else is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"0*([0-9]+)(\.[A-Z]{1,4})")


def normal_form(instrument: str) -> str:
    """The name without leading zeros, where it is a number with a suffix in capitals; else as it is.

    >>> normal_form("00700.HK"), normal_form("007"), normal_form("0700.hk")
    ('700.HK', '007', '0700.hk')
    """
    found = _NUMBERED.fullmatch(instrument)
    return found[1] + found[2] if found else instrument


class InstrumentNames:
    """Finds names as somebody wrote them among those of a price file."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_form: dict[str, list[str]] = {}
        for name in sorted(self._names):
            self._by_form.setdefault(normal_form(name), []).append(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def find(self, name: str) -> tuple[str, ...]:
        """The name itself when it is there, else those with the same normal form: none, one, or an ambiguity."""
        return (name,) if name in self._names else tuple(self._by_form.get(normal_form(name), ()))
