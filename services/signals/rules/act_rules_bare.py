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
raises rates | raise rates | raising rates | raised rates | hikes rates | hiked rates | rates to highest

[RELIEF 0.5 0.45 relief]
rates to zero | rates below zero | rates to record low | rates to lowest | door open to cut | door open to rate cut | door open to further cuts | door open to more cuts | door open for cut | opens door to cut |
opens door to rate cut | opens the door to rate cut | opens door for rate cut

[BURDEN -0.4 -0.4 meeting official]
discourage~ | summons | summoned | urges firms to avoid | urge firms to avoid | tells firms to avoid | tells companies to avoid | tells firms to stop | tells companies to stop | tells banks to stop | told to stop | told to halt |
to halt orders | to stop orders | to stop buying | to stop using | to halt purchases | restrains | restrained | orders removal of | ordered removal of | to preload

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

[RELIEF 0.5 0.45 relief official]
stop supervising | stops supervising | ends supervision of | accept~ application | pass stress test | pass annual stress test |
passes annual stress test | clear stress test | clears stress test | out of scope of | spare~ fine

[BURDEN -0.5 -0.45 penalty official]
raise~ capital requirement | raise~ capital requirements | raise~ capital demands | raise~ capital buffer | raise~ capital buffers | reject~ application | reject~ merger application | reject~ licence application | flunks | flunked | fails stress test | fail stress test | appoints monitor | appointed monitor | appoints special monitor |
halt~ construction | halt~ all construction | stop-work order+

[BURDEN -0.5 0 final_rule official]
capital requirement | capital requirements | capital surcharge+

[PLAIN 0 0 -]
from control | from taking control

[ASIDE 0.3 0 -]
or face | or be banned | or risk | unless it sells
"""
