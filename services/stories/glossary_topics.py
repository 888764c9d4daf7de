"""Words for what an act is about, in English and Chinese: one line per topic, in the form of ``glossary_acts``."""

from __future__ import annotations

TOPICS = """
games = game, games, gaming, gamers, video game*, esports | 游戏, 网游, 版号, 手游, 电竞
minors = minors, children, child, under-18*, under 18, teenage*, youth, youngsters, kids | 未成年人, 儿童,
    青少年, 孩子, 防沉迷, 少年
tutoring = tutor*, after-school, off-campus, curriculum-based, private education, education compan* | 校外培训,
    教培, 培训机构, 双减, 学科类, 补习, 课外
school = school*, student*, universit*, homework | 学校, 学生, 高校, 义务教育, 作业
rrr = reserve requirement*, reserve ratio*, rrr, required reserve* | 存款准备金, 降准, 准备金率
lpr = loan prime rate*, lpr, benchmark lending rate*, benchmark loan rate* | 贷款市场报价利率, lpr, 贷款报价利率
policyrate = interest rate*, policy rate*, rate cut*, rate hike*, key rate*, benchmark rate*, borrowing costs,
    cut rates, raise rates, raises rates, cuts rates, fed funds, repo rate*, basis point*, rates | 利率, 加息,
    降息, 基准利率, 政策利率, 个基点, 逆回购利率
mlf = medium-term lending, mlf | 中期借贷便利, mlf
antitrust = antitrust, anti-trust, anti-monopoly, antimonopoly, monopol*, competition law, competition rules,
    anticompetitive, anti-competitive, dominan* | 反垄断, 垄断, 不正当竞争, 市场支配地位, 二选一, 反竞争,
    排除限制竞争
exclusivity = pick one, choose one, exclusivity, exclusive | 二选一, 独家
data = data security, personal information, personal data, cybersecurity, cyber security, cyberspace, privacy,
    data protection, data privacy, gdpr, data transfer*, cross-border data, user data, data | 数据安全,
    个人信息, 网络安全, 隐私, 数据出境, 数据保护, 通用数据保护, 数据
algorithm = algorithm*, recommendation | 算法, 推荐
ai = artificial intelligence, ai, generative ai, chatbot*, large language model*, chatgpt, deepfake*,
    deep synthesis, genai | 人工智能, 生成式, 大模型, 深度合成, 聊天机器人, ai
apps = app, apps, application*, app store*, mobile app* | 应用, app, 应用商店, 小程序, 软件
ridehailing = ride-hailing, ride hailing, taxi*, drivers, robotaxi* | 网约车, 打车, 出行平台, 司机, 出租车
delivery = food delivery, delivery, couriers, riders, takeaway, instant retail | 外卖, 骑手, 配送, 即时零售
ecommerce = e-commerce, ecommerce, online shopping, merchants, online retail* | 电商, 电子商务, 网购, 商家,
    平台内经营者
livestream = livestream*, live stream*, live-stream*, influencer*, streamers | 直播, 主播, 网红, 带货
celebrity = celebrit*, fan culture, entertainment industry, idol*, tax evasion | 明星, 饭圈, 粉丝, 艺人, 偷逃税,
    文娱, 偷税
video = short video*, short-video, streaming | 短视频, 视频
music = music, copyright*, exclusive music | 音乐, 版权
platform = platform econom*, platform compan*, internet platform*, online platform*, internet compan*,
    tech giant*, tech compan*, tech firm*, big tech, internet giant*, internet firm*, platforms | 平台经济,
    平台企业, 互联网平台, 互联网企业, 科技巨头, 互联网公司, 平台
fintech = fintech, financial technology, online lending, micro-lending, microloan*, online loans, peer-to-peer,
    p2p | 金融科技, 网络小贷, 网贷, 互联网贷款, 小额贷款, 互联网金融, 联合贷款
payment = payment*, wallet, wallets, digital yuan, e-cny | 支付, 数字人民币, 钱包
crypto = crypto*, bitcoin, digital asset*, virtual currenc*, virtual asset*, token, tokens, stablecoin*, mining,
    ethereum, initial coin offering*, ico, icos, digital currenc* | 加密货币, 比特币, 虚拟货币, 虚拟资产, 代币,
    稳定币, 挖矿, 以太坊, 加密资产, 数字货币
etf = etf, etfs, exchange-traded fund*, spot bitcoin | etf, 交易所买卖基金, 现货
property = property, real estate, housing, home, homes, homebuy*, home-buy*, developer*, mortgage*,
    down payment*, house prices, presold, presale | 房地产, 楼市, 住房, 房企, 房贷, 购房, 首付, 按揭, 商品房,
    地产, 买房, 房屋
mortgage = mortgage*, down payment*, downpayment* | 房贷, 首付, 按揭, 存量房贷, 住房贷款
redlines = three red lines, leverage | 三道红线, 杠杆
stampduty = stamp duty, stamp tax, trading tax | 印花税
shortselling = short selling, short-selling, short sale*, short sell*, securities lending, margin,
    refinancing securities | 卖空, 做空, 融券, 沽空, 转融通, 融资融券,
    融资保证金, 保证金比例
quant = quant, quants, quantitative, high-frequency, algorithmic trading, program trading, programme trading
    | 量化, 高频, 程序化交易
stocks = stock market*, share*, equities, equity, stock*, investors, capital market*, securities | 股市, 股票,
    资本市场, 证券, 投资者, a股, 股份
ipo = ipo, ipos, initial public offering*, share sale* | ipo, 首次公开, 新股, 发行上市, 再融资
overseas_listing = overseas listing*, list overseas, listing abroad, foreign listing*, offshore listing*,
    us-listed, u.s.-listed, variable interest | 境外上市, 赴美上市, 海外上市, 中概股, 境外发行
audit_inspection = audit inspection*, audit papers, audit oversight, holding foreign companies, auditors,
    auditor | 审计监管, 审计底稿, 外国公司问责, 审计师, 会计师事务所, 审计
bonds = bond*, treasur*, debt, notes | 债券, 国债, 债务, 特别国债, 专项债
yuan = yuan, renminbi, exchange rate*, forex, foreign exchange, currency | 人民币汇率, 汇率, 外汇, 人民币
banks = bank, banks, banking, lender*, deposits | 银行, 存款, 商业银行
capital_rules = capital requirement*, capital rule*, basel, stress test*, leverage ratio, capital buffer*
    | 资本金, 资本充足, 压力测试, 巴塞尔, 资本管理
insurance = insur* | 保险, 险企, 险资
funds = mutual fund*, fund, funds, asset management, wealth management, hedge fund*, private equity,
    private fund* | 基金, 理财, 资管, 私募, 公募
fees = fee, fees, commission*, overdraft | 费率, 收费, 手续费, 佣金, 费用
ev = electric vehicle*, ev, evs, new energy vehicle*, nev, nevs, battery electric, electric car*, electrified
    | 新能源汽车, 电动汽车, 电动车, 新能源车
battery = battery, batteries, lithium | 电池, 锂电, 锂, 动力电池
cars = car, cars, automaker*, auto, autos, vehicle*, carmaker* | 汽车, 车企, 乘用车, 车辆
autonomous = autopilot, self-driving, autonomous, driver assistance, full self-driving | 自动驾驶, 智能驾驶,
    辅助驾驶, 无人驾驶
chips = chip, chips, semiconductor*, chipmaker*, chipmaking, lithography, wafer*, gpu, gpus, memory chips
    | 芯片, 半导体, 光刻机, 集成电路, 晶圆
rareearth = rare earth*, gallium, germanium, graphite, critical mineral*, antimony, magnets | 稀土, 镓, 锗,
    石墨, 关键矿产, 锑, 钨
solar = solar, photovoltaic, polysilicon, wind power, renewable* | 光伏, 太阳能, 多晶硅, 风电, 可再生能源
coal = coal, power shortage*, thermal power, electricity, power price* | 煤炭, 限电, 电价, 火电, 煤价, 电力
steel = steel, steelmaker*, iron ore, aluminium, aluminum | 钢铁, 铁矿石, 钢材, 铝, 粗钢
oil = oil, gas, lng, refiner*, petrol, crude, drilling, pipeline | 石油, 原油, 天然气, 成品油, 油价, 钻探
emission = emission*, carbon, climate, pollut* | 碳排放, 碳交易, 排放, 污染, 碳中和, 碳市场
drug = drug, drugs, medicine*, pharma*, drugmaker*, bulk procurement, price negotiations, insulin,
    reimbursement, centralized procurement | 药品, 药物, 集采, 带量采购, 医保, 药企, 胰岛素, 医药, 新药
vaccine = vaccine*, covid*, coronavirus, pandemic, booster | 疫苗, 新冠, 疫情
anticorruption = corruption, anti-corruption, bribe*, graft, kickback* | 反腐, 腐败, 贿赂, 行贿, 受贿, 回扣
medical = hospital*, medical, device*, health care, healthcare | 医院, 医疗, 器械, 医美
tobacco = tobacco, vap*, e-cig*, cigarette*, menthol, nicotine, juul | 烟草, 电子烟, 雾化, 尼古丁, 烟
alcohol = liquor, baijiu, wine, brandy, alcohol, beer | 白酒, 葡萄酒, 白兰地, 酒
food = food safety, infant formula, milk, dairy, pork, beef, pre-made | 食品, 奶粉, 牛奶, 乳制品, 猪肉, 牛肉, 预制菜
casino = casino*, gambling, junket*, macau, macao | 博彩, 赌场, 澳门, 赌牌, 博企
trade = trade war, trade deal, trade talks, imports, exports, export, import, trade | 贸易战, 贸易协议, 出口,
    进口, 经贸, 贸易
telecom = telecom*, 5g, 6g, mobile carrier*, broadband, net neutrality, spectrum, phone compan* | 电信, 5g,
    运营商, 宽带, 频谱, 网络中立
socialmedia = social media, social network*, content moderation, posts, misinformation, disinformation,
    fake news, hate speech, illegal content | 社交媒体, 虚假信息, 内容审核, 社交网络, 谣言, 违法内容
search = search engine*, search, advertis*, ad tech, adtech, ads | 搜索, 广告, 竞价排名
cloud = cloud comput*, cloud, data center*, data centre* | 云计算, 云服务, 数据中心
gatekeeper = digital markets act, dma, gatekeeper*, digital services act, dsa, very large online | 数字市场法,
    守门人, 数字服务法, 超大型在线平台
tax = tax, taxes, taxation, vat, state aid | 税, 增值税, 国家援助, 个税, 税收
antidumping = dumping, anti-dumping, countervailing, anti-subsidy, trade remedy | 反倾销, 反补贴
aviation = airline*, aircraft, airliner*, boeing, airbus, 737 max, flight*, airworthiness, grounded, grounding,
    aviation | 航空, 客机, 飞机, 航班, 适航, 停飞, 民航
shipping = port, ports, shipping, vessel*, containers, ship | 港口, 航运, 船舶, 船
rail = rail*, train, trains | 铁路, 高铁, 列车
military = military, defence, defense, arms sale*, security law, national security, investment review | 军事,
    国防, 军售, 国家安全, 国安法
foreigninvest = foreign investment*, foreign investor*, negative list, market access, opening up, foreign-owned,
    joint venture* | 外资, 外商投资, 负面清单, 市场准入, 对外开放, 合资
privateeconomy = private sector, private econom*, private enterprise*, private compan*, private business*,
    entrepreneur* | 民营经济, 民营企业, 民企, 企业家
commonprosperity = common prosperity, wealth distribution, philanthrop* | 共同富裕, 三次分配, 慈善
population = three-child, three children, birth*, childbirth, childcare, population | 三孩, 生育, 育儿, 托育, 人口
labour = labor, labour, overtime, 996, workers, wage*, gig | 劳动, 加班, 劳动者, 工资, 新就业形态
consumer = consumer*, consumption, spending, retail sales | 消费, 消费者, 内需
visa = visa*, travel, tourist*, tourism, border | 签证, 旅游, 免签, 入境, 出境
merger_review = merger control, concentration, undertakings, unreported deals, failing to report, merger review,
    past deals, failed to disclose | 经营者集中, 未依法申报, 违法实施
vie = variable interest entit*, vie | 可变利益实体, 协议控制
pricing = price war*, pricing, price cut*, below cost, discount*, price gouging, price-fixing, cartel,
    involution | 价格战, 低价, 内卷, 价格欺诈, 哄抬, 价格违法, 不正当价格
falseads = false advertis*, misleading, fake review*, deceptive, deceiv* | 虚假宣传, 误导, 刷单, 虚假, 欺诈
quality = quality, safety, defect*, hazard*, crash* | 质量, 安全隐患, 缺陷, 抽检, 不合格
fraud = fraud*, accounting, falsif*, fabricat*, inflated, scam* | 造假, 欺诈, 虚增, 财务造假, 诈骗
laundering = money laundering, anti-money, aml | 洗钱, 反洗钱
insider = insider trading, market manipulation, manipulat* | 内幕交易, 操纵市场, 操纵
disclosure = disclosure*, disclose*, climate-related, reporting rules | 信息披露, 披露, 信披
gdp = gdp, economic growth, growth target, cpi, inflation, pmi, unemployment, jobless | gdp, 经济增长, 通胀,
    居民消费价格, 失业率, 采购经理
lottery = lottery, sports betting, betting | 彩票, 体彩, 博彩
space = satellite*, space, rocket*, starlink, drone* | 卫星, 航天, 火箭, 无人机, 低空
vpn = vpn*, firewall, censorship | vpn, 防火墙, 翻墙
religion = apology, apologis*, apologiz* | 道歉, 致歉
tiktok_sale = divest*, sell or be banned, forced sale, sale of tiktok, divestiture | 剥离, 强制出售, 不卖就禁
sanctions = sanction*, entity list, blacklist* | 制裁, 实体清单, 黑名单
tariffs = tariff*, duties | 关税
spac = spac, spacs, blank check, blank-check | 空白支票, 特殊目的收购
payorder = payment for order flow, order flow, best execution, market structure | 订单流, 最佳执行
noncompete = noncompete*, non-compete* | 竞业, 竞业禁止
climate = climate | 气候
right_to_repair = repair, charger*, usb-c, charging port* | 维修, 充电接口, 充电器
deminimis = de minimis, small parcel*, low-value parcel*, low-value import*, duty-free parcel*,
    small package* | 小额包裹, 小额免税, 小包裹, 低值包裹, 低价值包裹
stablecoin = stablecoin*, stable coin* | 稳定币
portfees = port fee*, port charge*, docking fee* | 港口费, 停泊费, 特别港务费
netneutrality = net neutrality, open internet, open-internet | 网络中立
overdraft = overdraft* | 透支
latefee = late fee*, junk fee* | 滞纳金
openbanking = open banking, open-banking | 开放银行
shortlet = short-term rental*, short-let*, holiday let*, holiday home* | 短租, 民宿
pfas = pfas, forever chemical* | 永久化学品, 全氟
ageverify = age verification, age check*, age assurance | 年龄验证, 年龄核验
cannabis = cannabis, marijuana, cbd | 大麻
opioid = opioid*, fentanyl | 阿片, 芬太尼
obesity = obesity, weight-loss, wegovy, ozempic, glp-1, semaglutide | 减肥药, 司美格鲁肽
autopay = buy now pay later, buy-now-pay-later, bnpl | 先买后付
deepseek = deepseek | deepseek, 深度求索
"""
