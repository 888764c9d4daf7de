"""English acts: what weighs on business and what helps it (``act_rules`` explains headers and marks)."""

from __future__ import annotations

BURDENS = """
[BURDEN -0.45 -0.4 final_rule official]
ordered to

[BURDEN -0.5 -0.45 investigation]
charge multiple banks | charge banks | charges banks | charge executives | to charge banks | weighs charges | faces charges | face charges

[BURDEN -0.5 0 final_rule]
obstacle+ | intervention | social insurance payment+ | social security contributions | payroll contributions | contributions | price cut+ | risk that | risk of | barrier to | ban threat | threat of a ban

[BURDEN -0.5 -0.45 final_rule]
cuts access | cut access | restricts access | block access | blocks access | blocked access | access to be cut | unlicensed | quarantine~ | off the road | weeks to stop | days to stop | weeks to comply | days to comply | months to comply |
weeks to exit | could not run | could not operate | cannot operate | can't operate | may not operate | not operate |
hobble~ | cripple~ | squeez~ | squeeze~ | clip the wings | clips wings | crimp~ | hamstring~ | stifle~ | throttle~ |
stopped in its tracks | torpedoe~ | torpedo | scuttle~ | sink~ deal | turn~ the screws | turns up the heat |
turned up the heat | hammer~ | a blow to | a setback for | ups the ante | puts brakes on | put the brakes on |
puts the brakes on | slam~~ the brakes | applies brakes | pull~ the plug | stamps out | shut the door | shuts the door |
closes door | close the door | slam~~ door | negotiated drug prices | negotiated prices | negotiated price+

[BURDEN -0.3 -0.2 final_rule]
tells | has told | crack the whip | puts on notice | put on notice | reads the riot act

[BURDEN -0.55 -0.5 penalty official]
plead guilty | pleads guilty | pleaded guilty | in fines | in penalties | found liable | damages award

[BURDEN -0.35 -0.3 penalty]
settle~ | settlement+ | agrees to pay | agreed to pay

[BURDEN -0.5 0 final_rule official]
ai act | markets act | services act | safety act | chips act | competition act | data act | tax law | landmark law

[BURDEN -0.55 -0.55 final_rule official]
point hike | point hikes | half-point hike | bps hike | basis-point hike | point rise |
lift~ rates | lift~ interest rates | lift~ its key rate | lift~ its policy rate | lift~ borrowing costs | rate hike+ |
rate rise+ | rate increase+ | interest rate hike+ | tax hike+ | tax rise+ | tax increase+ | tariff hike+ | hawkish |
quantitative tightening | balance sheet reduction | higher rates | higher interest rates | further increases

[BURDEN -0.6 -0.6 final_rule official]
tariff increase+ | higher tariffs | windfall tax | windfall levy | digital services tax | price control+ |
price freeze | rent cap+ | export control+ | export curb+ | export restriction+ | export ban+ | import ban+ |
entity list | trade blacklist | chip curb+ | tech curb+ | licensing requirement+ | crackdown+ | clampdown+ |
crack~ down | clamp~ down | clamp~ down on | declared illegal | are illegal | is illegal | were illegal |
illegal and | make~ illegal | made illegal | nationalis~ | nationaliz~ | break~ up | broke up | breakup | break-up |
break-ups | broken up | must sell | force~ to sell | forced sale | forced to sell | may play online games for only |
bans on

[BURDEN -0.65 -0.65 final_rule]
ban~~ | injunction+ | outlaw~ | prohibit~ | prohibition+ | blacklist~ | forbid | forbids | forbade | forbidden |
banning | blanket ban | total ban

[BURDEN -0.5 -0.5 final_rule]
curb~ | restrict~ | restriction+ | bar~~ | barred from | cap~~ | capping | price cap+ | spending cap+ |
limit~ minors | limits on | limit on | limited to | rein~ in | reining in | order~ to stop | ordered to halt |
ordered to suspend | ordered to remove | ordered to close | order~ others to | order~ banks to | order~ companies to |
order~ lenders to | order~ platforms to | order~ firms to | ordered to cut | ordered to sell | orders to sell |
order to divest | must divest | shut~ down | shutting down | close~ down | delist~ | delisting+ |
remove from app stores | removed from app stores | clawback | claw~ back | seize~ | seizure+ | confiscat~ |
confiscate~ | freez~ prices | freeze prices | freezes prices | frozen assets | asset freeze | embargo+ |
moratorium+ | grounds | grounded | grounding of | take~ control of | took control of | taken control of | limiting |
to limit | will limit | clinical hold+ | blow to | blow for | setback for | headache for | combat~ | severely punish |
boycott~ | expel~ | expelled | deplatform | mandatory | cut off | cuts off | cutting off | choke~ off | squeeze~ |
stamp~ out | tame | tames | get tough on | cool the market | unlawful | unlawfully | illegally | broke the law |
breaks the law | broke rules | breaks rules | breach~ rules | in breach of | non-compliance | noncompliance |
must stop | must cease | must remove | must give up | must hand over | relinquish~ | will have to | required to |
be required to | forbids | no longer allowed | not allowed | without permission | need permission | need a licence |
need a license | require a licence | require a license | stricter | tougher | stiffer | tighter | harsher | heavier |
more stringent | stringent

[BURDEN -0.6 -0.6 penalty official]
fined | penalised | penalized | civil penalty | civil penalties | record fine+ | antitrust fine+ | fine of |
fines of | fines totalling | fines totaling | hit with a fine | slap~~ a fine | slapped with | must pay |
ordered to pay | orders to pay | disgorgement | forfeit~ | fine on | fines on | face~ fines | face a fine |
faces a fine | heavy fines | heavy penalties | fines for | fine for

[BURDEN -0.55 -0.55 penalty]
fine+ | penalty | penalties | penalise~ | penalize~ | punish~ | punishment+ | sanction~ | sanctions on | reprimand~ |
censure~ | convict~ | convicted | conviction+ | sentenced | jailed | jail~ | found guilty | pleads guilty |
pleaded guilty | guilty plea | debar~~ | disqualif~ | found in breach | found in violation | breached |
violat~ antitrust | broke antitrust law | abused its dominance | abused its dominant position |
abusing its dominant position

[BURDEN -0.6 -0.55 investigation official]
antitrust probe+ | antitrust investigation+ | antitrust case+ | antitrust lawsuit+ | antitrust suit+ |
antitrust complaint+ | antitrust charges | antitrust inquiry | antitrust review | anti-dumping probe+ |
anti-dumping investigation+ | anti-subsidy probe+ | anti-subsidy investigation+ | section 301 investigation |
section 232 investigation | monopoly probe | statement of objections | formal investigation | formal probe |
criminal probe | criminal investigation | cybersecurity review | national security review | monopoly case |
special oversight | subpoena~ | show cause notice+ | show-cause notice+ | wells notice

[BURDEN -0.5 -0.5 investigation]
probe~ | investigat~ | investigate~ | investigation+ | inquiry | inquiries | raid~ | dawn raid+ | sue~ | suing |
lawsuit+ | court action | legal action | file~ a lawsuit | file~ suit | to court | charged | charges against |
charge~ with | criminal charge+ | charges two | charges three | charges former | charges ceo | charges founder |
accuse~ | accusing | allege~ | alleging | complaint against | indict~ | indictment+ | prosecut~ | prosecute~ |
prosecution+ | arrest~ | detain~ | summon~ | hauled in | scrutinises | scrutinizes | to scrutinise | to scrutinize | greater scrutiny |
more scrutiny | closer scrutiny | increased scrutiny | under scrutiny | tighter scrutiny | inspect~ | inspection+ |
file against | its file on | examine whether | examining whether | search~ offices | searched offices |
has started a review | started a review | launch~ a review

[BURDEN -0.45 -0.3 penalty]
rebuke~ | admonish~ | lambast~ | caution~ | administrative guidance | business improvement order | called in |
calls in | limits | security review+ | lean~ on | pressure~ | take~ aim at | took aim at | go after | goes after |
went after | arrest warrant | seek arrest | seeks arrest | warning+ | warn~ | threaten~ | threat of |
cease and desist | cease-and-desist | cease-and-desist order | proceedings | order~ to rectify | rectify |
rectification+ | order~ to correct | order~ to change | told to | ordered to | ordered | orders | order against | consent order+ |
remedial action | condemn~ | criticis~ | criticiz~ | monitoring of | oversight of | compliance failure+ | overhaul |
demand~ that | demanded | demanding | demands answers | demand a sale | force~ | compel~ | make it harder | forcing

[BURDEN -0.6 -0.35 final_rule official]
tariff+ | import dut+ | import duty | import duties | export duty | export duties | anti-dumping duty |
anti-dumping duties | countervailing duties | levy | levies | surcharge+ | surtax | economic sanctions | sanctions |
excise

[BURDEN -0.5 -0.4 final_rule official]
tax on | taxes on | duty on | duties on | levy on | fees on | fee on | port fees | % tax | percent tax |
licence regime | licensing regime | license regime | tax bill | bank levy | rent control+ | force~ sale of |
forces sale of | force the sale | price ceiling | price floor | export tax

[BURDEN -0.6 0 final_rule official]
interest rate+ | policy rate+ | key rate+ | benchmark rate+ | benchmark lending rate+ | repo rate+ |
reverse repo rate | cash rate | lending rate+ | bank rate | key lending rate | loan prime rate | prime rate |
deposit rate | borrowing costs | reserve requirement+ | reserve requirement ratio | reserve requirement ratios |
reserve ratio | rrr | cash reserve ratio | discount rate | base rate | federal funds rate | rates |
key interest rate+ | mortgage rate+ | main rate | official rate | key policy rate

[BURDEN -0.5 0 final_rule]
rate

[BURDEN -0.5 0 final_rule official]
tax | taxes | taxation | corporate tax | corporate tax rate | tax rate+ | income tax | value-added tax | vat | gst |
gst rate+ | capital gains | capital gains tax | stamp duty | stamp duties | duty | duties | social charges |
payroll tax | sales tax | carbon tax | royalty rate | capital requirement+ | capital rules | capital that |
bank capital | more capital | capital | capital buffer+ | minimum | margin requirement+ | margin ratio |
liquidity requirement+ | down payment+ | down-payment ratio | downpayment | leverage ratio | red tape | bureaucracy |
compliance cost+ | reporting requirement+ | monthly reporting | disclosure requirement+ | requirement+ | obligation+ |
burden+ | hurdle+ | barrier+ | emission limit+ | emissions limit+ | limit | risk weight+ | opposition | control+ |
capital control+ | compliance deadline

[BURDEN -0.5 0 final_rule official]
regulation+ | regulatory regime | law | laws | bill | legislation | emission standard+ | emissions standards |
mandate+ | directive+ | decree | regulatory scrutiny | planning law | regulatory requirements | net neutrality

[BURDEN -0.45 0 final_rule]
rule+ | standard+ | norms | framework | oversight | supervision | scrutiny | monitoring | guidance | code of conduct |
policy | policies | measure+ | provision+ | conditions | test | tests | review | fee+ | charge |
minimum contract size | paperwork | criteria | price

[BURDEN -0.5 0 investigation]
case

[BURDEN -0.5 -0.35 investigation]
 complaint+ | allegation+ | charges | suit | suits | legal proceedings | proceedings against

[BURDEN -0.5 0 investigation]
cases | claim+ | trial | ruling | verdict | order | compensation
"""

