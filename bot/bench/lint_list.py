"""A plain list of forbidden words, as tools for shops use it: what the lint of words is measured beside.

Put together from what such lists usually hold (极限词, 医疗用语, 诱导好评, 分销 …), by the rule that each word speaks for;
a word is found wherever it stands in a text.
"""

from collections.abc import Mapping
from typing import Final

_LIST: Final = {
    "ad.superlative": """
        最好 最佳 最强 最优 最大 最高 最低 最便宜 最先进 最有效 最安全 最受欢迎 最专业 最优秀 最高级 第一 销量第一
        排名第一 全国第一 第一品牌 NO.1 TOP1 唯一 首选 顶级 顶尖 极品 极致 国家级 世界级 全球级 独一无二 绝无仅有
        史无前例 前无古人 万能 无敌 遥遥领先 行业领先 领导品牌 王牌 冠军 全网 史上 首个 首家 独家 巅峰 至尊 完美 绝佳
    """,
    "ad.medical": """
        治疗 治愈 根治 医治 消炎 抗炎 杀菌 药妆 药用 医学级 医美级 祛疤 细胞再生 活血化瘀 排毒 减肥 丰胸 生发 秘方 特效
        神效 疗效 见效 立刻见效 抗过敏 干细胞 抗癌 处方 病毒 湿疹 皮炎
    """,
    "ad.guarantee": "百分百 100% 保证 绝对 无副作用 零风险 立竿见影 永不反弹 无效退款 包治 永久",
    "promise.price": "全网最低 最低价 底价 亏本 跳楼价 涨价",
    "promise.date": "保证到 当天发 必达 马上发货 立即发货",
    "promise.stock": "绝对有货 现货充足 永不断货",
    "review.paid": "好评返现 五星好评 好评有礼 好评 返现 刷单",
    "commission.levels": "拉人头 三级分销 下线 分销 提成 躺赚 传销",
    "food.health": "增强免疫力 降血糖 降血压 降血脂 降三高 补肾 壮阳 护肝 改善睡眠 防癌 延缓衰老",
    "infant.formula": "母乳 益智 更聪明",
    "ad.national": "国旗 国徽 国歌 领导人 国务院 中南海 人民大会堂",
    "ad.authority": "特供 专供 驰名商标 免检 医生推荐 专家推荐 央视",
    "ad.scarcity": "错过不再 仅此一天 最后机会",
    "ad.disparage": "吊打 秒杀",
    "ad.minors": "",
    "finance.promise": "稳赚 保本 高收益 月入过万",
    "privacy.fishing": "验证码 银行卡 身份证",
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {rule: tuple(words.split()) for rule, words in _LIST.items()}
"""Rule to words."""
