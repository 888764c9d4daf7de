"""How well stories are told apart, on the written sets of config/reader/stories; a part of `make evaluate`.

The articles of a part go through the teller and the story memory in the order of time, in three streams: all
mixed as they were published, each month with its own memory, and ten years pressed into one week, where everything
meets everything. Writes tests/evaluation/stories.md; fails below the floors of floors.toml.

`python tests/evaluation/story_identity.py dev` shows the part that may be looked at, with what went wrong.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config.stories import load_teller  # noqa: E402
from services.news.article import Article  # noqa: E402
from services.stories.story_memory import StoryMemory  # noqa: E402
from services.stories.telling import Telling  # noqa: E402
from tests.evaluation.story_measures import (  # noqa: E402
    CLASSES,
    Figure,
    Placed,
    Tally,
    merges,
    new_acts,
    precision,
    recalls,
    relations,
)
from tests.evaluation.story_sets import STREAMS, Report, Stream, as_article, read_reports  # noqa: E402

RESULTS = Path(__file__).with_name("stories.md")
FLOORS = Path(__file__).with_name("floors.toml")
SECTION = "stories"
LOWER_IS_BETTER = ("merged", "new act")
LIVE = "one stream"
ON_ARRIVAL = "one stream, as said on arrival"
Figures = dict[str, Figure]


def place_all(streams: Sequence[Stream], tellings: Mapping[str, Telling], *, settled: bool = True) -> list[Placed]:
    """Each stream through a memory of its own, article by article.

    ``settled``: with the story as known in the end, since a later report may show that two stories are one; otherwise
    as said on arrival, when the alert goes out.
    """
    placed = []
    for number, stream in enumerate(streams):
        memory, stories, relation = StoryMemory(load_teller().weights), dict[str, str](), dict[str, str]()
        for report, article in stream:
            place = memory.take(_at(tellings[report.id], article))
            stories[article.article_id], relation[report.id] = place.story_id, place.relation.value
            if settled:
                # Asked after every article, since the memory forgets.
                stories = {known: memory.story_of(known) or story for known, story in stories.items()}
        # Two memories may give two stories the same id when they begin with the same article.
        placed += [
            Placed(report=r, story_id=f"{number} {stories[article.article_id]}", relation=relation[r.id])
            for r, article in stream
        ]
    return placed


def _at(telling: Telling, article: Article) -> Telling:
    return replace(
        telling,
        article_id=article.article_id,
        published_at=article.published_at,
        received_at=article.received_at,
    )


def measure(placed: Sequence[Placed]) -> Figures:
    """Every figure by its name, as floors.toml and the table call it."""
    tallies: dict[str, Tally] = {}
    tallies |= {f"precision {name}": tally for name, tally in sorted(precision(placed).items())}
    found = recalls(placed)
    order = ("all", "copies", *CLASSES, "within en", "within zh")
    tallies |= {f"recall {name}": found[name] for name in order if name in found}
    tallies |= {f"merged {name}": tally for name, tally in sorted(merges(placed).items())}
    tallies["new act taken for the old story"] = new_acts(placed)
    tallies["relation right"] = relations(placed)[0]
    return {name: tally.figure() for name, tally in tallies.items()}


def write_figures(figures: Mapping[str, Figures]) -> str:
    """Markdown: one row a figure, one column a stream, with how many cases the first stream counted."""
    lines = [f"| figure | cases | {' | '.join(figures)} |", f"|---|---|{'---|' * len(figures)}"]
    for name, figure in figures[LIVE].items():
        cells = [str(by_name[name]) if name in by_name else "-" for by_name in figures.values()]
        lines.append(f"| {name} | {figure.total} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_relations(table: Counter[tuple[str, str]]) -> str:
    """Markdown: the labelled kind by the relation that was given."""
    kinds, given = sorted({kind for kind, _ in table}), sorted({relation for _, relation in table})
    lines = [f"| label, then relation | {' | '.join(given)} |", f"|---|{'---|' * len(given)}"]
    lines += [f"| {kind} | {' | '.join(str(table[kind, relation]) for relation in given)} |" for kind in kinds]
    return "\n".join(lines)


def below_floor(figures: Figures) -> list[str]:
    """Every figure of the live stream that is worse than its recorded floor."""
    faults = []
    for name, floor in tomllib.loads(FLOORS.read_text(encoding="utf-8"))[SECTION].items():
        value = figures[name].value
        if value > floor if name.startswith(LOWER_IS_BETTER) else value < floor:
            faults.append(f"{SECTION}: {name} is {value:.3f}, its floor is {floor}")
    return faults


def evaluate_stories(part: str = "held") -> tuple[str, list[str], dict[str, list[Placed]]]:
    """The results as Markdown, what is below its floor, and by stream where each article was put."""
    reports = read_reports(part)
    tellings = {report.id: load_teller().tell(as_article(report)) for report in reports}
    placed = {name: place_all(streams(reports), tellings) for name, streams in STREAMS.items()}
    placed |= {ON_ARRIVAL: place_all(STREAMS[LIVE](reports), tellings, settled=False)}
    figures = {name: measure(places) for name, places in placed.items()}
    text = "\n\n".join(
        [
            "# How well stories are told apart: `make evaluate`",
            _describe(part, reports),
            write_figures(figures),
            "Relations in one stream, labelled kind by given relation:",
            write_relations(relations(placed[LIVE])[1]),
        ]
    )
    return text, below_floor(figures[LIVE]), placed


def _describe(part: str, reports: Sequence[Report]) -> str:
    groups = {report.group for report in reports if not report.hard}
    pairs = {report.group for report in reports if report.hard}
    return (
        f"Part `{part}`: {len(reports)} articles, {len(groups)} groups, {len(pairs)} pairs on one topic that are "
        f"different events, {len({report.event for report in reports})} events. Figures with the 95 % interval of a "
        "bootstrap by group. Written by the same project as the rules: real news will be harder."
    )


def write_misses(placed: Sequence[Placed]) -> str:
    """What was split and what was merged, title by title: for the part that may be looked at."""
    lines = []
    by_event: dict[str, list[Placed]] = {}
    by_story: dict[str, list[Placed]] = {}
    for place in placed:
        by_event.setdefault(place.report.event, []).append(place)
        by_story.setdefault(place.story_id, []).append(place)
    wrong = [("SPLIT", places) for places in by_event.values() if len({place.story_id for place in places}) > 1]
    wrong += [("MERGED", places) for places in by_story.values() if len({place.report.event for place in places}) > 1]
    for word, places in wrong:
        lines.append(f"{word} {places[0].report.event}")
        lines += [
            f"    {place.report.id} {place.story_id} {place.relation:12} {place.report.kind:12} {place.report.title}"
            for place in places
        ]
    return "\n".join(lines)


def main() -> int:
    """Print; for the held part write the results and fail below a floor."""
    part = sys.argv[1] if len(sys.argv) > 1 else "held"
    text, faults, placed = evaluate_stories(part)
    print(text)
    if part != "held":
        print(*(f"\n{name}\n{write_misses(places)}" for name, places in placed.items()), sep="\n")
        return 0
    RESULTS.write_text(text + "\n", encoding="utf-8")
    for fault in faults:
        print(f"BELOW ITS FLOOR: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
