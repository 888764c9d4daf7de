"""Settings from the environment: typed, checked, and silent about secrets."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.addresses import hide_login
from config.settings import LOG_LEVELS, Secret, read_settings
from services.errors import Misconfigured

CANARY = "xoxb-CANARY-12345"
ROOT = Path(__file__).parents[2]
NAMES = (
    *("KAFKA_BOOTSTRAP", "KAFKA_REPLICATION", "KAFKA_SESSION_TIMEOUT_MS", "REDIS_URL", "SLACK_BOT_TOKEN"),
    "REDIS_URL_FILE",
    *("SLACK_BOT_TOKEN_FILE", "SLACK_CHANNEL", "SLACK_API_URL", "SLACK_PACE_SECONDS", "METRICS_HOST", "METRICS_PORT"),
    *("LOG_LEVEL", "CARD_LABEL", "SLACK_APP_TOKEN", "SLACK_APP_TOKEN_FILE", "SLACK_BUTTONS"),
    *(
        "FEEDS_FILE",
        "FEEDS_LOCAL_PORT",
        "INTAKE_TOKEN",
        "INTAKE_TOKEN_FILE",
        "INTAKE_HOST",
        "INTAKE_PORT",
        "INTAKE_FOLDER",
    ),
    *("SECOND_READER_URL", "SECOND_READER_MODEL", "SECOND_READER_API_KEY", "SECOND_READER_API_KEY_FILE"),
    *("SECOND_READER_TIMEOUT_SECONDS", "SECOND_READER_BELOW_CONFIDENCE", "SECOND_READER_HIGHEST_CONFIDENCE"),
    *("SECOND_READER_CALLS_PER_HOUR", "SECOND_READER_TOKENS_PER_DAY"),
)
SECOND_READER = {"SECOND_READER_URL": "https://models.example/v1", "SECOND_READER_MODEL": "a-model"}


def complaint(**environment: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        read_settings(environment)
    return str(caught.value)


def test_an_empty_environment_gives_the_defaults_of_the_readme() -> None:
    """The table in the README is what people believe."""
    rows = re.findall(r"^\| (`[A-Z_]+`.*?) \| (.*?) \| .* \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    told = {name: default for names, default in rows for name in re.findall(r"[A-Z_]{3,}", names)}
    settings = read_settings({})
    assert set(told) == set(NAMES)
    for name in ("KAFKA_BOOTSTRAP", "KAFKA_REPLICATION", "KAFKA_SESSION_TIMEOUT_MS", "REDIS_URL", "SLACK_API_URL"):
        assert f"`{getattr(settings, name.lower())}`" in told[name]
    assert f"`{settings.slack_pace_seconds}`" == told["SLACK_PACE_SECONDS"]
    assert f"`{settings.log_level}`" == told["LOG_LEVEL"]
    assert told["METRICS_HOST"] == told["METRICS_PORT"] == f"`{settings.metrics_host}`, {settings.port_of('news_consumer')} to {settings.port_of('feed_poller')}"  # fmt: skip
    assert settings.second_reader is None
    asked = read_settings(SECOND_READER).second_reader
    for name in ("TIMEOUT_SECONDS", "BELOW_CONFIDENCE", "HIGHEST_CONFIDENCE", "CALLS_PER_HOUR", "TOKENS_PER_DAY"):
        assert f"`{getattr(asked, name.lower())}`" == told[f"SECOND_READER_{name}"]
    assert not settings.slack_bot_token
    assert settings.slack_channel == settings.card_label == ""


def test_the_readme_names_every_variable_that_is_read() -> None:
    """A switch that nobody can find is none."""
    source = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source))
    secrets = {name for name in NAMES if name.endswith(("TOKEN_FILE", "KEY_FILE"))}
    assert set(NAMES) - secrets == read


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_counts_as_not_set(name: str) -> None:
    """Compose and .env files hand on empty variables."""
    assert repr(read_settings({name: "  "})) == repr(read_settings({}))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KAFKA_BOOTSTRAP", "localhost", "KAFKA_BOOTSTRAP is 'localhost': expected host:port[,host:port...]"),
        ("KAFKA_BOOTSTRAP", "a:9092,b", "KAFKA_BOOTSTRAP is 'a:9092,b': expected host:port[,host:port...]"),
        ("KAFKA_BOOTSTRAP", "a:70000", "KAFKA_BOOTSTRAP is 'a:70000': expected host:port[,host:port...]"),
        ("KAFKA_BOOTSTRAP", "kafka://a:9092", "KAFKA_BOOTSTRAP is 'kafka://a:9092': expected host:port[,host:port...]"),
        ("KAFKA_REPLICATION", "three", "KAFKA_REPLICATION is 'three': expected a number from 1 to 9"),
        ("KAFKA_REPLICATION", "0", "KAFKA_REPLICATION is 0: expected a number from 1 to 9"),
        ("KAFKA_SESSION_TIMEOUT_MS", "1.5", "KAFKA_SESSION_TIMEOUT_MS is '1.5': expected a number from 1000 to 300000"),
        ("SLACK_PACE_SECONDS", "nan", "SLACK_PACE_SECONDS is nan: expected a number from 0.0 to 60.0"),
        ("METRICS_PORT", "-1", "METRICS_PORT is -1: expected a number from 0 to 65535"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'LOUD': expected one of DEBUG, INFO, WARNING, ERROR"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must start with one of redis://, rediss://, unix://"),
        ("REDIS_URL", f"redis://:{CANARY}@", "REDIS_URL names no host"),
        ("REDIS_URL", f"redis://:{CANARY}@cache:port/0", "REDIS_URL has a host or port that cannot be read"),
        ("REDIS_URL", f"http://:{CANARY}@cache", "REDIS_URL must start with one of redis://, rediss://, unix://"),
        ("SLACK_API_URL", "slack.com/api", "SLACK_API_URL must start with one of http://, https://"),
        ("SLACK_API_URL", "https:///api/", "SLACK_API_URL names no host"),
        ("SLACK_BOT_TOKEN", f"{CANARY} and", "SLACK_BOT_TOKEN holds more than one word of plain characters"),
        ("SLACK_BOT_TOKEN", f"{CANARY}\nHost: a", "SLACK_BOT_TOKEN holds more than one word of plain characters"),
        (
            "SLACK_BOT_TOKEN_FILE",
            "/nowhere/token",
            "SLACK_BOT_TOKEN_FILE is '/nowhere/token': No such file or directory",
        ),
    ],
)
def test_each_mistake_is_one_sentence_that_names_the_variable(name: str, value: str, sentence: str) -> None:
    """It is read at three in the morning, and never repeats a secret."""
    assert complaint(**{name: value}) == sentence
    assert CANARY not in sentence


def test_posting_needs_a_token_and_the_id_of_a_channel() -> None:
    """A channel's name works for posting but not for reading back."""
    for environment, word in (
        ({}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": CANARY}, "SLACK_CHANNEL is not set"),
        ({"SLACK_BOT_TOKEN": CANARY, "SLACK_CHANNEL": "#alerts"}, "SLACK_CHANNEL is '#alerts'"),
    ):
        with pytest.raises(Misconfigured, match=re.escape(word)):
            read_settings(environment).require_slack()
    read_settings({"SLACK_BOT_TOKEN": CANARY, "SLACK_CHANNEL": "C0123456789"}).require_slack()


def test_a_second_reader_needs_an_address_and_a_model_and_nothing_else() -> None:
    """Models on one's own machine have no key; without an address everything else is left unread."""
    settings = read_settings(SECOND_READER).second_reader
    assert settings is not None
    assert (settings.url, settings.model) == ("https://models.example/v1/chat/completions", "a-model")
    assert not settings.api_key
    assert read_settings({"SECOND_READER_MODEL": "a-model", "SECOND_READER_API_KEY": CANARY}).second_reader is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECOND_READER_URL": "models.example"}, "SECOND_READER_URL must start with one of http://, https://"),
        ({"SECOND_READER_URL": "https:///v1"}, "SECOND_READER_URL names no host"),
        (
            {"SECOND_READER_URL": f"https://u:{CANARY}@models.example/v1"},
            "SECOND_READER_URL holds more than an address: give it such as https://host/v1, and the key as SECOND_READER_API_KEY",
        ),
        (
            {"SECOND_READER_URL": f"https://models.example/v1?key={CANARY}"},
            "SECOND_READER_URL holds more than an address: give it such as https://host/v1, and the key as SECOND_READER_API_KEY",
        ),
        (
            {"SECOND_READER_URL": f"https://models.example/v1 {CANARY}"},
            "SECOND_READER_URL holds more than an address: give it such as https://host/v1, and the key as SECOND_READER_API_KEY",
        ),
        (
            {"SECOND_READER_MODEL": ""},
            "SECOND_READER_URL is set, so SECOND_READER_MODEL must name a model of that endpoint; without a second reader, remove both",
        ),
        (
            {"SECOND_READER_MODEL": "m" * 201},
            "SECOND_READER_URL is set, so SECOND_READER_MODEL must name a model of that endpoint; without a second reader, remove both",
        ),
        (
            {"SECOND_READER_API_KEY": f"{CANARY}\nHost: a"},
            "SECOND_READER_API_KEY holds more than one word of plain characters",
        ),
        (
            {"SECOND_READER_TIMEOUT_SECONDS": "60"},
            "SECOND_READER_TIMEOUT_SECONDS is 60: expected a number from 0.5 to 10.0",
        ),
        (
            {"SECOND_READER_BELOW_CONFIDENCE": "70 %"},
            "SECOND_READER_BELOW_CONFIDENCE is '70 %': expected a number from 0.0 to 1.0",
        ),
        (
            {"SECOND_READER_HIGHEST_CONFIDENCE": "nan"},
            "SECOND_READER_HIGHEST_CONFIDENCE is nan: expected a number from 0.0 to 1.0",
        ),
        (
            {"SECOND_READER_CALLS_PER_HOUR": "-1"},
            "SECOND_READER_CALLS_PER_HOUR is -1: expected a number from 0 to 100000",
        ),
        (
            {"SECOND_READER_TOKENS_PER_DAY": "1e6"},
            "SECOND_READER_TOKENS_PER_DAY is '1e6': expected a number from 0 to 1000000000",
        ),
    ],
)
def test_each_mistake_of_a_second_reader_says_what_to_do(changes: dict[str, str], sentence: str) -> None:
    """The same sentences as for every other variable, and no key in them."""
    assert complaint(**{**SECOND_READER, **changes}) == sentence
    assert CANARY not in sentence


