"""For the head of the desk: which way policy leans, what was said, how the market answered, was it right."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Choice, Page, Row
from deploy.grafana.boards.panels import BAD, DOUBTFUL, GOOD, PLAIN, Panel, Query

LEAN = ((None, BAD), (-0.1, PLAIN), (0.1, GOOD))
JUDGED = 'policy_signals_final_verdicts_total{agreement=~"confirmed|contradicted"}'

TONE = Row(
    title="Which way does policy lean?",
    panels=(
        Panel(
            title="Tone by sector",
            description="Policy news on each sector, -1 restrictive to 1 supportive, weighted by confidence and novelty;"
            " a report counts half after 3 days. 0 is balanced or silent. Marks are policy alerts.",
            unit="none",
            queries=(Query(expr='policy_signals_sector_tone_index{sector=~"$sector"}', legend="{{sector}}"),),
            width=16,
            height=10,
            many=True,
            runbook="Desk",
        ),
        Panel(
            title="Strongest leans now",
            description="The sectors furthest from balance, supportive and restrictive: the newest value of the tone.",
            unit="none",
            kind="ranking",
            queries=(
                Query(
                    expr='topk(5, policy_signals_sector_tone_index{sector=~"$sector"} > 0.005)'
                    ' or bottomk(5, policy_signals_sector_tone_index{sector=~"$sector"} < -0.005)'
                    ' or on () label_replace(vector(0), "sector", "no sector leans", "", "")',
                    legend="{{sector}}",
                ),
            ),
            width=8,
            height=10,
            steps=LEAN,
            bounds=(-1, 1),
            nothing="no sector leans",
            runbook="Desk",
        ),
        Panel(
            title="Busiest regulators",
            description="Weight of recent reports that name each regulator: 1 is one sure, new report of this moment,"
            " half of it after 3 days. Beyond the twenty busiest, all are other.",
            unit="none",
            kind="ranking",
            queries=(
                Query(
                    expr='topk(10, policy_signals_regulator_news_weight{regulator=~"$regulator"})',
                    legend="{{regulator}}",
                ),
            ),
            runbook="Desk",
        ),
        Panel(
            title="Tone by regulator",
            description="As tone by sector, of what each of the busiest regulators does.",
            unit="none",
            queries=(
                Query(expr='policy_signals_regulator_tone_index{regulator=~"$regulator"}', legend="{{regulator}}"),
            ),
            many=True,
            runbook="Desk",
        ),
        Panel(
            title="News heat against normal",
            description="Policy reports on a sector in about a day, against its own last weeks: 1 is normal, 3 is hot.",
            unit="none",
            kind="ranking",
            queries=(
                Query(expr='topk(10, policy_signals_sector_news_heat_ratio{sector=~"$sector"})', legend="{{sector}}"),
            ),
            steps=((None, PLAIN), (2, DOUBTFUL), (4, BAD)),
            runbook="Desk",
        ),
    ),
)

SAID = Row(
    title="What was said?",
    panels=(
        Panel(
            title="Latest alerts",
            description="The ten alerts raised last, by what each is about, the newest news first; the cards with headline and"
            " prices are in Slack. Alerts about the same share a line.",
            unit="dateTimeFromNow",
            kind="table",
            queries=(
                Query(
                    expr="sort_desc(max by (severity, tone, sector, regulator, instrument)"
                    ' (policy_signals_latest_alert_timestamp_seconds{sector=~"$sector",regulator=~"$regulator",instrument=~"$instrument"}'
                    " > 0)) * 1000",
                    legend="published",
                ),
            ),
            order=("severity", "tone", "sector", "regulator", "instrument"),
            nothing="no alert yet",
            width=16,
            runbook="Desk",
        ),
        Panel(
            title="Alerts of the chosen time",
            description="How many alerts went out, by severity and tone. The cards themselves are in Slack, with headline,"
            " companies and prices.",
            unit="short",
            kind="table",
            queries=(
                Query(
                    expr="round(sum by (severity, tone) (increase(policy_signals_alerts_total[$__range])))",
                    legend="alerts",
                ),
            ),
            runbook="Desk",
        ),
        Panel(
            title="Alerts over time",
            description="New alerts, by severity.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (severity) (increase(policy_signals_alerts_total[$__rate_interval]))",
                    legend="{{severity}}",
                ),
            ),
            runbook="Desk",
        ),
        Panel(
            title="Signals by tone",
            description="Every article that speaks of a policy act, alerted or not, by the tone that was read.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (tone) (increase(policy_signals_signals_total[$__rate_interval]))", legend="{{tone}}"
                ),
            ),
            runbook="Desk",
        ),
        Panel(
            title="New, or told before?",
            description="Signals since the start, by how their report stands to what was told before: new opens a story, all"
            " others join one and raise no second alert.",
            unit="short",
            kind="ranking",
            queries=(
                Query(expr="sort_desc(sum by (relation) (policy_signals_story_reports_total))", legend="{{relation}}"),
            ),
            runbook="Desk",
        ),
    ),
)

ANSWERED = Row(
    title="How did the market answer, and was it right?",
    panels=(
        Panel(
            title="Reaction by tone, 30 minutes after",
            description="Mean abnormal return of the named companies 30 minutes after publication, over all alerts since the"
            " correlator started: above 0 for supportive and below 0 for restrictive means that the tone points the right way.",
            unit="percentunit",
            kind="numbers",
            queries=(
                Query(
                    expr='(sum by (tone) (policy_signals_reaction_moves_ratio_total{direction="up"})'
                    ' - sum by (tone) (policy_signals_reaction_moves_ratio_total{direction="down"}))'
                    " / sum by (tone) (policy_signals_reactions_total)",
                    legend="{{tone}}",
                ),
            ),
            width=8,
            height=6,
            nothing="no alert measured yet",
            runbook="Desk",
        ),
        Panel(
            title="Verdicts over time",
            description="Text against tape at each measurement (1, 5, 30 minutes, close), by agreement: one alert counts several"
            " times here, and once under 'Verdicts at the close'.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (agreement) (increase(policy_signals_verdicts_total[$__rate_interval]))",
                    legend="{{agreement}}",
                ),
            ),
            width=16,
            height=6,
            runbook="Desk",
        ),
        Panel(
            title="Verdicts at the close",
            description="Text against tape, one verdict per alert when its close is measured, since the correlator started.",
            unit="short",
            kind="ranking",
            queries=(Query(expr="sum by (agreement) (policy_signals_final_verdicts_total)", legend="{{agreement}}"),),
            width=8,
            height=6,
            runbook="Desk",
        ),
        Panel(
            title="Hit ratio",
            description="Of the verdicts at the close that were given either way: the share that confirmed the tone.",
            unit="percentunit",
            kind="numbers",
            queries=(
                Query(
                    expr=f'sum(policy_signals_final_verdicts_total{{agreement="confirmed"}}) / sum({JUDGED})',
                    legend="confirmed",
                ),
            ),
            width=5,
            height=6,
            nothing="nothing judged yet",
            bounds=(0, 1),
            runbook="Desk",
        ),
        Panel(
            title="Precision by the desk's feedback",
            description="Of the alerts that people pressed a button on: the share they called useful, since the start.",
            unit="percentunit",
            kind="numbers",
            queries=(
                Query(
                    expr='sum(policy_signals_feedback_total{verdict="useful"}) / sum(policy_signals_feedback_total)',
                    legend="useful",
                ),
            ),
            width=6,
            height=6,
            nothing="no feedback yet",
            bounds=(0, 1),
            runbook="Desk",
        ),
        Panel(
            title="Alerts that wait",
            description="Alerts whose later measurements (1, 5, 30 minutes, close, later sessions) are still to come.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_open_alerts)", legend="open alerts"),),
            width=5,
            height=6,
            runbook="Desk",
        ),
    ),
)

DESK = Page(
    name="desk",
    title="Desk",
    description="Which way policy leans, what was said, how the market answered, and whether it was right.",
    rows=(TONE, SAID, ANSWERED),
    choices=(
        Choice(name="sector", label="Sector", series="policy_signals_sector_tone_index"),
        Choice(name="regulator", label="Regulator", series="policy_signals_regulator_tone_index"),
        Choice(name="instrument", label="Instrument", series="policy_signals_latest_alert_timestamp_seconds"),
    ),
    events="sum by (severity, tone) (increase(policy_signals_alerts_total[2m])) > 0",
    hours=24,
)
