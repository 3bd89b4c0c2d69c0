"""Guarded words: what people disguise to get it past a list of words, so that it is looked for under every disguise.

Standing here is no accusation: `第一` and `身份证` are honest words. They are only read for what they are, and the rules then
judge them in their context.
"""

from typing import Final

_MOST: Final = """
好 佳 强 优 棒 牛 赞 美 大 低 高级 先进 有效 安全 便宜 低价 受欢迎 专业 高端 顶级 划算 实惠 优惠 温和 天然 畅销 热销 权威 火
优质 火爆 优秀 正宗 健康 科学 奢华 值得 好用 好吃 好喝 好看 低价格 实用 舒服 舒适 耐用 环保 纯 香 快 新鲜 营养 高 完美 尖端
"""
_GUARDED: Final = """
全网最低 全国最低 史上最低 全网第一 销量第一 排名第一 全国第一 行业第一 世界第一 口碑第一 第一品牌 第一名 第一 顶级 顶尖
极品 极致 极尖 极佳 绝佳 国家级 世界级 宇宙级 国际级 独一无二 绝无仅有 史无前例 无与伦比 首选 唯一 销冠 销量冠军 冠军 王牌
领先 遥遥领先 独家 龙头 至尊 无敌 吊打 秒杀 碾压 巅峰 天花板 领导品牌 全球首创 首创 万能 全网 史上 治疗 治愈 根治 根除 医治
主治 专治 包治 治好 治病 消炎 抗炎 杀菌 抗菌 抑菌 药妆 药效 疗效 医用 医学级 医美级 医学 医美 药到病除 抗癌 防癌 抗肿瘤
降血糖 降血压 降血脂 降三高 降糖 降压 降脂 血糖 血压 血脂 免疫力 抵抗力 增强免疫力 祛疤 疤痕 祛斑 淡斑 祛痘 痘痘 美白 见效
起效 副作用 无副作用 零副作用 立竿见影 永不复发 永不反弹 反弹 复发 减肥 瘦身 燃脂 溶脂 丰胸 生发 排毒 解毒 壮阳 补肾 护肝
养胃 活血 湿疹 皮炎 痤疮 脚气 糖尿病 高血压 癌症 失眠 关节炎 颈椎病 鼻炎 便秘 干细胞 抗过敏 脱敏 抗敏 止痛 止咳 退烧 秘方
偏方 特效 神效 速效 奇效 断根 改善睡眠 激素 三高 细胞 百病 药物 医生 专家 推荐 增强 提高 预防 天见效 天美白 天祛痘 天祛斑
小时见效 次见效 周见效 三天 七天 绝对有货 保证有货 都有货 肯定有货 一定有货 保证 绝对 百分百 百分之百 有效 无效退款 包治百病
永久 彻底 包退 最低价 有货 现货 断货 缺货 送达 到货 发货 必达 必到 涨价 亏本 今天 明天 当天 次日 下单 好评 五星好评 五星
返现 红包 返钱 返利 返款 现金 礼品 差评 积分 优惠券 截图 领取 晒图 晒单 免单 奖励 拉人头 分销 三级分销 下线 下级 发展 提成
佣金 返佣 躺赚 躺着赚 代理 团队 入门费 传销 直推 间推 国旗 国徽 国歌 军旗 主席 总理 总书记 领导人 国务院 中南海 人民大会堂
国宴 专供 特供 驰名商标 国家机关 央视 中央 军队 免检 母乳 益智 智力 智商 聪明 大脑 奶粉 长高 稳赚不赔 稳赚 保本 高收益
零风险 无风险 便宜 低于市场 史低价 地板价 骨折价 底价 买贵 退差价 全网底价 仅剩 只剩 就剩 还剩 库存 无限 断供 永不断货 绝版
收到 到账 退款 马上 立刻 小时 必须
媲美 人乳 聪明宝宝 必达 次日必达 就到 周日 后天 明早 准到 送到 保证收到 代替 替代 人奶 发育 长个 过敏 不过敏 掉色 褪色 起球
永不 包会 满意 包满意 排毒 毒素 宿便 高血糖 人头费 管理奖 收钱 躺收 付款码 支付码 口令 通讯录 开户行 信用卡 正反面 满分
肯定 一定 保您 保你 包您 管够 根除 失效 京东 淘宝 年化 收益 升值 月入 日赚 投资 回本 身份证 身份证号 银行卡 银行卡号 卡号
验证码 密码 短信 手机号
血管 甩肉 祛湿 去湿 补血 补气 效果 后遗症 不坏 骨骼 打包票 疫苗 增高 掉秤 保肝 安神 助眠 润肠 清肺 补脑 胆固醇 尿酸 结节 断奶 养颜
妈妈 胃病 肠胃 软化 全额 终身 永远 一辈子 母乳级
"""
WORDS: Final = tuple(dict.fromkeys([*(f"最{one}" for one in _MOST.split()), *_GUARDED.split()]))
"""Words of at least two characters."""

_WHOLE = """
好评 返现 红包 最好 三级分销 好评返现 五星好评 消炎 祛痘 药妆 抗癌 极品 躺赚 母乳 益智 绝对
"""
HEARD_WHOLE: Final = frozenset(_WHOLE.split())
"""Words that are also read where no character is left as it was: without their context they say nothing."""

_SHORTENED = """
三级分销 拉人头 躺赚 母乳 免疫力 稳赚不赔 验证码 身份证 银行卡 全网最低 特供 最好 最佳 好评 五星好评 返现 红包 治疗 消炎
减肥 第一 绝对 保证 国家级 最低价 根治 祛痘 美白 分销 祛斑 返钱 现金 差评 五星 药妆 抗癌
"""
INITIALS: Final = frozenset(_SHORTENED.split())
"""Words in which one character may be written as the initial of its sound (好p返现): common prey."""
