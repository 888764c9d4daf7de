"""The path of an alert for a terminal, readable at eighty columns: a block for each moment, a line for each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from services.alerts.alert import Receipt
from services.alerts.path_words import is_sent, say_numbers, say_spent, sum_up
from services.alerts.slack_text import clean
from services.alerts.trace import Step, Trace, TraceStage

WIDEST_STAGE = 8
_STYLES = {
    TraceStage.DELIVERY: "green",
    TraceStage.HOLD: "yellow",
    TraceStage.VERDICT: "bold",
    TraceStage.DECISION: "bold",
}


def draw_path(traces: Sequence[Trace]) -> Group:
    """The whole path, in order of time, with what it spent at the top; foreign text is no markup."""
    return Group(draw_head(traces), *(draw_trace(trace) for trace in traces))


def draw_head(traces: Sequence[Trace]) -> Text:
    """Whose path it is, where it ended, and where the time went."""
    alerts = dict.fromkeys(one.alert_id for one in traces if one.alert_id)
    told = dict.fromkeys(one.channel for one in traces if is_sent(one))
    head = Text(", ".join(alerts) or "no alert", style="bold")
    head.append(f"  {_say_end(list(alerts), list(told))}\n", style="")
    for name, ids in (
        ("story", [one.story_id for one in traces]),
        ("signals", [one.signal_id for one in traces]),
        ("articles", [one.article_id for one in traces]),
    ):
        head.append(f"{name:<9}", style="dim")
        head.append(f"{' '.join(dict.fromkeys(clean(one) for one in ids if one))}\n")
    spent = sum_up(traces)
    if spent:
        head.append(f"{'time':<9}", style="dim")
        head.append(f"{spent}\n")
    return head


def draw_trace(trace: Trace) -> Group:
    """One moment of one process: when, who, how long, and each step with its numbers and its reason."""
    title = Text(f"{trace.at:%m-%d %H:%M:%S} UTC  ", style="dim")
    title.append(trace.by, style="bold")
    title.append("".join(_say_about(trace)), style="")
    spent = say_spent(trace)
    if spent:
        title.append(f"  {spent}", style="dim")
    steps = Table.grid(padding=(0, 2, 0, 0))
    steps.add_column(width=WIDEST_STAGE + 2, no_wrap=True, style="dim", justify="right")
    steps.add_column(ratio=1, overflow="fold")
    for stage, body in _lines(trace.steps):
        steps.add_row(stage, body)
    return Group(title, steps, Text(""))


def draw_receipts(receipts: Sequence[Receipt]) -> Table:
    """The attempt log of an alert, for one whose deliveries left no trace: the last try in every channel."""
    table = Table(title=Text("deliveries", style="bold"), title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("at (UTC)", "channel", "version", "state", "message", "detail"):
        table.add_column(name)
    for one in receipts:
        what = "reply" if one.reply_id else one.digest_id or one.slack_ts or ""
        cells = (f"{one.at:%H:%M:%S}", one.channel, str(one.revision), one.state.value, what, clean(one.detail))
        table.add_row(*map(Text, cells))
    return table


def _lines(steps: Iterable[Step]) -> Iterator[tuple[str, RenderableType]]:
    """A stage is named once, however many steps it has."""
    last = ""
    for step in steps:
        yield ("" if step.stage.value == last else step.stage.value), _draw_step(step)
        last = step.stage.value


def _draw_step(step: Step) -> Text:
    text = Text()
    if step.stage is TraceStage.EVIDENCE:
        return text.append(f"“{clean(step.detail)}”", style="italic")
    text.append(clean(step.outcome.replace("_", " ")), style=_STYLES.get(step.stage, "bold"))
    numbers = "" if step.stage is TraceStage.LINKING else say_numbers(step)
    if numbers:
        text.append(f"  {clean(numbers)}")
    if step.detail:
        text.append(f"\n{clean(step.detail)}", style="dim")
    return text


def _say_about(trace: Trace) -> Iterator[str]:
    if trace.revision:
        yield f", version {trace.revision}"
    if trace.channel:
        yield f", channel {clean(trace.channel)}"


def _say_end(alerts: Sequence[str], told: Sequence[str]) -> str:
    if told:
        return f"told in {', '.join(map(clean, told))}"
    return "raised; no message of it is known" if alerts else "no alert came of it"
