"""Names of the shipped catalogue in text: each alias finds its owner, and nothing else is taken for a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue import aliases_of, load_catalogue
from services.signals.entities import Issuer, Regulator, Sector
from services.signals.names.catalogue_names import NameKind
from services.signals.names.name_matcher import NameMatcher, normalise

CATALOGUE = load_catalogue()
MATCHER = NameMatcher(CATALOGUE)


def issuers_in(text: str) -> list[str]:
    return [mention.id for mention in MATCHER.find(text) if mention.kind is NameKind.ISSUER]


def authorities_in(text: str) -> list[str]:
    kinds = (NameKind.REGULATOR, NameKind.GENERIC, NameKind.BROAD)
    return [owner for mention in MATCHER.find(text) if mention.kind in kinds for owner in mention.owners]


def in_a_sentence(name: str) -> str:
    return f"On Monday {name}, it was said." if name.isascii() else f"今天，{name}，消息传出。"


def test_every_alias_finds_its_owner() -> None:
    """A name that the catalogue lists and the text never yields is a silent hole; all of them at once."""
    entries: list[Regulator | Sector | Issuer] = [
        *CATALOGUE.regulators.values(),
        *CATALOGUE.sectors.values(),
        *CATALOGUE.issuers.values(),
    ]
    lost = [
        (entry.id, alias)
        for entry in entries
        for alias in sorted(aliases_of(entry))
        if entry.id not in {mention.id for mention in MATCHER.find(in_a_sentence(alias))}
    ]
    assert lost == []


def test_every_generic_name_knows_all_its_owners() -> None:
    """ "central bank" must be able to mean each of them."""
    lost = [
        (regulator.id, name)
        for regulator in CATALOGUE.regulators.values()
        for name in (*regulator.generic_en, *regulator.generic_zh, *regulator.broad_en, *regulator.broad_zh)
        if regulator.id not in authorities_in(in_a_sentence(name))
    ]
    assert lost == []


def test_every_stop_phrase_stops() -> None:
    """A phrase that is listed and still yields the company is a wrong ticker; all of them at once."""
    entries: list[Regulator | Issuer] = [*CATALOGUE.issuers.values(), *CATALOGUE.regulators.values()]
    leaks = [
        (entry.id, phrase)
        for entry in entries
        for phrase in (*entry.stop_en, *entry.stop_zh)
        if entry.id in {mention.id for mention in MATCHER.find(in_a_sentence(phrase))}
    ]
    assert leaks == []


NOT_A_NAME = [
    "CACHE memory got cheaper", "metadata and meta-analysis", "the Amazon rainforest", "Apple Daily was closed",
    "apple growers hope for rain", "Harrison Ford walked on", "visit www.tencent.com", "JD Vance spoke",
    "a delta variant of the virus", "ICOs banned", "the shares rose", "苹果日报停刊", "苹果种植户增收", "亚马逊雨林", "小米粥",
    "让人联想到", "一百度高温", "美好未来",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_A_NAME)
def test_ordinary_words_are_no_companies(text: str) -> None:
    """Whole words, exact case and stop phrases."""
    assert issuers_in(text) == []
    assert authorities_in(text) == []


@pytest.mark.parametrize(
    "text", ["中美团队合作", "中美團隊合作", "完美团购", "欧美团", "访美团", "赴美团", "健美团", "赴美團"]
)
def test_meituan_is_not_read_out_of_other_words(text: str) -> None:
    """Its two characters meet by chance in "Chinese and American team" and "perfect group purchase"."""
    assert issuers_in(text) == []


@pytest.mark.parametrize("text", ["其中美团涨5%", "对美团罚款", "美团团队", "約談美團"])
def test_meituan_is_found_where_it_is_meant(text: str) -> None:
    """The stop phrases must not eat "among them Meituan"."""
    assert issuers_in(text) == ["meituan"]


@pytest.mark.parametrize(
    "text",
    [
        "The CAC 40 fell 1%",
        "SAFE and sound at home",
        "the SAFE Banking Act",
        "Premier League clubs",
        "Treasury yields rose",
    ],
)
def test_stop_phrases_guard_authorities(text: str) -> None:
    """The Paris index is not the internet regulator."""
    assert authorities_in(text) == []


VENUES = [
    "Tencent Research Institute", "Ford Foundation", "Alibaba University", "Toyota Center", "Intel Museum",
    "Allianz Arena", "Barclays Center", "Baidu Cup", "腾讯研究院", "阿里巴巴公益基金会", "腾讯微信公众号刊文称", "美团公众号发文",
]  # fmt: skip


@pytest.mark.parametrize("text", VENUES)
def test_what_is_called_after_a_company_is_not_the_company(text: str) -> None:
    """A hall, a foundation and a publication channel have no shares."""
    assert issuers_in(text) == []


def test_a_company_at_the_centre_of_things_stays_a_company() -> None:
    """Only a capital Center is a hall."""
    assert issuers_in("Tencent center of attention") == ["tencent"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("騰訊", "tencent"), ("美團", "meituan"), ("嗶哩嗶哩", "bilibili"), ("阿里巴巴", "alibaba"), ("網易", "netease"),
        ("Ｔｅｎｃｅｎｔ", "tencent"), ("TENCENT FINED BY REGULATOR", "tencent"), ("Tencent’s", "tencent"),
    ],
)  # fmt: skip
def test_script_width_and_case_do_not_hide_a_company(text: str, expected: str) -> None:
    """Hong Kong writes traditional characters; some feeds send full width."""
    assert issuers_in(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shares of 0700.HK", "tencent"), ("HKEX: 700 rose", "tencent"), ("HKEX: 00700 rose", "tencent"),
        ("NASDAQ: BILI", "bilibili"), ("(NYSE: BABA)", "alibaba"), ("$BABA jumps", "alibaba"),
        ("某公司(00700)", "tencent"), ("某公司（00700.HK）", "tencent"), ("代码00700的股票", "tencent"),
        ("the company (00700) said", "tencent"), ("(002230.SZ)", "iflytek"), ("某公司（002230）", "iflytek"),
        ("(600519.SH)", "kweichow_moutai"),
    ],
)  # fmt: skip
def test_ticker_forms_name_their_company(text: str, expected: str) -> None:
    """Each market writes its codes in its own way."""
    assert issuers_in(text) == [expected]


@pytest.mark.parametrize(
    "text", ["US$5 billion", "Andover, MA 01810", "电话0755-00700", "00700元", "$CASH", "HK: 9999999"]
)
def test_other_numbers_are_no_tickers(text: str) -> None:
    """A zip code is not Xiaomi."""
    assert issuers_in(text) == []


def test_private_companies_are_found_and_have_no_listing() -> None:
    """Huawei is a company to the tone rules, and never a ticker."""
    for text, expected in [("Huawei Cloud", "huawei"), ("ByteDance", "bytedance"), ("Ant Group", "ant_group")]:
        assert issuers_in(text) == [expected]
        assert CATALOGUE.issuers[expected].listings == ()


@pytest.mark.parametrize(
    ("text", "expected"), [("U.S. SEC", "US SEC"), ("U.K. and E.U.", "UK and EU"), ("U.S.-listed", "US-listed")]
)
def test_dots_in_countries_do_not_matter(text: str, expected: str) -> None:
    """One alias serves both spellings."""
    assert normalise(text) == expected


@given(st.text(max_size=200))
def test_any_text_is_searched_and_positions_fit(text: str) -> None:
    """``start`` and ``end`` point into the normal form, in order and without overlap."""
    normal = normalise(text)
    last = 0
    for mention in MATCHER.find(text):
        assert normal[mention.start : mention.end] == mention.surface
        assert mention.start >= last
        last = mention.end


@given(st.sampled_from(["腾讯", "Meituan", "SAMR", "SEC"]), st.text(alphabet=" ,.，。()", max_size=5))
def test_marks_around_a_name_do_not_hide_it(name: str, marks: str) -> None:
    """Only letters and digits join with a name."""
    assert MATCHER.find(marks + name + marks)
