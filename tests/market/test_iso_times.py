"""Times read digit by digit are the times that Python reads, or none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.market.ticks.iso_times import read_times
from services.market.ticks.tick_columns import micros_of

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ZONED = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones follow
PRECISIONS = st.sampled_from(["seconds", "milliseconds", "microseconds", "auto"])


def slowly(text: str) -> int | None:
    try:
        return micros_of(datetime.fromisoformat(text))
    except (ValueError, TypeError, OverflowError):
        return None


@given(st.lists(st.tuples(ZONED, PRECISIONS), min_size=1, max_size=20))
def test_many_texts_come_to_the_same_instants_as_each_alone(times: list[tuple[datetime, str]]) -> None:
    """Whatever zones, lengths and centuries are mixed in one frame."""
    texts = [at.isoformat(timespec=precision) for at, precision in times]
    assert read_times(texts) is not None
    assert read_times(texts).tolist() == [slowly(text) for text in texts]  # type: ignore[union-attr]


@given(ZONED, PRECISIONS, st.lists(st.tuples(st.integers(0, 31), st.sampled_from("0123456789-+:.TZ a")), max_size=3))
def test_a_damaged_text_is_read_as_python_reads_it_or_not_at_all(
    at: datetime, precision: str, damage: list[tuple[int, str]]
) -> None:
    """A wrong time would put a trade into a wrong second; to be sent to the careful reader costs microseconds."""
    characters = list(at.isoformat(timespec=precision))
    for place, character in damage:
        characters[place % len(characters)] = character
    text = "".join(characters)
    for many in ([text], [text, at.isoformat(timespec=precision)], [text] * 3):
        micros = read_times(many)
        assert micros is None or micros.tolist() == [slowly(one) for one in many]


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00Z",
        "2023-04-31T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-07-13T24:00:00Z",
        "2023-07-13T14:60:00Z",
        "2023-07-13T14:00:60Z",
        "2023-07-13T14:00:00",
        "2023-07-13T14:00:00.Z",
        "2023-07-13T14:00:00+24:00",
        "2023-07-13",
        "",
        "２023-07-13T14:00:00Z",
    ],
)
def test_what_is_no_zoned_time_is_not_read(text: str) -> None:
    """Days that do not exist, leap seconds, times without a zone."""
    assert read_times([text, text]) is None
    assert read_times([text, "2024-02-29T00:00:00Z"]) is None


def test_nanoseconds_are_cut_off_and_not_rounded() -> None:
    """As Python does: the same trade must be the same instant on every way in, or it would count twice."""
    at = datetime(2023, 7, 13, 6, 0, 0, 999_999, tzinfo=UTC)
    texts = ["2023-07-13T06:00:00.999999999Z", "2023-07-13T06:00:00.999999999Z"]
    assert read_times(texts) is not None
    assert read_times(texts).tolist() == [micros_of(at)] * 2  # type: ignore[union-attr]
