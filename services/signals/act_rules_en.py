"""English vocabulary of acts. One row: kind, strength, bare, stage, official, phrases (``act_rules`` explains the marks)."""

from __future__ import annotations

from services.signals.act_rules import Kind, Row
from services.signals.signal import Stage

BURDENS: tuple[Row, ...] = (
    # Phrases whose parts would read the other way round.
    (Kind.BURDEN, -0.55, -0.55, Stage.FINAL_RULE, True,
     """lift~ rates|lift~ interest rates|lift~ its key rate|lift~ its policy rate|lift~ borrowing costs
     |rate hike+|rate rise+|rate increase+|interest rate hike+|tax hike+|tax rise+|tax increase+|tariff hike+
     |hawkish|quantitative tightening|balance sheet reduction|higher rates|higher interest rates|further increases"""),
    (Kind.BURDEN, -0.6, -0.6, Stage.FINAL_RULE, True,
     """tariff increase+|higher tariffs|windfall tax|windfall levy|digital services tax|price control+|price freeze|rent cap+
     |export control+|export curb+|export restriction+|export ban+|import ban+|entity list|trade blacklist
     |chip curb+|tech curb+|licensing requirement+|crackdown+|clampdown+|crack~ down|clamp~ down|clamp~ down on
     |declared illegal|are illegal|is illegal|were illegal|illegal and|make~ illegal|made illegal|nationalis~|nationaliz~
     |break~ up|broke up|breakup|break-up|break-ups|broken up|must sell|force~ to sell|forced sale|forced to sell
     |may play online games for only|bans on"""),
    (Kind.BURDEN, -0.65, -0.65, Stage.FINAL_RULE, False,
     """ban~~|outlaw~|prohibit~|prohibition+|blacklist~|forbid|forbids|forbade|forbidden|banning|blanket ban|total ban"""),
    (Kind.BURDEN, -0.5, -0.5, Stage.FINAL_RULE, False,
     """curb~|restrict~|restriction+|bar~~|barred from|cap~~|capping|price cap+|spending cap+|limit~ minors|limits on|limit on
     |limited to|rein~ in|reining in|order~ to stop|ordered to halt|ordered to suspend|ordered to remove|ordered to close
     |order~ others to|order~ banks to|order~ companies to|order~ lenders to|order~ platforms to|order~ firms to|ordered to cut
     |ordered to sell|orders to sell|order to divest|must divest|shut~ down|shutting down|close~ down|delist~|delisting+
     |remove from app stores|removed from app stores|clawback|claw~ back|seize~|seizure+|confiscat~|confiscate~|freez~ prices
     |freeze prices|freezes prices|frozen assets|asset freeze|quarantin~|embargo+|moratorium+|boycott~|expel~|expelled
     |deplatform|mandatory|cut off|cuts off|cutting off|choke~ off|squeeze~|stamp~ out|tame|tames|get tough on|cool the market
     |unlawful|unlawfully|illegally|broke the law|breaks the law|broke rules|breaks rules|breach~ rules|in breach of|non-compliance|noncompliance
     |must stop|must cease|must remove|must give up|must hand over|relinquish~|will have to|required to|be required to|forbids
     |no longer allowed|not allowed|without permission|need permission|need a licence|need a license|require a licence|require a license|stricter|tougher|stiffer|tighter|harsher|heavier|more stringent|stringent"""),
    (Kind.BURDEN, -0.6, -0.6, Stage.PENALTY, True,
     """fined|penalised|penalized|civil penalty|civil penalties|record fine+|antitrust fine+|fine of|fines of|fines totalling
     |fines totaling|hit with a fine|slap~~ a fine|slapped with|must pay|ordered to pay|orders to pay|disgorgement|forfeit~
     |fine on|fines on|face~ fines|face a fine|faces a fine|heavy fines|heavy penalties|fines for|fine for"""),
    (Kind.BURDEN, -0.55, -0.55, Stage.PENALTY, False,
     """fine+|penalty|penalties|penalise~|penalize~|punish~|punishment+|sanction~|sanctions on|reprimand~|censure~|convict~
     |convicted|conviction+|sentenced|jailed|jail~|found guilty|pleads guilty|pleaded guilty|guilty plea|debar~~|disqualif~
     |found in breach|found in violation|breached|violat~ antitrust|broke antitrust law|abused its dominance
     |abused its dominant position|abusing its dominant position"""),
    (Kind.BURDEN, -0.6, -0.55, Stage.INVESTIGATION, True,
     """antitrust probe+|antitrust investigation+|antitrust case+|antitrust lawsuit+|antitrust suit+|antitrust complaint+
     |antitrust charges|antitrust inquiry|antitrust review|anti-dumping probe+|anti-dumping investigation+
     |anti-subsidy probe+|anti-subsidy investigation+|section 301 investigation|section 232 investigation|monopoly probe
     |statement of objections|formal investigation|formal probe|criminal probe|criminal investigation|cybersecurity review
     |national security review|monopoly case|special oversight|subpoena~|show cause notice+|show-cause notice+|wells notice"""),
    (Kind.BURDEN, -0.5, -0.5, Stage.INVESTIGATION, False,
     """probe~|investigat~|investigate~|investigation+|inquiry|inquiries|raid~|dawn raid+|sue~|suing|lawsuit+|court action
     |legal action|file~ a lawsuit|file~ suit|to court|charged|charges against|charge~ with|criminal charge+|charges two
     |charges three|charges former|charges ceo|charges founder|accuse~|accusing|allege~|alleging|complaint against
     |indict~|indictment+|prosecut~|prosecute~|prosecution+|arrest~|detain~|summon~|hauled in|grill~|scrutinise~|scrutinize~
     |greater scrutiny|more scrutiny|closer scrutiny|increased scrutiny|under scrutiny|tighter scrutiny|inspect~|inspection+
     |file against|its file on|examine whether|examining whether|search~ offices|searched offices|has started a review
     |started a review|launch~ a review"""),
    (Kind.BURDEN, -0.45, -0.3, Stage.PENALTY, False,
     """rebuke~|admonish~|lambast~|caution~|administrative guidance|business improvement order|called in|calls in|lean~ on|pressure~
     |take~ aim at|took aim at|go after|goes after|went after|arrest warrant|seek arrest|seeks arrest|warning+|warn~|threaten~|threat of|cease and desist|order~ to rectify|rectify|rectification+|order~ to correct
     |order~ to change|told to|ordered|orders|order against|consent order+|remedial action|condemn~|criticis~|criticiz~
     |monitoring of|oversight of|compliance failure+|overhaul|demand~ that|demand a sale|demand~|force~|compel~
     |make it harder|forcing"""),
    (Kind.BURDEN, -0.6, -0.35, Stage.FINAL_RULE, True,
     """tariff+|import dut+|import duty|import duties|export duty|export duties|anti-dumping duty|anti-dumping duties
     |countervailing duties|levy|levies|surcharge+|surtax|economic sanctions|sanctions|excise|obstacle+"""),
    (Kind.BURDEN, -0.5, -0.4, Stage.FINAL_RULE, True,
     """tax on|taxes on|duty on|duties on|levy on|fees on|fee on|port fees|% tax|percent tax|licence regime|licensing regime|license regime
     |tax bill|bank levy|rent control+|force~ sale of|forces sale of|force the sale|price ceiling|price floor|export tax"""),
    # Directions only when something raises or lowers them.
    (Kind.BURDEN, -0.6, 0.0, Stage.FINAL_RULE, True,
     """interest rate+|policy rate+|key rate+|benchmark rate+|benchmark lending rate+|repo rate+|reverse repo rate|cash rate|lending rate+|bank rate
     |key lending rate|loan prime rate|prime rate|deposit rate|borrowing costs|reserve requirement+|reserve requirement ratio
     |reserve requirement ratios|reserve ratio|rrr|cash reserve ratio|discount rate|base rate|federal funds rate|rates
     |key interest rate+|mortgage rate+|main rate|official rate|key policy rate"""),
    (Kind.BURDEN, -0.5, 0.0, Stage.FINAL_RULE, False, "rate"),
    (Kind.BURDEN, -0.5, 0.0, Stage.FINAL_RULE, True,
     """tax|taxes|taxation|corporate tax|corporate tax rate|tax rate+|income tax|value-added tax|vat|gst|gst rate+|capital gains
     |capital gains tax|stamp duty|stamp duties|duty|duties|social charges|payroll tax|sales tax|carbon tax|royalty rate
     |capital requirement+|capital rules|capital that|bank capital|more capital|capital|capital buffer+|minimum|margin requirement+|margin ratio|liquidity requirement+
     |down payment+|down-payment ratio|downpayment|leverage ratio|red tape|bureaucracy|compliance cost+|reporting requirement+
     |monthly reporting|disclosure requirement+|requirement+|obligation+|burden+|hurdle+|barrier+|emission limit+
     |emissions limit+|limits|limit|control+|capital control+|compliance deadline"""),
    (Kind.BURDEN, -0.5, 0.0, Stage.FINAL_RULE, True,
     """regulation+|regulatory regime|law|laws|bill|legislation|emission standard+|emissions standards|mandate+|directive+|decree
     |regulatory scrutiny|planning law|regulatory requirements|net neutrality|permits"""),
    (Kind.BURDEN, -0.45, 0.0, Stage.FINAL_RULE, False,
     """rule+|standard+|norms|framework|oversight|supervision|scrutiny|monitoring|guidance|code of conduct|policy|policies
     |measure+|provision+|conditions|test|tests|review|fee+|charge|minimum contract size|paperwork|criteria|price"""),
    (Kind.BURDEN, -0.5, -0.35, Stage.INVESTIGATION, False, "case|complaint+|allegation+|charges|suit|suits|legal proceedings|proceedings against"),
    (Kind.BURDEN, -0.5, 0.0, Stage.INVESTIGATION, False, "cases|claim+|trial|decision|ruling|verdict|order|compensation|payout+"),
)

