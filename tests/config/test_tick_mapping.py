"""A mapping file says everything about a vendor, and each mistake in it is one sentence with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.catalogue import load_catalogue
from config.tick_mapping import FOLDER, load_tick_source
from config.tick_source import TickSource
from services.errors import Misconfigured
from services.market.ticks.tick_mapping import read_message

TOKEN = "vendor-CANARY-24680"
SHIPPED = sorted(FOLDER.glob("*.toml"))
WEBSOCKET = (FOLDER / "example_websocket.toml").read_text(encoding="utf-8")
POLLING = (FOLDER / "example_polling.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, text: str, environment: dict[str, str] | None = None) -> TickSource:
    path = tmp_path / "vendor.toml"
    path.write_text(text, encoding="utf-8")
    return load_tick_source(path, {"TICK_VENDOR_TOKEN": TOKEN} if environment is None else environment)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_examples_are_right(path: Path) -> None:
    """They are what people copy."""
    source = load_tick_source(path, None, load_catalogue().has_instrument)
    assert source.kind in path.stem


def test_the_message_shown_in_an_example_is_read_by_it(tmp_path: Path) -> None:
    """The comment beside the mapping is the vendor's message; both must stay in step."""
    source = load(tmp_path, WEBSOCKET)
    shown = {
        "type": "trades",
        "payload": {
            "trades": [
                {
                    "sym": "HK:00700",
                    "px": "349.80",
                    "qty": 1200,
                    "ts": 1689228000250,
                    "seq": 81723,
                    "flags": ["O"],
                    "ccy": "HKD",
                }
            ]
        },
    }
    (tick,) = read_message(shown, source.mapping).ticks
    assert (tick["instrument"], tick["price"], tick["sequence"]) == ("0700.HK", 349.8, 81723)
    assert tick["conditions"] == ["odd_lot"]
    polled = {
        "result": [{"symbol": "700.HKG", "last": {"price": 349.8, "time": "2023-07-13T14:00:00+08:00"}, "dayVolume": 9}]
    }
    (quote,) = read_message(polled, load(tmp_path, POLLING).mapping).ticks
    assert (quote["volume"], quote["traded_at"]) == (9.0, 1_689_228_000_000_000)


def test_placeholders_are_filled_in(tmp_path: Path) -> None:
    """The list, one message per symbol, a comma list inside a text, the token."""
    text = WEBSOCKET.replace(
        '"symbols": "{instruments}"', '"symbols": "{instruments}", "as_text": "trades:{instruments}"'
    )
    source = load(tmp_path, text)
    login, subscribe = source.subscriptions()
    assert login == {"action": "login", "key": TOKEN}
    assert subscribe["symbols"] == ["HK:00700", "HK:03690", "HK:09988", "US:BABA"]
    assert subscribe["as_text"] == "trades:HK:00700,HK:03690,HK:09988,US:BABA"
    one_each = load(tmp_path, text.replace('"{instruments}", "as_text"', '["{instrument}"], "as_text"'))
    assert [message["symbols"] for message in list(one_each.subscriptions())[1:]] == [
        ["HK:00700"],
        ["HK:03690"],
        ["HK:09988"],
        ["US:BABA"],
    ]


def test_symbols_are_escaped_in_an_address(tmp_path: Path) -> None:
    """An index may be called ^HSI, a pair A/B; a symbol must not become a second parameter."""
    source = load(tmp_path, POLLING)
    assert source.address(["^HSI", "A&B"]) == "https://quotes.vendor.example/v1/quotes?symbols=%5EHSI,A%26B"
    assert source.header_values() == {"X-Api-Key": TOKEN}


def test_a_token_may_lie_in_a_file_beside_the_mapping_and_be_replaced(tmp_path: Path) -> None:
    """A folder with both can be mounted anywhere; a new token is used at the next connecting."""
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    source = load(tmp_path, POLLING.replace('environment = "TICK_VENDOR_TOKEN"', 'file = "token"'), {})
    assert source.header_values() == {"X-Api-Key": TOKEN}
    (tmp_path / "token").write_text("another\n", encoding="utf-8")
    assert source.header_values() == {"X-Api-Key": "another"}
    (tmp_path / "token").write_text(f"{TOKEN}\r\nX-More: 1", encoding="utf-8")
    with pytest.raises(Misconfigured, match="more than one word") as caught:
        source.header_values()
    assert TOKEN not in str(caught.value)