def test_a_secret_file_is_read_anew_and_survives_its_absence(tmp_path: Path) -> None:
    """A replaced token is used at once; a file that is being replaced does not stop the line."""
    file = tmp_path / "token"
    file.write_text(f" {CANARY}\n")
    token = read_settings({"SLACK_BOT_TOKEN_FILE": str(file)}).slack_bot_token
    assert token.reveal() == CANARY
    file.write_text("xoxb-new\n")
    assert token.reveal() == "xoxb-new"
    file.write_bytes(b"\xff\xfe")
    assert token.reveal() == "xoxb-new"
    file.unlink()
    assert token.reveal() == "xoxb-new"


def test_a_secret_file_that_is_not_text_is_named_without_its_bytes(tmp_path: Path) -> None:
    """The decoder's own message would show the bytes."""
    file = tmp_path / "token"
    file.write_bytes(CANARY.encode() + b"\xff")
    assert complaint(SLACK_BOT_TOKEN_FILE=str(file)) == f"SLACK_BOT_TOKEN_FILE is '{file}': the file is not text"


def test_the_address_of_redis_may_lie_in_a_file(tmp_path: Path) -> None:
    """With its password; the file wins, and no complaint repeats what it holds."""
    file = tmp_path / "redis_url"
    file.write_text(f"rediss://reader:{CANARY}@cache:6379/1\n", encoding="utf-8")
    settings = read_settings({"REDIS_URL_FILE": str(file), "REDIS_URL": "redis://other:6379/0"})
    assert settings.redis_url == f"rediss://reader:{CANARY}@cache:6379/1"
    assert CANARY not in repr(settings)
    file.write_text("", encoding="utf-8")
    assert "REDIS_URL_FILE must start with one of redis://" in complaint(REDIS_URL_FILE=str(file))
    file.write_text(f"redis://:{CANARY}@", encoding="utf-8")
    assert complaint(REDIS_URL_FILE=str(file)) == "REDIS_URL_FILE names no host"


