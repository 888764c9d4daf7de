"""Contrast examples: the same words with the act turned round, composed from our own tables, without end.

They teach one thing that a few thousand written examples cannot drill: what governs what. "Lifts a ban", "the ban that
was lifted is back", "refuses to lift", "considers lifting", "a year after it lifted". They are shown before the
written examples and never measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from types import ModuleType
from typing import Any

from deploy.training import contrast_en as en
from deploy.training import contrast_zh as zh

Example = dict[str, Any]
Act = dict[str, Any]
SUPPORTIVE, RESTRICTIVE, NEUTRAL, IRRELEVANT = "supportive", "restrictive", "neutral", "irrelevant"
_OPPOSITE = {SUPPORTIVE: RESTRICTIVE, RESTRICTIVE: SUPPORTIVE}


def contrast_examples(count: int, seed: int) -> Iterator[Example]:
    """That many examples, half of each language."""
    random = Random(seed)
    for number in range(count):
        english = number % 2 == 0
        told = _tell_english(random) if english else _tell_chinese(random)
        title, body, tone, stage = told
        if random.random() < 0.12 and english:
            title = title.upper()
        yield {
            "id": f"contrast-{number}", "event": f"contrast-{number}", "language": "en" if english else "zh",
            "style": "wire", "country": "OTHER", "title": title, "body": body, "tone": tone,
            "score": {SUPPORTIVE: 0.5, RESTRICTIVE: -0.5, NEUTRAL: 0.0, IRRELEVANT: None}[tone],
            "also": None, "stage": stage, "regulators": None, "issuers": None, "sectors": [], "hard": None,
        }  # fmt: skip


def _act_english(random: Random) -> Act:
    burden = random.random() < 0.6
    _, nouns, bring, end, objects, stages = random.choice(en.BURDENS if burden else en.RELIEFS)
    brings = random.random() < 0.5
    verb = random.choice(bring if brings else end).split("|")
    noun = random.choice(nouns).format(money=random.choice(en.MONEY))
    target = random.choice(objects).format(
        company=random.choice(en.COMPANIES), group=random.choice(en.GROUPS), thing=random.choice(en.THINGS)
    )
    if not brings and random.random() < 0.6:
        noun = noun.replace("a ", "the ", 1) if noun.startswith("a ") else noun.replace("an ", "the ", 1)
    return {
        "tone": (RESTRICTIVE if burden else SUPPORTIVE) if brings else (SUPPORTIVE if burden else RESTRICTIVE),
        "stage": stages[0] if brings else stages[1],
        "who": random.choice(en.AUTHORITIES),
        "verb": verb,
        "what": f"{noun} {target}",
    }


def _tell_english(random: Random) -> tuple[str, str, str, str | None]:
    act = _act_english(random)
    now, past, plain, passive = act["verb"]
    who, what, tone, stage = act["who"], act["what"], act["tone"], act["stage"]
    if "exempt" in now:
        passive = "cut"
    other = _act_english(random)
    year = random.randint(2016, 2024)
    quoted = f"{other['who']} {other['verb'][1]} {other['what']}"
    frames: list[tuple[float, Callable[[], tuple[str, str, str, str | None]]]] = [
        (3, lambda: (f"{who} {now} {what}", "", tone, stage)),
        (3, lambda: (f"{_capital(what)} {passive} by {_small(who)}", "", tone, stage)),
        (2, lambda: (f"{who} {now} {what}", random.choice(en.FILLERS), tone, stage)),
        (2, lambda: (f"Update on {random.choice(en.THINGS)}", f"{who} on Monday {past} {what}. {random.choice(en.FILLERS)}", tone, stage)),
        (2, lambda: (f"{who} to {plain} {what}", random.choice(("", *en.FILLERS)), tone, stage)),
        (2, lambda: (f"{who} proposes to {plain} {what}", "Comments are due within 60 days.", tone, "consultation")),
        (2, lambda: (f"{who} considers plan to {plain} {what}, sources say", "", tone, "rumour")),
        (1.5, lambda: (f"{who} says it has no plan to {plain} {what}", "It was responding to media reports.", NEUTRAL, "rumour")),
        (1.5, lambda: (f"{who} denies report that it will {plain} {what}", "", NEUTRAL, "rumour")),
        (1.5, lambda: (f"{who} refuses to {plain} {what}", random.choice(("", *en.FILLERS)), _OPPOSITE[tone], soft_stage(tone))),
        (1.5, lambda: (f"Industry group urges {_small(who)} to {plain} {what}", "No decision has been taken.", NEUTRAL, None)),
        (1.2, lambda: (f"Opinion: why {_small(who)} should {plain} {what}", "", NEUTRAL, None)),
        (1.2, lambda: (f"{random.choice(('One year', 'Five years', 'A decade'))} after {_small(who)} {past} {what}, what has changed?", "Academics are divided.", NEUTRAL, None)),
        (2, lambda: (f"{who} {now} {what}", f"In {year} {quoted[0].lower()}{quoted[1:]}.", tone, stage)),
        (1.5, lambda: (f"Shares {random.choice(('jump', 'slump', 'swing'))} after {_small(who)} {past} {what}", "", tone, stage)),
        (1.5, lambda: (f"Court {random.choice(('strikes down', 'throws out', 'blocks'))} decision of {_small(who)} to {plain} {what}", "", _OPPOSITE[tone], soft_stage(tone))),
        (1.2, lambda: (f"Court upholds decision of {_small(who)} to {plain} {what}", "", tone, stage)),
        (1.5, lambda: (f"{other['who']} voices support for {random.choice(en.GROUPS)}", f"But in the same notice {_small(who)} {past} {what}.", tone, stage)),
        (1.2, lambda: (f"Crackdown on {random.choice(en.GROUPS)}?", f"Far from it: {_small(who)} {past} {what}." if tone == SUPPORTIVE else f"{who} {past} {what}.", tone, stage)),
        (1, lambda: (f"{random.choice(en.COMPANIES)} expects {_small(who)} to {plain} {what}", random.choice(en.FILLERS), NEUTRAL, None)),
        (4, lambda: (f"{random.choice((*en.AUTHORITIES, *en.BANKS))} {_fill(random, en.ROUTINE, en)}", random.choice(("", "", *en.FILLERS)), NEUTRAL, None)),
        (3, lambda: _rates(random, en, " ")),
        (3, lambda: (f"{random.choice(en.LEAGUES)} {random.choice(en.OWN_ACTS)}", random.choice(("", "", *en.FILLERS)), IRRELEVANT, None)),
    ]  # fmt: skip
    return _draw(random, frames)


def soft_stage(tone: str) -> str:
    """The stage of an act that is refused or struck down."""
    return "final_rule" if tone == SUPPORTIVE else "relief"


def _act_chinese(random: Random) -> Act:
    burden = random.random() < 0.6
    _, nouns, bring, end, stages = random.choice(zh.BURDENS if burden else zh.RELIEFS)
    brings = random.random() < 0.5
    what = random.choice(nouns).format(
        who=random.choice(zh.COMPANIES if random.random() < 0.6 else zh.GROUPS),
        thing=random.choice(zh.THINGS),
        money=random.choice(zh.MONEY),
    )
    return {
        "tone": (RESTRICTIVE if burden else SUPPORTIVE) if brings else (SUPPORTIVE if burden else RESTRICTIVE),
        "stage": stages[0] if brings else stages[1],
        "who": random.choice(zh.AUTHORITIES),
        "verb": random.choice(bring if brings else end),
        "what": what,
    }


def _tell_chinese(random: Random) -> tuple[str, str, str, str | None]:
    act, other = _act_chinese(random), _act_chinese(random)
    who, verb, what, tone, stage = act["who"], act["verb"], act["what"], act["tone"], act["stage"]
    filler = random.choice(zh.FILLERS)
    year = random.randint(2016, 2024)
    frames: list[tuple[float, Callable[[], tuple[str, str, str, str | None]]]] = [
        (3, lambda: (f"{who}{verb}{what}", "", tone, stage)),
        (2, lambda: (f"{who}：{verb}{what}", filler, tone, stage)),
        (2, lambda: (f"【{who}{verb}{what}】", filler, tone, stage)),
        (2, lambda: (f"{what}被{verb}", f"{who}日前发布公告。{filler}", tone, stage)),
        (2, lambda: (f"{random.choice(zh.THINGS)}行业最新消息", f"{who}周一决定{verb}{what}。{filler}", tone, stage)),
        (2, lambda: (f"{who}拟{verb}{what}", "意见反馈截止日期为下月底。", tone, "consultation")),
        (2, lambda: (f"消息人士：{who}正考虑{verb}{what}", "", tone, "rumour")),
        (1.5, lambda: (f"{who}回应“将{verb}{what}”：不实信息", "", NEUTRAL, "rumour")),
        (1.5, lambda: (f"{who}：目前没有{verb}{what}的计划", filler, NEUTRAL, "rumour")),
        (1.5, lambda: (f"{who}拒绝{verb}{what}", filler, _OPPOSITE[tone], soft_stage(tone))),
        (1.5, lambda: (f"{who}：不会{verb}{what}，现行政策不变", "", _OPPOSITE[tone], soft_stage(tone))),
        (1.5, lambda: (f"业内呼吁{who}{verb}{what}", "目前尚无定论。", NEUTRAL, None)),
        (1.2, lambda: (f"专栏｜{who}为何应当{verb}{what}", "", NEUTRAL, None)),
        (1.2, lambda: (f"{who}{verb}{what}{random.choice(('一周年', '三年后', '五周年'))}：行业变了什么", "学者看法不一。", NEUTRAL, None)),
        (2, lambda: (f"{who}{verb}{what}", f"{year}年，{other['who']}曾{other['verb']}{other['what']}。", tone, stage)),
        (1.5, lambda: (f"受{who}{verb}{what}影响，相关股票{random.choice(('大涨', '重挫', '震荡'))}", "", tone, stage)),
        (1.5, lambda: (f"法院{random.choice(('推翻', '撤销', '叫停'))}{who}{verb}{what}的决定", "", _OPPOSITE[tone], soft_stage(tone))),
        (1.5, lambda: (f"{other['who']}表示支持行业健康发展", f"同日，{who}{verb}{what}。", tone, stage)),
        (4, lambda: (f"{random.choice((*zh.AUTHORITIES, *zh.BANKS))}{_fill(random, zh.ROUTINE, zh)}", random.choice(("", filler)), NEUTRAL, None)),
        (3, lambda: _rates(random, zh, "")),
        (3, lambda: (f"{random.choice(zh.LEAGUES)}{random.choice(zh.OWN_ACTS)}", random.choice(("", filler)), IRRELEVANT, None)),
    ]  # fmt: skip
    return _draw(random, frames)


def _fill(random: Random, texts: tuple[str, ...], words: ModuleType) -> str:
    return random.choice(texts).format(thing=random.choice(words.THINGS), group=random.choice(words.GROUPS))


def _rates(random: Random, words: ModuleType, space: str) -> tuple[str, str, str, str | None]:
    """A central bank's decision: tightening, easing, or nothing."""
    told, tone, stage = random.choice(
        (
            (words.RATE_UP, RESTRICTIVE, "final_rule"),
            (words.RATE_DOWN, SUPPORTIVE, "relief"),
            (words.RATE_HOLD, NEUTRAL, "meeting"),
        )
    )
    return f"{random.choice(words.BANKS)}{space}{random.choice(told)}", random.choice(("", *words.FILLERS)), tone, stage


def _draw(
    random: Random, frames: list[tuple[float, Callable[[], tuple[str, str, str, str | None]]]]
) -> tuple[str, str, str, str | None]:
    (chosen,) = random.choices([frame for _, frame in frames], [weight for weight, _ in frames])
    return chosen()


def _small(who: str) -> str:
    return who[0].lower() + who[1:] if who.startswith("The ") or who in ("Regulators", "Parliament") else who


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
