"""A broken exchanges.toml is refused in one sentence that names file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.exchanges import load_calendars
from services.errors import Misconfigured

SOUND = """
[XHKG]
name = "Hong Kong"
timezone = "Asia/Hong_Kong"
hours = [{ opens = 09:30:00, closes = 16:00:00, lunch = [12:00:00, 13:00:00] }]
auction = 10
overrides = [{ day = 2023-07-17, closed = true, why = "typhoon" }]

[days.XHKG]
first = 2017-01-01
last = 2027-12-31
swapped.2023 = "01-02 01-23"
closes."12:00:00" = "2020-12-24"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "exchanges.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    """The base of the broken ones below is itself right."""
    assert load_calendars(write(tmp_path, SOUND))["XHKG"].exchange == "XHKG"


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("Asia/Hong_Kong", "Asia/Kong_Hong", r"XHKG\.timezone: 'Asia/Kong_Hong' is not a known zone"),
        ("Asia/Hong_Kong", "../../etc/passwd", r"XHKG\.timezone: .* is not a known zone"),
        ("opens = 09:30:00", 'opens = "half past nine"', r"XHKG\.hours.*opens"),
        ("auction = 10", "auction = 600", r"XHKG\.auction: 600 is not within"),
        ("auction = 10", "auctions = 10", r"XHKG.*auctions"),
        ("12:00:00, 13:00:00", "13:00:00, 12:00:00", r"XHKG\.hours: lunch .* is not within"),
        ("closed = true", "closed = true, opens = 10:00:00", r"XHKG\.overrides: 2023-07-17 is closed and has hours"),
        (', why = "typhoon"', "", r"XHKG\.overrides.*why"),
        ("01-02 01-23", "01-02 13-23", r"days\.XHKG: .*"),
        ("[days.XHKG]", "[days.XNYS]", r"XHKG: there is no table days\.XHKG"),
        ("[XHKG]", "[XHKG", "is not TOML"),
        ('name = "Hong Kong"', "", r"XHKG: .*name"),
        ("hours = [{ opens = 09:30:00, closes = 16:00:00, lunch = [12:00:00, 13:00:00] }]", "hours = []", "is empty"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, right: str, wrong: str, sentence: str) -> None:
    """Whoever edits the file at night must see where to look."""
    assert right in SOUND
    file = write(tmp_path, SOUND.replace(right, wrong))
    with pytest.raises(Misconfigured, match=sentence) as refused:
        load_calendars(file)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path alone tells what is wrong with the mount."""
    with pytest.raises(Misconfigured, match=r"nowhere\.toml: cannot be read"):
        load_calendars(tmp_path / "nowhere.toml")
