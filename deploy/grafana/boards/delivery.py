"""Between the correlator and people: what Slack took, what waits, what was given up, who answered."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.channels import CHANNELS
from deploy.grafana.boards.pages import Page, Row
from deploy.grafana.boards.panels import BAD, DOUBTFUL, GOOD, PLAIN, Panel, Query, quantile

WRITES = 'policy_signals_slack_calls_total{method=~"chat.postMessage|chat.update"'

ARRIVES = Row(
    title="Do cards arrive?",
    panels=(
        Panel(
            title="Calls that Slack took",
            description="Objective: Slack takes 99 of 100 posts and edits; waiting when it asks us to counts as taken.",
            unit="percentunit",
            kind="numbers",
            queries=(
                Query(
                    expr=f'sum(increase({WRITES},outcome=~"posted|rate_limited"}}[$__range]))'
                    f" / sum(increase({WRITES}}}[$__range]))",
                    legend="taken",
                ),
            ),
            steps=((None, BAD), (0.95, DOUBTFUL), (0.99, GOOD)),
            nothing="no call in this time",
            width=4,
            height=5,
            runbook="DeliveryBudgetBurnsFast",
        ),
        Panel(
            title="Last card",
            description="Time since Slack last took a card. Long is normal on a day without policy news.",
            unit="s",
            kind="numbers",
            queries=(
                Query(expr="time() - max(policy_signals_last_successful_post_timestamp_seconds > 0)", legend="ago"),
            ),
            nothing="none since the start",
            width=4,
            height=5,
            runbook="Delivery",
        ),
        Panel(
            title="Waiting",
            description="Revisions that the notifier has not handled.",
            unit="short",
            kind="numbers",
            queries=(Query(expr='sum(policy_signals_lag_messages{job="slack_notifier"})', legend="revisions"),),
            steps=((None, GOOD), (20, DOUBTFUL), (100, BAD)),
            nothing="not joined yet",
            width=4,
            height=5,
            runbook="SlackWaitsLong",
        ),
        Panel(
            title="Age of the queue",
            description="Age of the oldest revision that the notifier has in hand.",
            unit="s",
            kind="numbers",
            queries=(
                Query(expr='max(policy_signals_oldest_unprocessed_seconds{job="slack_notifier"})', legend="oldest"),
            ),
            steps=((None, GOOD), (30, DOUBTFUL), (300, BAD)),
            width=4,
            height=5,
            runbook="SlackWaitsLong",
        ),
        Panel(
            title="Parked",
            description="Revisions given up since the start: Slack takes them in no form. Each stands in policy.alerts.log.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_parked_total)", legend="parked"),),
            steps=((None, GOOD), (1, BAD)),
            width=4,
            height=5,
            runbook="AlertsParked",
        ),
        Panel(
            title="Duplicates removed",
            description="Repeated messages that the sweeper removed from Slack since the start: after a lost answer only.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_copies_removed_total)", legend="removed"),),
            steps=((None, GOOD), (1, DOUBTFUL)),
            width=4,
            height=5,
            runbook="Delivery",
        ),
    ),
)

SLACK = Row(
    title="What does Slack say?",
    panels=(
        Panel(
            title="Posts and edits by outcome",
            description="Everything but posted needs a look; rate_limited mends itself.",
            unit="short",
            kind="bars",
            queries=(Query(expr=f"sum by (outcome) (increase({WRITES}}}[$__rate_interval]))", legend="{{outcome}}"),),
            width=12,
            many=True,
            runbook="SlackRefuses",
        ),
        Panel(
            title="From reading to card",
            description="Time from the reading of an article to its card in Slack. The dashed line is the objective; a diamond is"
            " one alert, and its id answers `policy-signals why`.",
            unit="s",
            queries=tuple(
                Query(
                    expr=quantile(share, "policy_signals_stage_seconds", chosen='{stage="scored_to_posted"}'),
                    legend=words,
                    marks=True,
                )
                for share, words in ((0.5, "half were faster"), (0.99, "99 of 100 were faster"))
            ),
            steps=((None, PLAIN), (10, BAD)),
            nothing="no card in this time",
            bounds=(0, None),
            width=12,
            runbook="CardsAreLate",
        ),
        Panel(
            title="Calls by method and outcome",
            description="All calls to Slack since the notifier started, those that happened.",
            unit="short",
            kind="table",
            queries=(Query(expr="sum by (method, outcome) (policy_signals_slack_calls_total) > 0", legend="calls"),),
            runbook="SlackRefuses",
        ),
        Panel(
            title="Silence that Slack asked for",
            description="Seconds of pause per second, as Slack's answers 429 asked: 1 is a channel that may not speak at all.",
            unit="percentunit",
            queries=(
                Query(expr="sum(rate(policy_signals_slack_paused_seconds_total[$__rate_interval]))", legend="paused"),
            ),
            bounds=(0, None),
            runbook="SlackWaitsLong",
        ),
        Panel(
            title="Retries",
            description="Revisions put back because Slack or Kafka did not answer: they are tried again, not lost.",
            unit="ops",
            queries=(
                Query(
                    expr='sum by (what) (rate(policy_signals_retries_total{job="slack_notifier"}[$__rate_interval]))',
                    legend="{{what}}",
                ),
            ),
            bounds=(0, None),
            runbook="SlackWaitsLong",
        ),
        Panel(
            title="Revisions by cause",
            description="Versions of alerts that the correlator made, by why: raised, another report, a correction, a measurement.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (cause) (increase(policy_signals_alert_revisions_total[$__rate_interval]))",
                    legend="{{cause}}",
                ),
            ),
            width=12,
            many=True,
            runbook="Delivery",
        ),
        Panel(
            title="Decisions on revisions",
            description="What the notifier decided for each revision: post, edit, look into the channel first, skip.",
            unit="short",
            kind="bars",
            queries=(
                Query(
                    expr="sum by (decision) (increase(policy_signals_deliveries_total[$__rate_interval]))",
                    legend="{{decision}}",
                ),
            ),
            width=12,
            many=True,
            runbook="Delivery",
        ),
    ),
)

PEOPLE = Row(
    title="What do people do with it?",
    panels=(
        Panel(
            title="Time to acknowledge",
            description="From the post of a card to the first press of a person; only where buttons are switched on.",
            unit="s",
            queries=tuple(
                Query(
                    expr=quantile(share, "policy_signals_response_seconds"),
                    legend=words,
                )
                for share, words in ((0.5, "half were faster"), (0.9, "nine in ten were faster"))
            ),
            nothing="nobody pressed a button",
            bounds=(0, None),
            runbook="Delivery",
        ),
        Panel(
            title="Feedback",
            description="Words of people on alerts since the start: useful, wrong tone, wrong company.",
            unit="short",
            kind="ranking",
            queries=(Query(expr="sum by (verdict) (policy_signals_feedback_total)", legend="{{verdict}}"),),
            runbook="Delivery",
        ),
        Panel(
            title="Presses and commands",
            description="What became of each press and command, since the start.",
            unit="short",
            kind="ranking",
            queries=(Query(expr="sum by (outcome) (policy_signals_slack_requests_total)", legend="{{outcome}}"),),
            width=5,
            runbook="Delivery",
        ),
        Panel(
            title="Mutes",
            description="Mutes that stand now: what they cover is not posted.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="max(policy_signals_mutes_active)", legend="mutes"),),
            width=3,
            runbook="Delivery",
        ),
    ),
)

DELIVERY = Page(
    name="delivery",
    title="Delivery",
    description="Between the correlator and people: what Slack took, what waits, what was given up, who answered.",
    rows=(ARRIVES, CHANNELS, SLACK, PEOPLE),
)
