"""How articles are read: how sure, how fast, by which model, with what second opinion, and into which stories."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Row
from deploy.grafana.boards.panels import BAD, PLAIN, Panel, Query, quantile

FAILED = 'outcome=~"timeout|unavailable|refused|unreadable|circuit_open"'

READING = Row(
    title="How is it read?",
    panels=(
        Panel(
            title="How sure the reader is",
            description="Confidence of the label of signals: half are above the first line, one in ten under the second. Both"
            " falling together is a source or a language that the model does not know.",
            unit="percentunit",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_reading_confidence_ratio"), legend="half are above"),
                Query(expr=quantile(0.1, "policy_signals_reading_confidence_ratio"), legend="one in ten is under"),
            ),
            steps=((None, PLAIN), (0.6, BAD)),
            nothing="no signal in this time",
            bounds=(0, 1),
            runbook="Pipeline",
        ),
        Panel(
            title="Steps of reading, 99 of 100",
            description="Gate, rules, model and linking of one article: the model dominates unless something is wrong.",
            unit="s",
            queries=(Query(expr=quantile(0.99, "policy_signals_reading_step_seconds", "le, step"), legend="{{step}}"),),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
        Panel(
            title="Reading one article",
            description="Time to read one article for tone, companies and story.",
            unit="s",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_reading_seconds"), legend="half were faster"),
                Query(expr=quantile(0.99, "policy_signals_reading_seconds"), legend="99 of 100 were faster"),
            ),
            nothing="nothing in this time",
            bounds=(0, None),
            runbook="CardsAreLate",
        ),
        Panel(
            title="Second readings by outcome",
            description="Readings that deserved a second reader, by what became of them; all 0 where none is configured.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (outcome) (increase(policy_signals_second_readings_total[$__rate_interval]))",
                    legend="{{outcome}}",
                ),
            ),
            runbook="SecondReaderFails",
        ),
        Panel(
            title="Waiting for the second reader",
            description="Time that an article waited for its second reading; nothing where none is configured.",
            unit="s",
            queries=(
                Query(expr=quantile(0.5, "policy_signals_second_reading_seconds"), legend="half were faster"),
                Query(expr=quantile(0.99, "policy_signals_second_reading_seconds"), legend="99 of 100 were faster"),
            ),
            nothing="no second readings",
            bounds=(0, None),
            runbook="SecondReaderFails",
        ),
        Panel(
            title="Second readings that failed",
            description="Of the chosen time: no answer, a refusal, an answer that is none. The first reading stands.",
            unit="short",
            kind="numbers",
            queries=(
                Query(
                    expr=f"round(sum(increase(policy_signals_second_readings_total{{{FAILED}}}[$__range])))",
                    legend="failed",
                ),
            ),
            steps=((None, PLAIN), (3, BAD)),
            width=4,
            runbook="SecondReaderFails",
        ),
        Panel(
            title="Tokens",
            description="What second readings cost in the chosen time, in tokens of the endpoint; SECOND_READER_TOKENS_PER_DAY is"
            " the cap.",
            unit="short",
            kind="numbers",
            queries=(
                Query(
                    expr="round(sum(increase(policy_signals_second_reader_tokens_total[$__range])))", legend="tokens"
                ),
            ),
            width=4,
            runbook="SecondReaderFails",
        ),
    ),
)
