"""English acts by sector: platforms and data, games, health, property, crypto, labour, energy, transport, finance."""

from __future__ import annotations

SECTORS = """
[BURDEN -0.5 0 final_rule official]
merger notification | interoperability | platform work directive | most favored nation | most-favored-nation |
presale rules | anti-monopoly guidelines | anti-monopoly rules | antitrust guidelines | antitrust rules |
antitrust law | fair competition rules | cyber rules | cybersecurity rules | cybersecurity law |
data security law | data rules | privacy law | privacy rules | data protection law | data law | ai rules |
ai law | ai regulation | deepfake law | ai chip rule | ai diffusion rule | diffusion rule | chip rule+ |
national security law | safety rule+ | safety standards | import standards | disclosure rules |
climate disclosure | climate disclosure rule | reporting rules | algorithm rules | gig worker law |
gig worker rules | overseas listing rules | offshore listing rules | delisting rules | methane rule |
methane rules | junk fee rule | rules for big tech | late fee rule | clean air rules | overtime rule |
antitrust bill | big tech bill | delisting bill | swipe fee bill | common prosperity |
employees not contractors

[BURDEN -0.55 -0.5 final_rule official]
from usa market | from the usa market | off shelves | off the shelves | from store shelves | from sale |
under-16 ban | under-16s ban | social media ban | age verification | age-verification | age checks | age limit+ |
minimum age | time limit+ | screen time limits | playtime limit+ | gaming curfew | curfew | spending limit+ |
real-name | content takedown | takedown order+ | take down content | censor~ | content crackdown | data localisation | data localization | data export ban | data transfer ban | suspend data transfers |
halt data transfers | stop data transfers | banned from government devices | from government devices |
ban on government devices | on government devices | government-issued devices | security risk | security threat |
national security threat | threat to national security | national security concerns | national security risk |
security concerns | rip and replace | high-risk vendor+ | strip out | rein in big tech | curb big tech | link tax |
news bargaining | pay publishers | pay news publishers | news media bargaining code | classify drivers as employees | as employees | reclassif~ | gig worker protections |
worker protections | social insurance for riders |
minimum wage for drivers | minimum pay | pay floor | non-compete ban | noncompete ban |
drug price cuts | drug price cap+ | drug price negotiation+ | drug price negotiations | price negotiation+ |
price negotiations | price cuts on drugs | cut drug prices | lower drug prices | slash drug prices |
bulk-buying | bulk procurement | centralized procurement |
centralised procurement | volume-based procurement | bulk buying programme | bulk buying program | anti-corruption campaign | graft probe | corruption crackdown | anti-graft campaign | tutoring ban |
ban on tutoring | overhaul of private education | after-school tutoring rules |
three red lines | borrowing limits | debt limits | debt caps | price-to-rent | rent freeze+ |
rent controls | home purchase limits | purchase restrictions | home-buying restrictions | purchase limits |
foreign buyers ban | ban on foreign buyers | foreign buyer ban | crypto ban | crypto crackdown | mining ban |
bitcoin mining ban | ban on crypto | unregistered securities | unregistered exchange | unregistered broker |
without a licence | without a license | unlicensed platforms | emissions cap+ | emission cap | carbon cap |
tougher emissions | stricter emissions | stricter fuel |
tighter emissions | drilling ban | fracking ban | drilling moratorium | coal phase-out | coal exit | combustion ban |
petrol car ban | ev mandate | production curb+ | production limits | output curb+ | output cuts ordered |
production halt | energy price cap | gas price cap | electricity price cap | power price cap | revenue cap+ |
profit cap+ | margin cap+ | anti-profiteering | price gouging | fare cap+ | airfare cap | commission cap+ | fee cap+ |
interchange fee cap | cap on late fees | caps credit card | credit card rate cap |
cap on credit card | junk fee+ | naked short | short-selling curb+ | short-selling restrictions |
short selling curbs | short-selling ban | ban on short-selling | ban on short selling | short selling ban |
quant crackdown | margin trading curbs | position limits | trading curbs | circuit breaker rule | trading halt |
trading suspension | listing curbs | ipo curbs | ipo pause | ipo freeze | tougher listing | delisting threat | delisting risk | force delisting | audit demand | f&o curbs | tighter f&o | derivatives curbs | shareholding cap | foreign stake cap |
foreign ownership curbs | foreign investment curbs | stake limit | ownership cap | monopolistic practices |
monopolistic behaviour | monopolistic behavior | disorderly expansion | disorderly expansion of capital |
monopolistic | unfair competition | involution | involutionary competition |
below-cost | illegal activities | illegal | irregularities | misconduct | malpractice |
hidden fees | tobacco control | vape ban | flavour ban | flavor ban | menthol ban | plain packaging | alcohol ban |
liquor ban | advertising ban+ | ad ban | junk food ads | front-of-pack | plastic ban | single-use plastics ban |
compliance checks | quality control order | quality control orders | bis certification | mandatory certification |
registration requirement+

[RELIEF 0.55 0.5 relief official]
bitcoin etf+ | spot bitcoin etf+ | ether etf+ | spot ether etf+ | crypto etf+ | legal tender | crypto-friendly |
pro-crypto | strategic bitcoin reserve | bitcoin reserve | safe harbor | safe harbour | regulatory clarity |
regulatory sandbox | independent contractors | contractors not employees | not employees | prop 22 |
proposition 22 | adequacy decision | data transfer deal | data flow deal | data transfer pact | data privacy framework |
eased data | ease data | data flows | cross-border data flows | audit deal | audit agreement | full access to audit |
inspection access | playtime extension | new game licences | new game licenses | game licences | game licenses |
gaming licences | gaming licenses | game approvals | publishing licences | publishing licenses |
visa-free | visa free | visa waiver | visa-free entry | group tours | group travel | reopen borders | reopen border |
border reopening | quarantine-free | ease quarantine | easing of quarantine | eases quarantine | scraps quarantine |
drops quarantine | end quarantine | ends quarantine | lifts quarantine | ease covid | eases covid | drop mandate |
home purchase restrictions scrapped | presale fund relief | developer support | property support |
support property | support for property | property rescue | housing rescue | property stimulus | 16-point plan |
three arrows | platform economy support | drilling permit | oil leases | drilling leases | lease sale | lease sales | offshore leases | expands drilling |
open drilling | pipeline permit | gas export permit | lng export permits | lng exports | nuclear restart |
restart reactors | life extension | extended life | reactor restart | relaxes emissions | relax emissions |
eases emissions | eased emissions | weaker emissions | fuel economy rollback | looser fuel | looser emissions |
rolls back emissions | softer emissions | softer rules | weaker rules | lighter rules | eased rules |
simpler rules | simplified rules | simplification | omnibus | cut paperwork | one-in-two-out |
regulatory bonfire | repeal of | ends mandate | scraps mandate | phase-in | phased rollout | gradual rollout |
non-binding | price hike approved | tariff hike approved | fare hike allowed | allowed to raise |
allowed to hike | allow price | raises drug prices | price increase approved | medicare advantage increase |
rate increase for medicare | higher payments | payment increase | payment rates increase | reimbursement increase |
higher reimbursement | medicare coverage | medicare cover | medicare to cover | pandemic-era flexibility | drug-price exemption | exempts drugs | spares drugs | spared drugs |
short selling resumes | position limits eased | weekly buyback | treasury stock |
value-up | valueup | corporate value-up | dividend tax cut | dividend tax relief | inheritance tax cut |
robotaxi permit+ | robotaxi licence | robotaxi license | driverless permit+ | driverless permits |
autonomous permits | self-driving permits | commercial licence | commercial license | drone approval

[RELIEF 0.4 0.35 relief]
private sector support | support for private | support private | support the private | private economy |
private enterprises | private entrepreneurs | healthy development | sound development | healthy growth |
support platform | support platform economy | support healthy | pro-growth | growth-friendly | unswervingly |
opening up | open economy | wider opening | further opening

[RELIEF 0.45 0.3 relief]
softened stance | softening stance |
conciliatory | olive branch | reassurance | thaw | rapprochement | extends deadline | extended deadline |
extends the deadline | extend the deadline | deadline extended | deadline extension | extension of deadline |
gets extension | granted extension | given until | more months | one-year reprieve | one-year delay | year delay |
year-long delay | transition time | phase-in period | delays rule | delays rules |
delay rules | delays implementation | delay implementation | delays enforcement | pauses enforcement |
suspends enforcement | non-enforcement | won't enforce | not enforce | stop enforcing | will not enforce |
second thoughts | carved out | carve out | opt-out |
grandfathered | flexibility | leniency | cooperation deal | settle dispute |
resolve dispute | end dispute | ends dispute | resolves dispute | ends row | landmark deal | deal reached | reach deal |
invests in | state investment | state-backed fund | big fund | chip fund | sovereign fund backing |
government stake | national champion+ | priority sector | pilot zone+ | pilot program | pilot programme |
pilot scheme | action plan | three-year plan | development plan | roadmap for growth | promotes development |
promote development | boosts support | more support | step up support | steps up support | stepped up support |
ramp up support | further support | stronger support | greater support | pledges more | promises more | vows more |
promised support | promises support | promise to support | pledge to support | pledges to support |
pledged to support | vows to boost | pledges to boost | vowed to boost | vows to stabilise | vows to stabilize |
vows to expand | pledges to open | vows to open | promised to open | vowed to open | pledges to cut |
promised to cut | pledge to ease | pledges to ease | vows to ease | promises to ease | promised to ease |
help smes | help developers | help exporters | help exporters cope | help chipmakers | help carmakers |
help farmers | help banks | help small | help businesses | help private | help startups | help start-ups |
protect entrepreneurs | protect private | property rights | equal treatment | fair treatment | treated equally
"""
