"""routing.toml: one test per kind of mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from config.routing import load_desk_policy, load_routing
from services.errors import Misconfigured

CATALOGUE = load_catalogue()
GOOD = (FOLDER / "routing.toml").read_text(encoding="utf-8")


def complaint(tmp_path: Path, text: str) -> str:
    file = tmp_path / "routing.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_routing(CATALOGUE, file)
    return str(caught.value)


def test_the_file_in_use_sends_everything_to_the_one_channel() -> None:
    """A fresh install needs nothing but SLACK_CHANNEL."""
    routing = load_routing(CATALOGUE)
    assert routing.table.fallback in routing.channels
    assert load_desk_policy(CATALOGUE).watchlists == routing.table.watchlists


def test_the_example_in_the_file_is_right(tmp_path: Path) -> None:
    """What people uncomment must work."""
    text = GOOD.replace("# [channels.compliance]", "[channels.compliance]")
    head, example = text.split("# kind", 1)[0], text.split("[channels.compliance]", 1)[1]
    lines = [line.removeprefix("# ").removeprefix("#") for line in example.splitlines()]
    file = tmp_path / "routing.toml"
    file.write_text(head.split("[channels.compliance]")[0] + "[channels.compliance]\n" + "\n".join(lines), "utf-8")
    (route,) = load_routing(CATALOGUE, file).table.routes
    assert (route.go_on, route.watchlist) == (True, ("holdings",))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("fallbak = 'x'", "unknown key 'fallbak'"),
        ('[[route]]\nname = "a"', "route 'a': to: names no channel"),
        ('[[route]]\nname = "a"\nto = ["nobody"]', "route 'a': to: 'nobody' is none of ['desk']"),
        ('[[route]]\nname = "a"\nto = ["desk"]\nregulator = ["SAMER"]', "regulator: 'SAMER' is not in the catalogue"),
        ('[[route]]\nname = "a"\nto = ["desk"]\nwatchlist = ["mine"]', "watchlist: 'mine' is none of []"),
        ('[[route]]\nname = "a"\nto = ["desk"]\ntone = ["good"]', "Invalid enum value 'good'"),
        ('[[route]]\nname = "a"\nto = ["desk"]\nregulators = ["SAMR"]', "unknown field `regulators`"),
        (
            '[[route]]\nname = "a"\n[[route.routes]]\nname = "b"\nto = ["x"]',
            "route 'a / b': to: 'x' is none of ['desk']",
        ),
        ('[watchlists.w]\ninstruments = { "0700.HK" = 9.0 }', "'0700.HK': weight is 9, expected 1 to 3"),
        ('[watchlists.w]\ninstruments = { "700" = 2.0 }', "'700' is not in the catalogue"),
        ('[channels.b]\nkind = "pager"\ntarget = "x"', "Invalid enum value 'pager'"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, more: str, sentence: str) -> None:
    """File, key and reason."""
    text = f"{more}\n{GOOD}" if more.startswith("fallbak") else f"{GOOD}\n{more}\n"
    assert sentence in complaint(tmp_path, text)


def test_a_fallback_that_is_no_channel_is_refused(tmp_path: Path) -> None:
    """It is the one place where nothing may be lost."""
    assert "fallback: 'dask' is none of the channels ['desk']" in complaint(
        tmp_path, GOOD.replace('fallback = "desk"', 'fallback = "dask"')
    )
