"""Acts that say little on their own: "the tariff shock", "its licence"; and phrases that a longer look corrected.

These groups come before all others, so they count where another vocabulary has the same phrase. Which words are here
was read off the labelled examples: standing alone they had the wrong sign in more than half of the cases.
"""

from __future__ import annotations

ENGLISH = """
[PLAIN 0 0 -]
junk-food | junk food | on appeal | state aid | high-end | low-end | year-end | front-end | back-end | month-end | quarter-end | week-end | cut-throat | price war | price wars |
clear-cut | tax-cut | stop-gap | one-stop | ban-the

[AUTHORITY 1 0 -]
appeal court | appeal court judges | appeals court | appeals tribunal | appellate tribunal | appeal tribunal | court of appeal | court of appeals | appeals judges | appeals panel |
competition appeal tribunal

[BURDEN -0.6 0 final_rule official]
tariff | tariffs | surcharge+ | windfall tax | crackdown+ | duties on

[BURDEN -0.65 0 final_rule]
prohibition+

[BURDEN -0.5 0 final_rule]
restrictions | limits on

[BURDEN -0.5 0 investigation]
lawsuit+

[BURDEN -0.6 -0.2 penalty official]
fines of

[BURDEN -0.35 0 penalty]
settle | settles | settled

[BURDEN -0.45 0 penalty]
threatened | demanded | overhaul

[MORE 1 -0.1 final_rule]
imposed

[LESS 0 0.1 relief]
exempt

[RELIEF 0.5 0.1 completion official]
lawful

[LESS 0 -0.15 final_rule]
blocked | frozen | halted

[RELIEF 0.5 0 approval]
licence | licences | license | licenses | permit | permits | approval | approvals | authorisation | authorization

[RELIEF 0.5 0.1 approval]
with conditions

[RELIEF 0.5 0 relief official]
subsidy | subsidies | grace period | rebates | rebate | vouchers

[RELIEF 0.5 0.5 relief official]
approve~ subsidies | grant~ subsidies | offer~ subsidies | subsidies for | subsidy for | subsidies worth | new subsidies |
scrap~~ quotas | scrap~~ quota | remove~ quotas | remove~ quota | abolish~ quotas | abolish~ quota | drop~~ quotas | lift~ quotas | lift~ quota limits | end~ quotas |
scrap~~ investment quotas | scrap~~ the quota | removal of quotas | abolition of quotas

[RELIEF 0.5 0.45 relief official]
need not | no longer need | no longer needs | no longer have to | need no longer

[LESS 0 0 -]
pushed to | pushed back | pushed back to | delayed to | postponed to | struck off | wiped off | wipes off | is dead | are dead | forgives | forgive | forgiven | lighter

[RELIEF 0.5 0.45 relief official]
export tax rebate | export tax rebates | export rebate | export rebates

[BURDEN -0.45 0 final_rule official]
prior approval | prior-approval | pre-approval | prior authorisation | prior authorization | prior consent

[BURDEN -0.5 -0.2 final_rule]
unlawful

[LESS 0 0.4 relief official]
avoids | avoided | wiped out | wipes out | no power to | had no power to | lacks power to | lacked power to | lacks authority to | lacked authority to | exceeded its authority |
overstepped its authority | overstepped

[BURDEN -0.5 -0.45 final_rule]
may not | must not | may no longer | can no longer | shut out of | banned from | says no to

[BURDEN -0.45 -0.4 penalty]
laundering failings | in breach of | breaches of | misleading customers | misleading investors

[RELIEF 0.5 0.45 relief official]
without sanction | without sanctions | without a fine | without a penalty | without penalty | without action | without further action | no fault | no wrongdoing | not proven | could not prove | no collusion |
failed to prove | failed to show | off blacklist | off the blacklist | off its blacklist | off a blacklist | off the entity list | off entity list | free of caps | free of price caps | cleared of |
no further action | without a finding | no finding of | no unresolved security concerns | no security concerns | no national security concerns | no longer stands | need not be undone |
need not be unwound | beats ftc | beats sec | beats doj | put on the shelf | off the statute book | no action against | free to grow | with no enforcement | no enforcement action | gentler than | lower than feared | lower-than-feared | softer than feared | below forecasts |
legal again | allowed back | free of price floor

[BURDEN -0.5 -0.45 final_rule official]
imposes import licence+ | impose import licence+ | imposed import licence+ | introduces import licence+ | demands licence | demands licences | demands license | demands licenses | demand licence | demand licences | needs licence | needs a licence | need licence | need licences | need a licence | needs license |
need export licence | need export licences | need export licenses | needs export licence | needs export license | licence required | licences required | license required | licenses required |
requires licence | requires licences | requires a licence | require a licence | require licence | require licences | requires export licence | requires export licences | requires permission | require permission |
needs permission | need permission | must seek permission | needs approval | need approval | now requires beijing's permission | turns away | turned away | held back ipos | slows pace of ipos | slow pace of ipos |
slows ipo | slow ipos | orders blocked | shortens licence | licence shortened | ordered blocked | room to cut

[LESS 0 0.4 relief official]
pulled by | pulls request | pulls request for | pulls draft | pulls 2024 draft | pulls proposal | pulls proposed | shakes off | shake off | buries | buried | has shut its | shuts its | near closing | closes in on ending |
undoing | undoes | freed from | free of | freed of | spared from | did not need | struck from | deleted from

[BURDEN -0.5 0 final_rule official]
risk reserve | risk reserves | fx risk reserve | lending benchmarks | lending benchmark | loan prime rate | lpr | non-dom tax | petrol car ban | price floors | price floor

[RELIEF 0.5 0 relief official]
ev tax credit | electric car credit | car credit | non-dom status | non-dom regime | trump rollback

[BURDEN -0.5 -0.45 penalty]
pulls plug on | pulls the plug on | withholds its blessing | seen dead

[RELIEF 0.45 0.45 relief official]
block~ rule | block~ the rule | halt~ rule | pause~ rule | freeze~ rule | froze rule | stay~ rule | stay~ ban | stay~ order | stay~ law | suspend~ rule | delay~ rule | delay~ compliance date |
delay~ compliance dates | bill to loosen | bill to ease | bill to relax | bill to soften | bill to lift | bill easing | bill loosening | bill that would have eased | bill that would have loosened | bill that would ease | bill that would loosen |
bill that would have relaxed | annulment of | tariff holiday | tax holiday | tariff reprieve | withdraw~ proposal to limit | withdraw~ proposal to cap | withdraw~ plan to cap |
won't ban | will not ban | won't suspend | will not suspend | may build | may resume | may restart | may reopen | without remedies | without conditions | sec drops appeal | ftc drops appeal |
doj drops appeal | justice department drops appeal | government drops appeal | agency drops appeal | regulator drops appeal | commission drops appeal | watchdog drops appeal | drops its appeal in |
relaxation | relaxations | leniency

[BURDEN -0.5 -0.45 final_rule official]
won't let | will not let | lets ban | let ban | leaves ban | leave ban | leaves intact | left intact | lets stand | let stand | stands as it was | goes ahead with tax | go ahead with tax |
let subsidy | lets subsidy | let credit | lets credit | let waiver | lets waiver | lets exemption | let exemption | refuses to rule out

[BURDEN -0.55 -0.5 penalty official]
pull~ permit | pull~ permits | pull~ licence | pull~ license | pull~ licences | pull~ licenses

[BURDEN -0.45 0 final_rule official]
licence plan | license plan | licence requirement+ | license requirement+ | licensing requirement+ | licensing regime | licensing rules | enforcement of | leverage add-on | capital add-on | leverage ratio | countercyclical buffer | affiliates rule | diffusion rule | compulsory app | compulsory phone app | mandatory app |
preloaded app | pre-installed app | terms on cheap loans

[LESS 0 0.4 relief official]
row~ back on | rowing back on

[LESS 0 0 -]
house votes down | senate votes down | lawmakers vote down | votes down | vote down | voted down

[BURDEN -0.45 -0.4 final_rule official]
no hurry to lower | no hurry to ease | no hurry to loosen | no rush to lower | no rush to ease | no rush to loosen | no urgency to cut | no urgency to lower | no urgency to ease | no need to cut rates |
no case for cutting | not ready to cut | not ready to lower | too soon to cut | too early to cut | too soon to lower | too early to lower | before cutting rates | before lowering rates | before it cuts rates |
before easing policy | rules out rate cut | rules out rate cuts | rules out cutting | plays down rate cut | plays down rate cuts | pushes back on rate cut | pushes back on rate cuts | push back on rate cuts |
pushes back against rate cuts | dashes hopes of rate cut | dashes hopes for rate cut

[BURDEN -0.5 -0.45 final_rule]
stop~~ platforms | stop~~ firms | stop~~ companies | stop~~ banks | stop~~ lenders | stop~~ insurers | stop~~ retailers | stop~~ landlords | stop~~ brokers | stop~~ airlines | stop~~ apps |
prevent~ platforms | prevent~ firms | prevent~ companies | prevent~ banks | prevent~ lenders | prevent~ insurers | prevent~ gatekeepers | keep~ platforms from | keep~ banks from | keep~ companies from |
rules to stop | rules to prevent | rules to curb | rules to rein in | law to stop | law to prevent | law to curb | bill to curb | bill to rein in | steps to curb | measures to curb | measures to rein in

[PLAIN 0 0 -]
delay~ decision on | delay~ a decision on | extend~ review of | extend~ its review of | extend~ deadline for decision | puts off decision | put off decision

[BURDEN -0.5 -0.5 penalty official]
list of companies aiding | list of firms aiding | list of companies helping | list of firms helping | list of companies with military ties | list of chinese military companies | chinese military companies list |
list of chinese military | list of companies linked to | list of firms linked to | military blacklist | pentagon list | pentagon's list

[RELIEF 0.5 0.45 relief official]
limit~ compensation | limit~ payouts | limit~ damages | limit~ redress | limit~ liability | cap~~ compensation | cap~~ damages | cap~~ liability

[BURDEN -0.55 -0.2 investigation]
monopoly case | antitrust case | antitrust trial | ad tech case | ad tech trial | search case | monopoly trial

[BURDEN -0.5 -0.45 penalty official]
loses antitrust case | loses monopoly case | loses antitrust trial | loses ad tech case | loses search case | lost antitrust case | loses antitrust fight | loses antitrust appeal | loses court fight | loses legal fight |
ftc wins | doj wins | sec wins | cftc wins | justice department wins | regulator wins | watchdog wins | commission wins | faces antitrust trial | goes on trial over | to face trial over

[RELIEF 0.5 0.45 completion official]
wins antitrust case | wins monopoly case | wins antitrust trial | wins ad tech case | prevails in antitrust | prevails over ftc | prevails over sec | prevails against ftc | victory over ftc | victory over sec | victory over doj |
defeats ftc | defeats sec | defeats ftc's | wins court fight | wins court battle | wins legal fight | won court fight | abandons appeal of | abandons appeal in | abandons its appeal | drops appeal of | drops appeal against

[BURDEN -0.5 -0.45 final_rule]
raises rates | raise rates | raising rates | raised rates | hikes rates | hiked rates | rates to highest | raises its key policy rate

[RELIEF 0.5 0.45 relief]
rates to zero | rates below zero | rates to record low | rates to lowest | door open to cut | door open to rate cut | door open to further cuts | door open to more cuts | door open for cut | opens door to cut |
opens door to rate cut | opens the door to rate cut | opens door for rate cut | opens door to september rate cut

[BURDEN -0.4 -0.4 meeting official]
discourage~ | summons | summoned | urges firms to avoid | urge firms to avoid | tells firms to avoid | tells companies to avoid | tells firms to stop | tells companies to stop | tells banks to stop | told to stop | told to halt |
to halt chip orders | to halt orders | to stop orders | to stop buying | to stop using | to halt purchases | restrains | restrained | orders removal of | ordered removal of | to preload

[LESS 0 0.45 relief official]
exemption from | exemptions from | exemption to | exemptions to

[RELIEF 0.5 0.5 relief official]
lift~ suspension on | lift~ suspension of | lift~ pause | lift~ freeze | lift~ moratorium | end~ freeze | end~ moratorium on

[BURDEN -0.45 0 final_rule official]
sustainability reporting | sustainability rules | climate reporting | due diligence rules | reporting obligations | digital rules | ringfencing rules | ring-fencing rules | ringfencing | ring-fencing | ringfence |
methane rules | deforestation law | deforestation rules

[RELIEF 0.45 0 completion official]
undertakings

[RELIEF 0.5 0.5 relief official]
treasury delists | treasury delisted | ofac delists | ofac delisted | pauses enforcement | pause enforcement | paused enforcement | halts enforcement of | stops enforcing | will not enforce | won't enforce

[ASIDE 0.3 0 -]
or face | or be banned | or risk | unless it sells | unless bytedance
"""

