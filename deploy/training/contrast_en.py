"""English material for contrast examples: burdens and reliefs with the verbs that bring and end them.

A family is (nouns, verbs that bring it, verbs that end it, objects). Verbs are third person | past | plain | passive.
"""

from __future__ import annotations

Family = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, str]]

BURDENS: tuple[Family, ...] = (
    # name, nouns, bring, end, objects, (stage when brought, stage when ended)
    ("probe", ("an investigation", "a probe", "a formal inquiry", "an antitrust review", "an in-depth examination"),
     ("opens|opened|open|opened", "launches|launched|launch|launched", "begins|began|begin|begun", "widens|widened|widen|widened", "reopens|reopened|reopen|reopened", "starts|started|start|started"),
     ("closes|closed|close|closed", "drops|dropped|drop|dropped", "ends|ended|end|ended", "wraps up|wrapped up|wrap up|wrapped up", "shelves|shelved|shelve|shelved", "abandons|abandoned|abandon|abandoned", "discontinues|discontinued|discontinue|discontinued"),
     ("into {company}", "into {company}'s {thing}", "into {group}", "into the {thing} of {group}", "into suspected abuse of dominance by {company}"),
     ("investigation", "completion")),
    ("fine", ("a {money} fine", "a {money} penalty", "a record fine", "a penalty of {money}"),
     ("imposes|imposed|impose|imposed", "hands down|handed down|hand down|handed down", "upholds|upheld|uphold|upheld", "confirms|confirmed|confirm|confirmed", "doubles|doubled|double|doubled"),
     ("cancels|cancelled|cancel|cancelled", "annuls|annulled|annul|annulled", "halves|halved|halve|halved", "waives|waived|waive|waived", "overturns|overturned|overturn|overturned", "slashes|slashed|slash|slashed"),
     ("on {company}", "against {company}", "on {group} over {thing}", "on {company} for breaches of {thing} rules"),
     ("penalty", "relief")),
    ("ban", ("a ban", "a moratorium", "a prohibition", "a freeze", "a blanket ban"),
     ("imposes|imposed|impose|imposed", "introduces|introduced|introduce|introduced", "extends|extended|extend|extended", "reinstates|reinstated|reinstate|reinstated", "adopts|adopted|adopt|adopted", "tightens|tightened|tighten|tightened", "brings back|brought back|bring back|brought back"),
     ("lifts|lifted|lift|lifted", "scraps|scrapped|scrap|scrapped", "relaxes|relaxed|relax|relaxed", "overturns|overturned|overturn|overturned", "suspends|suspended|suspend|suspended", "eases|eased|ease|eased", "removes|removed|remove|removed", "rolls back|rolled back|roll back|rolled back", "postpones|postponed|postpone|postponed"),
     ("on {thing} by {group}", "on new {thing}", "on {thing}", "on foreign investment in {thing}", "on {company}'s {thing}"),
     ("final_rule", "relief")),
    ("limit", ("a cap", "a ceiling", "limits", "quotas", "curbs", "restrictions", "tighter rules", "strict controls"),
     ("imposes|imposed|impose|imposed", "sets|set|set|set", "introduces|introduced|introduce|introduced", "lowers|lowered|lower|lowered", "toughens|toughened|toughen|toughened", "steps up|stepped up|step up|stepped up", "keeps|kept|keep|kept"),
     ("lifts|lifted|lift|lifted", "loosens|loosened|loosen|loosened", "abolishes|abolished|abolish|abolished", "drops|dropped|drop|dropped", "relaxes|relaxed|relax|relaxed", "scales back|scaled back|scale back|scaled back", "delays|delayed|delay|delayed", "waters down|watered down|water down|watered down"),
     ("on {thing}", "on fees that {group} charge", "on prices of {thing}", "on how much {group} may hold", "on exports of {thing}"),
     ("final_rule", "relief")),
    ("tax", ("a tariff", "a windfall tax", "anti-dumping duties", "a levy", "an extra duty", "higher import taxes", "a surcharge"),
     ("imposes|imposed|impose|imposed", "slaps|slapped|slap|slapped", "raises|raised|raise|raised", "doubles|doubled|double|doubled", "announces|announced|announce|announced", "approves|approved|approve|approved", "brings in|brought in|bring in|brought in"),
     ("scraps|scrapped|scrap|scrapped", "cuts|cut|cut|cut", "suspends|suspended|suspend|suspended", "removes|removed|remove|removed", "abolishes|abolished|abolish|abolished", "lowers|lowered|lower|lowered", "exempts goods from|exempted goods from|exempt goods from|exempted goods from", "drops|dropped|drop|dropped"),
     ("on {thing}", "on {group}", "on imports of {thing}", "on profits of {group}", "on {thing} from abroad"),
     ("final_rule", "relief")),
    ("suit", ("a lawsuit", "an enforcement action", "a civil case", "charges", "proceedings", "a complaint"),
     ("files|filed|file|filed", "brings|brought|bring|brought", "revives|revived|revive|revived", "initiates|initiated|initiate|initiated", "presses ahead with|pressed ahead with|press ahead with|pursued"),
     ("drops|dropped|drop|dropped", "withdraws|withdrew|withdraw|withdrawn", "dismisses|dismissed|dismiss|dismissed", "abandons|abandoned|abandon|abandoned", "pauses|paused|pause|paused", "walks away from|walked away from|walk away from|abandoned"),
     ("against {company}", "against {company} over {thing}", "against {group}", "accusing {company} of misconduct in {thing}"),
     ("penalty", "relief")),
    ("rule", ("a rule requiring extra disclosure", "stricter capital requirements", "a mandatory licence", "a reporting duty", "a security review requirement", "tough new standards", "additional checks"),
     ("adopts|adopted|adopt|adopted", "finalises|finalised|finalise|finalised", "introduces|introduced|introduce|introduced", "enforces|enforced|enforce|enforced", "approves|approved|approve|approved", "expands|expanded|expand|expanded"),
     ("repeals|repealed|repeal|repealed", "withdraws|withdrew|withdraw|withdrawn", "delays|delayed|delay|delayed", "scraps|scrapped|scrap|scrapped", "rescinds|rescinded|rescind|rescinded", "softens|softened|soften|softened", "simplifies|simplified|simplify|simplified", "puts off|put off|put off|postponed"),
     ("for {group}", "for {thing}", "for sellers of {thing}", "for {company} and its peers"),
     ("final_rule", "relief")),
    ("sanction", ("sanctions", "export controls", "trade restrictions", "an entity-list designation", "asset freezes"),
     ("imposes|imposed|impose|imposed", "announces|announced|announce|announced", "widens|widened|widen|widened", "renews|renewed|renew|renewed", "tightens|tightened|tighten|tightened"),
     ("lifts|lifted|lift|lifted", "eases|eased|ease|eased", "suspends|suspended|suspend|suspended", "removes|removed|remove|removed", "waives|waived|waive|waived"),
     ("on {company}", "on suppliers of {thing}", "on {group}", "covering {thing}"),
     ("final_rule", "relief")),
    ("licence loss", ("a suspension order", "a licence revocation", "an import alert", "a sales halt", "a business restriction"),
     ("issues|issued|issue|issued", "imposes|imposed|impose|imposed", "orders|ordered|order|ordered", "extends|extended|extend|extended"),
     ("lifts|lifted|lift|lifted", "revokes|revoked|revoke|revoked", "withdraws|withdrew|withdraw|withdrawn", "ends|ended|end|ended"),
     ("against {company}", "for {company}'s {thing}", "for {group}"),
     ("penalty", "relief")),
)  # fmt: skip

