"""Words for what an authority does, in English and Chinese: one line per act.

``id = English forms | Chinese forms``,
    forms separated by commas; a line that is set in goes on. A form that ends in ``*`` is the beginning of words.
Written by us; the English forms match whole words in lower case, the Chinese ones simplified characters.
"""

from __future__ import annotations

ACTS = """
fine = fine, fines, fined, fining, penalty, penalties, penalise*, penalize*, forfeit* | 罚款, 处罚, 罚单, 被罚,
    开罚, 罚没, 行政处罚, 重罚, 罚
probe = probe, probes, probed, probing, investigat*, inquiry, inquiries, under scrutiny, looking into, raid,
    raids, raided, inspect* | 调查, 立案, 审查, 查处, 彻查, 突击检查, 进驻, 稽查, 侦查
sue = sue, sues, sued, suing, lawsuit*, files suit, litigation, complaint against, take to court, takes to court
    | 起诉, 诉讼, 提诉, 状告, 控告, 告上法庭
charge = charge, charges, charged, indict*, accus*, allege*, statement of objections, prosecut* | 指控, 控罪,
    检控, 被控, 提起公诉, 异议声明, 涉嫌
arrest = arrest*, detain*, detention, custody | 逮捕, 拘留, 被捕, 羁押, 刑拘, 采取强制措施
ban = ban, bans, banned, banning, prohibit*, outlaw*, forbid*, bar, bars, barred, blacklist*, bloc, block,
    blocks, blocked, blocking | 禁止, 禁令, 封禁, 封杀, 禁售, 取缔, 黑名单, 拉黑, 不得
curb = curb, curbs, curbed, restrict*, limit, limits, limited, cap, caps, capped, crackdown*, crack down,
    clampdown*, clamp down, tighten*, rein in, reins in, crimp* | 限制, 整治, 整顿, 收紧, 打击, 管控, 严控,
    限定, 上限, 严禁, 规范
draft = draft*, propos*, consult*, seek public comment*, seeks public comment*, solicit*, public feedback,
    plans rules, unveils plan, plan to, plans to, considering, mulls, weigh*, eyes | 征求意见, 草案, 拟, 意见稿,
    公开征求, 讨论稿, 咨询文件, 提议, 建议, 考虑
final = finalis*, finaliz*, final rule*, final rules, take effect, takes effect, took effect, effective from,
    come into force, comes into force, came into force, enact*, promulgat*, passes law, passed law,
    signed into law, adopts, adopted | 正式发布, 施行, 生效, 实施, 颁布, 公布施行, 正式出台, 印发, 表决通过,
    通过
issue = issue, issues, issued, releas*, publish*, unveil*, announc*, roll out, rolls out, rolled out, introduc*,
    launch* | 发布, 出台, 公布, 印发, 推出, 宣布, 下发
approve = approv*, clear, clears, cleared, green light, green-light*, nod, authoris*, authoriz*, greenlight*,
    licence, licences, license, licenses, licensed, grants | 批准, 获批, 核准, 过审, 审批, 放行, 同意, 核发,
    获准, 许可
reject = reject*, refus*, den, veto*, turn down, turns down, oppos*, disapprov* | 否决, 拒绝, 驳回, 反对,
    不批准, 不予
delay = delay*, postpon*, push back, pushes back, pushed back, extend, extends, extended, extension, reprieve,
    defer* | 推迟, 延期, 延后, 延长, 暂缓, 宽限, 展期
suspend = suspend*, halt*, pause, pauses, paused, freez*, froze*, pull, pulls, pulled, remov*, taken down, stop,
    stops | 暂停, 叫停, 中止, 冻结, 下架, 停止, 停牌, 停发
resume = resum*, restart*, lift, lifts, lifted, unfreez*, reopen*, restor*, reinstat*, revok*, scrap*, abolish*,
    repeal*, ends ban | 恢复, 重启, 解除, 取消, 解冻, 重新, 放开, 废止, 撤销, 重新上架, 复牌
cut = cut, cuts, cutting, lower, lowers, lowered, reduc*, trim*, slash*, halv*, eas*, loosen*, relax* | 下调,
    降低, 降准, 降息, 调降, 减半, 减免, 放宽, 放松, 下降, 调低, 减征
raise = rais*, hike*, increas*, lift rates, lifts rates, boost*, higher | 上调, 提高, 加息, 提升, 上升, 调高,
    增加, 加征
hold = hold, holds, held, unchanged, keeps, kept, steady, leave* rates, maintain* | 维持不变, 维持, 不变,
    按兵不动, 持稳
summon = summon*, called in, interview, talks with, met with, meeting with, meets with, hauled in | 约谈, 召见,
    传唤, 座谈, 会见, 座谈会
order = order, orders, ordered, demand*, requir*, instruct*, told, directs, must, mandat*, divest* | 责令, 要求,
    勒令, 下令, 指示, 必须, 整改, 剥离, 强制
sanction = sanction*, entity list, export control*, export ban, export restriction*, restricted list | 制裁,
    实体清单, 出口管制, 清单
tariff = tariff, tariffs, duties, duty, levy, levies, anti-dumping, antidumping, countervailing | 关税, 反倾销,
    反补贴, 征税
settle = settle*, agree to pay, agrees to pay, agreed to pay, plead*, consent decree, resolv* | 和解, 达成协议,
    同意支付, 认罪
appeal = appeal*, overturn*, annul*, challeng*, upheld, uphold*, rules against, ruled, ruling, court rules,
    judge | 上诉, 推翻, 撤销判决, 裁定, 判决, 裁决, 维持原判, 法院
deny = deny, denies, denied, dismiss, dismisses, refute*, rumor, rumour, untrue, false report*, no plan,
    no plans | 否认, 辟谣, 不实, 并无, 澄清, 谣言
withdraw = withdraw*, withdrew, retract*, rescind*, drop, drops, dropped, abandon*, shelv*, called off,
    calls off, scuttl* | 撤回, 放弃, 终止, 撤销, 搁置, 取消
complete = conclud*, complet*, ends probe, closes probe, end of probe, wrap up, wraps up, finish*, nearing end
    | 结束, 完成, 完结, 办结, 收官, 基本完成
warn = warn*, caution*, alert, alerts, remind*, urge*, call on, calls on, admonish*, reprimand*, censur* | 警告,
    提醒, 警示, 风险提示, 督促, 呼吁, 谴责, 敦促, 公开谴责
support = support*, stimul*, boost*, promot*, encourag*, aid, relief, bailout, rescue*, measures to, back,
    backs, backing | 支持, 促进, 鼓励, 扶持, 刺激, 救助, 提振, 利好, 激发
inject = inject*, liquidity, reverse repo*, open market operation*, medium-term lending | 投放, 逆回购,
    公开市场操作, 注入, 流动性
subsidise = subsid*, tax break*, tax cut*, tax exemption*, incentive*, rebate*, trade-in | 补贴, 免税, 减税,
    退税, 优惠, 以旧换新, 补助
list = ipo, listing, listings, list in, float, go public, debut | 上市, 挂牌, 首次公开募股, 招股, 首发
delist = delist*, kicked off | 退市, 摘牌, 除牌
merge = merger*, acqui*, takeover, buyout, deal, buy, bid | 收购, 并购, 合并, 经营者集中
resign = resign*, step down, steps down, stepped down, quits, fired, removed from, sacked, dismissed as | 辞职,
    卸任, 免职, 离任, 下台, 免去
appoint = appoint*, named as, nominat*, takes over as, new head, new chief, new chair* | 任命, 出任, 接任, 提名,
    任职, 履新
breakup = break up, breakup, split up, spin off, restructur*, overhaul*, revamp* | 拆分, 重组, 分拆, 改组
recall = recall, recalls, recalled, recalling | 召回
audit = audit, audits, auditing, inspections of, accounting inspect*, work papers | 审计, 底稿, 核查
"""

SUCCESSORS = """
draft > final issue withdraw delay
probe > fine charge sue settle complete arrest order suspend ban recall delist
charge > fine settle appeal arrest
sue > settle appeal fine withdraw
fine > appeal settle complete charge
ban > resume appeal delay approve settle
suspend > resume complete approve ban
curb > resume delay
approve > withdraw appeal suspend
reject > appeal approve suspend delay resume
deny > appeal approve suspend
warn > arrest probe fine ban suspend
sanction > delay resume curb settle
order > complete delay appeal
summon > fine probe complete order
tariff > delay suspend resume
merge > ban reject approve withdraw
delist > resume
arrest > charge
hold > cut raise
"""
"""Which act may follow which: the later one is a new event of the same matter."""
