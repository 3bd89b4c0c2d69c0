"""Characters that eyes, handwriting boards and stroke keyboards confuse.

Written by hand from what schoolbooks and proof-readers warn of; each group is mutual. Groups that also sound alike are left to
`intents.pinyin`.
"""

from collections.abc import Mapping
from functools import cache

_GROUPS = """
未末 己已巳 人入八 日曰目 土士 干千于 天夭夫无 大太犬 刀力刃 万方 田由甲申电 午牛 贝见 没设 住往 侯候 幻幼 兔免 鸟乌 今令
折拆析 晴睛清情请 券卷 货贷贸 买卖 拔拨 治冶 洗冼 洒酒 炙灸 泪泊
析折 代伐 仓仑 享亨 冷泠 准淮 凉谅晾 壁璧 孤狐弧 密蜜 爪瓜 狠狼 很狠跟根恨 祥详样 坐座 驱躯 辨辩辫 竟竞 既概 崇祟 陪赔倍部
拾抬 捎稍 梢稍 梁粱 嘴咀 喝渴揭 慢漫馒 膜模摸漠 粉份纷扮盼 霜箱
油抽袖柚 肤夫扶 敏每 肌机饥 痘豆疸 祛怯 痒样 疹珍诊 红江纠 肿钟种 燥躁澡操 滋磁慈 润闰 液夜 乳孔 霜露 眼跟眠 唇辰 妆装庄
底低抵 彩采菜 粒拉 包饱抱泡炮跑胞 奶妈 瓶并饼拼 盒盆盘益 罐灌 袋贷代 箱厢相
件伴 个介 衣农 裤裙 裙群 衬村 袜妹 鞋靴 帽冒 码马骂 号亏 尺尽 寸才 身射 材村 质盾 面而 料科斜 棉绵锦 毛手 羊洋 丝纟 纯钝 绒绒
织积 颜额 色邑 值植直 白自百 黑墨里 红经 蓝篮 绿录 紫柴 灰炭
退腿 款软 换唤焕 货赀 发友 快块 递第弟 运远 费废 到倒 送关 寄奇 收妆 件仵 单早 物特 流疏 邮由 包句 票漂飘 税悦说锐 抬拾 头买实
章童 价阶 格络 钱线浅 贵责 便使更 宜宣谊 折拆 扣和 减咸 满瞒 券券 领领
会合 员贝 积织 分公 级极 活话适 动功 促捉 销消 赠增 礼札 品吕 试拭 用甩 样洋 客容各 服报 售焦 后台 评许 价介 投没 诉诈 举率
报服 假暇 真其 伪为 证正 防妨 验脸险检捡 查杳 订钉 预顾 约纳 店后 铺辅捕 地池他
址扯 电申 话活 号另 码玛 时对 间问闻 今令 明朋 昨作 周同 月用 年牛 天无 早草 晚免 点占 分兮 多名 少小 几凡儿 什任 么公 怎作
为力 可何 以似 能熊 不木 有友 没投 在任 再冉 吗骂 吧把 呢泥 啊阿 是星 的约 和种
给结 我找 你称 他地 她池 它宅 们门 这过 那哪 哪那 个今 些步 请清 谢射 您悠 好奶 帮绑 看着 想思 要耍 买头 卖买 喜善 欢吹 爱受
觉党 感惑 知如 道首 推椎 荐存 适话 合台 敏繁 能龙 哺捕 孕孑 婴樱 幼幻 宝玉 孩该
婆波 爸爷 奶仍 喝渴 吃吸 穿窗 洗冼 晒洒 煮者 冻炼 鲜鲤 甜话 酸俊 辣竦 咸减 坏怀 烂栏 碎粹 漏湿 破波 裂烈 臭自 霉每 毒毐 修休
补朴 安女 装袋 保堡 维难 坏还 充允 插播 灯打 床庆 枕忱 被披 单箪 锅祸 刀刁
"""


@cache
def lookalikes() -> Mapping[str, frozenset[str]]:
    """Each character to those that it is mistaken for."""
    table: dict[str, set[str]] = {}
    for group in _GROUPS.split():
        for char in group:
            table.setdefault(char, set()).update(group)
    return {char: frozenset(others - {char}) for char, others in table.items()}
