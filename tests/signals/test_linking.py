"""What an article touches, over the shipped catalogue: the right authority, the right shares, and nobody else."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.catalogue import load_catalogue
from config.sample_day import load_articles
from services.news.parsing import parse_article
from services.signals.names.linking import LinkedEntities, Linker, Passage
from services.signals.reading import Reader, read_article
from services.signals.signal import Exposure, Role

CATALOGUE = load_catalogue()
LINKER = Linker(CATALOGUE)
EXPECTED = [
    msgspec.json.decode(line)
    for line in (Path(__file__).parents[1] / "config/expected_sample_day.jsonl").read_bytes().splitlines()
]


def link(title: str, *body: str, acting: tuple[int, ...] = (0, 1)) -> LinkedEntities:
    """Links a title and body sentences; ``acting`` counts from the title, 0."""
    return LINKER.link(
        [Passage(text=text, place=place - 1, acting=place in acting) for place, text in enumerate((title, *body))]
    )


def exposure_of(linked: LinkedEntities, instrument: str) -> Exposure | None:
    return next((exposure for exposure in linked.exposures if exposure.instrument == instrument), None)


def role_of(linked: LinkedEntities, instrument: str) -> Role | None:
    exposure = exposure_of(linked, instrument)
    return exposure.role if exposure else None


FOREIGN = [
    (
        "Turkey's central bank raises rates",
        "The central bank lifted its rate. US stocks were mixed. American investors watch.",
    ),
    (
        "Turkey's left-leaning central bank raises rates",
        "US shares, American bonds: the Federal Reserve meets next week.",
    ),
    ("Central bank cuts rates", "ANKARA (Wire) - The central bank cut rates. The Fed meets next week."),
    ("Argentina's finance ministry cuts taxes", "The finance ministry cut taxes; China watchers noted."),
    ("Thailand's SEC fines a broker", "The SEC said so."),
    ("Thai SEC fines Binance", "The SEC fined the company."),
    ("Philippine Securities and Exchange Commission (SEC) warns", "The SEC warned of a fraud."),
    ("SEC revokes licence", "MANILA, July 3 (Wire) - The SEC revoked the licence of a lender."),
    ("Canada's Department of Justice sues", "The Department of Justice said so."),
    ("Ruritania's central bank raises rates", "The central bank spoke. In China shares fell."),
    ("Central bank holds rates", "The central bank kept its rate unchanged in Wellington, New Zealand."),
    ("Supreme Court of Canada rules", "OTTAWA - The supreme court ruled."),
    ("Brazil's antitrust regulator fines a bank", "The antitrust regulator fined it."),
    ("Swiss financial regulator acts", "The financial regulator acted. British banks watch."),
    (
        "Belgium's competition watchdog fines a bank",
        "The competition watchdog fined it. The European Commission was silent.",
    ),
    ("土耳其央行加息", "央行表示将继续加息，美国市场波动。"),
    ("阿根廷财政部宣布减税", "财政部表示将减税，中国企业关注。"),
    ("俄罗斯商务部宣布限制", "商务部说。"),
    ("波兰财政部宣布计划", "财政部说。"),
    ("泰国证监会处罚券商", "证监会说。"),
]


@pytest.mark.parametrize(
    ("title", "body", "authority"),
    [
        ("Italy fines a chatbot", "The data watchdog said the firm had no legal basis.", "GARANTE"),
        ("France fines a search engine", "The privacy regulator said cookies were set unasked.", "CNIL"),
        ("Germany clears a takeover", "The cartel office saw no harm.", "BUNDESKARTELLAMT"),
        ("Spain fines a hotel site", "The competition watchdog found abuse.", "CNMC"),
    ],
)
def test_a_member_state_has_watchdogs_of_its_own(title: str, body: str, authority: str) -> None:
    """A bare office in news of Italy is the Italian one, not one of the Union or of another member."""
    assert link(title, body).regulators == (authority,)


@pytest.mark.parametrize("sentences", FOREIGN, ids=lambda sentences: sentences[0])
def test_an_authority_of_another_country_is_none_of_ours(sentences: tuple[str, ...]) -> None:
    """Turkey's central bank is not the Fed, however often a text says America."""
    assert link(*sentences).regulators == ()


