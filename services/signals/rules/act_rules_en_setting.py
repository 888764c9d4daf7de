"""English words that say how an act is told (past, opinion, denial, plan), and what is no act at all."""

from __future__ import annotations

SETTINGS = """
[BACKGROUND 1 0 -]
last year | years ago | year ago | two years ago | a decade ago | previously | earlier this year | in the past |
last decade | formerly | at the time | since then | back in | months ago | had earlier | had previously |
has previously | in recent years | over the past | for years | historically | had been fined | had fined |
had banned | had imposed | had supported | has long | once

[COMMENTARY 2 0 -]
opinion | column | columnist | editorial | op-ed | commentary | explainer | q&a | podcast | book review | analysis: | review: | factbox | factbox: | timeline: | opinion: | column: | commentary:

[COMMENTARY 1 0 -]
analyst+ | analysts said | economist+ | strategist+ | industry insiders | observers | commentator+ |
 in my view | the author | what we know |
looks back | look back | anniversary | years after | years on | what changed | investors fear | traders fretted |
worries | worry | jitters | fears of | fear of | concerns about | concern over | concerns over | uncertainty over |
speculation | researcher+ | expert+ | brokerage+ | fund manager+ | market watchers | lesson+ |
interview with | history of | here's why | why the | how the | how to | guide to |
what to know | things to know | five things

[DENIAL 1 0 -]
denied reports | denies reports | deny reports | denied rumours | denied rumors | denies rumours | denies rumors |
denied rumour | denies rumour | denied a report | denies report | denied that | denies that | denied it |
dismissed reports | dismisses reports | dismisses talk | dismissed talk | dismisses rumours | dismissed rumours |
untrue | groundless | unfounded | false rumour+ | baseless | not true | fake news | debunk~ | refuted | refutes |
denies plan+ | denied plan+ | denies considering | rumours are false

[TENTATIVE 1 0 rumour]
considering | consider | considers | mull~ | mulling | weigh~ | sources said | people familiar | people said |
two people | reportedly | rumour+ | rumor+ | may | might | could | is studying | exploring | explores | is set to |
is expected to | expected to | plans to | plan to | planning to | aim~ to | prepares to | preparing | is preparing |
is likely to | likely to | speculat~ | in talks | looking at | looks at | eyes | eyeing | floats | call~ for | urge~ |
urging | asks | push~ for | lobby | lobbies | seeks | want~ | sources

[TENTATIVE 0.5 0 consultation]
propose~ | proposal+ | proposing | draft | drafts | public comment | public consultation | consultation | consultation paper | consults | consulting on |
seeks comment | seeks comments | seeks feedback | white paper | green paper | bill would | discussion paper |
exposure draft

[POLICY 1 0 meeting]
not decided | has not decided | not yet decided | undecided | no final decision | to present | to rule on | to rule in | will rule | rule on | ruling due | begin debate | to debate | debates | debate on | take up | soliciting | solicits | seeks comment on | circular | publishes report | published a report | issues report | releases report | report on | to study | will study | studies | first steps | seeks views | invites views | invite views | invites comment | invites comments | asked for views | asks for views | views on |
seeks input | seeks public | feedback on | to comment on | comments on | testify | will appear before | to appear before |
hold talks | holds talks | held talks | day of talks | round of talks | talks in | resume talks | talks resume | talks end |
trade delegation | delegations | negotiat~ | negotiators | taps | nominate~ | nominee | to lead | sworn in | confirmed as |
to vote on | will vote | votes on | scheduled to | agenda | phone call | spoke by phone | call with | visits | inspection tour |
to meet | meet with | met on | gather | gathers | forum | briefing | press conference | attends | attended | hosts |
grill~ | split over | divided over | minutes of | minutes show | rate path |
meeting | met with | meets | symposium | conference call | hearing | summit | talks with | discuss~ | discussed |
address~ | speech | testif~ | testimony | panel | expert panel | task force | working group | roundtable |
exchanged views | trade talks | what to expect | no hurry | says fed | question~ | questioned | appointed | appoints

[POLICY 1 0 -]
rates steady | rates unchanged | rate unchanged | holds interest rates | target range | keeps policy | keeps key rate | regulatory | antitrust | competition law | compliance | compliance plan | monetary policy | policy decision |
unchanged | stood pat | stands pat | on hold | guidelines | guideline | roadmap | strategy paper | policy paper |
five-year plan | timetable | digital euro | regime | regulated | regulating | regulate | possible rules | rulemaking |
no decision | holds rates | leaves rates | keeps rates | holds key rate

[OFFTOPIC 2 0 -]
typhoon | hurricane | snowstorm | heavy rain | earthquake | football | cricket | tennis | world cup | olympic+ |
olympics | match | tournament | coach | striker | goalkeeper | championship | premier league | sprinter | doping |
transfer window | grand prix | murder+ | robbery | burglary | stabbing | shooting | rape | kidnap~ | homicide |
recipe+ | salad+ | horoscope | celebrity | album | film star | wedding | lottery | divorce | ex-wife | volcano |
boxer | boxing | toddler | bankruptcy plan | wage theft trial | fan disorder | defender | midfielder | batsman |
quarterback | grand slam | super bowl | nba finals | marathon | referee

[OFFTOPIC 1 0 -]
inflation | consumer prices | gross domestic product | gdp | pmi | unemployment | retail sales | industrial output |
economy grows | official figures | statistics office | quarterly profit | quarterly sales | net profit |
net income | earnings | revenue | beat estimates | missed forecasts | miss forecasts | dividend | buyback |
shares rose | shares closed | index closed | stocks end | stocks close | wall street | flood+ | wildfire+ |
weather | temperature+ | player+ | drug trafficking | police arrested | police arrest | box office | concert+ |
festival+ | election | elections | regional vote | protest+ | military | missile+ | troops | ceasefire | refugee+ |
airstrike+ | asylum | migrants | immigration | abortion | gun control | vaccine mandate | school board | patents |
patent infringement | royalty dispute | shareholders voted | shareholder vote | joint venture | cut jobs | layoff+ |
handset | smartphone launch | folding | launches new | pensioner | hacker+ | target price | rating on | outlook |
pay deal | charities | donate~ | home prices | house prices | traffic accident | plane crash | car crash |
prison break | teen

[PLAIN 0 0 -]
fourth official | match official | match officials | fine dining | minimum wage | ends higher | ends lower | ended higher | ended lower | end higher | end lower |
ends flat | rate cut hopes | rate-cut hopes | rate-cut bets | rate hike fears | on grounds | on the grounds |
grounds that | grounds for | camp grounds | signed an order | signed an executive order | a clear | no clear |
clear majority | human capital | venture capital | capital city | capital expenditure | capital markets |
working capital | raise~ capital | share capital | capital spending | capital of | at a minimum | made a decision |
short-let | short let | holiday let | let down | let alone | fine print | fine art+ | fine-tun~ | ride-hailing |
ride hailing | fine tune | just fine | in charge | in charge of | charging station+ | charging network |
fast charging | battery charge | free of charge | not only | not just | not least | why not |
in support of its users | support staff | tech support | support level | charges for | rate of | growth rate |
interest rate swap | unemployment rate | inflation rate | exchange rate | exchange rates | credit rating |
at any rate | market cap | market capitalisation | market capitalization | large-cap | small-cap | mid-cap |
news agency | travel agency | rating agency | ratings agency | press agency | premier league | premiere |
board of trade | growth outlook | in order to | made to order | order book | in favour of | new york times |
new high | record high | new year | in addition | add to | adds to gains | in the case of | in case | use case |
use cases | law firm | in-law | at the end of | by the end of | end of the year | end users | weekend |
rate cut bets | rate hike bets | year-end | close to | closed at | closed up | closed down | closes up |
closed higher | closed lower | market close | at the close | shares closed | cut jobs | cut 2,000 jobs |
raises dividend | raised its dividend | raises forecast | raised its forecast | raises guidance | cuts forecast |
cut its forecast | raises $ | raises stake | cut its stake | cuts stake | open source | open-source | open to |
opening bell | in the open | opening ceremony | new york stock exchange | stock exchange | the new text | more than |
more likely | no more than | no longer than | set up | set to | pass rate | bear market | act as | acts as | may 1 |
in may | under review | second review | customer support | price target | target price | court of public opinion |
tennis court | centre court | ordered a meal | orders rose | new orders | order backlog | backorders |
government bond+ | government bonds | government debt | treasury yields | treasury bonds | treasuries | bank holiday |
funds rate | hedge fund+ | mutual fund manager | test results | phase 3 trial | clinical trial | another trial |
drug trafficking | trade secrets | safety of the product | premier chaired | premier padmini | rates of growth |
rose at a rate | prime time | state-of-the-art | bill gates | dollar bill | electricity bill+ | standard chartered |
standard & poor's | gold standard | measure of | free kick | penalty shootout | penalty kick | measures 6 |
warning signs | health warning | profit warning | weather warning | storm warning | flood warning |
earnings per share | short selling report | closes schools | ferries were suspended | suspended as heavy rain |
closed two airports | beat its | force majeure | labour force | workforce | task-force | sales force | air force |
in force | come into force | came into force | comes into force | takes effect | go-to-market
"""
