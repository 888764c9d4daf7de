"""Names of countries in both languages: those with authorities in the catalogue, and the others, which veto.

One line per country: its code, then names, adjectives and capitals. Ordinary words ("Jordan", "Chad", "Georgia") are
left out. ``MEMBERS`` belong to the EU, but their own central bank or ministry is nobody of the catalogue.
"""

from __future__ import annotations

NAMES = """
CN: China, Chinese, Beijing, mainland China, mainland Chinese, PRC, 中国, 我国, 北京, 内地
HK: Hong Kong, Hong Kong SAR, HKSAR, 香港, 港府, 本港
US: US, USA, America, American, Americans, United States, Washington, 美国, 华盛顿
EU: EU, Europe, European, European Union, Brussels, euro zone, eurozone, euro area, 欧盟, 欧元区, 欧洲
UK: UK, Britain, British, United Kingdom, 英国
IN: India, Indian, New Delhi, Mumbai, 印度
JP: Japan, Japanese, Tokyo, 日本, 东京
KR: South Korea, South Korean, Korea, Korean, Seoul, S.Korea, 韩国, 首尔
SG: Singapore, Singaporean, 新加坡, 狮城
AR: Argentina, Argentine, Argentinian, Buenos Aires, 阿根廷
AE: UAE, U.A.E., United Arab Emirates, Emirati, Dubai, Abu Dhabi, 阿联酋, 迪拜, 阿布扎比
AU: Australia, Australian, Canberra, Sydney, 澳大利亚, 澳洲, 悉尼
BD: Bangladesh, Bangladeshi, Dhaka, 孟加拉国
BH: Bahrain, Bahraini, 巴林
BR: Brazil, Brazilian, Brasilia, 巴西
BY: Belarus, Belarusian, Minsk, 白俄罗斯
CA: Canada, Canadian, Ottawa, Ontario, 加拿大
CD: Congo, Congolese, 刚果
CH: Switzerland, Swiss, 瑞士
CL: Chile, Chilean, 智利
CO: Colombia, Colombian, Bogota, 哥伦比亚
EG: Egypt, Egyptian, Cairo, 埃及
ET: Ethiopia, Ethiopian, 埃塞俄比亚
GH: Ghana, Ghanaian, 加纳
ID: Indonesia, Indonesian, Jakarta, 印度尼西亚, 印尼, 雅加达
IL: Israel, Israeli, Jerusalem, 以色列
IQ: Iraq, Iraqi, Baghdad, 伊拉克
IR: Iran, Iranian, Tehran, 伊朗
IS: Iceland, Icelandic, 冰岛
KE: Kenya, Kenyan, Nairobi, 肯尼亚
KH: Cambodia, Cambodian, 柬埔寨
KP: North Korea, North Korean, Pyongyang, 朝鲜
KW: Kuwait, Kuwaiti, 科威特
KZ: Kazakhstan, Kazakh, 哈萨克斯坦
LA: Laos, Laotian, 老挝
LB: Lebanon, Lebanese, Beirut, 黎巴嫩
LK: Sri Lanka, Sri Lankan, Colombo, 斯里兰卡
MA: Morocco, Moroccan, 摩洛哥
MM: Myanmar, Burmese, 缅甸
MN: Mongolia, Mongolian, 蒙古国
MO: Macau, Macao, 澳门
MX: Mexico, Mexican, Mexico City, 墨西哥
MY: Malaysia, Malaysian, Kuala Lumpur, 马来西亚, 吉隆坡
NG: Nigeria, Nigerian, Abuja, Lagos, 尼日利亚
NO: Norway, Norwegian, Oslo, 挪威
NP: Nepal, Nepali, Nepalese, 尼泊尔
NZ: New Zealand, Wellington, 新西兰
PE: Peru, Peruvian, 秘鲁
PH: Philippines, Philippine, Filipino, Manila, 菲律宾
PK: Pakistan, Pakistani, Islamabad, Karachi, 巴基斯坦
QA: Qatar, Qatari, Doha, 卡塔尔
RS: Serbia, Serbian, Belgrade, 塞尔维亚
RU: Russia, Russian, Moscow, Kremlin, 俄罗斯, 俄国, 莫斯科
SA: Saudi Arabia, Saudi, Riyadh, 沙特阿拉伯, 沙特
TH: Thailand, Thai, Bangkok, 泰国, 曼谷
TR: Turkey, Turkiye, Türkiye, Turkish, Ankara, Istanbul, 土耳其
TW: Taiwan, Taiwanese, Taipei, 台湾, 台北
TZ: Tanzania, Tanzanian, 坦桑尼亚
UA: Ukraine, Ukrainian, Kyiv, Kiev, 乌克兰
UG: Uganda, Ugandan, 乌干达
UZ: Uzbekistan, Uzbek, 乌兹别克斯坦
VE: Venezuela, Venezuelan, 委内瑞拉
VN: Vietnam, Vietnamese, Hanoi, 越南
ZA: South Africa, South African, Pretoria, Johannesburg, 南非
ZM: Zambia, Zambian, 赞比亚
ZW: Zimbabwe, Zimbabwean, Harare, 津巴布韦
AT: Austria, Austrian, Vienna, 奥地利
BE: Belgium, Belgian, 比利时
BG: Bulgaria, Bulgarian, 保加利亚
CY: Cyprus, Cypriot, 塞浦路斯
CZ: Czech, Czech Republic, Prague, 捷克
DE: Germany, German, Berlin, 德国, 柏林
DK: Denmark, Danish, Copenhagen, 丹麦
EE: Estonia, Estonian, 爱沙尼亚
ES: Spain, Spanish, Madrid, 西班牙
FI: Finland, Finnish, Helsinki, 芬兰
FR: France, French, Paris, 法国, 巴黎
GR: Greece, Greek, Athens, 希腊
HR: Croatia, Croatian, 克罗地亚
HU: Hungary, Hungarian, Budapest, 匈牙利
IE: Ireland, Irish, Dublin, 爱尔兰
IT: Italy, Italian, Rome, 意大利
LT: Lithuania, Lithuanian, Vilnius, 立陶宛
LU: Luxembourg, 卢森堡
LV: Latvia, Latvian, 拉脱维亚
MT: Malta, Maltese, 马耳他
NL: Netherlands, Dutch, Amsterdam, The Hague, 荷兰
PL: Poland, Polish, Warsaw, 波兰
PT: Portugal, Portuguese, Lisbon, 葡萄牙
RO: Romania, Romanian, Bucharest, 罗马尼亚
SE: Sweden, Swedish, Stockholm, 瑞典
SI: Slovenia, Slovenian, 斯洛文尼亚
SK: Slovakia, Slovak, 斯洛伐克
XX: Latin America, Latin American, South America, South American, North American, Central America, Central American, \
Africa, African, West African, 拉丁美洲, 非洲
"""

