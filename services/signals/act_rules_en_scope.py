"""English words that turn acts round, name actors or set acts aside."""

from __future__ import annotations

from services.signals.act_rules import Kind, Row
from services.signals.signal import Stage

OPERATORS: tuple[Row, ...] = (
    (Kind.LESS, 0, 0.4, Stage.RELIEF, False,
     """waive~|waiving|exempt~|relax~|loosen~|ease~ rules|easing of rules|ease~ restrictions|liberalise rules|unwind
     |roll~ back|rolled back|rolls back|scale~ back|water~ down|walk~ back|pull~ back from|soften~|dial~ back|relent~
     |back~ down|back~ away|backtrack~|backpedal~|stop~~ short of|hold~ off|held off|refrain~"""),
    (Kind.LESS, 0, -0.4, Stage.FINAL_RULE, False,
     """block~|halt~|suspend~|suspension+|suspension of|freeze~|freez~|froze|frozen|freeze|stop~~|veto~|vetoes|reject~|rejection+
     |revoke~|revocation+|rescind~|rescission|strip~~|deny approval|denied approval|declin~ to approve|decline~ to approve
     |turn~ down|cancel~|cancelled|cancelling|canceled|pull~ licence|pulls licence|pulled licence|pulls license
     |pulled the licence"""),
    (Kind.LESS, 0, 0.0, None, False,
     """end~|ending|bring~ to an end|brought to an end|put~ an end to|complete~|completion+|conclude~|conclusion|close~|closure
     |drop~~|dismiss~|dismissal|withdraw~|withdrew|withdrawn|withdrawal+|scrap~~|repeal~|abolish~|abolition|remove~|removal
     |lift|lifts|lifted|lifting|ease|eases|eased|easing|narrow~|cut|cuts|cutting|lower|lowers|lowered|lowering|reduce~|reduction
     |reduction+|reducing|trim~~|slash~|halve~|halving|delay~|postpone~|postponement|postponing|defer~~|deferral|put~ off
     |put on hold|puts on hold|push~ back|pause~|pausing|shelve~|shelving|abandon~|ditch~|reverse~|reversing|reversal
     |overturn~|annul~~|annulment|quash~|strike~ down|struck down|strikes down|throw~ out|threw out|thrown out|throws out
     |toss~|tossed out|tosses out|void~|invalidate~|set~ aside|sets aside|vacate~|nullif~|wind~ down|winds up|wound up
     |wind~ up|wrap~~ up|wraps up|do~ away with|did away with|done away with|phase~ out|phasing out|eliminate~|eliminating
     |expire~|expiring|lapse~|unravel~|undo|undoes|undid|undone|dismantl~|dismantle~|free~ from|settle~|resolve~|terminate~
     |termination|discontinue~|retreat~ from|wind back|rein back|fewer|less stringent|less strict|without new|stay~ away from
     |kill~|tear~ up|tore up|torn up|rip~~ up|axe~|axing|sparing|spare~|avoid~|avert~|dodge~|escape~|escaping|leave~ out
     |exclude~|excluding|not renewed|not be renewed|no longer|cut from|removed from|remove from|taken off|take off|takes off
     |sidestep~|temporarily lifted|remit~|forgo|forgoes|drop from|loses|lost|lose|losing"""),
    (Kind.MORE, 0, -0.5, Stage.FINAL_RULE, True,
     """tighten~|tightening|toughen~|step~~ up scrutiny|steps up scrutiny|stepped up scrutiny|ramp~ up scrutiny
     |step~~ up oversight|intensif~ scrutiny|get~ tough|got tough"""),
    (Kind.MORE, 0, -0.4, Stage.FINAL_RULE, False, "impose~|imposing|slap~~|slaps|hit with|hits with|saddle~"),
    (Kind.MORE, 0, 0.3, Stage.APPROVAL, False, "grant~|award~|hand~ out|hands out|handed out"),
    (Kind.MORE, 0, 0.0, None, False,
     """raise~|raising|hike~|hiking|increase~|increasing|introduce~|introducing|extend~|extension|expand~|expansion of|widen~
     |strengthen~|reinforce~|launch~|open|opens|opened|opening|begin|begins|began|begun|start~|new|announce~|announcing|unveil~
     |adopt~|enact~|pass|passes|passed|passing|implement~|bring~ in|brought in|add|adds|added|adding|double~|doubling|triple~
     |put on|puts on|order~ a|uphold|upholds|upheld|upholding|confirm~|reimpose~|keep|keeps|kept|maintain~|continue~|renew~
     |renewed|offer~|give|gives|gave|given|hand~|hands|provide~|providing|issue~|issuing|step~~ up|steps up|win|wins|won
     |accelerat~|accelerate~|more|signal~|signalled|flag~~|flags|hints at|point~ to|file~|filing|bring~|brought|set|sets"""),
    (Kind.APPEAL, 0, 0.0, None, False, "appeal+|appeal against|challenge+|challenge to|legal challenge+|objection+|bid to overturn"),
    (Kind.NOT, 0, 0.0, None, False,
     """not|never|cannot|can't|won't|doesn't|don't|didn't|isn't|aren't|wasn't|hasn't|haven't|wouldn't|no plan+ to|no plans for
     |no intention of|no intention to|no need for|no need to|rule~ out|ruled out|ruling out|refuse~|refusing to|fail~ to
     |failing to win|unlikely to|decline~ to|declining to|against plans to|no new|opposes|oppose~|unable to|neither|nor"""),
    (Kind.TURN, 0, 0, None, False, "but|however|yet|far from it|although|though|while|whereas|even as|instead"),
    (Kind.ASIDE, 0, 0, None, False,
     """after|following|amid|despite|because of|since|which|who|who had|that had|that was|that were|that has been
     |that had been|which had|which was|where|whose|in the wake of|unless|as part of|ahead of|before|until|once|when
     |on suspicion of|accusing it of|saying|faulting|rather than|compared with|with running"""),
)