RELIEFS: tuple[Row, ...] = (
    (Kind.RELIEF, 0.6, 0.6, Stage.RELIEF, True,
     """rate cut+|interest rate cut+|rrr cut+|cut~ interest rates|monetary easing|policy easing|quantitative easing|bond buying
     |bond purchase+|bond-buying|inject~ liquidity|liquidity injection+|ample liquidity|dovish|deregulat~|deregulate~
     |deregulation|rollback+|stimulus|stimulus package|relief package|rescue package|support package|aid package"""),
    (Kind.RELIEF, 0.5, 0.5, Stage.RELIEF, True,
     """tax cut+|tax break+|tax relief|tax incentive+|tax holiday+|tax exemption+|tax credit+|tax rebate+|tax waiver+|tax refund+
     |tariff cut+|tariff exemption+|tariff exclusion+|tariff relief|tariff reprieve|tariff truce|trade truce|duty-free|duty free
     |subsidy|subsidies|subsidise~|subsidize~|state aid|public funding|government funding|government support|state support
     |policy support|bailout+|bail~ out|incentive+|incentive scheme|production-linked incentive|cheap loans|cheaper loans
     |relending|loan guarantee+|feed-in tariff+|regulatory relief|forbearance|grace period+|transition period+|sandbox
     |support measures|measures to support|measures to boost|measures to encourage|measures to promote|measures to help
     |measures to revive|measures to stabilise|measures to stabilize|support policies|supportive policies|supportive measures
     |supportive stance|spared|exempt from|free trade agreement|trade deal|more time|another year to|extra time|free trade zone
     |ease of doing business|no further action|take no action|no action|no wrongdoing|no evidence of|without finding a breach
     |without finding|without any penalty|found no|keep borrowing cheap"""),
    (Kind.RELIEF, 0.55, 0.55, Stage.COMPLETION, True,
     """normal footing|normalised supervision|normalized supervision|normalised regulation|normalized regulation
     |normal supervision|routine supervision|regular supervision|been rectified|was rectified|has rectified|have rectified
     |problems rectified|issues rectified|rectification completed"""),
    (Kind.RELIEF, 0.5, 0.45, Stage.APPROVAL, False,
     """approval+|approve~|regulatory approval+|win~ approval|won approval|get~ approval|got approval|receiv~ approval
     |regulatory clearance|marketing authorisation|emergency use authorization|emergency authorisation|green light|green-light~
     |greenlight~|green-lit|greenlit|green lights|go-ahead|go ahead with|gives nod|given the nod|gets nod|nod|nod to|sign-off
     |authorise~|authorize~|authorisation+|authorization+|legalise~|legalize~|legalisation|legalization
     |certif~|certification|recertif~|unconditional approval|endorse~|endorsement|clearance|clears|cleared|clearing|to clear|will clear
     |rubber-stamp~|ratif~|unveils support"""),
    (Kind.RELIEF, 0.5, 0.35, Stage.APPROVAL, False,
     """licence+|license+|licensed|permit~~|operating licence+|banking licence+|banking license+|payment licence+|allow~|let
     |lets|letting|enable~|exemption+|waiver+|carve-out+|exclusion+|concession+|quota+|investment quota+|reprieve+|amnesty"""),
    (Kind.RELIEF, 0.45, 0.4, Stage.RELIEF, False,
     """encourage~|encouraging|support~|back~ private|pledge~ support|pledged support|vow~ support|vows to support|vowed to support
     |reassur~|reassure~|praise~|praising|hail~|promot~|promote~|foster~|facilitate~|facilitation|help for|help firms
     |help companies|help businesses|aid for|aid to|aid|relief|grant+|boost~|bolster~|revive growth|spur~~|stimulate~
     |open~ up|opening-up|liberalis~|liberaliz~|liberalise~|liberalize~|liberalisation|liberalization|streamline~
     |simplif~|cut red tape|cutting red tape|fast-track~|fast track|speed~ up approvals|level playing field|welcome~ foreign
     |market access|easier|easier for|favourable|favorable|blessing|sign~ off on|wave~ through|pave~ the way|clears the way|cleared the way|clear the way|breathing space|leeway|let off|lets off|off the hook|sides with
     |sided with|ruled in favour of|ruled in favor of|rules in favour of|rules in favor of|lighter|moderately loose|accommodative
     |proactive fiscal|looser monetary|prop~~ up|shore~ up|stabilise~|stabilize~|stabilising|underpin~|sweetener+|perk+|free to
     |accepts commitments|accepted commitments|accepts pledges|accepted pledges|accepts offer|accepted offer|buy more shares|go-ahead
     |business-friendly|friendlier|pro-business|lighter touch|light-touch
     |softer|looser|laxer|lenient|normalise~|normalize~|resum~|resume~|resumption|reinstate~|restore~|unfreeze~|unban~~
     |unblock~|relist~|restart~|reopen~|invest billions|fund for|injects|inject~|rescue~|bail~|extra year"""),
    # What authorities let happen or stop: no direction of its own.
    (Kind.RELIEF, 0.5, 0.0, Stage.APPROVAL, False,
     """merger+|takeover+|acquisition+|deal|buyout|tie-up|listing+|new listings|public offering+|ipo|ipos|application+|bid
     |foreign investment|foreign stakes|foreign ownership|foreign ownership limit+|foreign ownership cap|ownership limit
     |investment limit|fdi limit|fdi cap|stake that foreigners|ceiling on foreign investment|foreign investment limit+
     |threshold+|tax threshold|loan-to-value|approval process|registration+|funds|exports|imports|sales|trading
     |short selling|short-selling|new games|projects|project|drug|pill|vaccine|therapy|service|shopping service|apps|app
     |operations|shipments|launch|flights|credit line+|spending|deadline+|compliance date|effective date|lending|loans
     |liquidity|production|expansion|hours|game approvals|visa+"""),
)
