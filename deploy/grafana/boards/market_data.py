"""Prices: do they come, from where, how fresh, what was refused, how much is kept, who trades now."""
# ruff: noqa: E501 - sentences for people and PromQL stay on one line

from __future__ import annotations

from deploy.grafana.boards.pages import Choice, Page, Row
from deploy.grafana.boards.panels import ASLEEP, BAD, DOUBTFUL, GOOD, PLAIN, Panel, Query

NEWEST = 'max by (exchange) (policy_signals_last_bar_timestamp_seconds{exchange=~"$exchange"})'
REFUSED = 'outcome!~"accepted|corrected"'

FRESH = Row(
    title="Do prices come, and from where trading goes on?",
    panels=(
        Panel(
            title="Exchanges",
            description="Continuous trading by the calendar; the lunch break, nights and holidays are closed.",
            unit="none",
            kind="numbers",
            queries=(
                Query(
                    expr='max by (exchange) (policy_signals_exchange_open{exchange=~"$exchange"})',
                    legend="{{exchange}}",
                ),
            ),
            words=(("0", "closed", ASLEEP), ("1", "open", GOOD)),
            width=24,
            height=5,
            runbook="PricesStandStill",
        ),
        Panel(
            title="Age of the newest price, open exchanges",
            description="Seconds since the newest bar of each exchange that trades now; 0 while it is closed or nobody feeds it. More than five minutes is a feed that stopped.",
            unit="s",
            queries=(
                Query(
                    expr=f"(time() - {NEWEST}) * on (exchange) max by (exchange) (policy_signals_exchange_open) * on (exchange) ({NEWEST} > bool 0)",
                    legend="{{exchange}}",
                ),
            ),
            steps=((None, PLAIN), (300, BAD)),
            bounds=(0, None),
            width=12,
            many=True,
            runbook="PricesStandStill",
        ),
        Panel(
            title="Stale instruments",
            description="Instruments of an open exchange that traded within four days and not in the last five minutes; 0 while"
            " it is closed. All at once is a feed, single ones are thin trading or a halt.",
            unit="short",
            queries=(
                Query(
                    expr='max by (exchange) (policy_signals_stale_instruments{exchange=~"$exchange"})',
                    legend="{{exchange}}",
                ),
            ),
            bounds=(0, None),
            width=12,
            many=True,
            runbook="PricesStandStill",
        ),
        Panel(
            title="How far prices reach",
            description="Age of the newest complete bar, in event time. Tens of seconds in trading hours; it climbs when"
            " all is closed, and is years when an old day is replayed.",
            unit="s",
            queries=(Query(expr="time() - max(policy_signals_watermark_seconds > 0)", legend="age of the watermark"),),
            nothing="no bars yet",
            bounds=(0, None),
            width=6,
            runbook="BarsStandStill",
        ),
        Panel(
            title="Age of the newest price by instrument",
            description="Time since the newest bar of the chosen instruments, the oldest twenty of the fifty busiest. Long while"
            " their exchange is closed.",
            unit="s",
            kind="table",
            queries=(
                Query(
                    expr='topk(20, time() - max by (instrument) (policy_signals_instrument_last_bar_timestamp_seconds{instrument=~"$instrument"}))',
                    legend="age",
                ),
            ),
            nothing="no bars yet",
            width=6,
            runbook="PricesStandStill",
        ),
        Panel(
            title="Prices behind alerts",
            description="What the price of each exposed instrument was when an alert was measured, since the start: stale and"
            " no_data are instruments without a feed, or a feed with gaps.",
            unit="short",
            kind="ranking",
            queries=(Query(expr="sum by (state) (policy_signals_exposure_states_total)", legend="{{state}}"),),
            width=6,
            runbook="Market data",
        ),
        Panel(
            title="What returns were held against",
            description="The model behind each abnormal return, since the start: raw means that a benchmark price was missing.",
            unit="short",
            kind="ranking",
            queries=(Query(expr="sum by (model) (policy_signals_normal_models_total)", legend="{{model}}"),),
            width=6,
            runbook="Market data",
        ),
    ),
)