ACTORS: tuple[Row, ...] = (
    (Kind.AUTHORITY, 1, 0, None, False,
     """regulator+|regulatory authorities|regulatory authority|regulatory agency|regulatory body|antitrust body
     |competition authority|privacy authority|data protection authority|banking authority|watchdog+|government+|govt|gov't
     |administration|ministry|ministries|minister+|finance minister|ministers|prime minister|premier|vice premier|vice-premier
     |central bank+|central banker+|policymaker+|policymakers|monetary policy committee|fomc|court+|supreme court|high court
     |top court|highest court|appeals court|federal court|tribunal|judge+|justice department|justices|jury|parliament
     |parliamentary|lawmaker+|legislator+|legislature|congress|senate|senator+|house of representatives|congressional|white house
     |house panel|senate panel|senate committee|house committee|security panel|cabinet|state council|politburo|communist party
     |party leaders|treasury|exchequer|chancellor|department of|commerce department|defense department|defence ministry
     |labor department|transportation department|interior department|state department|energy department|treasury department
     |pentagon|homeland security|customs|tax authority|tax authorities|tax office|tax department|authority|authorities
     |the agency|federal agency|agencies|aviation agency|aviation regulator|officials|official|the commission|commission said
     |european commission|competition commission|trade commission|securities commission|exchange commission|eu commission
     |fair trade commission|competition bureau|consumer bureau|financial services commission|commissioner+|city council|council
     |mayor|governor|prosecutor+|attorney general|attorneys general|attorney-general|president trump|president biden
     |president xi|president obama|president macron|president yoon|president lee|president joe biden|president donald trump
     |president xi jinping|xi jinping|li qiang|li keqiang|trump|biden|modi|the president|trump administration
     |biden administration|state planner|state administration|cyberspace administration|cyberspace regulator|market regulator
     |securities regulator|banking regulator|state-run|sec|cftc|ftc|fcc|fda|doj|epa|nhtsa|faa|cfpb|occ|fdic|itc|ustr|ofac
     |cfius|federal reserve|the fed|fed|fed officials|ecb|european central bank|boe|bank of england|boj|bank of japan|rbi
     |reserve bank|sebi|trai|dgca|bank of korea|bok|kftc|jftc|fsa|bank of canada|reserve bank of australia|rba|accc|asic
     |apra|hkma|sfc|monetary authority|mas|csrc|pboc|people's bank of china|samr|ndrc|mofcom|miit|cbirc|nfra|nppa|nrta
     |cma|fca|pra|ofcom|ofgem|ico|bafin|cnil|amf|esma|eba|edpb|garante|agcm|ema|mhra|efsa|european union|european parliament
     |eu regulators|national assembly|bundestag|bundesbank|knesset|duma|kremlin|diet|supreme people's court|people's court
     |food and drug administration|department for|home office|downing street|mp|mps|meps|opec|wto|imf|g20|g7|who said
     |planning commission|reform commission|health commission|civil aviation|exchange regulator|press regulator|city government
     |local government+|provincial government|transport regulators|data watchdog|privacy watchdog|gaming regulator|law enforcement"""),
    (Kind.COUNTRY, 1, 0, None, False,
     """china|beijing|u.s.|america|washington|eu|europe|brussels|uk|u.k.|britain|london|india|delhi|new delhi|japan|tokyo|korea
     |south korea|seoul|singapore|hong kong|germany|berlin|france|paris|italy|rome|spain|madrid|mexico|brazil|indonesia|jakarta
     |vietnam|hanoi|thailand|bangkok|malaysia|philippines|australia|canberra|canada|ottawa|russia|moscow|turkey|ankara
     |saudi arabia|uae|dubai|nigeria|kenya|south africa|egypt|taiwan|taipei|netherlands|dutch|the hague|ireland|dublin
     |switzerland|sweden|denmark|norway|poland|austria|belgium|california|new york|new york city|texas|florida|shanghai
     |shenzhen|guangzhou|macau|pakistan|bangladesh|sri lanka|nepal|chile|argentina|peru|colombia|israel|greece|portugal
     |new zealand|ghana|zambia|tanzania|ukraine|kazakhstan|cambodia|states"""),
    (Kind.PRIVATE, 1, 0, None, False,
     """fifa|uefa|ioc|nba|nfl|mlb|fia|icc|bcci|league|football league|federation|athletics federation|world body|the club|clubs
     |football club|union|board|board of directors|shareholders|shareholder|investors|the company|video site|streaming site
     |streaming service|app store|social network|search company|phone maker|chip firm|chipmaker|carmaker|automaker|airline
     |retailer|online retailer|record label|studio|the bank|lender|the firm|the app|the platform|platform|publisher
     |university|school|film star|actor|singer|facebook|instagram|youtube|twitter|tiktok|reddit|netflix|spotify|uber|airbnb
     |google|apple|amazon|microsoft|meta|nvidia|tesla|walmart|openai|visa inc|mastercard|the exchange|discord|twitch|steam"""),
)
