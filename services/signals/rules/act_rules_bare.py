"""Acts that say little on their own: "the tariff shock", "its licence"; and phrases that a longer look corrected.

These groups come before all others, so they count where another vocabulary has the same phrase. Which words are here
was read off the labelled examples: standing alone they had the wrong sign in more than half of the cases.
"""

from __future__ import annotations

ENGLISH = """
[PLAIN 0 0 -]
junk-food | junk food | on appeal | state aid

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
need not | no longer need | no longer needs | no longer have to | need no longer | freed from

[LESS 0 0.4 relief official]
avoids | avoided | wiped out | wipes out | no power to | had no power to | lacks power to | lacked power to | lacks authority to | lacked authority to | exceeded its authority |
overstepped its authority | overstepped

[BURDEN -0.5 -0.45 final_rule]
may not | must not | may no longer | can no longer | shut out of | banned from | says no to

[BURDEN -0.45 -0.4 penalty]
laundering failings | in breach of | breaches of | misleading customers | misleading investors

[ASIDE 0.3 0 -]
or face | or be banned | or risk | unless it sells | unless bytedance
"""

CHINESE = """
[PLAIN 0 0 -]
未申报 | 未依法 | 未依法申报 | 未按期 | 未按规定 | 未落实 | 未获发牌 | 未获牌照 | 未盈利 | 未盈利企业 | 未达标 | 未限产 | 未点名 | 未履行 | 未尽 | 未报备 | 未披露 | 未及时 |
反垄断委员会 | 案例

[NOT 0 0 -]
不对 | 未对 | 不再对 | 决定不对 | 暂不对

[LESS 0 0.5 relief official]
全面放开 | 不设 | 不再设 | 不设置

[BURDEN -0.65 0 final_rule official]
禁令 | 剥离

[BURDEN -0.6 0 final_rule official]
一刀切

[BURDEN -0.55 -0.1 investigation official]
网络安全审查

[BURDEN -0.45 -0.4 penalty official]
违反 | 被要求

[RELIEF 0.4 0.3 relief]
可申请 | 可自行 | 可自主

[BURDEN -0.45 0 final_rule official]
购房资格审核 | 购房资格限制

[RELIEF 0.6 0.3 relief official]
补贴

[RELIEF 0.45 0.2 relief]
促进

[RELIEF 0.5 0.1 relief official]
授权 | 退税 | 增信 | 肯定

[RELIEF 0.5 0.5 relief official]
不再审核 | 不限套数 | 不限面积 | 不限户籍 | 不再限套数 | 无需社保 | 无须社保 | 低于初裁 | 低于临时 | 低于征求意见稿 | 低于预期税率 | 税率低于 | 取消购房资格审核 | 不征收 | 不加征 | 不再征收 | 不再加征
"""