SHARED_NAMES = [
    (("Korea's FTC fines Google", "South Korea's FTC fined Google."), "KFTC"),
    (("FTC fines a shop", "SEOUL, July 3 - The FTC fined it."), "KFTC"),
    (("Japan's FTC raids Google", "The FTC raided Google."), "JFTC"),
    (("FTC sues Samsung", "The FTC sued Samsung, South Korea's largest company."), "FTC"),
    (("U.S. FTC sues", "The FTC sued."), "FTC"),
    (("South Korea's FSC bans short selling", "The FSC said so."), "FSC"),
    (("Japan's FSA orders a bank to improve", "The FSA gave it a month."), "FSA"),
    (("Britain's FCA fines a bank", "The FCA fined it."), "FCA"),
    (("證監會譴責券商", "香港證監會今日譴責一家券商。"), "SFC"),
    (("證監會譴責券商", "證監會今日譴責一家香港券商。"), "SFC"),
    (("证监会：支持企业赴香港上市", "证监会今日表示支持。"), "CSRC"),
    (("美国商务部发布规则", "商务部称，中国企业受影响。"), "COMMERCE_US"),
    (("商务部宣布对原产于美国的芯片发起调查", "美国企业、美国产品将受影响。"), "MOFCOM"),
]


@pytest.mark.parametrize(("sentences", "expected"), SHARED_NAMES, ids=lambda value: str(value)[:40])
def test_a_name_shared_by_countries_means_the_one_at_hand(sentences: tuple[str, ...], expected: str) -> None:
    """The country at the name decides, and the name keeps that sense through the article."""
    assert link(*sentences).regulators == (expected,)