CHINESE = """
[PLAIN 0 0 -]
未申报 | 未依法 | 未依法申报 | 未按期 | 未按规定 | 未落实 | 未获发牌 | 未获牌照 | 未盈利 | 未盈利企业 | 未达标 | 未限产 | 未点名 | 未履行 | 未尽 | 未报备 | 未披露 | 未及时 |
反垄断委员会 | 案例 | 暂停期 | 暂停期满 | 适用范围 | 经国务院批准 | 经批准 | 整治办 | 整治领导小组 | 成本调查 | 会议要求 | 通知要求

[PLAIN 0 0 -]
拒绝暂缓 | 拒绝暂缓执行 | 拒绝中止执行 | 拒绝叫停

[LESS 0 0.3 relief official]
不得再沿用 | 不再沿用

[RELIEF 0.5 0 relief official]
增值税优惠 | 所得税优惠 | 购置税优惠 | 关税优惠 | 契税优惠 | 优惠期限 | 优惠期 | 免税期 | 豁免期限

[RELIEF 0.5 0.45 relief official]
撤回征求意见稿 | 撤回草案 | 罚款改为 | 处罚改为 | 改为提醒 | 改为指导 | 放慢缩表 | 缩表放慢 | 缩表步伐放慢 | 缩表减速 | 冻涨

[LESS 0 0 -]
到期不再 | 到期不再延续 | 到期不再执行 | 到期后不再 | 到期停止 | 到期取消

[RELIEF 0.5 0.4 relief official]
购置税减半 | 购置税减半政策 | 购置税减免 | 购置税减免政策 | 减半征收政策 | 税收减半政策 | 减税政策 | 补贴政策 | 优惠政策 | 免税政策 | 退税政策

[RELIEF 0.5 0.5 relief official]
关税违法 | 关税无效 | 关税越权 | 征税违法 | 关税违宪 | 禁令违法 | 禁令无效 | 禁令违宪 | 罚款违法 | 处罚违法 | 处罚无效

[BURDEN -0.5 -0.45 final_rule official]
仅可玩 | 每周仅 | 统一登记为非营利 | 登记为非营利 | 查补税款 | 追缴税款 | 补缴税款

[RELIEF 0.5 0.45 relief official]
恢复新用户注册 | 改为备案 | 审批改备案 | 审批改为备案 | 重回应用商店

[BURDEN -0.55 -0.5 final_rule official]
禁令生效 | 禁令如期生效 | 禁令继续有效 | 如期开征

[BURDEN -0.6 -0.5 penalty official]
维持罚款 | 罚款维持 | 维持处罚 | 禁令继续 | 禁令维持 | 维持禁令

[BURDEN -0.5 0 final_rule official]
逆周期缓冲 | 逆周期资本缓冲

[NOT 0 0 -]
不将 | 不把 | 不征 | 不加征 | 不征收 | 不同意 | 不对 | 未对 | 不再对 | 决定不对 | 暂不对

[LESS 0 0.5 relief official]
全面放开 | 不设 | 不再设 | 不设置

[BURDEN -0.65 0 final_rule official]
禁令 | 剥离

[BURDEN -0.6 0 final_rule official]
一刀切

[BURDEN -0.55 -0.1 investigation official]
网络安全审查

[BURDEN -0.45 -0.4 penalty official]
违反

[BURDEN -0.5 -0.5 final_rule official]
要求暂停 | 要求停止 | 要求下架 | 要求立即 | 不予核准 | 不予注册 | 不予批准 | 不予通过 | 不予受理 | 不予许可 | 不得恶意 | 不得擅自 | 进入破产

[BURDEN -0.5 -0.2 final_rule]
不得以

[BURDEN -0.5 0 final_rule]
退还 | 上限为 | 备付金 | 结算备付金 | 杠杆率 | 补充杠杆率 | 资本要求 | 行政令

[LESS 0 0 -]
不予 | 进入收尾 | 收尾 | 免缴 | 免予缴纳

[RELIEF 0.5 0.4 relief official]
扩大适用 | 可以上市 | 正名 | 不加息 | 暂停加息 | 停止加息 | 抵扣政策 | 优惠政策 | 补贴政策 | 免税政策 | 减免政策 | 不予封停 | 不予处理

[RELIEF 0.4 0.3 relief]
可申请 | 可自行 | 可自主

[BURDEN -0.45 0 final_rule official]
购房资格审核 | 购房资格限制

[RELIEF 0.5 0.5 relief official]
不搞一刀切 | 不搞“一刀切” | 不得搞“一刀切” | 不得“一刀切” | 避免一刀切 | 避免“一刀切” | 移出名单 | 移出清单 | 移出涉军名单 | 移出中国军方公司清单 | 移出军方 | 移出黑名单 | 移出实体清单 | 不再追究 | 结案通知书 |
不足以认定 | 停转融券 | 暂停转融券 | 转融券业务暂停 | 转融券暂停 | 停止转融券 | 互联互通扩展 | 打破垄断屏蔽 | 躲过一劫 | 配额免费 | 免费发放配额 | 不予封停 | 双双撤回上诉 | 双撤上诉 | 撤回上诉 | 调查终结 | 避免一个罚款 | 避免罚款 |
免于罚款 | 宽限一年 | 缓缴 | 不得拖欠 | 不得随意收紧 | 涉企行政检查 | 规范涉企 | 取消的取消

[BURDEN -0.5 -0.5 final_rule official]
出口许可证管理 | 纳入出口许可 | 须持证 | 也须持证 | 保障税 | 保障性关税 | 保障措施税 | 实施熔断 | 熔断措施 | 暂停发放 | 停止发放 | 拿不到 | 优惠电价退坡 | 税号需许可 | 平台除名 | 须亮身份 | 亮身份 | 须添加

[RELIEF 0.4 0 relief]
预定利率 | 非居籍 | 非居籍税制 | 优惠电价

[RELIEF 0.6 0.3 relief official]
补贴

[RELIEF 0.45 0.2 relief]
促进

[RELIEF 0.5 0.1 relief official]
授权 | 退税 | 增信 | 肯定

[RELIEF 0.5 0.5 relief official]
不再审核 | 不限套数 | 不限面积 | 不限户籍 | 不再限套数 | 无需社保 | 无须社保 | 低于初裁 | 低于临时 | 低于征求意见稿 | 低于预期税率 | 税率低于 | 取消购房资格审核 | 不征收 | 不加征 | 不再征收 | 不再加征
"""
