"""Bilingual words of acts, topics and names: one automaton turns text of either language into the same concepts."""

from __future__ import annotations

from collections.abc import Iterator

import ahocorasick

from services.stories.glossary_acts import ACTS, SUCCESSORS
from services.stories.glossary_names import NAMES
from services.stories.glossary_topics import TOPICS

ACT, TOPIC, NAME = "act", "topic", "name"


class Glossary:
    """Finds concepts in lower-case text with simplified characters; build it once."""

    def __init__(self) -> None:
        forms: dict[str, list[tuple[str, bool]]] = {}
        for kind, table in ((ACT, ACTS), (TOPIC, TOPICS), (NAME, NAMES)):
            for concept, form in _read_table(table):
                forms.setdefault(form.rstrip("*"), []).append((f"{kind}:{concept}", form.endswith("*")))
        self._automaton = ahocorasick.Automaton()
        for form, concepts in forms.items():
            self._automaton.add_word(form, (len(form), form[0].isascii(), tuple(concepts)))
        self._automaton.make_automaton()

    def find(self, text: str) -> dict[str, int]:
        """Concepts of a text, each with the position where it stands first."""
        found: dict[str, int] = {}
        length = len(text)
        for last, (size, latin, concepts) in self._automaton.iter(text):
            start = last + 1 - size
            if not latin:
                for concept, _ in concepts:
                    found.setdefault(concept, start)
                continue
            if start and _is_latin(text[start - 1]):
                continue
            inside = last + 1 < length and _is_latin(text[last + 1])
            for concept, is_prefix in concepts:
                if is_prefix or not inside:
                    found.setdefault(concept, start)
        return found


def read_successors() -> dict[str, frozenset[str]]:
    """Acts that may follow an act, by the earlier one."""
    lines = (line.split(" > ") for line in SUCCESSORS.strip().splitlines())
    return {earlier: frozenset(later.split()) for earlier, later in lines}


def _read_table(table: str) -> Iterator[tuple[str, str]]:
    for line in table.strip().replace("\n    ", " ").splitlines():
        concept, _, forms = line.partition(" = ")
        for form in forms.replace("|", ",").split(","):
            if form.strip():
                yield concept.strip(), form.strip()


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
