"""English words that turn an act round, and those that act."""

from __future__ import annotations

OPERATORS = """
[LESS 0 0.4 relief]
watered-down | watered down | dilute~ | less harsh | milder | narrower | scaled back | scaled-back |
backs off | backed off | backing off | u-turn on | u-turns on | climbdown on | retreats from | retreats on |
retreated from | rethinks | spares from | waive~ | waiving | exempt~ | relax~ | loosen~ | unwind~ | roll~ back | rolled back | rolls back | scale~ back |
water~ down | walk~ back | pull~ back from | soften~ | dial~ back | relent~ | back~ down | back~ away | backtrack~ |
backpedal~ | stop~~ short of | hold~ off | held off | hold~ back | holding back | held back | refrain~ | forbear |
liberalise rules | climb~ down | u-turn on | give~ up plan

[LESS 0 -0.4 final_rule]
block~ | halt~ | suspend~ | suspension+ | suspension of | freeze~ | freez~ | froze | frozen | freeze | stop~~ |
veto~ | vetoes | reject~ | rejection+ | revoke~ | revocation+ | rescind~ | rescission | strip~~ | deny approval |
denied approval | declin~ to approve | decline~ to approve | turn~ down | cancel~ | cancelled | cancelling |
canceled | pull~ licence | pulls licence | pulled licence | pulls license | pulled the licence | pull~ the plug on |
put on ice | puts on ice | call~ off | deny | denies | denied | shoot~ down | shot down | scupper~ | thwart~ |
derail~ | stall~ | hold~ up | held up | bin~~ plan | enjoin~

[LESS 0 0 -]
frees | freed | freeing | fizzle~ | falter~ | collapse~ | dies in | died in | runs aground | sinks in | sank in | wither~ | give up | gives up | gave up | giving up | surrender~ | vanish~ | would go | must go | disappear~ | end~ | ending | bring~ to an end | brought to an end | put~ an end to | complete~ | completion+ | conclude~ |
conclusion | close~ | closure | drop~~ | dismiss~ | dismissal | withdraw~ | withdrew | withdrawn | withdrawal+ |
scrap~~ | repeal~ | abolish~ | abolition | remove~ | removal | lift | lifts | lifted | lifting | ease | eases |
eased | easing | narrow~ | cut | cuts | cutting | lower | lowers | lowered | lowering | reduce~ | reduction |
reduction+ | reducing | trim~~ | slash~ | halve~ | halving | delay~ | postpone~ | postponement | postponing |
defer~~ | deferral | put~ off | put on hold | puts on hold | push~ back | pause~ | pausing | shelve~ | shelving |
abandon~ | ditch~ | reverse~ | reversing | reversal | overturn~ | annul~~ | annulment | quash~ | strike~ down |
struck down | strikes down | throw~ out | threw out | thrown out | throws out | toss~ | tossed out | tosses out |
void~ | invalidate~ | set~ aside | sets aside | vacate~ | nullif~ | wind~ down | winds up | wound up | wind~ up |
wrap~~ up | wraps up | do~ away with | does away with | doing away with | on ice | on the back burner | break on |
breaks on | relief from | respite from | shield~ from | reprieve from | did away with | done away with | phase~ out |
phasing out | eliminate~ | eliminating | expire~ | expiring | lapse~ | unravel~ | undo | undoes | undid | undone |
dismantl~ | dismantle~ | free~ from | resolve~ | terminate~ | termination | discontinue~ | retreat~ from |
wind back | rein back | fewer | less stringent | less strict | without new | stay~ away from | kill~ | tear~ up |
tore up | torn up | rip~~ up | axe~ | axing | sparing | spare~ | avoid~ | avert~ | dodge~ | escape~ | escaping |
leave~ out | exclude~ | excluding | not renewed | not be renewed | no longer | cut from | removed from | remove from |
taken off | take off | takes off | sidestep~ | temporarily lifted | remit~ | forgo | forgoes | drop from | loses |
lost | lose | losing | to a close | to an end | walk~ away from | take~ down | took down | takes down | taken down |
yank~ | bin~~ | junk~ | nix~ | stay of | stays | stayed | let lapse | lets lapse | chop~~ | shrink~ | shrank |
curtail~ | pare~ | pared back | undermin~ | weaken~ | gut~~ | sweep~ away | cast~ aside | stop enforcing |
stops enforcing | drop out of | row back on

[MORE 1 -0.5 final_rule]
tighten~ | tightening | toughen~ | step~~ up scrutiny | steps up scrutiny | stepped up scrutiny | ramp~ up scrutiny |
step~~ up oversight | intensif~ scrutiny | get~ tough | got tough

[MORE 1 -0.4 final_rule]
impose~ | imposing | slaps | slapped | hit with | hits with | saddle~

[MORE 1 0.3 approval]
grant~ | award~ | hand~ out | hands out | handed out

[MORE 1 0 -]
go up | goes up | went up | will rise | to rise | would rise | rises to | climbs to | to climb | raise~ | raising | hike~ | hiking | increase~ | increasing | extend~ | extension | expand~ | expansion of | widen~ |
strengthen~ | reinforce~ | put on | puts on | double~ | doubling | triple~ | tripling | quadruple~ | step~~ up |
steps up | stepped up | rise in | increase in | jump in | ratchet~ up | jack~ up | more | reimpose~ | reinstate~ |
broaden~ | escalate~ | beef~ up | enforce~ | enforcing

[MORE 0.7 0 -]
enact tough | sweeping | tough | strict | far-reaching | hefty | steep | punitive | accept~ | accepting | introduce~ | introducing | new | adopt~ | enact~ |  implement~ | bring~ in | brought in | add | adds | added | adding | uphold | upholds |
upheld | upholding | require~ | requiring | oblige~ | mandated | re-introduce~ |
signal~ | signalled | flag~~ | flags | hints at | point~ to

[MORE 0.6 0 -]
pass | passes | passed | passing

[MORE 0.2 0 -]
votes to | voted to | vote to | launch~ | open | opens | opened | opening | begin | begins | began | begun | start~ | announce~ | announcing |
unveil~ | order~ a | confirm~ | keep | keeps | kept | maintain~ | continue~ | renew~ | offer~ | give | gives | gave |
given | hand~ | hands | provide~ | providing | issue~ | issuing | win | wins | won | get | gets | got | getting |
receive~ | receiving | secure~ | securing | obtain~ | gain~ approval | file~ | filing | bring~ | brought | set |
sets | publish~ | release~

[APPEAL 0 0 -]
appeal+ | appeal against | fight against | court fight against | court fight | court battle | battle against |
fight over | legal fight | battle over | legal battle | challenge+ | challenge to | legal challenge+ | objection+ |
bid to overturn

[NOT 0 0 -]
little reason | no reason | unlikely | no need | not ready to | no rush to | without having to | no longer plans | stops short of | not | never | cannot | can't | won't | doesn't | don't | didn't | isn't | aren't | wasn't | hasn't | haven't |
wouldn't | no plan+ to | no plans for | no intention of | no intention to | no need for | no need to | rule~ out |
ruled out | ruling out | refuse~ | refusing to | fail~ to | failing to win | unlikely to | decline~ to |
declining to | against plans to | no new | opposes | oppose~ | unable to | neither | nor

[TURN 0 0 -]
but | however | yet | far from it | although | though | while | whereas | even as | instead

[ASIDE 0.25 0 -]
since | whether | which | who | who had | that had | that was | that were | that has been | that had been | which had | which was |
whose

[ASIDE 0.5 0 -]
after | following | amid | despite | because of | where | in the wake of | unless | as part of | ahead of |
before | until | once | when | if | on suspicion of | accusing it of | saying | faulting | rather than |
compared with | with running | citing | in exchange for
"""

