"""market.toml: the one in use is right, and each mistake is named with file, key and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.alerting import FOLDER
from config.exchanges import load_currencies
from config.market import load_trade_rules
from services.errors import Misconfigured
from streams.cli.checks import check_configuration

MARKET = (FOLDER / "market.toml").read_text(encoding="utf-8")
BROKEN = Path(__file__).parent / "broken" / "market"
MISTAKES = {
    "not_toml": "market.toml: not TOML",
    "no_conditions": "market.toml: Object missing required field `conditions`",
    "unknown_table": "market.toml: Object contains unknown field `condition_words`",
    "condition_of_two_words": "[conditions] not_price_forming: 'odd lot' is not one word",
    "condition_twice": "[conditions] not_price_forming: 'odd_lot' stands there twice",
    "condition_wrong_type": "market.toml: Expected `str`, got `int`",
    "unit_of_itself": "[units]: GBX: of: 'GBX' must be a whole currency",
    "unit_of_unit": "[units]: GBp: of: 'GBX' must be a whole currency",
    "unit_of_nothing": "[units]: GBX: of: 'pound' is no currency such as 'HKD'",
    "unit_parts": "[units]: GBX: parts is 0, expected 1 to 10000",
    "unit_parts_not_finite": "[units]: GBX: parts is nan, expected 1 to 10000",
    "unit_unknown_key": "market.toml: Object contains unknown field `share`",
    "currency_of_unknown": "[currencies]: 'NOPE.HK' is not in the catalogue",
    "currency_wrong": "[currencies]: 0700.HK: 'yuan' is no currency such as 'HKD'",
}


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    for file in FOLDER.glob("*.toml"):
        shutil.copy(file, folder)
    (folder / "catalogue").symlink_to(FOLDER / "catalogue")
    (folder / "market.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_files_in_use_are_right() -> None:
    """What the documentation promises."""
    rules = load_trade_rules()
    assert (rules.currencies["0700.HK"], rules.currencies["BP.L"], rules.units["GBX"].parts) == ("HKD", "GBP", 100.0)
    assert {"cancelled", "odd_lot", "average_price", "late_report", "off_book", "auction_indicative"} <= (
        rules.not_price_forming
    )
    assert "HSI" not in rules.currencies


def test_every_exchange_but_the_crypto_venues_has_a_currency() -> None:
    """A listing without one would take prices in any unit."""
    currencies = load_currencies()
    assert "CRYPTO" not in currencies
    assert (currencies["XTKS"], currencies["XLON"], currencies["XHKG"]) == ("JPY", "GBP", "HKD")


def test_an_instrument_may_trade_in_another_currency_than_its_exchange(tmp_path: Path) -> None:
    """The yuan counters in Hong Kong, dollar lines in London."""
    text = MARKET.replace('# "80700.HK" = "CNY"', '"0700.HK" = "CNY"')
    assert load_trade_rules(folder_with(tmp_path, text)).currencies["0700.HK"] == "CNY"


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_each_mistake_is_named(tmp_path: Path, mistake: str) -> None:
    """By the loader, and by the command `check`, which reads the same folder."""
    folder = folder_with(tmp_path, (BROKEN / mistake / "market.toml").read_text(encoding="utf-8"))
    for read in (load_trade_rules, check_configuration):
        with pytest.raises(Misconfigured) as refused:
            read(folder)
        assert MISTAKES[mistake] in str(refused.value)
        assert "market.toml" in str(refused.value)


def test_every_broken_file_is_tried() -> None:
    """A fixture that no test reads would prove nothing."""
    assert {folder.name for folder in BROKEN.iterdir()} == MISTAKES.keys()


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """An incomplete copy of the folder does not start with half of its rules."""
    folder = folder_with(tmp_path, MARKET)
    (folder / "market.toml").unlink()
    with pytest.raises(Misconfigured, match=r"market\.toml: cannot be read"):
        load_trade_rules(folder)


def test_a_currency_of_an_exchange_that_is_none_is_named(tmp_path: Path) -> None:
    """Lower case would match no feed."""
    folder = folder_with(tmp_path, MARKET)
    text = (folder / "exchanges.toml").read_text(encoding="utf-8").replace('currency = "HKD"', 'currency = "hkd"')
    (folder / "exchanges.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"exchanges\.toml: XHKG\.currency: 'hkd' is not like 'HKD'"):
        load_trade_rules(folder)
