"""``policy-signals event-study``: what prices did in the sessions of events, from files to a file and a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.errors import Misconfigured
from services.market.study.daily_study import StudyCase, StudyParameters
from services.market.study.significance import Significance
from services.market.study.study_summary import ToneSummary, summarise_tones
from streams.clock import wall_clock
from streams.prices.price_file import PriceFile, read_price_file
from streams.study.event_study_files import read_events, write_rows
from streams.study.study_markets import load_markets
from streams.study.study_measuring import Exposure, find_exposures, measure_exposures
from streams.study.study_notes import find_notes, name_some

PARAMETERS = StudyParameters()


class StudyFiles(Struct, frozen=True, kw_only=True):
    """What the command was given."""

    events: Path
    prices: Path
    out: Path
    report: Path | None = None
    index: str | None = None


def run_event_study(files: StudyFiles) -> None:
    """Measure, write, and print a summary; raises Misconfigured for files that are wrong, before any is written."""
    _check_targets(files)
    events = read_events(files.events)
    price_file = read_price_file(files.prices)
    _check_index(files, price_file)
    markets = load_markets(price_file.prices)
    exposures = find_exposures(events, markets, files.index, str(files.events))
    cases = measure_exposures(exposures, price_file.prices, markets, PARAMETERS)
    summaries = summarise_tones(cases, PARAMETERS)
    notes = find_notes(price_file, exposures, cases)
    write_rows(files.out, (case.row for case in cases))
    if files.report is not None:
        from streams.study.study_report import StudyPage, render_study  # noqa: PLC0415 - jinja2 and matplotlib are slow to load

        page = StudyPage(
            title=f"Event study of {files.events.name}",
            made_at=wall_clock(),
            cases=cases,
            summaries=summaries,
            parameters=PARAMETERS,
            indices=_indices(exposures),
            is_intraday=price_file.prices.is_intraday,
            notes=notes,
        )
        files.report.write_text(render_study(page), encoding="utf-8")
    _print_summary(cases, summaries, notes)
    _print_targets(files, len(cases))


def _check_targets(files: StudyFiles) -> None:
    """Every file named must be another one, in a folder that is there: work is not to end in a mistake."""
    named = {"--events": files.events, "--prices": files.prices, "--out": files.out, "--report": files.report}
    taken: dict[Path, str] = {}
    for option, path in named.items():
        if path is None:
            continue
        first = taken.setdefault(path.resolve(), option)
        if first != option and option in ("--out", "--report"):
            raise Misconfigured(f"{option} {path} is the file of {first}; name another one")
        if option in ("--out", "--report") and (path.is_dir() or not path.parent.is_dir()):
            wrong = "is a folder; name a file in it" if path.is_dir() else "is in a folder that does not exist; make it"
            raise Misconfigured(f"{option} {path} {wrong}")


def _check_index(files: StudyFiles, price_file: PriceFile) -> None:
    names = price_file.prices.instruments
    if files.index is None or files.index in names:
        return
    raise Misconfigured(
        f"--index {files.index}: {files.prices} has no such instrument; write it exactly as there: {name_some(names)}"
    )


def _indices(exposures: Sequence[Exposure]) -> tuple[str, ...]:
    return tuple(sorted({exposure.index for exposure in exposures if exposure.index is not None}))


def _print_summary(cases: Sequence[StudyCase], summaries: Sequence[ToneSummary], notes: Sequence[str]) -> None:
    console = Console(highlight=False, emoji=False)
    states = Table("State", title_justify="left", box=None, pad_edge=False)
    states.add_column("Rows", justify="right")
    for state, count in Counter(case.row.state for case in cases).most_common():
        states.add_row(state.value, f"{count:,}")
    tones = Table("Tone", box=None, pad_edge=False)
    for head in ("Rows", "Sessions", "Mean abnormal %", "p (BMP, adjusted)", "p (rank)"):
        tones.add_column(head, justify="right")
    for summary in summaries:
        tones.add_row(_plain(summary.tone), *_say_summary(summary))
    console.print(states)
    console.print()
    console.print(tones)
    for note in notes:
        console.print(_plain(note), style="dim")


def _say_summary(summary: ToneSummary) -> tuple[str, ...]:
    mean = "–" if summary.mean_abnormal_pct is None else f"{summary.mean_abnormal_pct:+.2f}"
    tests = summary.tests
    return (
        f"{summary.cases:,}",
        f"{summary.sessions:,}",
        mean,
        say_p(tests.cross_section_correlated),
        say_p(tests.rank),
    )


def say_p(test: Significance | None) -> str:
    """A p with three digits; a dash where the test is undefined."""
    if test is None:
        return "–"
    return "<0.001" if test.p < 0.001 else f"{test.p:.3f}"


def _print_targets(files: StudyFiles, rows: int) -> None:
    console = Console(highlight=False, emoji=False, soft_wrap=True)
    console.print(Text(f"{files.out}: {rows:,} rows"))
    if files.report is not None:
        console.print(Text(f"{files.report}: the report"))


def _plain(text: str) -> Text:
    """Text of a file as it may reach a terminal: no markup, no control characters."""
    return Text("".join(sign if sign.isprintable() else "�" for sign in text))