ACTORS = """
[AUTHORITY 1 0 -]
cci | nclat | nclt | enforcement directorate | india's ed | gst council | hkex | trump administration | faa | us fda |
regulator+ | regulatory authorities | regulatory authority | regulatory agency | regulatory body | antitrust body |
competition authority | privacy authority | data protection authority | banking authority | watchdog+ | government+ |
govt | gov't | administration | ministry | ministries | minister+ | finance minister | ministers | prime minister |
premier | vice premier | vice-premier | central bank+ | central banker+ | policymaker+ | policymakers |
monetary policy committee | fomc | court+ | supreme court | high court | top court | highest court | appeals court |
federal court | tribunal | judge+ | justice department | justices | jury | parliament | parliamentary | lawmaker+ |
legislator+ | legislature | congress | senate | senator+ | house votes | house passes | house approves | usa house |
the house | house of representatives | congressional | white house | house panel | senate panel | senate committee |
house committee | security panel | cabinet | state council | politburo | communist party | party leaders | treasury |
exchequer | chancellor | department of | commerce department | defense department | defence ministry |
labor department | transportation department | interior department | state department | energy department |
treasury department | pentagon | homeland security | customs | tax authority | tax authorities | tax office |
tax department | authority | authorities | the agency | federal agency | agencies | aviation agency |
aviation regulator | officials | official | the commission | commission said | european commission |
competition commission | trade commission | securities commission | exchange commission | eu commission |
fair trade commission | competition bureau | consumer bureau | financial services commission | commissioner+ |
city council | council | mayor | governor | prosecutor+ | attorney general | attorneys general | attorney-general |
president trump | president biden | president xi | president obama | president macron | president yoon |
president lee | president joe biden | president donald trump | president xi jinping | xi jinping | li qiang |
li keqiang | trump | biden | modi | the president | trump administration | biden administration | state planner |
state administration | cyberspace administration | cyberspace regulator | market regulator | securities regulator |
cartel office | powell | yellen | lagarde | ueda | bessent | cabinet office | banking regulator | state-run | sec |
cftc | ftc | fcc | fda | doj | epa | nhtsa | faa | cfpb | occ | fdic | itc | ustr | ofac | cfius | federal reserve |
the fed | fed | fed officials | ecb | european central bank | boe | bank of england | boj | bank of japan | rbi |
reserve bank | sebi | trai | dgca | bank of korea | bok | kftc | jftc | fsa | bank of canada |
reserve bank of australia | rba | accc | asic | apra | hkma | sfc | monetary authority | mas | csrc | pboc |
people's bank of china | samr | ndrc | mofcom | miit | cbirc | nfra | nppa | nrta | cma | fca | pra | ofcom | ofgem |
ico | bafin | cnil | amf | esma | eba | edpb | garante | agcm | ema | mhra | efsa | european union |
european parliament | eu regulators | national assembly | bundestag | bundesbank | knesset | duma | kremlin | diet |
supreme people's court | people's court | food and drug administration | department for | home office |
downing street | mp | mps | meps | opec | wto | imf | g20 | g7 | who said | planning commission | reform commission |
health commission | civil aviation | exchange regulator | press regulator | city government | local government+ |
provincial government | transport regulators | trade representative | court of appeal | ofwat | cyberspace office |
cyber office | executive order | spokesman for the | ministry spokesperson | federal trade commission |
federal agencies | trade chief+ | trade minister+ | antitrust chief | six agencies | eu executive | bloc |
brussels regulators | trade ministry | commerce ministry | finance ministry | industry ministry | health ministry |
transport ministry | justice ministry | energy ministry | environment ministry | economy ministry |
interior ministry | communications ministry | culture ministry | education ministry | agriculture ministry |
foreign ministry | state media | anti-monopoly | competition watchdog | competition regulator | antitrust regulator+ |
antitrust enforcers | enforcers | state regulators | police raided | anti-corruption | procuratorate |
public security | top leaders | leadership | central economic work conference | two sessions | vice president harris |
house speaker | state government | crown prince | emir | king | data watchdog | privacy watchdog | gaming regulator |
law enforcement

[COUNTRY 1 0 -]
china | beijing | usa | america | washington | eu | europe | brussels | uk | britain | london | india | delhi |
new delhi | japan | tokyo | korea | south korea | seoul | singapore | hong kong | germany | berlin | france | paris |
italy | rome | spain | madrid | mexico | brazil | indonesia | jakarta | vietnam | hanoi | thailand | bangkok |
malaysia | philippines | australia | canberra | canada | ottawa | russia | moscow | turkey | ankara | saudi arabia |
uae | dubai | nigeria | kenya | south africa | egypt | taiwan | taipei | netherlands | dutch | the hague | ireland |
dublin | switzerland | sweden | denmark | norway | poland | austria | belgium | california | new york |
new york city | texas | florida | shanghai | shenzhen | guangzhou | macau | pakistan | bangladesh | sri lanka |
nepal | chile | argentina | peru | colombia | israel | greece | portugal | new zealand | ghana | zambia | tanzania |
ukraine | kazakhstan | cambodia | states

[PRIVATE 2 0 -]
fifa | uefa | ioc | nba | nfl | mlb | nhl | ncaa | fia | icc | bcci | league | football league | federation | the fa |
athletics federation | world body | the club | clubs | football club | disciplinary panel | disciplinary committee |
boxing council | atp | wta | premier league | la liga | world athletics

[PRIVATE 1 0 -]
union | board | board of directors |
shareholders | shareholder | investors | the company | company | blank check | banks expect | banks maintained |
lenders expect | banks plan | video site | streaming site | streaming service | app store |
social network | search company | phone maker | chip firm | chipmaker | carmaker | automaker | airline | retailer |
online retailer | record label | studio | the bank | lender | the firm | the app | the platform | platform |
publisher | university | school | carrier | marketplace | online marketplace | broker | hotel group | cloud group |
the group | brand | start-up | startup | developer | dockers' union | members of the | insurer |
drugmaker | miner | film star | actor | singer | facebook | instagram | youtube | twitter | tiktok | reddit |
netflix | spotify | uber | airbnb | google | apple | amazon | microsoft | meta | nvidia | tesla | walmart | openai |
visa inc | mastercard | the exchange | discord | twitch | steam
"""
