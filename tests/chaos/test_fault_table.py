"""The table of faults names tests; each of them must be there."""

from __future__ import annotations

import re
from pathlib import Path

TABLE = Path(__file__).with_name("faults.md")
TESTS = Path(__file__).parents[1]
OF_DELIVERY = {*range(1, 19), *range(29, 44)}


def test_every_test_that_the_table_of_faults_names_exists() -> None:
    """A promise whose test was renamed or dropped is a promise without proof."""
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text(encoding="utf-8")))
    written = {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert named <= written, named - written


def test_the_table_of_faults_leaves_out_no_row_of_delivery() -> None:
    """Each row says what happens and names what shows it."""
    rows = [line.split("|") for line in TABLE.read_text(encoding="utf-8").splitlines()[2:]]
    numbers = {int(number) for row in rows for number in row[1].split(",")}
    assert numbers == OF_DELIVERY
    assert all("`test_" in row[4] and row[3].strip() for row in rows)