RELIEFS = """
[RELIEF 0.45 0.3 relief official]
transition period+

[RELIEF 0.5 0.45 relief official]
can cover | will cover | to cover | may cover | may go on selling | hands win to | hands victory to | handed a win |
handed victory | hands win | scores win | scored a win | scores victory | wins reprieve | wins relief | full access |
let stand | leaves in place | remains legal | stay online | can remain |
can stay | may stay | can keep | may keep | can continue | may continue | to continue operating | keep operating |
can resume | may resume | can restart | may restart | can reopen | may reopen | can operate | may operate |
can sell | may sell | can buy | may buy | can use | may use | can invest | may invest | can export | may export |
can import | may import | can ship | may ship | can offer | may offer | can list | may list | can trade | can hold |
can own | may own | entitled to subsidies

[RELIEF 0.5 0 relief official]
negative rates | negative interest rates | negative rate policy | ultra-loose policy | ultra-easy policy |
ultra-low rates | asset purchases

[RELIEF 0.6 0.6 relief official]
point cut | point cuts | half-point cut | bps cut | basis-point cut | proactive policies | proactive policy |
rate cut+ | interest rate cut+ | rrr cut+ | cut~ interest rates | monetary easing | policy easing |
quantitative easing | bond buying | bond purchase+ | bond-buying | inject~ liquidity | liquidity injection+ |
ample liquidity | dovish | deregulat~ | deregulate~ | deregulation | rollback+ | stimulus | stimulus package |
relief package | rescue package | support package | aid package

[RELIEF 0.5 0.5 relief official]
tax cut+ | tax break+ | tax relief | tax incentive+ | tax holiday+ | tax exemption+ | tax credit+ | tax rebate+ |
tax waiver+ | tax refund+ | tariff cut+ | tariff exemption+ | tariff exclusion+ | tariff relief | tariff reprieve |
tariff truce | trade truce | duty-free | duty free | subsidy | subsidies | subsidise~ | subsidize~ | state aid |
public funding | government funding | government support | state support | policy support | bailout+ | bail~ out |
incentive+ | incentive scheme | production-linked incentive | cheap loans | cheaper loans | relending |
loan guarantee+ | feed-in tariff+ | regulatory relief | forbearance | grace period+ | sandbox |
support measures | measures to support | measures to boost | measures to encourage | measures to promote |
measures to help | measures to revive | measures to stabilise | measures to stabilize | support policies |
supportive policies | supportive measures | supportive stance | spared | exempt from | free trade agreement |
trade deal | more time | another year to | extra time | free trade zone | ease of doing business | no further action |
take no action | no action | no wrongdoing | no evidence of | without finding a breach | without finding |
without any penalty | found no | keep borrowing cheap

[RELIEF 0.55 0.55 completion official]
normal footing | normalised supervision | normalized supervision | normalised regulation | normalized regulation |
normal supervision | routine supervision | regular supervision | been rectified | was rectified | has rectified |
have rectified | problems rectified | issues rectified | rectification completed

[RELIEF 0.5 0.45 approval official]
regulatory approval+ | regulatory nod | regulatory go-ahead

[RELIEF 0.5 0.45 approval]
approval+ | approve~ | win~ approval | won approval | get~ approval | got approval |
receiv~ approval | regulatory clearance | marketing authorisation | emergency use authorization |
emergency authorisation | green light | green-light~ | greenlight~ | green-lit | greenlit | green lights | go-ahead |
go ahead with | gives nod | given the nod | gets nod | nod | nod to | sign-off | authorise~ | authorize~ |
authorisation+ | authorization+ | legalise~ | legalize~ | legalisation | legalization | certif~ | certification |
recertif~ | unconditional approval | endorse~ | endorsement | clearance | clears | cleared | clearing | to clear |
will clear | rubber-stamp~ | ratif~ | unveils support

[RELIEF 0.5 0.35 approval]
licence+ | license+ | licensed | permit~~ | operating licence+ | banking licence+ | banking license+ |
payment licence+ | allow~ | let | lets | letting | enable~ | exemption+ | waiver+ | carve-out+ | exclusion+ |
concession+ | quota+ | investment quota+ | reprieve+ | amnesty

[RELIEF 0.45 0.4 relief]
encourage~ | encouraging | support~ | back~ private | pledge~ support | pledged support | vow~ support |
vows to support | vowed to support | reassur~ | reassure~ | praise~ | praising | hail~ | promot~ | promote~ |
foster~ | facilitate~ | facilitation | help for | help firms | help companies | help businesses | aid for | aid to |
aid | relief | grant+ | boost~ | bolster~ | revive growth | spur~~ | stimulate~ | open~ up | opening-up | liberalis~ |
liberaliz~ | liberalise~ | liberalize~ | liberalisation | liberalization | streamline~ | simplif~ | cut red tape |
cutting red tape | fast-track~ | fast track | speed~ up approvals | level playing field | welcome~ foreign |
market access | easier | easier for | favourable | favorable | blessing | win for | victory for | boost for |
boon for | commitments | sign~ off on | wave~ through | pave~ the way | clears the way | cleared the way |
clear the way | breathing space | leeway | let off | lets off | off the hook | sides with | sided with |
ruled in favour of | ruled in favor of | rules in favour of | rules in favor of | lighter | moderately loose |
accommodative | proactive fiscal | looser monetary | prop~~ up | shore~ up | stabilise~ | stabilize~ | stabilising |
sweetener+ | perk+ | free to | accepts commitments | accepted commitments | accepts pledges |
accepted pledges | accepts offer | accepted offer | buy more shares | go-ahead | business-friendly | friendlier |
pro-business | lighter touch | light-touch | softer | looser | laxer | lenient | normalise~ | normalize~ | resum~ |
resume~ | resumption | reinstate~ | restore~ | unfreeze~ | unban~~ | unblock~ | relist~ | restart~ | reopen~ |
invest billions | fund for | injects | inject~ | rescue~ | bail~ | extra year

[RELIEF 0.5 0 approval]
merger+ | takeover+ | acquisition+ | deal | buyout | tie-up | listing+ | new listings | public offering+ | ipo |
ipos | application+ | foreign investment | foreign stakes | foreign ownership | foreign ownership limit+ |
foreign ownership cap | ownership limit | investment limit | fdi limit | fdi cap | stake that foreigners |
ceiling on foreign investment | foreign investment limit+ | threshold+ | tax threshold | loan-to-value |
approval process | registration+ | funds | exports | imports | sales | trading | short selling | short-selling |
new games | projects | project | drug | pill | vaccine | therapy | service | shopping service | apps | app |
operations | shipments | launch | flights | credit line+ | spending | deadline+ | compliance date | effective date |
lending | loans | liquidity | production | expansion | hours | game approvals | visa+
"""
