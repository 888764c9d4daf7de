"""English acts of enforcement: competition cases, courts, penalties, inspections, product safety."""

from __future__ import annotations

ENFORCEMENT = """
[BURDEN -0.5 -0.45 penalty official]
handed the ftc | hands ftc | ftc wins | win for the ftc | win for ftc | victory for ftc | win for regulators | doj wins |
victory for regulators | sec wins | win for the sec | win for sec | handed the doj | sides with ftc | sided with the ftc |
sides with regulators | sides with sec | deficiencies | substandard | agreed to divest | agrees to divest |
puts conditions | with conditions | sets conditions | attaches conditions | conditions on | subject to conditions

[BURDEN -0.6 -0.55 investigation official]
charge sheet+ | in-depth probe | in-depth investigation | in-depth review | in-depth inquiry | full-scale investigation |
full-scale probe | full probe | phase 2 investigation | phase 2 probe | phase two investigation | second request |
second-phase probe | preliminary finding+ | preliminarily found | preliminary view | provisionally found |
provisionally finds | provisional findings | formally accused | formally charged | formally charges | formal charges |
unannounced inspection+ | surprise inspection+ | civil investigative demand+ | grand jury | preliminary evaluation |
defect investigation | safety probe+ | safety investigation | engineering analysis | audit query | tax raid+ |
income tax raids | i-t raids | tax probe | market study into | sector inquiry | fraud charges | civil charges |
charges of fraud | bribery charges | antitrust concerns | competition concerns | antitrust raid | antitrust hammer |
antitrust trial | antitrust action | antitrust scrutiny | competition probe | competition investigation |
competition inquiry | privacy probe | data probe | national security probe | national security investigation |
trade probe | trade investigation | safeguard investigation | anti-circumvention probe | countervailing probe |
foreign subsidies probe | foreign subsidies investigation | foreign subsidy probe | anti-subsidy investigation |
section 301 probe | section 232 probe | money laundering probe | insider trading probe | accounting probe |
launch~ an antitrust | tax notice+ | tax demand+ | gst notice+ | gst demand+ | demand notice | show-cause |
books firm | questioned by police | questioned by prosecutors | travel ban | lookout circular | attaches assets |
attached assets | attaches properties | search and seizure | seeks to block | sought to block | sue~ to block |
sues to stop | suing to block | sued to block | lawsuit to block | moves to block | moved to block | seeks to break up

[BURDEN -0.6 -0.6 penalty official]
monetary penalty | monetary penalties | financial penalty | administrative penalty | fined a record | hefty fine |
hefty fines | whopping fine | fine worth | fined over | fined for | dings | pay a fine | pay a penalty | pay a record |
pay fines | pays fine | must repay | back taxes | settlement with the sec | to settle charges |
to settle allegations | to settle claims | to settle probe | to settle a probe | to settle lawsuit | to settle case |
to settle sec | to settle with | settle charges | settle allegations | settles charges | settled charges |
settles allegations | agreed to settle | agrees to settle | deferred prosecution | deferred prosecution agreement |
consent decree | consent judgment | supervisory action | enforcement action+ | enforcement order+ |
enforcement notice+ | compliance order | interim order | interim ban | barred from trading | barred from the market |
barred from accessing | barred from securities | debarred | regulatory action | disciplinary action |
business suspension | business suspension order | suspension order | improvement order | administrative action+ |
administrative order+ | correction order | corrective order | stern warning | warning letter+ | import alert+ |
form 483 | with observations | usfda observations | boxed warning | black box warning | complete response letter | refuse-to-file letter |
voted against approval | vote against approval | votes against approval | against approving | negative opinion |
does not recommend | recall order+ | ordered a recall | orders recall | orders a recall | demands recall |
ordered to recall | forced to recall | grounding | ground~ all | grounds all | stop-work order+ | stop work order |
abuse of dominance | abuse of dominant position | abused its market power | abused dominance |
abuse its dominance | abused dominant | abuse of its dominant | anti-competitive | anticompetitive |
illegal monopolist | is a monopolist | unlawful monopoly | illegally monopoliz~ |
illegally monopolised | illegal monopoly | monopolization | price fixing | price-fixing | cartel+ | collusion |
collude~ | bid-rigging | market manipulation | violation+ of | violation+ | in violation of | violated |
violates | violating | flout~ | contravene~ | contravention+ | infringes | infringed eu | infringe eu | infringement proceedings |
breaches rules | breached rules | breached eu | breaches eu | breach of eu | breach of competition |
breached competition | breach of privacy | breach of data | breach of antitrust | breached data | broke eu |
breaks eu | broke eu rules | breaking eu | broke rules | broke law | breaking the law | failed to comply |
failing to comply | failure to comply | failure to prevent | failing to prevent | failing to protect |
anti-money laundering failings | failings | lapses | shortcomings | wrongdoing | misled investors |
misleading investors | misled consumers | misled customers | deceptive practices | unfair practices |
unfair trade practices | deceive~ | censure | disbarred | guilty of | found to have violated | found to have breached |
held liable | liable for | in contempt | contempt of court

[BURDEN -0.55 -0.5 final_rule official]
designat~ as gatekeeper | designates gatekeeper+ | gatekeeper+ | gatekeeper designation | gatekeeper status |
strategic market status | very large online platform | very large online platforms | divest | divests | divestiture+ |
divestment order | must divest | forced divestiture | structural remedies | remedies | interim measures |
periodic penalty payments | hold separate | must change | must open | must allow | must let | must share |
must offer | must provide | must disclose | must submit | must register | must obtain | must apply | must seek |
must comply | must sell | must halt | must end | must delete | must label | must verify | must be approved |
must now | must meet | must keep | must cut | must reduce | must hold | must set aside | must store | must use |
must seek approval | forced to open | forced to share | forced to change | ordered to open | ordered to share |
ordered to change | ordered to stop | ordered to cease | ordered to refund | ordered to return | ordered to shut |
ordered to pull | ordered to delete | ordered to take down | ordered to allow | ordered to restore |
ordered to submit | order to halt | orders halt | orders halt to | orders a halt | directs banks | directed banks |
tells banks to | told banks to | asks banks to | asked banks to | tells companies to | told companies to |
tells firms to | told firms to | tells lenders to | asks lenders to | ask~ funds to | asked brokers to |
instruct~ | instructed | instructs | ordered off | taken offline | pull~ from app stores | pulled from app stores |
removed from apple's | removal from app stores | blacklisting+ | watch list | watchlist | added to list of |
to a list of | military companies list | on a list of | can no longer | could no longer | no longer be allowed | no longer be eligible | ineligible | bars from | barring |
blocked from | block from | keep out | shut out | locked out | lock out | kicked off usa | kick off usa exchanges | kicked out |
throw~ out of | thrown off | strips of | stripped of | seize~ control | nationalisation | nationalization |
expropriate~ | placed into administration | into receivership | into receivership | superseded the board |
supersedes board | under moratorium | under directions | corrective action framework | prompt corrective action

[LESS 0 -0.45 final_rule]
block~ merger | block~ takeover | reject~ bid | reject~ application | refuse~ to approve |
refuse~ to clear | decline~ approval | turned down | turns down | withhold approval |
withholds approval | withheld approval | put on hold | not approve | not approved | fails to win approval |
did not approve | denied | denial of | knock~ back | rebuff~ | spurn~ | nixed | bar~~ sale of

[RELIEF 0.5 0.5 completion official]
cleared of wrongdoing | cleared of charges | clear~ of | exonerate~ | acquit~~ | acquittal+ | not guilty |
no violation+ | no breach | no competition concerns | no antitrust concerns | no objection | no objections |
no concerns | does not violate | did not violate | did not breach | did not break | not in breach | not a monopoly |
not illegal | is legal | are legal | is lawful | was lawful | lawful | not abuse | not anti-competitive |
not violate | not liable | without penalty | without penalties | no penalty | no fine | not be fined | won't be fined |
avoids fine | avoids fines | avoid fine | avoid fines | avoids penalty | avoids ban | avoids antitrust | escapes fine |
escapes ban | escapes antitrust | escapes punishment | case closed | closes case | closed the case | close the case |
drops lawsuit | drops charges | drop charges | dropped charges | drops probe | drops antitrust | non-prosecution |
pardon~ | granted bail | bail granted | clean chit | let off with | legal victory | court victory | court win |
legal win | wins court | wins legal | wins case | won case | wins lawsuit | wins dismissal | wins appeal | won appeal |
win appeal | wins fight | wins battle | wins bid to | prevails | prevail~ in court | beats ftc | beats sec |
beats antitrust | defeats ftc | defeats sec | beat the ftc | lifeline | last-minute reprieve | last-minute stay |
interim relief | regulatory win | big win | relief for | huge relief | major relief | breather | gets breather |
gets relief | reprieve for

[RELIEF 0.5 0.5 approval official]
gets ok | get ok | got ok | gets nod | get nod | got nod | nod to serve | nod to sell | nod to | nod for | nod from | wins nod | receives nod | unconditionally cleared | unconditionally approved | conditionally approved | conditional approval |
conditional clearance | cleared with conditions | eu nod | fda nod | fda approval | fda clearance | fda backing |
usfda approval | usfda nod | gets approval | gets usfda | rbi nod | rbi approval | sebi nod | sebi approval | cci nod |
cci approval | cabinet nod | in-principle approval | final approval | tentative approval | accelerated approval |
full approval | speedy approval | fast approval | priority review | breakthrough therapy designation |
breakthrough designation | fast track designation | orphan drug designation | orphan drug status |
positive opinion | recommended for approval | recommend~ approval | recommends approval | backs approval |
back approval | voted in favor of | vote in favor of | votes in favor of | voted to recommend | label expansion |
expanded use | expanded approval | emergency use | marketing approval | market authorization | marketing authorization |
510(k) clearance | reimbursement list | drug reimbursement list | cleared for | clear for | clears for |
regulators clear | regulators approve | cleared by | approved by regulators | no-objection certificate |
no-action letter | licence to operate | license to operate | licence for | license for | licenses for | licences for |
licence from | license from | obtains license | obtains licence | receives license | receives licence | secures license |
secures licence | secures approval | secures regulatory | obtained approval | obtains approval | won permission |
wins permission | permission to | given permission | granted permission | gets permission | wins go-ahead |
given go-ahead | gives go-ahead | gave the go-ahead | given the go-ahead | gives green light | gave green light |
given green light | given the green light | gets green light | got the green light | gives the green light |
gave its blessing | gives thumbs up | thumbs up | thumbs-up | signs off | sign off on | signed off on | okayed | okays |
ok'd | oks | gives ok | waved through | paves way | pave~ way for | rules out action | will not oppose |
will not challenge | will not appeal | won't challenge | won't block | not to block | let~ deal proceed |
allowed to proceed | can proceed | can go ahead | may proceed | free to proceed | clear~ hurdle | clears hurdle |
clears final hurdle | final hurdle | clears last hurdle | clears key hurdle | wins clearance | gets clearance |
gain~ clearance | secures clearance | cleared to | cleared for takeoff | ungrounds | unground~ | return to service |
fly again | resume flying | resume flights | ready to approve | set to approve | set to clear | poised to approve |
poised to clear | to win eu approval | to win eu nod | to get eu nod | to get eu approval | on track for approval
"""
