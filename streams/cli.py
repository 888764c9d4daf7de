"""The command ``policy-signals``: every way in, from reading one article to running the whole line."""

from __future__ import annotations

import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from services.errors import Misconfigured, PolicySignalsError, Unavailable
from streams import cli_checks, cli_classify

EXIT_MISCONFIGURED = 2
EXIT_UNAVAILABLE = 3

app = typer.Typer(
    help="Alerts on regulatory tone: articles read, correlated with live prices, pushed to Slack.\n\n"
    "Exit codes: 0 done, 1 a check failed, 2 wrong usage or configuration, 3 something outside is unavailable.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
topics_app = typer.Typer(help="The topics of the line.", no_args_is_help=True)
app.add_typer(topics_app, name="topics")


class ProcessName(StrEnum):
    """What ``run`` can start."""

    NEWS_CONSUMER = "news-consumer"
    TICK_AGGREGATOR = "tick-aggregator"
    CORRELATOR = "correlator"
    SLACK_NOTIFIER = "slack-notifier"


@app.command()
def classify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Text files or .jsonl files; standard input when none or '-'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per article, in input order.")] = False,
) -> None:
    """Read articles for regulatory tone: text files (first line is the title), or JSON Lines with the intake fields."""
    cli_classify.classify(files or [Path("-")], as_json)


@app.command()
def replay(
    news: Annotated[Path, typer.Option(help="Articles, JSON Lines in the intake format (.gz too).")],
    ticks: Annotated[Path, typer.Option(help="CSV with the columns instrument,traded_at,price,volume (.gz too).")],
    out: Annotated[Path, typer.Option(help="Folder for alerts.jsonl, silences.jsonl, slack.jsonl, report.html.")],
) -> None:
    """Run the whole line in event time on files, with no broker and the same decisions as live."""
    from streams.replay_files import replay_files  # noqa: PLC0415 - keeps --help quick

    replay_files(news, ticks, out)


@app.command("sample-day")
def sample_day(out: Annotated[Path, typer.Option(help="Folder for news.jsonl and ticks.csv.gz.")]) -> None:
    """Write the bundled sample day as files for ``replay``."""
    from streams.replay_files import write_sample_day  # noqa: PLC0415

    write_sample_day(out)


@app.command()
def demo(out: Annotated[Path, typer.Option(help="Folder for the HTML page and the logs.")] = Path("out")) -> None:
    """Start everything here, play the sample day through the real topics, show each Slack message."""
    from streams.demo import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(out))


@app.command()
def up(out: Annotated[Path, typer.Option(help="Folder for the logs.")] = Path("out")) -> None:
    """Start the line and keep it up until Ctrl-C; uses KAFKA_BOOTSTRAP and REDIS_URL where they are set."""
    from streams.stand import run_up  # noqa: PLC0415

    raise typer.Exit(run_up(out))


@app.command()
def run(process: Annotated[ProcessName, typer.Argument(help="The process to run.")]) -> None:
    """Run one process of the line until SIGTERM or Ctrl-C."""
    import_module(f"streams.{process.value.replace('-', '_')}").main()


@app.command("slack-stand-in")
def slack_stand_in() -> None:
    """Run a local Slack that checks as strictly as the real one; for trying things out."""
    import_module("streams.slack_stand_in").main()


@app.command()
def check() -> None:
    """Check the configuration: environment, catalogue, exchanges, thresholds, sources."""
    cli_checks.check_configuration()


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Check what the line needs from outside: broker, topics, Redis, Slack, clock."""
    raise typer.Exit(cli_checks.run_doctor(as_json))


@topics_app.command("create")
def topics_create() -> None:
    """Create the topics that are missing."""
    cli_checks.create_missing_topics()


def main() -> None:
    """Entry point: errors made on purpose become one sentence and an exit code."""
    try:
        app()
    except Misconfigured as error:
        _end(str(error), EXIT_MISCONFIGURED)
    except Unavailable as error:
        _end(str(error), EXIT_UNAVAILABLE)
    except PolicySignalsError as error:
        _end(str(error), 1)
    except BrokenPipeError:
        sys.exit(0)


def _end(sentence: str, status: int) -> None:
    typer.echo(f"policy-signals: {sentence}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