MEMBERS = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip

CAPITALS = """
CN: BEIJING, SHANGHAI, SHENZHEN, GUANGZHOU, HANGZHOU, 北京, 上海, 深圳, 广州, 杭州
US: WASHINGTON, 华盛顿
EU: BRUSSELS, FRANKFURT, STRASBOURG, 布鲁塞尔, 法兰克福
IN: NEW DELHI, MUMBAI, BENGALURU, DELHI, 新德里, 孟买
JP: TOKYO, OSAKA, 东京
KR: SEOUL, SEJONG, 首尔
AR: BUENOS AIRES
AE: DUBAI, ABU DHABI, 迪拜
AU: SYDNEY, CANBERRA, MELBOURNE, 悉尼, 堪培拉
BR: BRASILIA, SAO PAULO
CA: OTTAWA, TORONTO, 渥太华
CH: ZURICH, BERN, 苏黎世
CL: SANTIAGO
CO: BOGOTA
EG: CAIRO, 开罗
ID: JAKARTA, 雅加达
IL: JERUSALEM, TEL AVIV
KE: NAIROBI
MX: MEXICO CITY
MY: KUALA LUMPUR, 吉隆坡
NG: ABUJA, LAGOS
NZ: WELLINGTON, 惠灵顿
PH: MANILA, 马尼拉
PK: ISLAMABAD, KARACHI
RU: MOSCOW, 莫斯科
SA: RIYADH, 利雅得
TH: BANGKOK, 曼谷
TR: ANKARA, ISTANBUL, 安卡拉
TW: TAIPEI, 台北
UA: KYIV
VN: HANOI, 河内
ZA: JOHANNESBURG, PRETORIA, CAPE TOWN
DE: BERLIN, BONN, 柏林
FR: PARIS, 巴黎
IE: DUBLIN
IT: ROME, MILAN, 罗马
ES: MADRID
NL: AMSTERDAM, THE HAGUE
SE: STOCKHOLM
PL: WARSAW
AT: VIENNA
"""
"""Cities whose date line says whose news it is; reporters in London, New York, Hong Kong and Singapore write of all."""


def read_names(table: str) -> dict[str, str]:
    """Name -> country code of one of the tables above."""
    names: dict[str, str] = {}
    for line in table.strip().splitlines():
        code, _, listed = line.partition(": ")
        names |= {name.strip(): code for name in listed.split(",")}
    return names
