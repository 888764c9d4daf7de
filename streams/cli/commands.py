"""The command ``policy-signals``: every way in, from reading one article to running the whole line."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from services.errors import Misconfigured, PolicySignalsError, Unavailable
from streams.cli.audit import add_commands as add_audit
from streams.cli.dead_letters import add_commands as add_dead_letters
from streams.cli.feeds import add_commands as add_feeds
from streams.cli.reasons import add_commands as add_reasons
from streams.cli.routes import add_commands as add_routes
from streams.cli.rows import say_row
from streams.cli.stories import add_commands as add_stories
from streams.cli.story import add_commands as add_story
from streams.cli.tick_sources import add_commands as add_tick_sources
from streams.cli.ticks import add_commands as add_tick_files

EXIT_FAILED = 1
EXIT_MISCONFIGURED = 2
EXIT_UNAVAILABLE = 3


class Commands(TyperGroup):
    """Errors made on purpose become one sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            raise _end(str(error), EXIT_MISCONFIGURED) from None
        except Unavailable as error:
            raise _end(str(error), EXIT_UNAVAILABLE) from None
        except PolicySignalsError as error:
            raise _end(str(error), EXIT_FAILED) from None
        except BrokenPipeError:
            # The reader, such as `head`, has seen enough; the flush at exit would complain once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            if error.filename is None:
                raise
            raise _end(f"{error.filename}: {error.strerror}", EXIT_FAILED) from None


