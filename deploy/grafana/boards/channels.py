"""Every channel by itself, in Slack and beside it: does it take cards, what waits, what waits on purpose."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Row
from deploy.grafana.boards.panels import BAD, DOUBTFUL, GOOD, Panel, Query

NO_OUTPUT = ' or on () label_replace(label_replace(vector(0), "channel", "only Slack is set", "", ""), "outcome", "sent", "", "")'

CHANNELS = Row(
    title="Each channel, in Slack and beside it",
    panels=(
        Panel(
            title="Channels",
            description="Does each channel of routing.toml take what is sent to it, in Slack, at a webhook, at a mail server?",
            unit="none",
            kind="numbers",
            queries=(Query(expr="max by (channel) (policy_signals_channel_refuses)", legend="{{channel}}"),),
            words=(("0", "takes", GOOD), ("1", "refuses", BAD)),
            height=7,
            runbook="ChannelRefuses",
        ),
        Panel(
            title="Queue of each channel",
            description="Revisions that wait for their turn; what waits on purpose is not among them.",
            unit="short",
            queries=(Query(expr="sum by (channel) (policy_signals_queue_length)", legend="{{channel}}"),),
            bounds=(0, None),
            height=7,
            runbook="ChannelWaitsLong",
        ),
        Panel(
            title="Oldest in each queue",
            description="How long the oldest revision has waited for a channel. The dashed line pages.",
            unit="s",
            queries=(Query(expr="max by (channel) (policy_signals_queue_oldest_seconds)", legend="{{channel}}"),),
            steps=((None, GOOD), (300, BAD)),
            bounds=(0, None),
            height=7,
            runbook="ChannelWaitsLong",
        ),
        Panel(
            title="Held on purpose",
            description="Alerts that wait for the end of quiet hours, a digest or a brief.",
            unit="short",
            queries=(Query(expr="sum by (channel) (policy_signals_held)", legend="{{channel}}"),),
            bounds=(0, None),
            width=6,
            height=7,
            runbook="HeldTooLong",
        ),
        Panel(
            title="Oldest held",
            description="How long the oldest alert has waited on purpose. Hours are usual, a long weekend is two to three days.",
            unit="s",
            kind="numbers",
            queries=(Query(expr="max by (channel) (policy_signals_held_oldest_seconds)", legend="{{channel}}"),),
            steps=((None, GOOD), (172_800, DOUBTFUL), (345_600, BAD)),
            width=6,
            height=7,
            runbook="HeldTooLong",
        ),
        Panel(
            title="Tries at other outputs",
            description="Tries at webhooks and mail servers since the start: refused is an answer that says no, not_sent no"
            " connection, in_doubt no answer after sending, content one alert that it does not take.",
            unit="short",
            kind="table",
            queries=(
                Query(expr=f"sum by (channel, outcome) (policy_signals_output_tries_total){NO_OUTPUT}", legend="tries"),
            ),
            width=6,
            height=7,
            runbook="OutputFails",
        ),
        Panel(
            title="Pauses by channel",
            description="Share of time for which Slack's limit kept a channel silent (429): 1 is all the time.",
            unit="percentunit",
            queries=(
                Query(
                    expr="sum by (channel) (rate(policy_signals_channel_paused_seconds_total[$__rate_interval]))",
                    legend="{{channel}}",
                ),
            ),
            bounds=(0, None),
            width=6,
            height=7,
            runbook="ChannelWaitsLong",
        ),
        Panel(
            title="Sign of life",
            description="Time since Slack last took the daily sign of life; where routing.toml asks for none there is none.",
            unit="s",
            kind="numbers",
            queries=(Query(expr="time() - max(policy_signals_sign_of_life_timestamp_seconds > 0)", legend="ago"),),
            nothing="none is asked for",
            steps=((None, GOOD), (93_600, BAD)),
            width=6,
            runbook="SignOfLifeMissing",
        ),
        Panel(
            title="Told otherwise",
            description="Since the start: alerts told in a brief, in a digest, in the thread of a like event, or by the second"
            " route of a channel that does not take them; replies in threads; error lines because Slack took nothing at all.",
            unit="short",
            kind="ranking",
            queries=(
                Query(expr="sum(policy_signals_briefed_total)", legend="brief"),
                Query(expr="sum(policy_signals_digested_total)", legend="digest"),
                Query(expr="sum(policy_signals_joined_total)", legend="thread of a like event"),
                Query(expr="sum(policy_signals_handed_over_total)", legend="second route"),
                Query(expr="sum(policy_signals_replies_total)", legend="replies"),
                Query(expr="sum(policy_signals_second_route_total)", legend="only the log"),
            ),
            width=9,
            runbook="NobodyIsTold",
        ),
        Panel(
            title="Edits and what was spared",
            description="Edits since the start, by why they left or waited; coalesced are waiting revisions whose place a newer one took.",
            unit="short",
            kind="ranking",
            queries=(
                Query(expr="sum by (reason) (policy_signals_edits_total)", legend="{{reason}}"),
                Query(expr="sum(policy_signals_coalesced_total)", legend="coalesced"),
            ),
            width=9,
            runbook="Delivery",
        ),
    ),
)
