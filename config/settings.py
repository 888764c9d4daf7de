"""Settings from the environment, read once, typed; wrong values refuse to start with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from config.addresses import check_address, hide_login, read_brokers
from services.errors import Misconfigured

DEFAULT_METRICS_PORTS = {
    "news_consumer": 9101,
    "tick_aggregator": 9102,
    "correlator": 9103,
    "slack_notifier": 9104,
    "tick_source": 9105,
    "slack_actions": 9106,
    "feed_poller": 9107,
}
N = TypeVar("N", int, float)
LOCAL_REDIS = "redis://localhost:6379/0"
D = TypeVar("D", int, float, None)
CHAT_PATH = "/chat/completions"
LONGEST_MODEL_NAME = 200
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Secret:
    """A string that no log, traceback or ``repr`` shows; ``reveal()`` gives it to the one place that needs it.

    One that lies in a file is read anew each time, so that a replaced secret is used at once.
    """

    __slots__ = ("_path", "_value")

    def __init__(self, value: str, path: Path | None = None) -> None:
        self._value = value
        self._path = path

    def reveal(self) -> str:
        """The secret itself; the last one known while its file cannot be read."""
        if self._path is not None:
            with suppress(OSError, UnicodeDecodeError):
                self._value = self._path.read_text(encoding="utf-8").strip()
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __bool__(self) -> bool:
        return bool(self._value)


NO_SECRET = Secret("")


class SecondReaderSettings(Struct, frozen=True, kw_only=True):
    """An OpenAI-compatible endpoint that may read again what the first reader is not sure of."""

    url: str
    """Whole address of its chat completions."""
    api_key: Secret
    model: str
    timeout_seconds: float
    below_confidence: float
    """Relevant readings under it are read again, and all unclear ones."""
    highest_confidence: float
    """No answer makes a signal surer than this."""
    calls_per_hour: int
    tokens_per_day: int


class Settings(Struct, frozen=True, kw_only=True):
    """Everything the environment decides; what people tune is in the TOML files of this folder."""

    kafka_bootstrap: str = "localhost:9092"
    kafka_replication: int = 1
    kafka_session_timeout_ms: int = 20_000
    redis_url: str = "redis://localhost:6379/0"
    slack_bot_token: Secret
    slack_channel: str = ""
    slack_api_url: str = "https://slack.com/api/"
    slack_pace_seconds: float = 1.0
    slack_app_token: Secret = NO_SECRET
    """App-level token (xapp-...) for Socket Mode; none: nobody listens to buttons and commands."""
    slack_buttons: bool = False
    """Cards carry buttons; only of use while slack_actions runs."""
    log_level: str = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    card_label: str = ""
    """Shown on every card; the sample day says here that its prices are reconstructed."""
    second_reader: SecondReaderSettings | None = None
    """None: there is no second reader, and nothing of it is built."""
    feeds_file: str = ""
    """Another feeds.toml than that of this folder."""
    feeds_local_port: int | None = None
    """Tests alone: a port of this machine that feeds may be asked at; every other private address stays refused."""
    intake_token: Secret = NO_SECRET
    """Of vendors that post articles; none: nothing listens."""
    intake_host: str = "127.0.0.1"
    intake_port: int = 8090
    intake_folder: str = ""
    """Files dropped there are sent; none: no folder is watched."""

    def __repr__(self) -> str:
        """As of any struct, without what the address of Redis may hold: a user and a password."""
        shown = {name: getattr(self, name) for name in self.__struct_fields__}
        shown["redis_url"] = hide_login(self.redis_url)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def port_of(self, process: str) -> int:
        """Port of ``/metrics``, ``/healthz`` and ``/readyz`` for a process; 0 picks a free one."""
        return DEFAULT_METRICS_PORTS[process] if self.metrics_port is None else self.metrics_port

    def require_slack(self) -> None:
        """Refuse to go on without what posting needs."""
        if not self.slack_bot_token:
            raise Misconfigured(
                "SLACK_BOT_TOKEN is not set: create the app from deploy/slack-app-manifest.yaml and set its bot token"
            )
        if not self.slack_channel:
            raise Misconfigured("SLACK_CHANNEL is not set: give the channel's id, such as C0123456789, not its name")
        if self.slack_channel.startswith("#"):
            raise Misconfigured(f"SLACK_CHANNEL is {self.slack_channel!r}: give the channel's id, such as C0123456789")

    def require_socket_mode(self) -> None:
        """Refuse to go on without what buttons and commands need."""
        self.require_slack()
        if not self.slack_app_token:
            raise Misconfigured(
                "SLACK_APP_TOKEN is not set: in the app's Basic Information make an App-Level Token "
                "with the scope connections:write and give it here"
            )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment mapping; an empty variable counts as one that is not set.

    Raises Misconfigured naming the variable and the reason, and the value where it cannot hold a secret.
    """
    environment = {name: value.strip() for name, value in environment.items() if value.strip()}
    slack_api_url = environment.get("SLACK_API_URL", "https://slack.com/api/")
    check_address("SLACK_API_URL", slack_api_url, ("http", "https"))
    redis_url = _read_redis_url(environment)
    level = environment.get("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise Misconfigured(f"LOG_LEVEL is {level!r}: expected one of {', '.join(LOG_LEVELS)}")
    return Settings(
        kafka_bootstrap=read_brokers(environment.get("KAFKA_BOOTSTRAP", "localhost:9092")),
        kafka_replication=_number(environment, "KAFKA_REPLICATION", 1, int, low=1, high=9),
        kafka_session_timeout_ms=_number(environment, "KAFKA_SESSION_TIMEOUT_MS", 20_000, int, low=1_000, high=300_000),
        redis_url=redis_url,
        slack_bot_token=read_secret(environment, "SLACK_BOT_TOKEN"),
        slack_channel=environment.get("SLACK_CHANNEL", ""),
        slack_api_url=slack_api_url if slack_api_url.endswith("/") else slack_api_url + "/",
        slack_pace_seconds=_number(environment, "SLACK_PACE_SECONDS", 1.0, float, low=0.0, high=60.0),
        slack_app_token=_read_app_token(environment),
        slack_buttons=_read_buttons(environment),
        log_level=level,
        metrics_host=environment.get("METRICS_HOST", "127.0.0.1"),
        metrics_port=_number(environment, "METRICS_PORT", None, int, low=0, high=65_535),
        card_label=environment.get("CARD_LABEL", ""),
        second_reader=_read_second_reader(environment),
        feeds_file=environment.get("FEEDS_FILE", ""),
        feeds_local_port=_number(environment, "FEEDS_LOCAL_PORT", None, int, low=1, high=65_535),
        intake_token=read_secret(environment, "INTAKE_TOKEN"),
        intake_host=environment.get("INTAKE_HOST", "127.0.0.1"),
        intake_port=_number(environment, "INTAKE_PORT", 8090, int, low=0, high=65_535),
        intake_folder=environment.get("INTAKE_FOLDER", ""),
    )


def _read_redis_url(environment: Mapping[str, str]) -> str:
    """It may hold a password, so it may lie in a file as any secret."""
    name = "REDIS_URL_FILE" if "REDIS_URL_FILE" in environment else "REDIS_URL"
    url = environment.get(name, LOCAL_REDIS) if name == "REDIS_URL" else read_secret(environment, "REDIS_URL").reveal()
    check_address(name, url, ("redis", "rediss", "unix"))
    return url


def _read_app_token(environment: Mapping[str, str]) -> Secret:
    token = read_secret(environment, "SLACK_APP_TOKEN")
    if token and not token.reveal().startswith("xapp-"):
        raise Misconfigured("SLACK_APP_TOKEN does not begin with xapp-: give the app-level token, not that of the bot")
    return token


def _read_buttons(environment: Mapping[str, str]) -> bool:
    """Said in so many words, or else yes where the token for Socket Mode is at hand."""
    said = environment.get("SLACK_BUTTONS", "").lower()
    if said not in ("", "yes", "no"):
        raise Misconfigured(f"SLACK_BUTTONS is {said!r}: expected yes or no")
    return said == "yes" or (not said and bool(read_secret(environment, "SLACK_APP_TOKEN")))


def _read_second_reader(environment: Mapping[str, str]) -> SecondReaderSettings | None:
    url = environment.get("SECOND_READER_URL")
    if url is None:
        return None
    check_address("SECOND_READER_URL", url, ("http", "https"))
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment or not _is_one_word(url):
        raise Misconfigured(
            "SECOND_READER_URL holds more than an address: give it such as https://host/v1, "
            "and the key as SECOND_READER_API_KEY"
        )
    url = url.rstrip("/")
    model = environment.get("SECOND_READER_MODEL", "")
    if not (model and model.isprintable() and len(model) <= LONGEST_MODEL_NAME):
        raise Misconfigured(
            "SECOND_READER_URL is set, so SECOND_READER_MODEL must name a model of that endpoint; "
            "without a second reader, remove both"
        )
    share = {"low": 0.0, "high": 1.0}
    return SecondReaderSettings(
        url=url if url.endswith(CHAT_PATH) else url + CHAT_PATH,
        api_key=read_secret(environment, "SECOND_READER_API_KEY"),
        model=model,
        timeout_seconds=_number(environment, "SECOND_READER_TIMEOUT_SECONDS", 3.0, float, low=0.5, high=10.0),
        below_confidence=_number(environment, "SECOND_READER_BELOW_CONFIDENCE", 0.7, float, **share),
        highest_confidence=_number(environment, "SECOND_READER_HIGHEST_CONFIDENCE", 0.8, float, **share),
        calls_per_hour=_number(environment, "SECOND_READER_CALLS_PER_HOUR", 120, int, low=0, high=100_000),
        tokens_per_day=_number(environment, "SECOND_READER_TOKENS_PER_DAY", 500_000, int, low=0, high=1_000_000_000),
    )


def _number(  # noqa: PLR0913 - bounds are keywords
    environment: Mapping[str, str], name: str, default: D, kind: Callable[[str], N], *, low: N, high: N
) -> N | D:
    text = environment.get(name)
    if text is None:
        return default
    try:
        value = kind(text)
    except ValueError:
        raise Misconfigured(f"{name} is {text!r}: expected a number from {low} to {high}") from None
    if not low <= value <= high:
        raise Misconfigured(f"{name} is {text}: expected a number from {low} to {high}")
    return value


def _is_one_word(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value


def read_secret(environment: Mapping[str, str], name: str) -> Secret:
    """The secret of a variable, or of the file that ``NAME_FILE`` names; an empty one when neither is set.

    Raises Misconfigured, without the secret in its words.
    """
    path = environment.get(f"{name}_FILE")
    if path is None:
        value = environment.get(name, "")
    else:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE is {path!r}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Misconfigured(f"{name}_FILE is {path!r}: the file is not text") from None
        except ValueError:
            raise Misconfigured(f"{name}_FILE is {path!r}: not a path") from None
    if value and not _is_one_word(value):
        # It travels in an HTTP header. The message must not repeat it.
        raise Misconfigured(f"{name}{'_FILE' if path else ''} holds more than one word of plain characters")
    return Secret(value, None if path is None else Path(path))
