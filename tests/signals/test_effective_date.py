"""The day from which an act is in force, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.signals.effective_date import LATEST, find_effective_day

PUBLISHED = date(2023, 7, 3)
DAYS = st.dates(PUBLISHED - timedelta(days=300), PUBLISHED + LATEST)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The rules take effect on August 1.", date(2023, 8, 1)),
        ("The rules take effect on 1 August 2023.", date(2023, 8, 1)),
        ("The order, effective Jan. 15, 2024, covers chips.", date(2024, 1, 15)),
        ("The act enters into force on 1 January.", date(2024, 1, 1)),
        ("It will come into effect from Sept 1st", date(2023, 9, 1)),
        ("Curbs taking effect as of 2023-08-01", date(2023, 8, 1)),
        ("本公告自2023年8月1日起正式实施。", date(2023, 8, 1)),
        ("该办法将于8月15日起施行", date(2023, 8, 15)),
        ("规定自明年1月1日起施行", date(2024, 1, 1)),
        ("新规自２０２３年８月１日起施行", date(2023, 8, 1)),
        ("即日起暂停新用户注册", PUBLISHED),
        ("The ban takes effect immediately.", PUBLISHED),
        ("The regulator fined the company on 1 August.", None),
        ("该公司8月1日发布公告", None),
        ("The rule takes effect on 31 February.", None),
        ("The rule took effect on 1 August 1998.", None),
    ],
)
def test_the_day_is_read(text: str, day: date | None) -> None:
    """A date beside other verbs is not the day; nor is one that cannot be."""
    assert find_effective_day("", text, PUBLISHED) == day


@given(DAYS)
def test_every_written_day_is_read_back(day: date) -> None:
    """The same day in three forms."""
    forms = (
        f"The rule takes effect on {day:%B} {day.day}, {day.year}.",
        f"It enters into force on {day.day} {day:%b} {day.year}",
        f"本办法自{day.year}年{day.month}月{day.day}日起施行。",
    )
    assert {find_effective_day("", form, PUBLISHED) for form in forms} == {day}


@given(st.text(max_size=500))
def test_no_text_breaks_it(text: str) -> None:
    """Foreign text is anything."""
    found = find_effective_day(text, text, PUBLISHED)
    assert found is None or abs((found - PUBLISHED).days) <= LATEST.days
