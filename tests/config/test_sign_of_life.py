"""The table ``[sign_of_life]`` of routing.toml."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from config.catalogue import load_catalogue
from config.routing import load_routing
from services.errors import Misconfigured

CHANNELS = 'fallback = "desk"\n[channels.desk]\nkind = "slack"\ntarget = ""\n'
CHANNELS += '[channels.duty]\nkind = "slack"\ntarget = "C1"\n'
MAIL = '[channels.mail]\nkind = "email"\ntarget = "a@example.com"\nserver = "s.example:25"\nsender = "b@example.com"\n'


def test_the_file_of_the_project_asks_for_one_a_day() -> None:
    """A line that nobody set up further must not be able to fall silent unseen."""
    sign = load_routing(load_catalogue()).sign_of_life
    assert sign is not None
    assert (sign.at, sign.zone.key, sign.channel) == (time(8, 30), "Asia/Hong_Kong", "desk")


def test_it_may_go_elsewhere_or_be_left_out(tmp_path: Path) -> None:
    """A channel of operations is as good; without the table there is none."""
    file, catalogue = tmp_path / "routing.toml", load_catalogue()
    file.write_text(CHANNELS)
    assert load_routing(catalogue, file).sign_of_life is None
    file.write_text(f'{CHANNELS}[sign_of_life]\ntime = "07:05"\nzone = "Europe/London"\nchannel = "duty"\n')
    sign = load_routing(catalogue, file).sign_of_life
    assert sign is not None
    assert (sign.at, sign.channel) == (time(7, 5), "duty")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('time = "8:30"\nzone = "UTC"', "sign_of_life: time: '8:30' is not like \"08:30\""),
        ('time = "24:00"\nzone = "UTC"', "is not like"),
        ('time = "0٢:00"\nzone = "UTC"', "is not like"),
        ('time = "08:30"\nzone = "London"', "sign_of_life: zone: 'London' is no IANA time zone, such as Europe/London"),
        ('time = "08:30"\nzone = "../etc/passwd"', "is no IANA time zone"),
        ('time = "08:30"\nzone = "UTC"\nchannel = "x"', "sign_of_life: channel: 'x' is no channel of kind 'slack'"),
        ('time = "08:30"\nzone = "UTC"\nchannel = "mail"', "channel: 'mail' is no channel of kind 'slack'"),
        ('zone = "UTC"', "time"),
        ('time = "08:30"\nzone = "UTC"\ndays = ["mon"]', "days"),
    ],
)
def test_each_mistake_is_named(lines: str, sentence: str, tmp_path: Path) -> None:
    """File, table, key, and what to write instead."""
    file = tmp_path / "routing.toml"
    file.write_text(f"{CHANNELS}{MAIL}[sign_of_life]\n{lines}\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_routing(load_catalogue(), file)
    assert str(caught.value).startswith("routing.toml: ")
    assert sentence in str(caught.value)