RELIEFS: tuple[Family, ...] = (
    ("subsidy", ("subsidies", "grants", "a {money} support package", "purchase incentives", "loan guarantees", "a {money} fund", "state aid"),
     ("approves|approved|approve|approved", "extends|extended|extend|extended", "announces|announced|announce|announced", "unveils|unveiled|unveil|unveiled", "expands|expanded|expand|expanded", "doubles|doubled|double|doubled", "restores|restored|restore|restored"),
     ("ends|ended|end|ended", "cuts|cut|cut|cut", "scraps|scrapped|scrap|scrapped", "halts|halted|halt|halted", "phases out|phased out|phase out|phased out", "withdraws|withdrew|withdraw|withdrawn", "suspends|suspended|suspend|suspended", "freezes|froze|freeze|frozen"),
     ("for {group}", "for {thing}", "for makers of {thing}", "for buyers of {thing}", "for {company}"),
     ("relief", "final_rule")),
    ("tax break", ("a tax break", "tax credits", "an exemption", "a waiver", "a rebate", "preferential treatment"),
     ("grants|granted|grant|granted", "extends|extended|extend|extended", "introduces|introduced|introduce|introduced", "renews|renewed|renew|renewed", "widens|widened|widen|widened"),
     ("revokes|revoked|revoke|revoked", "abolishes|abolished|abolish|abolished", "ends|ended|end|ended", "scraps|scrapped|scrap|scrapped", "lets expire|let expire|let expire|ended", "removes|removed|remove|removed", "narrows|narrowed|narrow|narrowed"),
     ("for {group}", "for {thing}", "to {company}", "for investment in {thing}"),
     ("relief", "final_rule")),
    ("approval", ("approval", "a licence", "clearance", "marketing authorisation", "permission", "the green light", "a permit"),
     ("grants|granted|grant|granted", "gives|gave|give|given", "renews|renewed|renew|renewed", "restores|restored|restore|restored", "issues|issued|issue|issued"),
     ("denies|denied|deny|denied", "refuses|refused|refuse|refused", "revokes|revoked|revoke|revoked", "withdraws|withdrew|withdraw|withdrawn", "withholds|withheld|withhold|withheld", "suspends|suspended|suspend|suspended"),
     ("to {company}", "to {company} for {thing}", "for {company}'s {thing}", "for the takeover of {company}"),
     ("approval", "penalty")),
    ("easing", ("easier access to credit", "a pilot scheme", "a fast-track process", "a grace period", "a safe harbour", "lighter supervision"),
     ("introduces|introduced|introduce|introduced", "offers|offered|offer|offered", "launches|launched|launch|launched", "extends|extended|extend|extended", "promises|promised|promise|promised"),
     ("ends|ended|end|ended", "scraps|scrapped|scrap|scrapped", "cancels|cancelled|cancel|cancelled", "cuts short|cut short|cut short|cut short", "rejects|rejected|reject|rejected"),
     ("for {group}", "for {thing}", "for small {group}", "for foreign {group}"),
     ("relief", "final_rule")),
)  # fmt: skip

