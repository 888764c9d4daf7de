"""The vocabulary of regulatory acts: what kinds of cue exist, and the automaton that finds them in one pass.

A cue never decides alone: ``act_rules_govern`` finds what governs what inside a clause, ``act_rules_effect`` turns the
score, ``act_rules_clause`` adds actor and weight. The vocabularies are text, one group after another:

    [KIND strength bare stage official]      stage ``-`` for none; "official" when only an authority can do it
    ban~~ | export curb+ | levy              ``~`` inflects a verb, ``~~`` doubles its last letter, ``+`` is a plural
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

import ahocorasick
from msgspec import Struct

from services.signals.signal import Stage


class Kind(IntEnum):
    """What a phrase does in a clause."""

    BURDEN = 1
    """Weighs on business: a fine, a ban, a tariff."""
    RELIEF = 2
    """Helps business: an approval, a subsidy, a tax cut."""
    LESS = 3
    """Ends, cuts or delays what it governs."""
    MORE = 4
    """Starts, raises or extends what it governs."""
    NOT = 5
    APPEAL = 6
    """An appeal turns the act round only when it is won or lost."""
    AUTHORITY = 7
    COUNTRY = 8
    """A country or capital acts only as the subject of the clause."""
    PRIVATE = 9
    """A company, platform, club or league as the actor."""
    BACKGROUND = 10
    COMMENTARY = 11
    DENIAL = 12
    TENTATIVE = 13
    """Planned, mulled, proposed: half an act."""
    POLICY = 14
    """Policy is spoken of, without a direction."""
    OFFTOPIC = 15
    TURN = 16
    """"but": what follows weighs more."""
    ASIDE = 17
    """"after", "amid", "which": what follows is a circumstance."""
    PLAIN = 18
    """Looks like a cue and is none: "fine dining"."""


class Cue(Struct, frozen=True):
    """One phrase of the vocabulary."""

    kind: Kind
    phrase: str
    strength: float = 0.0
    """Signed effect on business when governed by MORE or nothing; -1..1."""
    bare: float = 0.0
    """Signed effect when nothing governs it; for LESS and MORE: when it governs nothing."""
    stage: Stage | None = None
    official: bool = False
    """True when only an authority can do it: a tariff, a sanction."""
    active: bool = False
    """Present or plain verb form: its subject is the actor."""


class Found(Struct, frozen=True):
    """A cue at ``start`` .. ``end`` of a folded text."""

    start: int
    end: int
    cue: Cue


class CueFinder:
    """Finds the longest cues of a folded text, left to right, without overlap."""

    def __init__(self, vocabularies: Iterable[str], *, whole_words: bool) -> None:
        """``vocabularies``: texts of groups; of a phrase written twice the first counts."""
        self._whole_words = whole_words
        self._automaton = ahocorasick.Automaton()
        for vocabulary in vocabularies:
            for cue in parse_vocabulary(vocabulary):
                if cue.phrase not in self._automaton:
                    self._automaton.add_word(cue.phrase, cue)
        self._automaton.make_automaton()

    def find(self, folded: str) -> list[Found]:
        """Cues in order; a longer phrase hides every phrase inside it."""
        hits = []
        for last, cue in self._automaton.iter(folded):
            start = last + 1 - len(cue.phrase)
            if not self._whole_words or _stands_alone(folded, start, last + 1):
                hits.append((start, -(last + 1), cue))
        hits.sort(key=lambda hit: (hit[0], hit[1]))
        found: list[Found] = []
        free_from = 0
        for start, negative_end, cue in hits:
            if start >= free_from:
                found.append(Found(start, -negative_end, cue))
                free_from = -negative_end
        return found


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = start == 0 or not text[start - 1].isalnum()
    return before and (end == len(text) or not text[end].isalnum())


def parse_vocabulary(text: str) -> Iterator[Cue]:
    """Every form of every phrase of a vocabulary text; raises KeyError or ValueError on a header that is wrong."""
    for group in text.split("[")[1:]:
        header, _, phrases = group.partition("]")
        kind, strength, bare, stage, *official = header.split()
        for written in phrases.split("|"):
            for phrase, active in inflect(" ".join(written.split())):
                yield Cue(
                    kind=Kind[kind],
                    phrase=phrase,
                    strength=float(strength),
                    bare=float(bare),
                    stage=None if stage == "-" else Stage(stage),
                    official=official == ["official"],
                    active=active,
                )


def inflect(written: str) -> Iterator[tuple[str, bool]]:
    """The forms of a phrase, and whether each is active.

    >>> [form for form, _ in inflect("ban~~ sale")]
    ['ban sale', 'bans sale', 'banned sale', 'banning sale']
    """
    word, mark, rest = _marked(written)
    if mark == "+":
        yield from ((word + rest, False), (_add_s(word) + rest, False))
    elif mark:
        stem = word + word[-1] if mark == "~~" else word
        yield word + rest, True
        yield _add_s(word) + rest, True
        yield _past(stem) + rest, False
        yield (stem[:-1] if stem.endswith("e") and not stem.endswith("ee") else stem) + "ing" + rest, True
    else:
        yield written, False


def _marked(written: str) -> tuple[str, str, str]:
    for mark in ("~~", "~", "+"):
        word, found, rest = written.partition(mark)
        if found:
            return word, mark, rest
    return written, "", ""


def _add_s(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _past(stem: str) -> str:
    if stem.endswith("y") and stem[-2:-1] not in "aeou":
        return stem[:-1] + "ied"
    return stem + ("d" if stem.endswith("e") else "ed")