def test_no_secret_is_in_any_text_of_the_settings() -> None:
    """Settings end up in tracebacks and debuggers."""
    settings = read_settings(
        {
            **SECOND_READER,
            "SLACK_BOT_TOKEN": CANARY,
            "REDIS_URL": f"redis://reader:{CANARY}@cache:6379/1",
            "SECOND_READER_API_KEY": CANARY,
        }
    )
    assert settings.slack_bot_token.reveal() == CANARY
    assert settings.second_reader is not None
    assert settings.second_reader.api_key.reveal() == CANARY
    for text in (repr(settings), str(settings), f"{settings}", f"{settings.slack_bot_token}"):
        assert CANARY not in text
    assert "redis_url='redis://***@cache:6379/1'" in repr(settings)
    try:
        raise ValueError(settings, settings.slack_bot_token)
    except ValueError as error:
        assert CANARY not in "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@given(st.sampled_from(NAMES), st.text(max_size=40))
def test_no_value_brings_anything_but_settings_or_a_sentence(name: str, value: str) -> None:
    """Whatever is in the environment, a person gets an answer."""
    try:
        settings = read_settings({name: value})
    except Misconfigured as error:
        assert str(error).startswith(name)
        assert "\n" not in str(error)
    else:
        assert settings.log_level in LOG_LEVELS


@given(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text("abcXYZ019@:-_", min_size=1, max_size=20))
def test_hiding_the_login_keeps_the_place(host: str, password: str) -> None:
    """People must see which Redis is meant, and no more."""
    assert hide_login(f"redis://:{password}@{host}:6379/0") == f"redis://***@{host}:6379/0"
    assert hide_login(f"redis://{host}:6379/0") == f"redis://{host}:6379/0"


def test_a_secret_is_true_when_it_is_there() -> None:
    """The question is asked without looking."""
    assert Secret("x")
    assert not Secret("")
    assert repr(Secret(CANARY)) == "Secret(***)"
