"""``ticks stream`` and ``ticks poll``: a vendor's ticks onto ``market.ticks`` until Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.errors import Misconfigured

if TYPE_CHECKING:  # imports are made where needed: --help is quick
    from config.tick_source import Kind, TickSource
    from streams.ticks.yahoo_quotes import YahooPlan

COMMAND_OF_KIND = {"websocket": "stream", "polling": "poll"}
LONGEST_DELAY_SECONDS = 86_400.0
MappingFile = Annotated[
    Path, typer.Option("--mapping", help="TOML; copy config/tick_sources/example_*.toml and change it.")
]


def add_commands(ticks_app: typer.Typer) -> None:
    """Give the group its commands that read a vendor."""
    ticks_app.command("stream")(stream)
    ticks_app.command("poll")(poll)


def stream(mapping: MappingFile) -> None:
    """Read a vendor's WebSocket (JSON) and put its trades on market.ticks, until SIGTERM or Ctrl-C."""
    _run(read_mapping(mapping, "websocket"))


def poll(
    symbols: Annotated[
        list[str] | None,
        typer.Argument(help="With --yahoo: symbols such as 0700.HK, or ^HSI=HSI where ours has another name."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="TOML; copy config/tick_sources/example_polling.toml and change it."),
    ] = None,
    yahoo: Annotated[bool, typer.Option("--yahoo", help="Minutes from Yahoo, through the extra 'quotes'.")] = False,
    delay: Annotated[
        float,
        typer.Option(
            help="With --yahoo: seconds that the latest of the exchanges lags.", min=0, max=LONGEST_DELAY_SECONDS
        ),
    ] = 0.0,
) -> None:
    """Ask for quotes again and again, over HTTP (JSON) or from Yahoo, and put them on market.ticks, until Ctrl-C."""
    if yahoo == (mapping is not None):
        raise Misconfigured("give either --mapping FILE or --yahoo SYMBOL ...")
    if mapping is not None:
        if symbols or delay:
            raise Misconfigured("symbols and --delay are for --yahoo; with --mapping they stand in the file")
        _run(read_mapping(mapping, "polling"))
        return
    _run(read_plan(symbols or [], delay))


def read_mapping(path: Path, kind: Kind) -> TickSource:
    """The source that a mapping file describes, with its token; raises Misconfigured, for another kind too."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from config.tick_mapping import load_tick_source  # noqa: PLC0415

    source = load_tick_source(path, os.environ, load_catalogue().has_instrument)
    if source.kind != kind:
        raise Misconfigured(
            f"{path.name}: kind is {source.kind!r}: use `policy-signals ticks {COMMAND_OF_KIND[source.kind]}`"
        )
    return source


def read_plan(symbols: list[str], delay_seconds: float) -> YahooPlan:
    """What to ask Yahoo for; raises Misconfigured, also without yfinance."""
    from config.catalogue import load_catalogue  # noqa: PLC0415
    from streams.ticks.yahoo_quotes import YahooPlan, parse_symbols, require_yfinance  # noqa: PLC0415

    instruments = parse_symbols(symbols, load_catalogue().has_instrument)
    require_yfinance()
    return YahooPlan(instruments=instruments, delay_seconds=delay_seconds)


def _run(source: TickSource | YahooPlan) -> None:
    from streams.process import read_surroundings  # noqa: PLC0415
    from streams.tick_source import DEPENDENCIES, run_source  # noqa: PLC0415
    from streams.ticks.tick_sink import TopicSink  # noqa: PLC0415

    surroundings = read_surroundings(*DEPENDENCIES)
    run_source(source, surroundings, lambda offset_ms: TopicSink(surroundings.settings, offset_ms))