MISTAKES = [
    (WEBSOCKET, "wss://stream", "ws://stream", "url: expected wss://: without TLS"),
    (WEBSOCKET, "wss://stream", "https://stream", "url: expected wss://host/... for kind 'websocket'"),
    (WEBSOCKET, "wss://stream", "wss://me:secret@stream", "url: it holds a login"),
    (WEBSOCKET, "wss://stream", "wss://{token}.stream", "url: placeholders may stand in the path and query only"),
    (WEBSOCKET, "vendor.example/", "vendor.example:99999/", "url: its host or port cannot be read"),
    (POLLING, "?symbols={instruments}", "", "url: it must hold {instruments}"),
    (POLLING, 'X-Api-Key = "{token}"', 'X-Api-Key = "abc"', "headers: X-Api-Key: take the secret from [token]"),
    (POLLING, 'X-Api-Key = "{token}"', "", "[token]: no url, header or subscribe message uses {token}"),
    (POLLING, 'X-Api-Key = "{token}"', 'X-Api-Key = "{token}"\n"A:" = "b"', "headers: 'A:': a header holds plain"),
    (POLLING, '[token]\nenvironment = "TICK_VENDOR_TOKEN"', "", "{token} is used, so [token] must name"),
    (POLLING, "# file =", "file =", "[token]: give either environment or file"),
    (POLLING, "TICK_VENDOR_TOKEN", "OTHER", "[token]: environment: the variable OTHER is not set"),
    (POLLING, 'environment = "TICK_VENDOR_TOKEN"', 'file = "nowhere"', "nowhere: No such file or directory"),
    (POLLING, '"700.HKG" = "0700.HK"', '"700.HKG" = "0701.HK"', "'700.HKG': the catalogue has no instrument '0701.HK'"),
    (POLLING, "last.price", "last..price", "fields.price: 'last..price' is no path"),
    (POLLING, "Asia/Hong_Kong", "Asia/Kowloon", "fields.time_zone: 'Asia/Kowloon' is no time zone"),
    (POLLING, 'time_unit = "iso"', 'time_unit = "day"', "Invalid enum value 'day' - at `$.fields.time_unit`"),
    (POLLING, 'price = "last.price"', "", "missing required field `price`"),
    (POLLING, "volume =", "volumes =", "unknown field `volumes`"),
    (
        POLLING,
        "interval_seconds = 5.0",
        "interval_seconds = 0",
        "polling.interval_seconds is 0.0, expected above 0 to 90",
    ),
    (
        POLLING,
        "interval_seconds = 5.0",
        "interval_seconds = 600",
        "polling.interval_seconds is 600.0, expected above 0",
    ),
    (POLLING, "queue_ticks = 100_000", "queue_ticks = 0", "connection.queue_ticks is 0, expected above 0"),
    (POLLING, 'kind = "polling"', 'kind = "polling', "not TOML"),
    (WEBSOCKET, '{"action": "ping"}', '{"action": ping}', "ping_message is not JSON"),
    (WEBSOCKET, '"channel": "trades",', '"channel": trades,', "subscribe: message 2 is not JSON"),
]


@pytest.mark.parametrize(("text", "old", "new", "sentence"), MISTAKES, ids=[mistake[3] for mistake in MISTAKES])
def test_each_mistake_is_one_sentence(tmp_path: Path, text: str, old: str, new: str, sentence: str) -> None:
    """File, key and reason; nothing would start."""
    assert old in text
    path = tmp_path / "vendor.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_tick_source(path, {"TICK_VENDOR_TOKEN": TOKEN}, load_catalogue().has_instrument)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("vendor.toml: ")
    assert "secret" not in str(caught.value).replace("take the secret", "")


def test_no_instruments_is_a_mistake(tmp_path: Path) -> None:
    """A subscription to nothing is silent for ever."""
    begin, end = POLLING.index('"700.HKG"'), POLLING.index("# {")
    with pytest.raises(Misconfigured, match="instruments: give at least one"):
        load(tmp_path, POLLING[:begin] + POLLING[end:])


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "schlüssel", ""])
def test_a_token_that_cannot_travel_is_refused_without_being_shown(tmp_path: Path, token: str) -> None:
    """It would break the header that carries it, or the error would print it."""
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path, POLLING, {"TICK_VENDOR_TOKEN": token})
    assert "TICK_VENDOR_TOKEN" in str(caught.value)
    assert not token or token not in str(caught.value)


def test_nothing_that_is_printed_shows_the_token(tmp_path: Path) -> None:
    """Somebody will log the whole thing one day."""
    source = load(tmp_path, POLLING)
    assert TOKEN not in f"{source!r} {source} {source.place}"
    assert source.place == "https://quotes.vendor.example"


def test_plain_addresses_are_for_this_machine_only(tmp_path: Path) -> None:
    """To try things out against a stand-in."""
    local = WEBSOCKET.replace("wss://stream.vendor.example", "ws://127.0.0.1:8080")
    assert load(tmp_path, local).place == "ws://127.0.0.1:8080"