app = typer.Typer(
    cls=Commands,
    help="Alerts on regulatory tone: articles read, correlated with live prices, pushed to Slack.\n\n"
    "Exit codes: 0 done, 1 a check or an input failed, 2 wrong usage or configuration, "
    "3 something outside is unavailable.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
topics_app = typer.Typer(help="The topics of the line.", no_args_is_help=True)
app.add_typer(topics_app, name="topics")
ticks_app = typer.Typer(help="Trades onto the topic market.ticks.", no_args_is_help=True)
app.add_typer(ticks_app, name="ticks")
history_app = typer.Typer(help="Prices of the past: minutes and daily closes.", no_args_is_help=True)
app.add_typer(history_app, name="history")
feeds_app = typer.Typer(help="News from feeds, files and vendors.", no_args_is_help=True)
app.add_typer(feeds_app, name="feeds")
add_feeds(feeds_app)
add_audit(app)
add_dead_letters(app)
add_stories(app)
add_routes(app)
add_story(app)
add_reasons(app)
add_tick_files(ticks_app)
add_tick_sources(ticks_app)


class ProcessName(StrEnum):
    """What ``run`` can start."""

    NEWS_CONSUMER = "news-consumer"
    TICK_AGGREGATOR = "tick-aggregator"
    CORRELATOR = "correlator"
    SLACK_NOTIFIER = "slack-notifier"
    SLACK_ACTIONS = "slack-actions"
    FEED_POLLER = "feed-poller"


def _say_version(is_asked: bool) -> None:
    if is_asked:
        try:
            typer.echo(f"policy-signals {version('policy-signals')}")
        except PackageNotFoundError:  # run from a checkout that was not installed
            typer.echo("policy-signals, not installed")
        raise typer.Exit


@app.callback()
def start(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Options before the command."""


@app.command()
def classify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Text files or .jsonl files; standard input when none or '-'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per article, in input order.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Why: gate, sentences, rules, names, and why not.")
    ] = False,
) -> None:
    """Read articles for regulatory tone: text files (first line is the title), or JSON Lines with the intake fields."""
    from streams.cli.classify import classify_files  # noqa: PLC0415 - imports are made where needed: --help is quick

    if not classify_files(files or [Path("-")], as_json=as_json, explain=explain):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def replay(
    news: Annotated[Path, typer.Option(help="Articles, JSON Lines in the intake format (.gz too).")],
    ticks: Annotated[
        Path, typer.Option(help="CSV in order of time, with the columns instrument,traded_at,price,volume (.gz too).")
    ],
    out: Annotated[Path, typer.Option(help="Folder for alerts.jsonl, silences.jsonl, slack.jsonl, report.html.")],
    history: Annotated[
        Path | None, typer.Option(help="What came before: CSV or Parquet, instrument,date[,time],close[,volume].")
    ] = None,
) -> None:
    """Run the whole line in event time on files, with no broker and the same decisions as live."""
    from streams.local.replay_files import replay_files  # noqa: PLC0415

    replay_files(news, ticks, out, history)


@app.command("sample-day")
def sample_day(
    out: Annotated[Path, typer.Option(help="Folder for news.jsonl, ticks.csv.gz and history.csv.gz.")],
) -> None:
    """Write the bundled sample day as files that the command replay takes."""
    from streams.local.replay_files import write_sample_day  # noqa: PLC0415

    write_sample_day(out)


@app.command()
def cards(out: Annotated[Path, typer.Option(help="The HTML page to write.")] = Path("out/cards.html")) -> None:
    """Show every situation that a card must tell, on one page."""
    from streams.cli.cards import write_gallery  # noqa: PLC0415

    write_gallery(out)


@app.command("event-study")
def event_study(
    events: Annotated[Path, typer.Option(help="CSV with the columns event_id,date[,time,tz],tone,instruments.")],
    prices: Annotated[
        Path, typer.Option(help="CSV (.gz too) or Parquet with the columns instrument,date[,time],close.")
    ],
    out: Annotated[Path, typer.Option(help="CSV to write: one row per event and instrument.")],
    index: Annotated[
        str | None,
        typer.Option(help="Instrument of the price file to measure against; that of the exchange when none."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="HTML page to write: charts, tests, every row.")] = None,
) -> None:
    """Measure what prices did in the sessions of events, on files: abnormal returns, tests by tone, a report."""
    from streams.cli.event_study import StudyFiles, run_event_study  # noqa: PLC0415

    run_event_study(StudyFiles(events=events, prices=prices, out=out, report=report, index=index))


@app.command()
def demo(out: Annotated[Path, typer.Option(help="Folder for the HTML page and the logs.")] = Path("out")) -> None:
    """Start everything here, play the sample day through the real topics, show each Slack message."""
    from streams.local.demo import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(out))


@app.command()
def up(out: Annotated[Path, typer.Option(help="Folder for the logs.")] = Path("out")) -> None:
    """Start the line and keep it up until Ctrl-C; uses KAFKA_BOOTSTRAP and REDIS_URL where they are set."""
    from streams.local.stand import run_up  # noqa: PLC0415

    raise typer.Exit(run_up(out))


@app.command()
def run(process: Annotated[ProcessName, typer.Argument(help="The process to run.")]) -> None:
    """Run one process of the line until SIGTERM or Ctrl-C."""
    import_module(f"streams.{process.value.replace('-', '_')}").main()


@app.command("slack-stand-in")
def slack_stand_in(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 picks a free port.", min=0, max=65_535)] = 8065,
    token: Annotated[str | None, typer.Option(help="The one token that is accepted; xoxb-stand-in when none.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="Channel id, may be repeated; C0POLICYALERTS when none.")
    ] = None,
    journal: Annotated[Path | None, typer.Option(help="File to which every call is appended as a JSON line.")] = None,
) -> None:
    """Run a local Slack that checks as strictly as the real one; for trying things out."""
    from streams.slack_stand_in.server import main as serve  # noqa: PLC0415

    if journal is not None:
        journal.open("ab").close()
    given = [("--token", token), *(("--channel", name) for name in channel or ()), ("--journal", journal)]
    options = [f"{name}={value}" for name, value in given if value is not None]
    serve([f"--host={host}", f"--port={port}", *options])


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Option("--config", help="A changed copy of the folder config/ to check instead of it.")
    ] = None,
) -> None:
    """Check the configuration: environment, catalogue, exchanges, thresholds, sources."""
    from streams.cli.checks import check_configuration  # noqa: PLC0415

    check_configuration(folder)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Check what the line needs from outside: broker, topics, Redis, Slack, clock."""
    from streams.cli.checks import run_doctor  # noqa: PLC0415

    raise typer.Exit(run_doctor(as_json))


@topics_app.command("create")
def topics_create() -> None:
    """Create the topics that are missing."""
    from streams.cli.checks import create_missing_topics  # noqa: PLC0415

    create_missing_topics()


@history_app.command("load")
def history_load(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV (.gz too) or Parquet with instrument,date[,time],close[,volume]; local times."),
    ],
) -> None:
    """Load minutes or daily closes from files: onto the topics of history, and into the price store."""
    from streams.cli.history import load_history  # noqa: PLC0415

    load_history(files)


@history_app.command("show")
def history_show(instrument: Annotated[str, typer.Argument(help="As in the catalogue, such as 0700.HK.")]) -> None:
    """Say what the price store has of an instrument: seconds, minutes, days."""
    from streams.cli.history import show_history  # noqa: PLC0415

    show_history(instrument)


def main() -> None:
    """Entry point."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese still gets an answer.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name="policy-signals")


def _end(sentence: str, status: int) -> typer.Exit:
    say_row(f"policy-signals: {sentence}", err=True)
    return typer.Exit(status)


if __name__ == "__main__":
    main()
