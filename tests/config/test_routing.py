"""routing.toml: one test per kind of mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.alerting import FOLDER
from config.catalogue import load_catalogue
from config.outputs import describe_channels
from config.routing import load_desk_policy, load_routing
from services.errors import Misconfigured
from streams.outputs.open_outputs import open_outputs

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


def test_the_examples_in_the_file_are_right(tmp_path: Path) -> None:
    """What people uncomment must work, all of it together."""
    head, examples = GOOD.split("# [channels.compliance]")
    lines = [line.removeprefix("# ").removeprefix("#") for line in f"# [channels.compliance]{examples}".splitlines()]
    file = tmp_path / "routing.toml"
    file.write_text(head + "\n".join(lines), encoding="utf-8")
    routing = load_routing(CATALOGUE, file)
    first, second = routing.table.routes
    assert (first.go_on, first.watchlist, second.quiet) == (True, ("holdings",), ("no_trading",))
    assert {name: entry.kind for name, entry in routing.channels.items()} == {
        "desk": "slack",
        "compliance": "slack",
        "risk_engine": "webhook",
        "duty": "email",
    }
    assert {*routing.holding.quiet} == {"night", "no_trading"}
    assert len(routing.holding.channels["compliance"].schedule) == 2
    environment = {"RISK_HOOK_KEY": "k" * 32, "SMTP_PASSWORD": "word"}
    assert {*open_outputs(routing, {}, environment)} == {"risk_engine", "duty"}


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


HOOK = 'kind = "webhook"\ntarget = "https://h.example/x"\nsecret = "HOOK_KEY"'
MAIL = 'kind = "email"\ntarget = "a@b.example"\nserver = "smtp.b.example:587"\nsender = "c@b.example"'


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        ('kind = "webhook"\ntarget = "https://h.example/"', "channels.x: secret: name the environment variable"),
        (HOOK.replace("https", "http"), "channels.x: target: expected an address such as https://host/path"),
        (HOOK.replace("h.example", "u:p@h.example"), "without a login"),
        (HOOK.replace("h.example", "h.example:8443"), "port 8443: only 443 is asked; allow_internal = true lifts this"),
        (HOOK.replace("h.example", "h.example:99999"), "host or port cannot be read"),
        (HOOK.replace("HOOK_KEY", "the key itself"), "secret: give the NAME of an environment variable"),
        (f'{HOOK}\nquiet = ["n"]', "quiet: a channel of kind 'webhook' has no such key"),
        (f"{HOOK}\ncooldown = {{ minutes = 5 }}", "cooldown: a channel of kind 'webhook' has no such key"),
        (f'{HOOK}\nsecond = "nobody"', "channels.x: second: 'nobody' is none of the channels ['desk', 'x']"),
        (f'{HOOK}\nsecond = "x"', "channels.x: second: 'x' cannot stand in for itself"),
        (MAIL.replace("a@b.example", "a b"), "channels.x: target: expected mail addresses"),
        (MAIL.replace("a@b.example", ""), "channels.x: target: expected mail addresses"),
        (
            MAIL.replace("c@b.example", "c@b.example\\r\\nBcc: d@b.example"),
            "channels.x: sender: expected a mail address",
        ),
        (MAIL.replace(":587", ""), "channels.x: server: 'smtp.b.example' is not like smtp.example.com:587"),
        (f'{MAIL}\nuser = "u"', "channels.x: user and secret go together"),
        (f'{MAIL}\nuser = "u"\nsecret = "PASS_WORD"\nsecurity = "none"', "would send the password in the clear"),
        (f'{MAIL}\nsecurity = "ssl"', "Invalid enum value 'ssl'"),
        ('kind = "slack"\ntarget = "C1"\nserver = "a:1"', "server: a channel of kind 'slack' has no such key"),
        ('kind = "slack"\ntarget = "C1"\ntold_in_digest = "alert"', "told_in_digest: there is no digest"),
        (
            'kind = "slack"\ntarget = "C1"\ndigest = ["hourly"]\ntold_in_digest = "flash"',
            "told_in_digest: 'flash' would silence everything",
        ),
        ('kind = "slack"\ntarget = "C1"\nquiet = ["night"]', "channels.x: quiet: 'night' is none of []"),
    ],
)
def test_each_mistake_of_a_channel_is_named(tmp_path: Path, channel: str, sentence: str) -> None:
    """File, channel, key, and what to do."""
    assert sentence in complaint(tmp_path, f"{GOOD}\n[channels.x]\n{channel}\n")


def test_an_output_may_not_be_the_fallback(tmp_path: Path) -> None:
    """Notices about channels that refuse go there."""
    text = GOOD.replace('fallback = "desk"', 'fallback = "x"') + f"\n[channels.x]\n{HOOK}\n"
    assert "fallback: 'x' is no channel of kind 'slack'" in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "channels.x: secret: HOOK_KEY is not set; set it, or HOOK_KEY_FILE to a file that holds it"),
        ({"HOOK_KEY": "canary-short"}, "HOOK_KEY is too short to sign with: give at least 16 characters"),
        ({"HOOK_KEY": "canary with blanks in it"}, "HOOK_KEY holds more than one word of plain characters"),
        ({"HOOK_KEY_FILE": "/nowhere/key"}, "HOOK_KEY_FILE is '/nowhere/key'"),
    ],
)
def test_a_secret_that_is_missing_or_weak_stops_the_start_and_is_not_repeated(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    """Better no start than alerts that nobody can trust."""
    file = tmp_path / "routing.toml"
    file.write_text(f"{GOOD}\n[channels.x]\n{HOOK}\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        open_outputs(load_routing(CATALOGUE, file), {}, environment)
    assert sentence in str(caught.value)
    assert "canary" not in str(caught.value)


def test_the_check_says_which_secret_is_missing(tmp_path: Path) -> None:
    """Found before the notifier is started, and without the secret itself."""
    file = tmp_path / "routing.toml"
    file.write_text(f'{GOOD}\n[channels.x]\n{HOOK}\nsecond = "desk"\n', encoding="utf-8")
    channels = load_routing(CATALOGUE, file).channels
    assert describe_channels(channels, {}) == [
        "desk: slack",
        "x: webhook, second route desk, HOOK_KEY is NOT SET here",
    ]
    assert describe_channels(channels, {"HOOK_KEY": "canary"})[1].endswith("HOOK_KEY is set")