TICKS = Row(
    title="Ticks and bars",
    panels=(
        Panel(
            title="Ticks taken",
            description="Ticks per second that went into bars, first time or as a correction.",
            unit="ops",
            queries=(
                Query(
                    expr='sum by (outcome) (rate(policy_signals_ticks_total{outcome=~"accepted|corrected"}[$__rate_interval]))',
                    legend="{{outcome}}",
                ),
            ),
            bounds=(0, None),
            runbook="BarsStandStill",
        ),
        Panel(
            title="Ticks refused",
            description="Ticks per second left out, by reason: late, duplicates, jumps, unknown instruments, unreadable.",
            unit="ops",
            queries=(
                Query(
                    expr=f"sum by (outcome) (rate(policy_signals_ticks_total{{{REFUSED}}}[$__rate_interval]))",
                    legend="{{outcome}}",
                ),
            ),
            bounds=(0, None),
            many=True,
            runbook="Market data",
        ),
        Panel(
            title="Ticks refused since the start",
            description="The same as a count, those that happened.",
            unit="short",
            kind="table",
            queries=(
                Query(expr=f"sort_desc(sum by (outcome) (policy_signals_ticks_total{{{REFUSED}}}))", legend="ticks"),
            ),
            runbook="Market data",
        ),
        Panel(
            title="Bars",
            description="One-second bars completed per second.",
            unit="ops",
            queries=(Query(expr="sum(rate(policy_signals_bars_total[$__rate_interval]))", legend="bars"),),
            bounds=(0, None),
            runbook="BarsStandStill",
        ),
        Panel(
            title="Lag of ticks",
            description="Event time between now and the last tick handled, by partition; 0 when caught up.",
            unit="s",
            queries=(
                Query(
                    expr='max by (partition) (policy_signals_lag_seconds{topic="market.ticks"})',
                    legend="partition {{partition}}",
                ),
            ),
            steps=((None, PLAIN), (60, BAD)),
            bounds=(0, None),
            runbook="FarBehind",
        ),
        Panel(
            title="Calendar days left",
            description="Days until each trading calendar runs out; afterwards plain weekdays are assumed.",
            unit="d",
            kind="ranking",
            queries=(
                Query(
                    expr='bottomk(8, min by (exchange) (policy_signals_calendar_days_left{exchange=~"$exchange"}))',
                    legend="{{exchange}}",
                ),
            ),
            steps=((None, BAD), (30, DOUBTFUL), (90, GOOD)),
            runbook="CalendarRunsOut",
        ),
    ),
)

SOURCES = Row(
    title="Sources and store",
    panels=(
        Panel(
            title="Ticks by source",
            description="Ticks per second that a tick source took in, by what became of them. Empty where another program feeds"
            " market.ticks.",
            unit="ops",
            queries=(
                Query(
                    expr="sum by (source, outcome) (rate(policy_signals_source_ticks_total[$__rate_interval]))",
                    legend="{{source}}: {{outcome}}",
                ),
            ),
            nothing="no tick source is run",
            bounds=(0, None),
            width=12,
            many=True,
            runbook="TickSourceLosesTicks",
        ),
        Panel(
            title="Since the last tick of each source",
            description="Time since a tick source last took in a tick. Long at night; growing in trading hours is a source that hangs; 0 is a"
            " source that has taken in none.",
            unit="s",
            kind="ranking",
            queries=(
                Query(
                    expr="(time() - max by (source) (policy_signals_source_last_tick_timestamp_seconds))"
                    " * (max by (source) (policy_signals_source_last_tick_timestamp_seconds) > bool 0)",
                    legend="{{source}}",
                ),
            ),
            nothing="no tick source is run",
            width=6,
            runbook="TickSourceLosesTicks",
        ),
        Panel(
            title="Gaps and reconnects",
            description="Sequence numbers that a feed left out, and connections made anew, since the source started.",
            unit="short",
            kind="ranking",
            queries=(
                Query(expr="sum by (source) (policy_signals_source_gaps_total)", legend="{{source}}: numbers missing"),
                Query(expr="sum by (source) (policy_signals_source_reconnects_total)", legend="{{source}}: reconnects"),
            ),
            nothing="no tick source is run",
            width=6,
            runbook="TickSourceLosesTicks",
        ),
        Panel(
            title="Clocks",
            description="Our clock minus that of the vendor, and minus Slack's at the last new card. The way of the message is in it.",
            unit="s",
            queries=(
                Query(expr="max by (source) (policy_signals_source_clock_skew_seconds)", legend="{{source}}"),
                Query(expr="max(policy_signals_slack_clock_skew_seconds)", legend="Slack"),
            ),
            steps=((None, PLAIN), (2, BAD)),
            nothing="nothing compared yet",
            runbook="OurClockDiffers",
        ),
        Panel(
            title="Price store",
            description="Packed prices in Redis by tier: seconds, minutes, days; counted once in ten minutes.",
            unit="bytes",
            queries=(Query(expr="max by (tier) (policy_signals_price_store_bytes)", legend="{{tier}}"),),
            bounds=(0, None),
            runbook="Market data",
        ),
        Panel(
            title="Instruments with prices",
            description="Instruments with prices in Redis; counted once in ten minutes.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="max(policy_signals_price_store_instruments)", legend="instruments"),),
            width=4,
            runbook="Market data",
        ),
        Panel(
            title="Store filled anew",
            description="Times the store was rebuilt from Kafka since the start: after Redis lost its memory.",
            unit="short",
            kind="numbers",
            queries=(Query(expr="sum(policy_signals_price_store_refills_total)", legend="refills"),),
            width=4,
            runbook="DependencyDown",
        ),
    ),
)

MARKET_DATA = Page(
    name="market_data",
    title="Market data",
    description="Prices: do they come, from where, how fresh, what was refused, how much is kept, who trades now.",
    rows=(FRESH, TICKS, SOURCES),
    choices=(
        Choice(name="exchange", label="Exchange", series="policy_signals_exchange_open"),
        Choice(name="instrument", label="Instrument", series="policy_signals_instrument_last_bar_timestamp_seconds"),
    ),
)