def test_the_date_line_beats_the_country_that_an_act_is_about() -> None:
    """A Chinese probe of American chips is China's act, whatever is counted."""
    body = "BEIJING - The commerce ministry will investigate imports from the United States. U.S. firms were hit, U.S. firms said."
    assert link("Commerce ministry opens probe of U.S. chips", body).regulators == ("MOFCOM",)


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("China's central bank cuts rates", "The central bank cut. US stocks, US bonds, US dollar."), ("PBOC",)),
        (("日本央行加息", "央行表示将继续加息，美国市场波动。"), ("BOJ",)),
        (("央行宣布降准", "央行今日宣布下调存款准备金率。"), ("PBOC",)),
        (("EU antitrust regulators open probe", "BRUSSELS, July 3 - The European Commission acted."), ("EC",)),
    ],
)
def test_a_generic_name_belongs_to_its_country(sentences: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """ "The central bank" is the one that the text is about."""
    assert link(*sentences).regulators == expected


@pytest.mark.parametrize(
    "sentences",
    [
        (
            "Judge blocks merger",
            "WASHINGTON, July 3 - A judge blocked it, lawmakers said. The government appealed in Washington.",
        ),
        ("Court rules for shop", "The court ruled. China, China, Chinese shops."),
        ("法院判决", "深圳一家法院作出判决，当地政府表示关注。"),
    ],
)
def test_judges_and_governments_alone_are_no_authority(sentences: tuple[str, ...]) -> None:
    """Broad words count only with their country right before them."""
    assert link(*sentences).regulators == ()


def test_a_government_with_its_country_is_one() -> None:
    """ "India's government" says whose."""
    assert link("India's government bans apps", "The Indian government banned apps.").regulators == ("INDIA_GOV",)


@pytest.mark.parametrize(
    "sentence",
    ["The company filed a 10-K with the SEC.", "In an SEC filing it gave figures.", "It said so in a filing to the U.S. SEC.",
     "SEC-registered advisers grew.", "该公司已向美国证交会提交文件。"],
)  # fmt: skip
def test_a_filing_is_no_act_of_the_authority(sentence: str) -> None:
    """Every quarterly report is filed with the SEC."""
    assert link("Company reports results", sentence, "It was fined by nobody.", acting=(0, 1, 2)).regulators == ()


def test_the_authority_still_counts_where_it_acts_beside_a_filing() -> None:
    """ "The SEC filed charges" is no filing."""
    linked = link("SEC charges broker", "The SEC filed charges; the broker had filed a 10-K with the SEC.")
    assert linked.regulators == ("SEC",)


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("Hong Kong Monetary Authority raises rate", "The HKMA raised its rate in lockstep with the Fed."), ("HKMA",)),
        (("SAMR fines Alibaba", "China's market regulator SAMR fined Alibaba. The U.S. SEC declined."), ("SAMR",)),
        (("SEC and China's CSRC sign a deal", "The SEC and the CSRC signed."), ("SEC", "CSRC")),
    ],
)
def test_an_authority_that_stands_by_is_left_out(sentences: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Another country's authority counts when the title has it or the text is as much about it."""
    assert set(link(*sentences).regulators) == set(expected)


def test_a_stamp_duty_cut_in_singapore_touches_no_broker() -> None:
    """Most stamp duty is paid on homes."""
    linked = link("Ministry of Finance cuts stamp duty", "Singapore's Ministry of Finance cut stamp duty.")
    assert (linked.sectors, linked.exposures) == ((), ())


@pytest.mark.parametrize("text", ["三星级酒店开业", "The hotels were full"])
def test_a_hotel_makes_no_travel_sector(text: str) -> None:
    """The word stands in every second text."""
    assert link(text, text).sectors == ()


PASSING = [
    ("Analysts at Tencent expect more.", "0700.HK"),
    ("A Tencent spokesperson declined to comment.", "0700.HK"),
    ("Tencent's chief economist said little.", "0700.HK"),
    ("According to Tencent, nothing changed.", "0700.HK"),
    ("The ETF, which includes companies like Xiaomi and Kuaishou, rose 3%.", "1024.HK"),
    ("Meituan closed up 5.73% at HK$134.6.", "3690.HK"),
    ("The notice was posted on Weibo on Friday.", "9898.HK"),
    ("The regulator published a statement on Facebook and YouTube.", "GOOGL"),
    ("The South China Morning Post, owned by Alibaba, reported it.", "9988.HK"),
    ("The South China Morning Post (owned by Alibaba) reported it.", "9988.HK"),
    ("Tencent-backed Kuaishou was named.", "0700.HK"),
]


@pytest.mark.parametrize(("sentence", "instrument"), PASSING)
def test_who_only_speaks_or_stands_by_is_never_direct(sentence: str, instrument: str) -> None:
    """Sources, channels, owners, constituents and price lists are no targets."""
    linked = link("China's SAMR fines a shop", "China's SAMR fined a shop.", sentence)
    assert role_of(linked, instrument) in (None, Role.MENTIONED)


@pytest.mark.parametrize(
    "sentence",
    [
        "国家网信办在腾讯微信公众号刊文称，短视频须整改。",
        "国家网信办在微信公众号发布通知。",
        "The CAC posted the rules on its WeChat account.",
    ],
)
def test_a_publication_channel_does_not_expose_its_company(sentence: str) -> None:
    """Every Chinese authority publishes on WeChat."""
    linked = link("China's CAC issues rules", sentence)
    assert role_of(linked, "0700.HK") is not Role.DIRECT
    assert link("Rules issued", sentence).notes == ()


def test_a_ban_on_a_channel_exposes_its_company() -> None:
    """The rule for channels must not hide an act on WeChat itself."""
    linked = link("U.S. lawmakers ban WeChat", "The U.S. government imposed a ban on Weibo.")
    assert role_of(linked, "0700.HK") is Role.DIRECT
    assert role_of(linked, "9898.HK") is Role.DIRECT


@pytest.mark.parametrize(
    ("sentence", "instrument"),
    [
        ("Kuaishou and other operators have to build the checks at their own expense.", "1024.HK"),
        ("Kuaishou must report every quarter.", "1024.HK"),
        ("Trip.com, the largest company in the business, will have to rewrite its contracts.", "9961.HK"),
        ("Tencent is required to stop.", "0700.HK"),
        ("The rules require Meituan to pay more.", "3690.HK"),
        ("快手等平台须在三十日内整改。", "1024.HK"),
        ("美团应当提交报告。", "3690.HK"),
        ("京东被要求整改。", "9618.HK"),
        ("监管部门责令腾讯整改。", "0700.HK"),
    ],
)
def test_a_company_with_a_duty_is_directly_exposed(sentence: str, instrument: str) -> None:
    """Wherever in the article the duty stands."""
    filler = "It was a long week for everybody."
    exposure = exposure_of(link("China's CAC issues rules", "China's CAC acted.", filler, filler, sentence), instrument)
    assert exposure is not None
    assert (exposure.role, exposure.relevance >= 80) == (Role.DIRECT, True)


def test_private_companies_are_never_exposed() -> None:
    """No listing, no ticker: neither its own nor a relative's."""
    assert link("China's SAMR fines ByteDance and Ant Group", "China's SAMR fined Huawei and Douyin.").exposures == ()


def home_of(instrument: str) -> str:
    return next(entry.exchange for entry in CATALOGUE.listings() if entry.instrument == instrument)


BIG_TECH = {"GOOGL", "META", "AMZN", "AAPL", "MSFT"}


@pytest.mark.parametrize(
    "sentences",
    [
        (
            "EU opens probe into tech giants",
            "The European Commission opened a probe into tech giants and social media.",
        ),
        ("UK opens probe into tech giants", "Britain's Competition and Markets Authority looks into tech giants."),
        ("FTC opens probe into tech giants", "The US FTC opened a probe into tech giants and social media."),
    ],
)
def test_big_tech_is_exposed_to_european_and_american_authorities(sentences: tuple[str, str]) -> None:
    """Their acts on platforms fall on the same five companies."""
    assert {exposure.instrument for exposure in link(*sentences).exposures} == BIG_TECH


MEANT = [
    (("US court voids airline fee rule", "Airlines need not show fees, the US court said."), "DAL", "UNP"),
    (("US raises railroad safety rules", "The US Transportation Department binds railroads."), "UNP", "DAL"),
    (("工信部规范光伏产业", "工信部要求光伏企业不得低价竞争，光伏产业将整治。"), "601012.SS", "600900.SS"),
    (
        ("China raises liquor tax", "China's finance ministry will tax baijiu and liquor makers."),
        "600519.SS",
        "0291.HK",
    ),
    (("UK caps bets", "Britain's government caps stakes at gambling companies and online gambling."), "ENT.L", "ITV.L"),
    (
        ("EU puts duties on Chinese electric cars", "The European Commission said EVs were subsidised."),
        "1211.HK",
        "VOW3.DE",
    ),
    (("欧盟对中国电动汽车启动反补贴调查", "欧盟委员会主席称，电动汽车价格过低。"), "1211.HK", "VOW3.DE"),
    (("China opens probe into European brandy", "The Chinese commerce ministry did."), "RI.PA", "600519.SS"),
    (("ECB tells European banks", "The ECB told banks in Europe to hold capital."), "BNP.PA", "JPM"),
    (
        ("HKMA eases mortgage rules", "The Hong Kong Monetary Authority helps the property market."),
        "0016.HK",
        "2007.HK",
    ),
    (("EU puts duties on Chinese-made electric cars", "The European Commission did."), "1211.HK", "VOW3.DE"),
    (("EU looks into China's electric carmakers", "The European Commission did."), "1211.HK", "VOW3.DE"),
    (("商务部对原产于欧盟的进口白兰地立案", "商务部今日发布公告。"), "RI.PA", "600519.SS"),
]


@pytest.mark.parametrize(("sentences", "touched", "spared"), MEANT, ids=lambda value: str(value)[:30])
def test_an_act_on_a_sector_moves_only_whom_it_means(sentences: tuple[str, str], touched: str, spared: str) -> None:
    """A rule for airlines exposes no railway; duties on Chinese cars fall on Chinese makers."""
    instruments = {exposure.instrument for exposure in link(*sentences).exposures}
    assert touched in instruments
    assert spared not in instruments
    assert {role_of(link(*sentences), instrument) for instrument in instruments} == {Role.SECTOR}


SECTOR_ACTS = [
    (("ECB tells banks", "The ECB told commercial banks to hold capital."), {"XPAR", "XETR", "XAMS", "XMIL"}),
    (
        ("China bans for-profit tutoring", "China's State Council banned for-profit tutoring."),
        {"XHKG", "XSHG", "XSHE", "XNYS", "XNAS"},
    ),
    (("央行宣布降准", "央行今日宣布下调商业银行存款准备金率。"), {"XHKG", "XSHG", "XSHE"}),
    (("RBI tells lenders", "The Reserve Bank of India told commercial banks to hold bank capital."), {"XNSE"}),
    (("SEC proposes rule", "The US SEC proposed a rule for crypto exchanges and crypto trading."), {"XNYS", "XNAS"}),
    (("BOE raises bank capital", "The Bank of England told commercial banks to hold capital."), {"XLON", "XHKG"}),
    (("BOJ tells banks", "The Bank of Japan told commercial banks to lend."), {"XTKS"}),
]


@pytest.mark.parametrize(("sentences", "exchanges"), SECTOR_ACTS, ids=lambda value: str(sorted(value))[:30])
def test_a_sector_act_moves_only_shares_at_home(sentences: tuple[str, str], exchanges: set[str]) -> None:
    """A rule of the Reserve Bank of India never exposes an American bank."""
    exposures = link(*sentences).exposures
    assert exposures
    assert {home_of(exposure.instrument) for exposure in exposures} <= exchanges
    assert len(exposures) <= 6


def test_an_act_of_an_unknown_authority_exposes_no_sector() -> None:
    """Nobody's roof, nobody's shares."""
    assert (
        link("Turkey's central bank tells commercial banks", "Turkey's central bank told commercial banks.").exposures
        == ()
    )


def test_the_sample_day_names_its_authorities_and_companies() -> None:
    """What the demonstration promises must come out of the shipped catalogue; all misses at once."""
    reader = Reader(CATALOGUE)
    missed = []
    for line, expected in zip(load_articles(), EXPECTED, strict=True):
        published = datetime.fromisoformat(msgspec.json.decode(line)["received_at"])
        article = parse_article(line, published)
        reading = read_article(article, reader)
        direct = {exposure.instrument for exposure in reading.exposures if exposure.role is Role.DIRECT}
        if not (set(expected["regulators"]) <= set(reading.regulators) and set(expected["instruments"]) <= direct):
            missed.append((expected["url"], reading.regulators, direct))
    assert missed == []


def test_a_long_article_is_linked_in_milliseconds() -> None:
    """Thirty sentences in 5 ms on a quiet machine; the bound allows for a busy one, the best of ten runs counts."""
    sentences = (
        "China's SAMR told Tencent, Meituan and other platform companies that the central bank would act.",
        "The U.S. Commerce Department and the SEC said nothing about chip exports from China on Thursday.",
        "商务部宣布对原产于美国的进口芯片发起反倾销调查，腾讯、美团等平台企业表示支持，央行称将降准。",
    )
    passages = [Passage(text=sentences[place % 3], place=place - 1) for place in range(30)]
    times = []
    for _ in range(10):
        started = time.process_time()
        LINKER.link(passages)
        times.append(time.process_time() - started)
    assert min(times) < 0.1


@given(st.lists(st.text(max_size=80), max_size=6))
@settings(deadline=None)
def test_any_text_links_to_entries_of_the_catalogue_only(texts: list[str]) -> None:
    """Never an id that nobody knows, never a relevance outside 0..100."""
    linked = LINKER.link([Passage(text=text, place=place - 1, acting=True) for place, text in enumerate(texts)])
    assert set(linked.regulators) <= CATALOGUE.regulators.keys()
    assert set(linked.sectors) <= CATALOGUE.sectors.keys()
    assert all(CATALOGUE.has_instrument(exposure.instrument) for exposure in linked.exposures)
    assert all(0 <= exposure.relevance <= 100 for exposure in linked.exposures)
