"""English acts that move money: central banks, taxes, trade, bank capital, subsidies, markets."""

from __future__ import annotations

MONEY = """
[BURDEN -0.55 -0.5 final_rule official]
higher buffers | higher buffer | higher capital buffers | bigger buffers | first hike | surprise hike | hike since | hike in rates | quarter-point hike | no cuts | see no cuts | sees no cuts | no rate cut | fewer interest rate cuts | not cut | take longer than expected | higher for longer | rates higher | more rate hikes | further rate hikes | further tightening | more tightening |
faster tightening | rate-hiking | rate-hike cycle | tightening cycle | monetary tightening | policy tightening |
tighter monetary | tighter policy | tightens policy | tightened policy | tighten policy | tighten monetary |
jumbo hike | jumbo rate hike | supersized hike | raise interest rates | hike rates | hikes rates | hiked rates |
raises rates | raised rates | raise rates | raising rates | hiked its | jack up rates | tapering | taper |
taper~ bond | bond taper | shrink its balance sheet | shrinking its balance sheet | balance sheet runoff |
drains liquidity | drain liquidity | net drain | mop up liquidity | withdraw liquidity |
exit from easy | exit from ultra-loose | ends negative rates | end of negative | scraps negative | ends yield curve |
abandons yield curve | tweaks yield curve | less accommodative | further hikes | more hikes | another hike |
hikes ahead | not done hiking | no rate cuts | no rush to cut | in no rush to cut | no hurry to cut | in no hurry to cut |
too early to cut | too soon to cut | premature to cut | fewer cuts | fewer rate cuts | rule out rate cuts |
pushes back against rate cut | pushed back against | dashes rate cut | rates may need to | rates to remain high |
keep rates high | keeps rates high | restrictive for | sufficiently restrictive | restrictive policy |
restrictive territory | capital surcharge | countercyclical buffer | counter-cyclical buffer | capital add-on |
capital shortfall | fails stress test | failed stress test | fail stress test | tougher stress test |
tougher capital | would raise capital | would increase capital | higher capital | stricter capital | higher provisions | provisioning norms | dividend ban |
halt dividends | suspend dividends | scrap dividends | cap dividends | limit dividends | stop dividends |
curb lending | curbs lending | slow lending | cool lending | rein in lending | lending curbs | loan curbs |
mortgage curbs | mortgage limits | property curbs | housing curbs | home-buying curbs | property cooling |
cooling measures | foreign buyer tax | vacancy tax | wealth tax | exit tax | transaction tax | securities transaction tax |
stock transfer tax | share-trading tax | sugar tax | soda tax | plastic tax | carbon border tax | carbon levy |
carbon border | digital tax | digital levy | tech tax | robot tax | global minimum tax | minimum tax | bank tax |
tax crackdown | tax surcharge | surcharge on | super tax | super-tax | tax grab | tax raid on | tax collection at source |
gaming tax | gambling tax | crypto tax | capital gains tax hike | tightens tax | close tax loophole |
closes tax loophole | closes loophole | close loophole | closing loophole | remove tax breaks | end tax breaks |
ends tax break | ends tax credit | ends subsidies | end subsidies | cut subsidies | cuts subsidies | slashes subsidies |
slash subsidies | subsidy cut+ | removes subsidies | withdraws subsidies | phase out subsidies | claw back subsidies |
scrap subsidies | scraps subsidies | ends incentives | payment cut+ | reimbursement cut+ | rate cut for medicare advantage

[BURDEN -0.65 -0.6 final_rule official]
sweeping export rules | new export rules | chip export rules | export rules | reciprocal tariff+ | retaliatory tariff+ | retaliatory dut+ | retaliatory duties | retaliatory measures | retaliation |
retaliat~ | retaliate~ | countermeasure+ | trade war | punitive tariff+ | punitive duties | sweeping tariffs |
steep tariffs | new tariffs | additional tariffs | extra tariffs | fresh tariffs | more tariffs | blanket tariffs |
universal tariffs | sector tariffs | sectoral tariffs | secondary tariffs | secondary sanctions | fresh sanctions |
new sanctions | more sanctions | sweeping sanctions | sanctions package | safeguard dut+ | safeguard duty |
safeguard duties | safeguard measures | countervailing duty | anti-dumping | antidumping | anti-dumping tariffs |
anti-subsidy duties | anti-subsidy tariffs | antidumping duties | provisional duties | provisional tariffs |
definitive duties | definitive tariffs | minimum import price | import curb+ | import restriction+ | import licensing | import quota+ | import cap+ | import limits | steel quota+ | local content |
buy american | trade barrier+ | trade curbs | trade restrictions | unreliable entity | unreliable entities |
unreliable entity list | unverified list | foreign direct product rule | export licence requirement+ |
export license requirement+ | licence requirement+ | license requirement+ | need export licences |
need export licenses | requires export licence | outbound investment | investment curb+ | investment restriction+ |
investment ban | investment screening | outbound curbs | outbound investment rules | de minimis crackdown |
end de minimis | ends de minimis | de minimis exemption ends | closes de minimis | de minimis loophole |
bar imports | bars imports | barred imports | halts imports | halted imports | suspends imports | suspend imports |
stops imports | bans imports | banned imports | restricts imports | restrict imports | curbs imports |
restricts exports | restrict exports | curbs exports | curb exports | limits exports | limit exports | halts exports |
halt exports | suspends exports | stops exports | export duty | export levy | chip ban | tech ban | huawei ban |
tiktok ban | sanctioned | sanctioning | hit by sanctions | put under sanctions | military-linked companies |
chinese military companies | military end | military end-user list | denial order | denial orders | sdn list |
blocking sanctions | revoke trade status | trade status revoked | slapped tariffs | slaps tariffs | slap tariffs |
face tariffs | faces tariffs | face duties | hit with tariffs | hits with tariffs | raise duties | raises duties |
raised duties | hikes duties | hiked duties | hikes import duty | raises import duty | hikes customs duty

[RELIEF 0.55 0.5 relief official]
deregulatory | tax ban | ban on internet taxes | will not hike | not hike | won't hike | no hike | no more hikes | no further hikes | no more rate hikes |
no further rate hikes | not raise rates | done hiking | pause hikes | pauses hikes | hold off on hikes | no rate hike+ |
rates lower | lower rates | lower interest rates | lower borrowing costs | lower mortgage rates | cuts rates |
cut rates | cutting rates | slashes rates | slashed rates | trims rates | trim rates | reduces rates | lowers rates |
lowered rates | easing cycle | easing bias | easing stance | rate-cutting | rate-cut cycle | further easing |
more easing | additional easing | policy easing | eases policy | eased policy | ease policy | eases monetary |
ease monetary | loosens monetary | loosen monetary | looser policy | accommodative stance | accommodative policy |
stay accommodative | emergency cut | jumbo cut | surprise cut | more cuts | further cuts | more rate cuts |
further rate cuts | another cut | cuts ahead | open to rate cuts | door open to | door to cuts |
signals cuts | room to cut | room for rate cuts | ready to cut | time to cut | time has come | pump~ liquidity |
pumps cash | pumped cash | cash injection+ | net injection | injects cash | injects funds | inject funds | inject billion |
liquidity support | liquidity boost | liquidity facility | lending facility | loan facility |
swap facility | standing repo | slow balance sheet | slows balance sheet | slow quantitative tightening |
end quantitative tightening | ends quantitative tightening | stop shrinking | asset purchase+ | yield curve control |
fiscal stimulus | stimulus measures | stimulus plan | stimulus bill | economic package | spending package |
aid bill | relief bill | relief fund | rescue plan | rescue deal | rescue fund | support fund | stabilisation fund |
stabilization fund | buy stocks | buying stocks | national team | prop up stocks | prop up shares | boost stocks |
support stocks | support market | supports market | stabilise the market | stabilize the market |
stabilise markets | stabilize markets | boost market confidence | boost confidence | restore confidence |
passes stress test | passed stress test | pass stress test | pass stress tests | capital relief | capital easing |
lower capital | easier capital | lighter capital | eases capital | smaller capital | dividend curbs lifted |
resume dividends | resume buybacks | resume payouts | lower provisions | tax deferral | tax amnesty | tax concession+ |
tax sops | sops | tax deduction+ | super-deduction | full expensing | tax-free | zero-rated | zero tariff |
zero tariffs | zero duty | zero-tariff | tax exemption | exempt from tax | tax reduction+ | lower taxes | lower tax | slash taxes | slashes taxes | tax holiday | windfall tax cut |
lower duties | lower tariffs | lower tariff | tariff reduction+ | tariff pause | tariff delay | tariff deal |
tariff rollback | tariff exclusions | tariff waiver+ | tariff carve-out | duty cut+ | import duty cut | duty exemption |
duty waiver | trade pact | trade agreement | trade truce | phase one deal | tariffs lower | export licences |
export licenses | export licence | export license | export permits | export quota+ | export incentives |
licence to ship | license to ship | licence to export | license to export | licences to sell | licenses to sell |
can resume sales | resume sales | resume exports | resume imports | resumes imports | resume shipments | reopens market |
lifts curbs | eases curbs | ease curbs | easing curbs | loosens curbs | loosen curbs | eased curbs | relaxes curbs |
removes curbs | scraps curbs | rebate+ | cash rebate | voucher+ | consumption voucher+ | trade-in | trade-in program |
trade-in programme | trade-in scheme | trade-in subsidies | ev credit | ev incentives | ev subsidies | purchase tax cut |
pli scheme | production linked incentive | viability gap funding | capital subsidy | capex push | chips act award |
chips act grant | chips act funding | federal grant | government grant | loan program | low-interest loans |
soft loans | concessional loans | interest subsidy | interest subsidies | credit guarantee | credit support |
financing support | funding support | white list | whitelist | debt relief | debt moratorium | loan moratorium |
moratorium on loan | emergency loan | special bonds | mortgage relief | stamp duty cut | stamp duty holiday |
lower stamp duty | stamp duty waiver | scrap stamp duty | lower down payments | lower down-payment |
lower down payment | smaller down payment | easier mortgages | ease mortgage | eases mortgage | eases home |
ease home | ease property | eases property | easing of property | eases housing | loosens home | lift home purchase |
scrap home purchase | lifts home-buying | removes cooling | scraps cooling | ease margin |
expansion of stock connect | expands stock connect | expand connect | eases ipo | eases listing | eases norms | eases rules |
ease rules | ease norms | relaxes norms | relaxed norms | relax norms | ease doing business | opens market | open market to |
open up market | opens up market | foreign ownership cap scrapped | full foreign ownership | full ownership |
100% foreign | 100% fdi | allow foreign | allows foreign | welcome foreign | national treatment |
short-selling ban lifted | resume short selling | cut red tape | slash red tape | slashes red tape | cuts red tape |
reduce red tape | easier access | more access | greater access | wider access

[PLAIN 0 0 -]
tariff-hit | heart rate | interest rate decision | rate decision | rate decisions | bond yields rose | swap rates |
mortgage rates rose | mortgage rates fell | mortgage rates fall | mortgage rates rise | pay rates | occupancy rate |
interest rates decision | success rate | approval rating+ | approval rate | participation rate | birth rate |
churn rate | tax season | tax filing | tax return+ | before tax | after-tax | pre-tax | pretax | tax software |
cost cuts | job cuts | cut prices | cuts prices | cut its price | cuts price target |
cut costs | cutting costs | cuts costs | cost cutting | output cut | production cuts | share sale | stock split |
takes charge | one-time charge | impairment charge | restructuring charge | free trade | fair trade coffee |
supply chain | deal worth | deal valued | in a deal | trade deal hopes | trade hopes | stimulus hopes | rate fears |
aid worker+ | legal aid | hearing aid+ | first aid | visual aid | band-aid | support group | technical support |
tech giant | trade volume | trade deficit | trade surplus | trade balance | oil market | job market
"""
