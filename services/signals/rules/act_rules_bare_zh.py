"""Chinese acts that say little on their own, and phrases that a longer look corrected; simplified characters.

These groups come before all others, as those of ``act_rules_bare``.
"""

from __future__ import annotations

CHINESE = """
[PLAIN 0 0 -]
未申报 | 未依法 | 未依法申报 | 未按期 | 未按规定 | 未落实 | 未获发牌 | 未获牌照 | 未盈利 | 未盈利企业 | 未达标 | 未限产 | 未点名 | 未履行 | 未尽 | 未报备 | 未披露 | 未及时 |
反垄断委员会 | 案例 | 暂停期 | 暂停期满 | 适用范围 | 经国务院批准 | 经批准 | 整治办 | 整治领导小组 | 成本调查 | 会议要求 | 通知要求

[PLAIN 0 0 -]
拒绝暂缓 | 拒绝暂缓执行 | 拒绝中止执行 | 拒绝叫停

[LESS 0 0.3 relief official]
不得再沿用 | 不再沿用

[RELIEF 0.5 0 relief official]
增值税优惠 | 所得税优惠 | 购置税优惠 | 关税优惠 | 契税优惠 | 优惠期限 | 优惠期 | 免税期 | 豁免期限

[RELIEF 0.5 0.45 relief official]
撤回征求意见稿 | 撤回草案 | 罚款改为 | 处罚改为 | 改为提醒 | 改为指导 | 放慢缩表 | 缩表放慢 | 缩表步伐放慢 | 缩表减速 | 冻涨

[LESS 0 0 -]
到期不再 | 到期不再延续 | 到期不再执行 | 到期后不再 | 到期停止 | 到期取消

[RELIEF 0.5 0.4 relief official]
购置税减半 | 购置税减半政策 | 购置税减免 | 购置税减免政策 | 减半征收政策 | 税收减半政策 | 减税政策 | 补贴政策 | 优惠政策 | 免税政策 | 退税政策

[RELIEF 0.5 0.5 relief official]
关税违法 | 关税无效 | 关税越权 | 征税违法 | 关税违宪 | 禁令违法 | 禁令无效 | 禁令违宪 | 罚款违法 | 处罚违法 | 处罚无效

[BURDEN -0.5 -0.45 final_rule official]
仅可玩 | 每周仅 | 统一登记为非营利 | 登记为非营利 | 查补税款 | 追缴税款 | 补缴税款

[RELIEF 0.5 0.45 relief official]
恢复新用户注册 | 改为备案 | 审批改备案 | 审批改为备案 | 重回应用商店

[BURDEN -0.55 -0.5 final_rule official]
禁令生效 | 禁令如期生效 | 禁令继续有效 | 如期开征

[BURDEN -0.6 -0.5 penalty official]
维持罚款 | 罚款维持 | 维持处罚 | 禁令继续 | 禁令维持 | 维持禁令

[BURDEN -0.5 0 final_rule official]
逆周期缓冲 | 逆周期资本缓冲

[NOT 0 0 -]
不将 | 不把 | 不征 | 不加征 | 不征收 | 不同意 | 不对 | 未对 | 不再对 | 决定不对 | 暂不对

[LESS 0 0.5 relief official]
全面放开 | 不设 | 不再设 | 不设置

[BURDEN -0.65 0 final_rule official]
禁令 | 剥离

[BURDEN -0.6 0 final_rule official]
一刀切

[BURDEN -0.55 -0.1 investigation official]
网络安全审查

[BURDEN -0.45 -0.4 penalty official]
违反

[BURDEN -0.5 -0.5 final_rule official]
要求暂停 | 要求停止 | 要求下架 | 要求立即 | 不予核准 | 不予注册 | 不予批准 | 不予通过 | 不予受理 | 不予许可 | 不得恶意 | 不得擅自 | 进入破产

[BURDEN -0.5 -0.2 final_rule]
不得以

[BURDEN -0.5 0 final_rule]
退还 | 上限为 | 备付金 | 结算备付金 | 杠杆率 | 补充杠杆率 | 资本要求 | 行政令

[LESS 0 0 -]
不予 | 进入收尾 | 收尾 | 免缴 | 免予缴纳

[RELIEF 0.5 0.4 relief official]
扩大适用 | 可以上市 | 正名 | 不加息 | 暂停加息 | 停止加息 | 抵扣政策 | 优惠政策 | 补贴政策 | 免税政策 | 减免政策 | 不予封停 | 不予处理

[RELIEF 0.4 0.3 relief]
可申请 | 可自行 | 可自主

[BURDEN -0.45 0 final_rule official]
购房资格审核 | 购房资格限制

[RELIEF 0.5 0.5 relief official]
不搞一刀切 | 不搞“一刀切” | 不得搞“一刀切” | 不得“一刀切” | 避免一刀切 | 避免“一刀切” | 移出名单 | 移出清单 | 移出涉军名单 | 移出中国军方公司清单 | 移出军方 | 移出黑名单 | 移出实体清单 | 不再追究 | 结案通知书 |
不足以认定 | 停转融券 | 暂停转融券 | 转融券业务暂停 | 转融券暂停 | 停止转融券 | 互联互通扩展 | 打破垄断屏蔽 | 躲过一劫 | 配额免费 | 免费发放配额 | 不予封停 | 双双撤回上诉 | 双撤上诉 | 撤回上诉 | 调查终结 | 避免一个罚款 | 避免罚款 |
免于罚款 | 宽限一年 | 缓缴 | 不得拖欠 | 不得随意收紧 | 涉企行政检查 | 规范涉企 | 取消的取消

[BURDEN -0.5 -0.5 final_rule official]
出口许可证管理 | 纳入出口许可 | 须持证 | 也须持证 | 保障税 | 保障性关税 | 保障措施税 | 实施熔断 | 熔断措施 | 暂停发放 | 停止发放 | 拿不到 | 优惠电价退坡 | 税号需许可 | 平台除名 | 须亮身份 | 亮身份 | 须添加

[RELIEF 0.4 0 relief]
预定利率 | 非居籍 | 非居籍税制 | 优惠电价

[RELIEF 0.6 0.3 relief official]
补贴

[RELIEF 0.45 0.2 relief]
促进

[RELIEF 0.5 0.1 relief official]
授权 | 退税 | 增信 | 肯定

[RELIEF 0.5 0.5 relief official]
不再审核 | 不限套数 | 不限面积 | 不限户籍 | 不再限套数 | 无需社保 | 无须社保 | 低于初裁 | 低于临时 | 低于征求意见稿 | 低于预期税率 | 税率低于 | 取消购房资格审核 | 不征收 | 不加征 | 不再征收 | 不再加征
"""
