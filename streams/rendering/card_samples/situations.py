"""The situations that a card must tell honestly; each is one alert at one moment. All texts are our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from services.alerts.alert import Agreement, Report
from services.alerts.market_answer import Kinship, Mover
from services.market.reaction import SessionState, Window
from services.signals.signal import Evidence, Relation, Role, Stage, Tone
from streams.rendering.card_samples import desk_cards, later_markets, other_ways, quiet_markets, story_cards
from streams.rendering.card_samples.sample_alerts import (
    BILIBILI,
    MEITUAN,
    PUBLISHED,
    TENCENT,
    Quote,
    Situation,
    compare,
    expose,
    make_alert,
    make_mover,
    make_moves,
    make_path,
    make_report,
    make_signal,
)


def _supportive_confirmed() -> Situation:
    now = PUBLISHED + timedelta(minutes=30, seconds=2)
    quotes = [
        Quote(
            exposure=TENCENT,
            price=349.8,
            previous_close=340.0,
            moves=make_moves((0.0042, 0.0004, 1.8), (0.0098, 0.0011, 3.0), (0.0187, 0.0025, 3.9)),
            beta=1.12,
            volume_ratio=2.6,
        ),
        Quote(
            exposure=MEITUAN,
            price=134.6,
            previous_close=127.3,
            moves=make_moves((0.0061, 0.0004, 2.1), (0.0171, 0.0011, 3.4), (0.0364, 0.0025, 4.6)),
            beta=1.31,
            volume_ratio=3.8,
        ),
        Quote(
            exposure=BILIBILI,
            price=133.0,
            previous_close=123.7,
            moves=make_moves((0.0088, 0.0004, 1.4), (0.0212, 0.0011, 2.2), (0.0405, 0.0025, 2.9)),
            beta=1.45,
        ),
    ]
    alert = make_alert(
        quotes,
        now,
        agreement=Agreement.CONFIRMED,
        revision=4,
        cause="after_30m",
        correlation=0.45,
        paths=(make_path("0700.HK", 0.0187), make_path("3690.HK", 0.0364)),
        movers=(
            Mover(
                name="CSOP Hang Seng TECH Index ETF",
                kinship=Kinship.FUND,
                reaction=make_mover("3033.HK", 0.0142, 5.3),
            ),
        ),
    )
    compared = {"0700.HK": (0.981, 1_170), "3690.HK": (0.9991, 1_170), "9626.HK": (0.996, 430)}
    alert = replace(alert, reactions=tuple(compare(reaction, compared) for reaction in alert.reactions))
    return Situation(
        alert=alert, now=now, label="Sample data: reconstructed prices", posted_at=PUBLISHED + timedelta(seconds=4)
    )


def _restrictive_contradicted() -> Situation:
    now = PUBLISHED + timedelta(minutes=5, seconds=2)
    quotes = [
        Quote(
            exposure=expose("9988.HK", "Alibaba", Role.DIRECT, 95),
            price=89.3,
            previous_close=88.05,
            moves=make_moves((0.0051, 0.0003, 1.6), (0.0142, -0.0005, 2.8)),
        )
    ]
    signal = make_signal(
        exposures=(quotes[0].exposure,),
        headline="Market regulator fines Alibaba's payment affiliate in an antitrust case",
        tone=Tone.RESTRICTIVE,
        score=-0.28,
        regulators=("SAMR",),
        stage=Stage.PENALTY,
        evidence=(Evidence(sentence="The regulator imposed a fine and ordered the practice to stop.", weight=1.0),),
    )
    alert = make_alert(quotes, now, signal, agreement=Agreement.CONTRADICTED, revision=3, cause="after_5m")
    return Situation(alert=alert, now=now, posted_at=PUBLISHED + timedelta(seconds=5))


def _moved_before() -> Situation:
    now = PUBLISHED + timedelta(minutes=5, seconds=2)
    moves = {**make_moves((0.0004, 0.0002, 0.2), (-0.0011, 0.0003, -0.4)), Window.BEFORE_30M: (0.0248, 0.0012, 4.4)}
    quotes = [Quote(exposure=MEITUAN, price=133.9, previous_close=127.3, moves=moves)]
    alert = make_alert(quotes, now, agreement=Agreement.MOVED_BEFORE, revision=3, cause="after_5m")
    return Situation(alert=alert, now=now, posted_at=PUBLISHED + timedelta(minutes=14))


def _sector_only() -> Situation:
    now = PUBLISHED + timedelta(seconds=4)
    signal = make_signal(
        exposures=(),
        headline="Consultation opens on spending limits in online games",
        tone=Tone.RESTRICTIVE,
        score=-0.31,
        confidence=0.72,
        regulators=("NPPA",),
        sectors=("online_games", "app_stores"),
        stage=Stage.CONSULTATION,
        url="ftp://example.com/draft",
        evidence=(Evidence(sentence="The draft asks for limits on what players may spend.", weight=1.0),),
    )
    return Situation(alert=make_alert([], now, signal, agreement=Agreement.NO_PRICE), now=now)


def _nine_exposures() -> Situation:
    now = PUBLISHED + timedelta(minutes=1, seconds=2)
    names = ["Tencent", "Meituan", "Alibaba", "JD.com", "Kuaishou", "NetEase", "Bilibili", "Baidu", "Trip.com"]
    codes = ["0700", "3690", "9988", "9618", "1024", "9999", "9626", "9888", "9961"]
    quotes = [
        Quote(
            exposure=expose(f"{code}.HK", name, Role.DIRECT if place < 2 else Role.SECTOR, 90 - 5 * place),
            price=100.0 + 37.25 * place,
            previous_close=99.0 + 36.5 * place,
            moves=make_moves((0.001 * place - 0.003, 0.0002, 0.6 * place - 2)),
        )
        for place, (code, name) in enumerate(zip(codes, names, strict=True))
    ]
    return Situation(alert=make_alert(quotes, now, revision=2, cause="after_1m"), now=now)


def _chinese_evidence() -> Situation:
    now = PUBLISHED + timedelta(seconds=5)
    quotes = [
        Quote(
            exposure=expose("0700.HK", "腾讯控股"),
            price=348.0,
            previous_close=340.0,
            moves=make_moves(so_far=(0.0006, 0.0001, None)),
        ),
        Quote(exposure=expose("3690.HK", "美团", relevance=85), price=131.0, previous_close=127.3),
        Quote(
            exposure=replace(expose("BABA", "Alibaba Group Holding Limited Sponsored ADR", Role.SECTOR, 50)),
            price=90.55,
            previous_close=90.55,
            state=SessionState.CLOSED,
            price_at=datetime(2023, 7, 12, 20, 0, tzinfo=UTC),
        ),
    ]
    signal = make_signal(
        exposures=tuple(quote.exposure for quote in quotes),
        language="zh",
        source="示例通讯社",
        headline="有关部门召开座谈会，肯定平台企业的投资案例",
        url="https://新闻.example/平台?标题=座谈会",
        evidence=(
            Evidence(sentence="会议指出，要对平台企业实行常态化监管，稳定企业预期。", weight=1.0),
            Evidence(sentence="腾讯、美团等企业的十个投资案例受到肯定。", weight=0.8),
        ),
    )
    return Situation(alert=make_alert(quotes, now, signal), now=now)


def _three_reports() -> Situation:
    now = PUBLISHED + timedelta(minutes=3)
    first = _supportive_confirmed().alert
    quotes = [Quote(exposure=TENCENT, price=348.6, previous_close=340.0, moves=make_moves((0.0042, 0.0004, 1.8)))]
    signal = replace(
        first.signal, exposures=(TENCENT,), first_seen_at=first.signal.received_at, first_source=first.signal.source
    )
    others = (
        Report(
            signal_id="sig-2",
            source="Second Wire",
            language="en",
            url="https://second.example/a|b>c",
            published_at=PUBLISHED + timedelta(minutes=1),
            number=2,
        ),
        Report(
            signal_id="sig-3",
            source="第三通讯社",
            language="zh",
            url="javascript:alert(1)",
            published_at=PUBLISHED + timedelta(minutes=2),
            number=3,
        ),
    )
    alert = make_alert(
        quotes, now, signal, reports=(make_report(signal), *others), revision=4, cause="report", revised_at=now
    )
    return Situation(alert=alert, now=now, posted_at=PUBLISHED + timedelta(seconds=4))


def _hostile_text() -> Situation:
    now = PUBLISHED + timedelta(seconds=4)
    signal = make_signal(
        headline="<!channel> *urgent* <https://evil.example|sec.gov> & `rm` \u202eevil :fire:",
        source="<@U1> <!subteam^S1> wire",
        url="https://sec.gov@evil.example/a|b><x>",
        evidence=(Evidence(sentence="> <!here> ~x~ _y_ &lt;!everyone&gt; profit > 5 & < 9\n\n```code```", weight=1.0),),
        exposures=(TENCENT,),
    )
    quotes = [Quote(exposure=TENCENT, price=347.0, previous_close=340.0)]
    return Situation(alert=make_alert(quotes, now, signal), now=now)


def _correction() -> Situation:
    now = PUBLISHED + timedelta(hours=2, minutes=8)
    quotes = [
        Quote(
            exposure=MEITUAN,
            price=127.3,
            previous_close=127.3,
            moves=make_moves((-0.0004, 0.0001, -0.2), (0.0, 0.0002, 0.0), (0.0021, 0.0004, 0.4), (0.0, 0.0006, -0.1)),
            state=SessionState.CLOSED,
            price_at=datetime(2023, 7, 13, 8, 8, tzinfo=UTC),
        )
    ]
    signal = make_signal(
        exposures=(MEITUAN,),
        relation=Relation.CORRECTION,
        tone=Tone.SUPPORTIVE,
        score=0.25,
        headline="Correction: the ministry has opened no case",
        evidence=(
            Evidence(sentence="The ministry has opened no case against Meituan; the report was wrong.", weight=0.9),
        ),
        stage=None,
        regulators=(),
        commentary=True,
    )
    alert = make_alert(quotes, now, signal, revision=5, cause="to_close")
    return Situation(alert=alert, now=now)


SITUATIONS: Mapping[str, Callable[[], Situation]] = {
    "supportive_confirmed": _supportive_confirmed,
    "restrictive_contradicted": _restrictive_contradicted,
    "closed_market": quiet_markets.closed_market,
    "lunch_break": quiet_markets.lunch_break,
    "halted_and_open": quiet_markets.halted_and_open,
    "stale_quotes": quiet_markets.stale_quotes,
    "no_price": quiet_markets.no_price,
    "prices_of_one_of_three": quiet_markets.prices_of_one_of_three,
    "moved_before": _moved_before,
    "sector_only": _sector_only,
    "nine_exposures": _nine_exposures,
    "chinese_evidence": _chinese_evidence,
    "three_reports": _three_reports,
    "hostile_text": _hostile_text,
    "correction": _correction,
    "new_act": story_cards.new_act,
    "denied_rumour": story_cards.denied_rumour,
    "raw_return": later_markets.raw_return,
    "five_sessions_later": later_markets.five_sessions_later,
    "with_buttons": desk_cards.with_buttons,
    "acknowledged": desk_cards.acknowledged,
    "second_route": other_ways.second_route,
    "late_in_a_brief": other_ways.late_in_a_brief,
    "retracted": other_ways.retracted,
}
