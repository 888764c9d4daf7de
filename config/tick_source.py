"""What a mapping file comes to: where a vendor's ticks are asked for, with which secret, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from msgspec import Struct

from config.settings import Secret
from services.errors import Misconfigured
from services.market.ticks.feed_watch import SequenceScope
from services.market.ticks.quote_memory import VolumeMeaning
from services.market.ticks.tick_mapping import TickMapping

Kind = Literal["websocket", "polling"]
TOKEN, INSTRUMENT, INSTRUMENTS = "{token}", "{instrument}", "{instruments}"


class Connection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[connection]: how long to wait, and how much to take."""

    ping_seconds: float = 20.0
    """A WebSocket ping this often; no pong within half of it is a dead connection."""
    idle_seconds: float = 60.0
    """No message for so long: connect anew, even if pings are answered."""
    connect_seconds: float = 10.0
    backoff_seconds: float = 1.0
    """The first wait before a new try; it doubles up to ``longest_backoff_seconds``, each with jitter."""
    longest_backoff_seconds: float = 60.0
    largest_message_bytes: int = 1_048_576
    queue_ticks: int = 100_000
    """Kept while Kafka is away; then the oldest are dropped, and counted."""


class Polling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[polling]: how often to ask, for how many symbols at once."""

    interval_seconds: float = 5.0
    jitter: float = 0.1
    """Share of the interval by which each wait may differ, so that many pollers do not ask at the same instant."""
    timeout_seconds: float = 10.0
    """For a whole answer, whatever it does meanwhile."""
    batch: int = 50
    delay_seconds: float = 0.0
    """How far the vendor's quotes lie behind the exchange; the line then waits for them as long."""


class TickSource(Struct, frozen=True, kw_only=True):
    """One vendor, ready to be asked. Nothing of it shows the token: see ``place``."""

    kind: Kind
    file: str
    url: str
    token: Secret
    token_place: str = ""
    """The variable or file that holds the token, for people to read."""
    headers: dict[str, str] = {}
    subscribe: tuple[Any, ...] = ()
    """JSON values with placeholders."""
    ping_message: Any = None
    mapping: TickMapping
    sequence_is: SequenceScope = "instrument"
    volume_is: VolumeMeaning = "trade"
    connection: Connection = Connection()
    polling: Polling = Polling()

    @property
    def place(self) -> str:
        """The address without path, query and login: all that logs and errors say of it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @property
    def symbols(self) -> tuple[str, ...]:
        """The vendor's symbols."""
        return tuple(self.mapping.instruments)

    def address(self, symbols: Sequence[str]) -> str:
        """The whole address for these symbols, the token included: for the client alone."""
        token = quote(self._reveal(), safe="")
        return self.url.replace(TOKEN, token).replace(INSTRUMENTS, ",".join(quote(name, safe="") for name in symbols))

    def header_values(self) -> dict[str, str]:
        """Headers to send, the token included."""
        return {name: value.replace(TOKEN, self._reveal()) for name, value in self.headers.items()}

    def subscriptions(self) -> Iterator[Any]:
        """JSON values to send after connecting; one with ``{instrument}`` is sent once per symbol."""
        for template in self.subscribe:
            for symbol in self.symbols if _holds(template, INSTRUMENT) else ("",):
                yield _fill(template, {INSTRUMENT: symbol, TOKEN: self._reveal()}, self.symbols)

    def _reveal(self) -> str:
        token = self.token.reveal()
        if not is_one_word(token):
            # Its file may have been replaced while we run; the client's own complaint would repeat it.
            raise Misconfigured(
                f"{self.file}: [token]: {self.token_place} holds more than one word of plain characters"
            )
        return token


def is_one_word(token: str) -> bool:
    """True for what may travel in a header; nothing counts as well."""
    return token.isascii() and token.isprintable() and " " not in token


def read_token(environment: Mapping[str, str], name: str | None, path: Path | None) -> Secret:
    """The secret in the variable or in the file. Raises Misconfigured, without the secret."""
    if path is None:
        value = environment.get(name or "", "").strip()
        if not value:
            raise Misconfigured(f"[token]: environment: the variable {name} is not set")
    else:
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"[token]: file: {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Misconfigured(f"[token]: file: {path}: the file is not text") from None
        if not value:
            raise Misconfigured(f"[token]: file: {path}: the file is empty")
    if not is_one_word(value):
        raise Misconfigured(f"[token]: {name or path} holds more than one word of plain characters")
    return Secret(value, path)


def _holds(template: object, placeholder: str) -> bool:
    if isinstance(template, dict):
        return any(_holds(part, placeholder) for part in [*template, *template.values()])
    if isinstance(template, list):
        return any(_holds(part, placeholder) for part in template)
    return isinstance(template, str) and placeholder in template


def _fill(template: object, words: Mapping[str, str], symbols: Sequence[str]) -> object:
    """Placeholders replaced; a text that is ``{instruments}`` alone becomes the list, inside others a comma list."""
    if isinstance(template, dict):
        return {str(_fill(key, words, symbols)): _fill(value, words, symbols) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(part, words, symbols) for part in template]
    if template == INSTRUMENTS:
        return list(symbols)
    if not isinstance(template, str):
        return template
    for placeholder, word in words.items():
        template = template.replace(placeholder, word)
    return template.replace(INSTRUMENTS, ",".join(symbols))
