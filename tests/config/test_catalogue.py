"""The catalogue folder: the shipped one is sound, and every mistake is named with file, key and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.catalogue import FOLDER, load_catalogue
from config.exchanges import load_calendars
from services.errors import Misconfigured

BROKEN = Path(__file__).parent / "broken" / "catalogue"

MISTAKES = [
    ("regulator_id_twice", "regulators.toml", "SAMR", "id stands already"),
    ("regulator_unknown_class", "regulators.toml", "class", "'watchdog' is none of"),
    ("regulator_unknown_jurisdiction", "regulators.toml", "jurisdiction", "'ZZ' is none of"),
    ("regulator_missing_key", "regulators.toml", "SAMR", "name_zh"),
    ("regulator_unknown_key", "regulators.toml", "SAMR", "nickname"),
    ("regulator_wrong_type", "regulators.toml", "SAMR", "aliases_en"),
    ("alias_of_two_regulators", "regulators.toml", "NDRC", "alias 'SAMR' belongs to 'SAMR' already"),
    ("alias_in_other_script", "issuers_x.toml", "rival", "belongs to 'meituan' already"),
    ("alias_of_regulator_and_issuer", "issuers_x.toml", "meituan", "alias 'SAMR' belongs to 'SAMR' already"),
    ("alias_empty", "issuers_x.toml", "meituan", "an alias is empty"),
    ("sector_id_twice", "sectors.toml", "platforms", "id stands already"),
    ("sector_unknown_member", "sectors.toml", "representatives", "'nobody' is no listed issuer"),
    ("sector_private_member", "sectors.toml", "representatives", "'bytedance' is no listed issuer"),
    ("sector_too_many", "sectors.toml", "representatives", "at most 6"),
    ("sector_unknown_country", "sectors.toml", "representatives_by_country", "'ZZ' has no authorities"),
    ("sector_unknown_member_abroad", "sectors.toml", "representatives_by_country.EU", "'nobody' is no listed issuer"),
    ("trade_unknown_sector", "trades.toml", "sector", "'nothing' is not in sectors.toml"),
    ("trade_strange_word", "trades.toml", "delivery", "'flying cars' is no name of the sector platforms"),
    ("trade_word_twice", "trades.toml", "riders", "'Internet platforms' stands already in delivery"),
    ("trade_unknown_issuer", "trades.toml", "issuers", "'nobody' is no listed issuer"),
    ("regulator_unknown_member", "regulators.toml", "member", "'ZZ' is no member state of the EU"),
    ("sector_unknown_related", "sectors.toml", "related", "'nothing' is no sector"),
    ("issuer_id_twice", "issuers_y.toml", "meituan", "id stands already in issuers_x.toml"),
    ("issuer_unknown_sector", "issuers_x.toml", "sector", "'flying_cars' is not in sectors.toml"),
    ("issuer_unknown_exchange", "issuers_x.toml", "exchange", "'XMOON' has no line in benchmarks.toml"),
    ("issuer_instrument_twice", "issuers_x.toml", "instrument", "'3690.HK' belongs to 'meituan' already"),
    ("issuer_missing_key", "issuers_x.toml", "meituan", "sector"),
    ("issuer_unknown_key", "issuers_x.toml", "meituan", "ticker"),
    ("issuer_wrong_type", "issuers_x.toml", "meituan", "private"),
    ("issuer_listing_wrong_key", "issuers_x.toml", "meituan", "symbol"),
    ("issuer_private_with_listing", "issuers_x.toml", "listings", "a private company has none"),
    ("issuer_public_without_listing", "issuers_x.toml", "listings", "every other has at least one"),
    ("issuer_unknown_table", "issuers_x.toml", "company", "expected [[issuer]]"),
    ("benchmark_wrong_type", "benchmarks.toml", "XHKG", "expected an instrument"),
    ("not_toml", "sectors.toml", "not TOML", "line"),
]


def folder_with(tmp_path: Path, mistake: str) -> Path:
    """The small sound catalogue, with the files of one mistake in place of its own."""
    folder = tmp_path / "catalogue"
    shutil.copytree(BROKEN / "sound", folder)
    for file in (BROKEN / mistake).glob("*.toml"):
        shutil.copy(file, folder)
    return folder


@pytest.mark.parametrize(("mistake", "file", "key", "reason"), MISTAKES, ids=[mistake for mistake, *_ in MISTAKES])
def test_a_mistake_is_refused_with_file_key_and_reason(
    tmp_path: Path, mistake: str, file: str, key: str, reason: str
) -> None:
    """Whoever edited the catalogue learns from one sentence where to look."""
    with pytest.raises(Misconfigured) as refusal:
        load_catalogue(folder_with(tmp_path, mistake))
    text = str(refusal.value)
    assert text.startswith(file)
    assert key in text
    assert reason in text
    assert "\n" not in text


def test_every_mistake_in_the_folder_is_tried() -> None:
    """A fixture that no test reads would prove nothing."""
    assert {folder.name for folder in BROKEN.iterdir()} - {"sound"} == {mistake for mistake, *_ in MISTAKES}


@pytest.mark.parametrize("file", ["regulators.toml", "sectors.toml", "benchmarks.toml"])
def test_a_missing_file_is_refused_by_name(tmp_path: Path, file: str) -> None:
    """An incomplete copy does not start with half a catalogue."""
    folder = folder_with(tmp_path, "sound")
    (folder / file).unlink()
    with pytest.raises(Misconfigured, match=rf"{file}: cannot be read"):
        load_catalogue(folder)


def test_a_folder_without_companies_is_refused(tmp_path: Path) -> None:
    """Nothing could ever be exposed."""
    folder = folder_with(tmp_path, "sound")
    (folder / "issuers_x.toml").unlink()
    with pytest.raises(Misconfigured, match=r"no issuers_\*\.toml"):
        load_catalogue(folder)


def test_the_sound_small_catalogue_loads(tmp_path: Path) -> None:
    """Otherwise the mistakes above would prove nothing."""
    catalogue = load_catalogue(folder_with(tmp_path, "sound"))
    assert catalogue.describe() == "2 regulators, 1 sectors, 2 issuers with 1 listings"
    assert catalogue.sectors["platforms"].representatives_by_country == {"EU": ("meituan",)}
    listing = catalogue.listing("3690.HK")
    assert listing is not None
    assert (listing.issuer, listing.benchmark) == ("meituan", "HSI")


def test_the_shipped_catalogue_loads_and_knows_its_exchanges() -> None:
    """Every company can be measured: its exchange has hours and a benchmark."""
    catalogue = load_catalogue()
    exchanges = {listing.exchange for listing in catalogue.listings()}
    assert exchanges <= catalogue.benchmarks.keys()
    assert exchanges <= load_calendars().keys()
    assert len(list(FOLDER.glob("issuers_*.toml"))) >= 4


def test_the_names_of_the_sample_story_are_in_the_shipped_catalogue() -> None:
    """The story that the service was made for."""
    catalogue = load_catalogue()
    assert {"STATE_COUNCIL", "NDRC", "SAMR", "CAC", "NPPA", "MIIT", "MOF_CN"} <= catalogue.regulators.keys()
    for instrument, issuer in [
        ("0700.HK", "tencent"),
        ("3690.HK", "meituan"),
        ("9988.HK", "alibaba"),
        ("9626.HK", "bilibili"),
    ]:
        listing = catalogue.listing(instrument)
        assert listing is not None
        assert (listing.issuer, listing.exchange, listing.benchmark) == (issuer, "XHKG", "HSI")


def test_no_company_is_called_by_a_single_common_character_or_letter() -> None:
    """One letter or one character as an alias is a wrong ticker in every second text; all of them at once."""
    short = [
        (issuer.id, name)
        for issuer in load_catalogue().issuers.values()
        for name in (
            issuer.name_en,
            issuer.name_zh,
            *issuer.aliases_en,
            *issuer.aliases_zh,
            *issuer.units_en,
            *issuer.units_zh,
        )
        if len(name) == 1
    ]
    assert short == []