# fmt: off
GROUPS = ("banks", "online platforms", "drugmakers", "carmakers", "chipmakers", "property developers", "insurers", "crypto exchanges", "airlines", "game publishers", "tobacco companies", "telecom operators", "utilities", "fintech lenders", "steel mills", "food-delivery apps", "private schools", "hospitals", "brokers", "retailers", "shipping lines", "miners", "oil refiners", "data centres", "social networks")
THINGS = ("electric vehicles", "short selling", "data transfers", "mobile games", "semiconductor equipment", "online lending", "natural gas", "rare earths", "medical devices", "generative AI services", "app stores", "stablecoins", "mortgages", "e-cigarettes", "solar panels", "palm oil", "advertising", "credit cards", "drones", "offshore wind", "cosmetics", "cloud services", "livestreaming", "derivatives", "wheat")
AUTHORITIES = ("The market regulator", "The antitrust watchdog", "The finance ministry", "The securities regulator", "The central bank", "The commerce ministry", "Regulators", "The government", "The European Commission", "The SEC", "The FTC", "The FDA", "Britain's CMA", "The FCA", "India's RBI", "SEBI", "China's SAMR", "Beijing", "The CSRC", "The White House", "The Justice Department", "Japan's FSA", "South Korea's FTC", "MAS", "The energy regulator", "The data protection authority", "The cabinet", "Parliament", "The transport ministry", "The telecoms regulator", "The state attorney general", "Hong Kong's SFC", "The PBOC", "The EPA", "Brussels", "Washington")
COMPANIES = ("Alibaba", "Tencent", "Google", "Meta", "Apple", "Tesla", "Amazon", "Pfizer", "Boeing", "HSBC", "Binance", "Coinbase", "Paytm", "Samsung", "Toyota", "Shell", "Volkswagen", "JPMorgan", "a Texas lender", "a mid-sized brokerage", "the Swiss group", "Didi", "ByteDance", "Nvidia", "the ride-hailing firm", "the insurer", "Vodafone", "Bayer", "Adani", "Grab")
MONEY = ("$5 million", "$1.2 billion", "EUR 390 million", "18 billion yuan", "Rs 50 crore", "GBP 27 million", "$80 million", "3.4 billion yen")
FILLERS = (
    "Shares were little changed.", "The company declined to comment.", "A spokesperson did not respond to a request for comment.", "The decision was published on the agency's website on Tuesday.", "Analysts had been divided before the news.",
    "Its shares fell 4 percent in early trading.", "Its shares rose 3 percent after the news.", "The sector employs about 200,000 people.", "The industry association welcomed the step.", "Consumer groups criticised the decision.", "Details will follow next month.",
    "The announcement surprised investors.", "It takes effect on January 1.", "Two officials confirmed the move.", "Rivals were not affected.",
)  # fmt: skip
LEAGUES = ("The football federation", "The league", "The streaming platform", "The retailer", "The club", "The airline", "The university", "The app store operator", "The board", "The exchange's index committee", "A school district's principal", "The museum", "Organisers", "The social network")
OWN_ACTS = ("bans two players for six matches", "fines a coach for criticising referees", "lifts its ban on travelling fans", "tightens its refund policy for sellers", "removes thousands of spam accounts", "approves a $2 billion share buyback", "scraps its loyalty fee", "suspends a presenter after complaints", "imposes a hiring freeze", "opens an internal review of payroll errors", "ends free delivery for small orders", "caps ticket prices for the final", "drops a supplier over late shipments", "delays the launch of its console", "wins approval from shareholders for a merger", "cuts its dividend", "bans laptops from lecture halls", "orders staff back to the office", "settles a patent dispute with a rival", "extends its season-ticket offer")
ROUTINE = ("publishes its annual report", "releases monthly statistics on {thing}", "names a new deputy chair", "seeks views on {thing}, proposes nothing yet", "extends the deadline for comments on {thing} by two weeks", "holds talks with foreign counterparts on {thing}, no outcome announced", "declines to comment on {thing}", "says it is monitoring {thing}", "postpones a hearing on {thing} to next month", "updates the technical format for filings on {thing}", "publishes a calendar of meetings for next year", "issues a call for evidence on {thing}", "will decide on {thing} next year", "leaves rules on {thing} unchanged", "says no decision has been taken on {thing}", "opens a conference on {thing}", "publishes a glossary for {group}", "posts minutes of its last meeting", "hears from {group} about {thing}", "announces maintenance of its filing portal")
RATE_UP = ("raises its key rate by 25 basis points", "lifts interest rates to the highest level in a decade", "tightens policy again", "raises banks' reserve requirement", "holds rates but signals further increases", "keeps rates on hold and warns it may have to tighten", "surprises with a half-point hike")
RATE_DOWN = ("cuts its key rate by 25 basis points", "lowers borrowing costs for a third time", "trims banks' reserve requirement", "eases policy", "holds rates but hints at cuts soon", "delivers a bigger cut than expected", "restarts bond purchases", "injects liquidity into the banking system")
RATE_HOLD = ("leaves interest rates unchanged, as expected", "keeps its policy rate at 4.5 percent", "stands pat on rates", "holds rates steady and gives no guidance", "keeps loan prime rates unchanged")
BANKS = ("The Federal Reserve", "The ECB", "The Bank of England", "The Bank of Japan", "The RBI", "The PBOC", "The Bank of Korea", "The central bank", "Australia's central bank", "The Swiss National Bank", "Norges Bank", "Bank Indonesia")
