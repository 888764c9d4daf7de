"""English words around an act, continued: more authorities, private actors, and subjects that are no policy."""

from __future__ import annotations

CONTEXT = """
[AUTHORITY 1 0 -]
presidential office | prime minister's office | blue house | state television | privacy commission | consumer office |
consumer protection office | accounting watchdog | the centre | centre to | irdai | pfrda | meity | dpiit | cbdt | cbic | dgtr | dgft | fssai | cdsco | dcgi | pngrb | cerc |
india's cabinet | union cabinet | union budget | union minister | union government | finance minister sitharaman |
sitharaman | goyal | niti aayog | national company law | ngt | income tax department | tax officials | tax dept |
i-t department | delhi hc | bombay hc | fincen | finra | ntsb | hhs | cms | medicare | medicaid | bureau of industry |
irs | nlrb | osha | fhfa | ferc | ttb | usda | uspto | surgeon general | fed chair | fed chief | fed governor |
fed's | fed's powell | fed officials | fed vice chair | usa sec | gensler | atkins | lina khan | khan's ftc | ferguson |
comptroller of the currency | sfo | psr | chancellor | rachel reeves | reeves | jeremy hunt | starmer | sunak |
rishi sunak | boris johnson | theresa may | treasury committee | uk government | ministers to | whitehall | hmrc |
competition and markets authority | financial conduct authority | prudential regulation authority |
von der leyen | vestager | thierry breton | breton | ribera | sefcovic | virkkunen | eu antitrust |
eu antitrust regulators | eu antitrust chief | eu's top court | eu court | eu judges | eu lawmakers | eu ministers |
eu countries | eu governments | eu states | eu leaders | member states | eu watchdog | eu privacy | eu data |
eu commissioner | data protection commission | irish regulator | dpc | finma | acpr | dnb | consob | agcom | cnmc |
bundeskartellamt | german cartel | eiopa | srb | snb | swiss national bank | riksbank | norges bank |
autorite de la concurrence | kishida | ishiba | takaichi | suga | shinzo abe | kuroda | meti | financial services agency |
japan's fsa | jfsa | sesc | mhlw | japan fair trade | fss | fsc | financial supervisory service | pipc | moef |
yoon suk yeol | moon jae-in | lee jae-myung | lee jae myung | korean government | cccs | imda | ura | lta |
lawrence wong | hksar | john lee | carrie lam | paul chan | financial secretary | chief executive john lee |
securities and futures commission | hong kong government | he lifeng | liu he | pan gongsheng | yi huiman |
wu qing | zheng shanjie | wang wentao | communist | china's top | china's state planner | china's central bank |
china's cabinet | china's market regulator | china's securities regulator | china's cyberspace | vice-president |
national development and reform | ministry of industry | ministry of commerce | ministry of finance |
state taxation | national healthcare security | medical products administration | national press |
party congress | third plenum | plenum | central committee | chinese authorities | chinese regulators |
chinese officials | chinese government | chinese leaders | chinese premier | local authorities | state regulator |
state attorney general | state attorneys general | texas attorney | new york attorney | california governor |
newsom | desantis | letitia james | appeals panel | appellate court | appellate tribunal | district court |
district judge | circuit court | court of justice | general court | advocate general | constitutional court |
land court | administrative court | arbitration court | supreme court's | justices | bankruptcy judge | usa judge |
lawmakers | usa congress | usa senate | usa house | usa lawmakers | usa regulators | usa officials | usa government |
usa president | congressional committee | select committee | senators | banking committee | commerce committee |
judiciary committee | antitrust subcommittee | federal regulators | federal officials | federal judge |
federal government | state senate | state lawmakers | ballot | referendum | health officials |
safety regulator | safety regulators | auto safety | aviation authorities | aviation authority | drug regulator |
drugs regulator | medicines regulator | medicines agency | health regulator | health authorities | energy regulator |
telecom regulator | media regulator | markets regulator | market watchdog | financial regulator | insurance regulator |
pensions regulator | gambling regulator | environment agency | labor board | labour board | trade court |
trade body | international trade commission | world trade organization | world trade organisation | basel committee |
financial stability board | iosco | oecd | g-7 | g-20 | european banking authority | single resolution board |
bank indonesia | bank negara | bangko sentral | banxico | copom | bcb | central bank of | sarb | cbrt | rbnz | rbi's |
mps | mpc | rate-setters | rate setters | prosecutors' office | public prosecutor | special prosecutor | sfo's |
australia's competition | australian government | canberra's | ftc's | doj's | sec's | ec | cade | antitrust agency |
monopolies commission | cofece | indecopi | kppu | tcc

[PRIVATE 1 0 -]
creditors | bondholders | activist investor | hedge fund | rival | rivals | competitor | customers | consumers |
employees | workers | plaintiffs | law firm | the retailer | the airline | the carmaker | the automaker | the company's |
the chipmaker | chief executive | ceo | founder | co-founder | startups | video-sharing | social media company |
social media platform | social media giant | messaging app | dating app | gaming company | game developer |
streaming giant | music service | tech company | bank of america | goldman sachs | jpmorgan | blackrock | citigroup |
e-commerce platform | e-commerce giant | ride-hailing company | delivery company | fast-food chain | supermarket chain |
restaurant chain | coffee chain | department store | pharmacy chain | hospital | the hospital | school district |
the university | church | charity | museum | the zoo | theatre | orchestra | newspaper | broadcaster | publisher's |
nba's | premier league's | la liga | serie a | bundesliga's | formula one | formula 1 | the fa | usada | wada | concacaf |
conmebol | pga | atp | wta | cas | the league | disciplinary panel | disciplinary committee |
organisers | organizers | proxy adviser | proxy advisor | iss | glass lewis | s&p global | moody's | fitch | msci |
ftse russell | index provider | the fund | asset manager | private equity firm | buyout firm | landlord

[OFFTOPIC 2 0 -]
line judge | prize money | ranking points | world number one | world no. 1 | hezbollah | hamas | al qaeda | islamic state | militant+ | militia | terrorist+ | terrorism | suicide bombing | bombing | air strike+ |
airstrikes | assault | hostage+ | migrants | refugees | asylum | pope | coup | insurgents | rebels | peacekeepers | money launderer+ | drug dealers | smugglers | fraudsters | con man | conman | romance scam | scam centre+ | scam center+ | play-off | playoff+ | season opener | half-time | kick-off | red card | yellow card | penalty kick |
stoppage time | own goal | clean sheet | midfield | forward line | relegation | promotion race | la liga | serie a |
champions league | europa league | ncaa | nhl | formula one | formula 1 | ipl | test match | wicket+ |
batting | bowler | golf | pga tour | wimbledon | us open tennis | rugby | athlete+ | gold medal+ | medal+ | swimmer+ | cyclist | tour de france | racehorse | jockey | teammate+ | head coach | referee+ | transfer fee |
free agent | draft pick | rookie | quarter-final+ | semi-final+ | cup final | actress | singer | rapper | pop star |
royal family | reality show | soap opera | painting | exhibition | wildlife | zoo | archaeolog+ | dinosaur |
asteroid | telescope | astronomers | researchers discovered | scientists discovered | fossil+ | galaxy | spacewalk |
cyclone | tornado | flash flood | landslide | heatwave | heat wave | storm surge | rainfall | monsoon rains | avalanche |
homicide | manslaughter | stabbed | shot dead | gunman | gunmen | burglar+ | carjack+ | serial killer | sex assault |
sexual assault | human trafficking | drug cartel | drug lord | drug smuggl+ | cocaine | heroin | gang members |
hit-and-run | drunk driving | drunk-driving | car accident | train derailment | obituary | dies at | died aged |
passed away | hotel review | restaurant review | film review | best places to | travel tips | weekend getaway |
heavy rain+ | thunderstorm+ | tropical storm | observatory | forecaster+ | soccer | baseball | basketball |
hockey | pitcher | homer | touchdown | linebacker | goalless | hat-trick | equaliser | winger

[OFFTOPIC 1 0 -]
tax receipts | public sector net borrowing | official data showed | official data | government data | budget deficit | european shares | asian shares | global shares | stock funds | session lows | session highs | shares ended | stocks ended | debt yields | global equity |
business inventories | jobless benefits | unemployment benefits | coronavirus cases | covid-19 cases | virus cases | hack of | hacking | wear masks |
face coverings | loan losses | late-stage study | human trials | oil falls | oil rises | oil output | cost reductions | quarterly results | full-year results | half-year results | interim results | first-quarter | second-quarter |
third-quarter | fourth-quarter | q1 results | q2 results | q3 results | q4 results | beats estimates | tops estimates |
beat expectations | beats expectations | missed estimates | misses estimates | same-store sales | operating profit |
profit rose | profit fell | profit jumps | profit falls | profit drops | profit surges | net loss | ebitda | eps |
guidance for the year | sales rose | sales fell | deliveries rose | delivered a record | subscribers |
monthly active users | unveils new | unveiled a new | new model | new phone | new smartphone | new feature |
new version | rolls out feature | rolled out a feature | user interface | gadget | headset | laptop | battery life |
benchmark score | beta version | software update | store opening | opens store | opens new |
flagship store | signs deal with | partnership with | partners with | teams up | memorandum of understanding |
supply agreement | order worth | contract worth | wins contract | wins order | bags order | initial public offering priced |
raised $ | funding round | series a | series b | series c | series d | valuation of | share buyback |
repurchase | stock split | steps down | stepping down | named ceo | new ceo | appoints ceo | as chief executive |
resigns as | retire+ | succession | rally | rallied | rallies | selloff | sell-off | edged up | edged down | edged higher |
edged lower | opened higher | opened lower | opened flat | in early trade | midday | sensex | nifty | nikkei | kospi |
hang seng index | hang seng | dow jones | s&p 500 | nasdaq composite | ftse 100 | dax | stoxx | futures rose | futures fell |
points higher | points lower | crude rose | crude fell | oil prices | gold prices | bitcoin price | bitcoin fell |
bitcoin rose | dollar index | trade balance | trade surplus | trade deficit | exports rose | exports fell |
industrial production | factory activity | factory output | manufacturing index | purchasing managers | payrolls |
jobless claims | jobless rate | job growth | wage growth | consumer confidence | consumer sentiment | housing starts |
home sales | new home prices | car sales | passenger vehicle sales | tourist arrivals | visitor arrivals | box-office |
poll showed | survey showed | a study found | a survey | according to data | data showed | figures showed |
outage | data breach | cyberattack | hacked | ransomware | factory fire | fire broke out | explosion | strike action |
walkout | picket | union members | pilots | upgrade+ rating | downgrade+ | initiates coverage | overweight | underweight |
outperform | price target to | buy rating | sell rating | ex-dividend | annual meeting | profit warning

[COMMENTARY 1 0 -]
newsletter | in charts | five charts | politics of | opinion piece | our columnist | urged a judge | urges court | asks judge | asks court | asked a judge | asked a court | asked the court | urged the court | wants suits | wants lawsuit | wants suit | class action | shareholder lawsuit | investor lawsuit | takeaways | key takeaways | what it means | what this means | what you need | here's what | explained |
analysis | view: | comment: | breakingviews | heard on the street | lex: | big read | long read | the case for |
the case against | five years on | a year after | a year on | decade after | looking back | thought leader |
think tank | professor | academics | lawyers say | lawyers said | industry group says | analyst says | analysts say |
analysts see | analysts expect | economists say | economists see | economists expect | traders bet | markets bet |
investors bet | bets on | hopes of | hopes for | expectations of | expectations that | speculation of | market hopes |
investors hope | investors worry | investors weigh | investors await | fears over | on fears | on concerns |
amid concerns | amid fears | on worries | amid worries | regulatory risk | regulatory risks | regulatory uncertainty |
overhang | according to a note | wrote in a note | research note | strategists | poll of economists | reuters poll |
i think | i believe | my view | we think | we believe | should regulators

[DENIAL 1 0 -]
denies it | denied any plan | denies any plan | no plans to | has no plan | have no plan | had no plan | no such plan |
not considering | not planning | is not considering | not planning to | isn't considering | no truth | pure speculation |
fabricated | false claims | false report+ | misreport+ | quash~ rumour+ | quashes rumours | dispels rumours | rumor mill |
refute~ report+ | refuted reports | rubbish~ reports | rubbishes reports | clarified that | clarifies that |
fake report | plays down report | rejects report | rejects reports | rejected reports

[PLAIN 0 0 -]
cost control+ | needs regulatory approval | needs approval | requires regulatory approval | require regulatory approval |
need regulatory approval | needs clearance | tightens its belt | belt-tightening | seeks nod | seeking nod | seeks approval | seeking approval | seek approval | sought approval | awaiting approval |
awaits approval | await approval | pending approval | subject to approval | subject to regulatory approval |
subject to regulatory approvals | pending regulatory approval | pending regulatory approvals | regulatory filing |
subject to the approval | subject to shareholder approval | customary closing conditions | closing conditions |
applied for approval | applies for approval | applies for licence | applies for license | applied for a licence |
applied for a license | submitted for approval | expects approval | expecting approval | approval process |
market conditions | weather conditions | working conditions | in good standing | standard equipment |
virus cases | coronavirus cases | case counts | covid-19 cases | curb the spread | curbing the spread | slow the spread |
building permits | output freeze | oil output | output curbs | supply curbs | output cuts | supply cuts | output cut |
supporting expectations | supporting demand | supporting prices | work permits | permit holders | court case | in any case |
emergency lending facilities | lending facilities | side-effects | click to cancel | click-to-cancel | easier to cancel | has promoted | was promoted | promoted to | good practices | best practices | under a law | under the law | under the rules | under a plan | concluded its inspection | concluded an inspection |
concluded inspection | completed its inspection | completed inspection | tells parliament | tells reporters |
tells investors | tells lawmakers | tells clients | tells court | tells staff | tells employees | told reporters |
needed to lower | needed to cut | needed before | confidence to lower | confidence to cut | tough year | tough market |
tough competition | tough quarter | strict lockdown | steep discount | steep decline | steep drop | steep fall |
price cutting | risk of recession | credit risk | would go to | would go into | would go ahead | would go on | must go on | must go to | at the centre | the centre of | data centre | shopping centre | city centre | health centre | pleads not guilty |
pleaded not guilty | not guilty plea | rule of law | cartel member | golden rule | drug test | test drive | fitness test |
bar association | bar owner | bars and | bars, | snack bar | chocolate bar+ | gold bar+ | limit order |
speed limit | age group | time frame | frame rate | mandate holder | cap table | baseball cap | polar ice cap |
opened fire | opening match | prime minister's office | title holder | record deal | deal of the day | big deal |
great deal | sealed a deal | sales staff | executive order book | ends quarter | ends week | ended the week |
ends the week | ends year | bank limits | lets you | lets users | lets players | lets customers | allows users |
allow users | allows customers | allows you | enables users | enable users | supports up to | support for usb |
case study | case studies | phone case | order of magnitude | in short order | orders for | orders from | new order |
record orders | chip orders | orders worth | orders totalling | pre-orders | preorders | order intake | place orders |
takes orders | charges ahead | wireless charging | supercharg+ | pending home | cases of covid | new cases |
covid cases | infections | local cases | imported cases | confirmed cases | mortgage applications | app developers |
limits its | limited edition | limited company | private limited | limited partner+ | unlimited | is limited |
pressure on margins | pressure on shares | under pressure | blood pressure | price pressure | cost pressure+ |
price pressures | selling pressure | inflationary pressures | upward pressure | downward pressure | court+ly |
tennis courts | basketball court | food court | supports prices | supported by | boosted by | boosted the |
boost sales | boosts sales | boost profit | boosted demand | boost demand | boost production | boost output |
boost revenue | boost margins | relief rally | sigh of relief | pain relief | stress relief | relief pitcher |
relief supplies | grants access | investment grants | stock grants | cut-off | cut off from power | hair cut |
budget cut | jobs cut | short cut | clear winner | clear skies | clear that | make clear | made clear | makes clear |
become clear | crystal clear | clear-cut | steer clear | nod to history | nods off | dropped to | drops to | fell to | slipped to | eased to | eased by | eased from | eases to | lifted by | lifted shares | lifted stocks |
lifted by demand | lifted sentiment | ended down | ended up | ended at | closed down at | cut to sell |
cut to neutral | cut to hold | cut to underperform | raised to buy | raised to outperform | raised to overweight
"""
