"""Words that speak for an unwanted message, by what it is about, each with its weight; an alarm takes 0.9 in all.

Written by hand from what is posted in Chinese shopping groups. A weight below 1 says that honest people use the word as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from intents.guard.model import Kind


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of unwanted message."""

    kind: Kind
    name: str
    """As ops read it."""


MATTERS: Final[Mapping[str, Matter]] = {
    "work": Matter("spam", "刷单兼职"),
    "loan": Matter("spam", "贷款套现"),
    "bet": Matter("spam", "博彩"),
    "sex": Matter("spam", "色情"),
    "money": Matter("spam", "荐股理财"),
    "account": Matter("spam", "收号、代办票证"),
    "trade": Matter("spam", "推销广告"),
    "phish": Matter("lure", "中奖、理赔、认证之类的骗局"),
    "goods": Matter("lure", "低价代购"),
    "vote": Matter("lure", "投票、砍价、助力"),
    "gift": Matter("lure", "红包、扫码引流"),
    "ring": Matter("lure", "券群、返利群"),
    "contact": Matter("lure", "加私人联系方式"),
}
"""Key → what it is. ``contact`` is what is left where somebody only wants people away from here."""

_WORDS: Final = {
    "work": """
0.9 刷信誉 点赞员 打字员 打字录入 多劳多得 不押薪 台费 夜场招聘 代发好评 录入员 关注员 抄写员 冲数据
0.7 刷单 日赚 日入 躺赚 返佣 诚聘 在家赚钱 在家兼职 手机兼职 试玩员 日薪 做单 补单 躺着也能挣 躺着赚钱 高薪 一单一结
0.7 做一单结一单 刷好评
0.5 兼职 日结 佣金 垫付 试玩 招聘 招募 手机操作 时间自由 时间随意 当天提现 一部手机 点赞关注 点点赞 月入过 轻松过百 副业
0.5 包吃住 现结 手机就能 有米
0.3 返现 招几个 诚招 单结 多招 任务 赚钱 名额不多 名额有限 当天到账 长期有效 想做的 每单 一单 轻松 宝妈 上班族 量大 千字
0.3 动动手指
""",
    "loan": """
0.9 可贷 私借 免联征 停息 提额 空放 当日拨款 不看负债 无抵押 黑户 白户 当天放款 网贷 秒下款
0.8 套现
0.7 养卡 白条取现 花呗秒到 取现 免押 低息 企业贷 税贷 流水贷 车贷 放款 下款 秒批 代还 无需征信 不看征信 小额贷 都能批 信用贷
0.5 贷款 急用钱 借款 利息低 费率低 手续费低 秒到账
0.3 征信 额度 公积金 身份证就能 抵押 黑户可做
""",
    "bet": """
1.1 三肖中特 北京赛车 线上博弈 世界杯竞猜 时时彩 六合彩 百家乐 上下分 彩金 返水 娱乐城 博彩
0.8 特码 上分 首存 买球 计划群 线上娱乐 跟计划 下注 投注 电子游艺 真人荷官
0.5 首充返 内幕群 彩票 棋牌 回血 带单 稳赚 翻身 首充 提款 内部资料 导师 内幕
0.3 带你 规律 信誉老店 注册送
""",
    "sex": """
1.1 上门服务约 片源 全套spa 技师上门 约炮 裸聊 一夜情 成人视频 免费看片 福利视频 私密视频 同城约会 同城约 楼凤 成人电影
0.8 包夜 先看后付 新到妹子 少妇 看片 陪聊 不满意换人 上门按摩 照片安排 看照
0.5 寂寞 交友 真人视频 求陪伴 免费试看 外围
0.3 小姐姐 主播 附近的 附近 点头像 点进来看 看我资料
""",
    "money": """
1.1 外汇黄金 盘前讲解 诊股 打新必中 挖矿 带你看盘 飙股 荐股 牛股 本金翻倍 日收益 搬砖套利 稳赚不赔
0.8 涨停 虚拟币 高收益 老师带 带单 跟单 合约带
0.5 炒币 数字藏品 解套 大佬 重组消息 带你炒 翻一番 币圈 套利 年化 保本 炒币 仓位 稳得很 内部消息
0.3 股票 理财 投资 听课 翻倍 上车 稳赚
""",
    "account": """
0.9 收微信 租号 收号 刻章 实名号 辅助解封 代开发票 出租微信
0.6 办证 解封 代开 税点 一天五十 代办
0.4 学历证书 真票 可验真 可查 现结 扫码辅助 各行业
""",
    "trade": """
1.1 祖传秘方 查开房 手机定位找人 精准客户 好评代刷 专业删差评 包治 治百病 代写论文 停息挂账 包拿证 不用考试 挂靠 消分
1.1 人头返现 代刷
0.8 涨粉 刷粉 刷赞 互粉 互赞 爆粉 买粉丝 招商 加盟店 招生 学徒 直播公会 群控 四件套 代运营 手机数据 减肥药 瘦身药 减肥丸
0.8 增高药 祛斑膏 祖传 药酒 膏药 酵素 占卜 塔罗 算命 看风水 测姻缘 挽回
0.6 包过 代抢 代充 代批 高价收 高价回收 高价收购 上门回收 首付 学区房 流量卡 号卡 代理记账 公司注册 学历提升 加速器
0.6 包教包会 月嫂 招合伙人 招聊天员 陪玩 茅台 烟酒 香烟 外烟 门票 内场票 会员年卡 拼团互助 押题 一贴见效 瘦30斤 瘦下来了
0.4 出售 转让 急售 急转 加盟 回收 推广 引流 软件 减肥 秘方 车险 装修公司 房子 试睡 包批 免费旅游 送鸡蛋 讲座 培训
0.4 学费 报名 小广告 渠道 资源多 月入 来钱 赚米 搞钱 挣一百 挣钱 想瘦 赚外快 兼差 日领 来电
0.2 专业 优惠 免费 有需要 需要的 有意
""",
    "phish": """
1.1 幸运用户 被抽中 缴税费 交手续费领取 填写银行卡 填银行卡 民族资产 认证费 幸运星 退税
0.8 点此验证 认证避免 账户异常 卡异常 快递丢失 包裹异常 包裹违禁 理赔专员 邮费自付 恭喜您 认证激活 etc已停用 已停用
0.5 请点击 点开链接 点击链接 理赔 请登录 补贴 转一笔 汇款 押金就
0.3 异常 领取 验证 通知 点链接 恭喜
""",
    "goods": """
0.8 低价代购 一手货源 工厂直供 厂家直出 厂家直供 拿货价 招代理 零囤货 高仿 A货 人肉代购
0.6 渠道价 原单 复刻 低价出 便宜出 低价走量 支持验货 同厂 厂里拿货 一件代发 免税店代购 比店里便宜 比这里便宜 比这儿便宜
0.6 比这里低 别在这买 内部价
0.4 代购 低价 货源 拿货 看货 便宜的 更便宜 更低 零门槛 假一赔十 保真 走量 尾货 清仓 半价 一比一 对版 团长价 看我朋友圈
0.4 出货 正品小样 太贵
0.2 便宜 同款 正品 五折 优惠价 专柜 保证 渠道 一半
""",
    "vote": """
1.0 砍一刀就 帮我投票 帮我投一票 投我一票 帮投一票
0.8 求投 帮我砍 帮砍 帮我助力 投票感恩 有空回投 砍一刀互助 投个票 投一票 动动小手 助个力 拼夕夕 差一刀 帮点一下
0.8 帮忙点一下 帮忙投票 帮忙砍
0.6 砍一刀 复制打开 复制这条 打开拼多多 投进去 点进去投 集赞求助 帮我点 帮忙点 萌娃评选 就差一点 就差一个 差一个人
0.4 助力 帮我孩子 帮忙 评选 砍成 孩子投 大家帮 姐妹们帮 帮我 帮我家
0.2 投票 拼多多 谢谢大家 谢谢啦 复制
""",
    "gift": """
0.9 填我码 用我的码 下app得 免费品茗 扫我的图 支付宝搜 领大红包 领现金 人人有份 天天都能领
0.7 扫码领红包 现金红包 福利群 扫码进群领 进群抢红包 亲测到账 亲测有效 扫码免费领
0.5 扫码领 点击领取 注册就送 注册送 进群领 领红包 抢红包 长按图片识别 长按识别 点这里领 转发到 转发这条 只付邮费
0.5 免费领取 元领 扫二维码进 扫下面的码
0.3 邀请码 扫码 免费领 免费送 提现 亲测 每人限 红包 领取 福利 点这里 能领 我的码 扫二维码
""",
    "ring": """
1.1 返利群 羊毛群 领券群 外卖券群 优惠券群 薅羊毛线报
0.8 券群 线报 隐藏券 隐藏优惠券 自购返 零元购教程 外卖红包的群 查券 内部券
0.5 内部优惠券 外卖红包 外卖券 大额券 薅羊毛 话费油卡 零元购 0元购 返利 大额的 领大额
0.3 大额 饿了么 油卡 话费 充值 羊毛 每天领 每天三张 省钱
""",
}


def _read() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word → (matter, weight): a word may speak for several."""
    found: dict[str, list[tuple[str, float]]] = {}
    for matter, lines in _WORDS.items():
        for line in lines.split("\n"):
            weight, *words = line.split() or ["0"]
            for word in words:
                found.setdefault(word.lower(), []).append((matter, float(weight)))
    return {word: tuple(spoken) for word, spoken in found.items()}


CUES: Final[Mapping[str, tuple[tuple[str, float], ...]]] = _read()
"""Word (lower case, no spaces) → for what it speaks, and how much."""

_HEARD: Final = """
兼职 刷单 日结 佣金 返佣 贷款 放款 下款 时时彩 六合彩 百家乐 裸聊 约炮 代购 货源 高仿 复刻 返利 荐股 牛股
彩金 上分 拿货 低价 助力 投票 征信 垫付 收号 博彩 棋牌 羊毛 黑户 首存 首充 低价代购 日赚 一手货源 打字员
点赞员
"""
OWN_SOUND: Final = frozenset(_HEARD.split())
"""Words that are also heard where others of the same sound are written, or pinyin."""
