"""Words of shops that say the opposite of each other, and those that take each other's part: who, where, how, in which order.

A table, not an understanding: a word counts where a shop could have said the other one in its place. Idioms in which the signs
mean something else are taken out before.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

_IDIOMS: Final = re.compile(
    r"目前|眼前|面前|后面|背后|然后|先后|前后|以后(?=[都也]|$)|后台|前台|售后|多少|至多|至少|最多|最少|多数|大多|差不多|不少|多久|许多|很多|好多|"
    r"干净|干皮|干性|偏干|干燥|干嘛|饼干|外油内干|淡斑|淡化|淡香|浓度|早晚|早就|加[油群入急上好]|增加|参加|大约|大概|大家|高兴|提高|内容|另外|除外|"
    r"外箱|外盒|外壳|外包装|此外|例外|海外|外链|热卖|热线|热门|冷静|下单|上面|下面|上次|下次|楼上|楼下|深层|深度|先生|加热|买卖|"
    r"无理由|自动(?=续|回)"
)
_AXES: Final[Sequence[tuple[str, str]]] = (
    # where and how it comes to the shopper
    ("自提|自己来(?:拿|取)|到店取|来店里?取|到店(?:拿|领)", "送货上门|送到家|送到您|配送到|快递到家|寄到家"),
    ("到店|来店", "上门(?!取)|到家|入户"),
    ("线上|网上", "线下|专柜"),
    ("水洗|可洗|机洗", "干洗|手洗"),
    ("原路|原账户|原来的账户", "余额|储值|钱包|别的账户|其他账户|另一个账户|换成积分|换成券"),
    ("随(?:包裹|货|单|箱)一起|随包裹|随货", "另外寄|分开寄|单独寄|发邮箱|自己打印"),
    ("任意一?家|任何一?家|哪家店?都|随便哪|任意门店|各家店?|所有门店", "原来那家|原门店|原店|购买的?那家|买的那家|指定门店"),
    # when
    ("之前|以前|前", "之后|以后|后"),
    ("早上|早晨|上午|白天|日间", "晚上|晚间|夜间|夜里|睡前"),
    ("提前|提早", "推迟|延后|延迟|拖后"),
    ("立刻|马上|立即|当场", "过几天|改天|稍后|以后再|隔几天"),
    ("工作日", "自然日|周末|节假日"),
    ("饭前|空腹", "饭后|随餐"),
    ("现货", "预售|预订|期货"),
    ("长期|永久|一直有效", "限时|短期|临时"),
    # who pays, and how much
    ("免费|不要钱|不收费|不收钱|免单|赠送", "自费|收费|付费|另付|有偿|自掏腰包|另外收钱|另收"),
    ("包邮|免邮", "到付|邮费自理|不含邮"),
    ("先付款|先付|付款后发|款到发", "货到付款|先发货|先收货|收货后付"),
    ("至少|不少于|不低于|以上|起(?=[可才送订批做发])", "至多|最多|不超过|不多于|以内|之内|以下"),
    ("只给|只有|只限|仅限|专属|专供", "所有|全部|任何|谁都|人人"),
    ("不限|随便|想买几|想用几", "限购|限量|限次|只限|仅限"),
    ("完好|完整|无损", "破(?!例)|坏了|损坏"),
    ("退回|返还|退还|还给", "作废|没收|清零|扣掉"),
    ("就医|去医院|看医生|问医生", "观察几天|过几天再看|在家等|等几天"),
    ("寄回|带回|还回|一起退", "留着|留下"),
    ("最近|近期", "最早|早期"),
    ("涨价|涨", "降价|降|跌"),
    ("原价|正价", "折扣价|特价|折后价"),
    ("实付|实际付|优惠后|券后", "标价|原价|吊牌价|优惠前|券前"),
    # what one may
    ("允许|欢迎|鼓励|可以", "禁止|严禁|谢绝|拒绝|不允许"),
    ("必须|务必|一定要", "随意|自愿|可选|不必|用不着|不强求"),
    ("支持|受理", "拒绝|驳回"),
    ("自动", "手动|人工"),
    ("公开|当众|群里直接|在群里说|群里发", "私聊|私下|私信|单独说"),
    ("本人|自己", "别人|他人|任何人|家人|朋友"),
    ("含|带有", "零添加"),
    # how it is used
    ("停用|停掉|先停|先别用|别用|放一放|先不用|不要用|避开", "接着用|继续用|坚持用|照常用|照用|放心用|可以用|多用|加量"),
    ("避光|阴凉|遮光", "向阳|见光|晒太阳|有光|日晒|温暖|暖气旁|窗台"),
    ("干燥|通风", "受潮|潮湿|沾水|进水"),
    ("冷藏|冰箱", "常温|室温"),
    ("冰敷|冷敷", "热敷"),
    ("冷水|凉水|清水|温水", "热水|烫水|开水|滚水"),
    ("别太烫|不烫|温一点|温的", "烫一点|烫些|越烫|热一点"),
    ("干手|干脸|擦干|干透|完全干|全干|晾干|吹干", "湿手|湿脸|打湿|潮|湿润|半干|湿着|带水|沾水|沾湿"),
    ("厚涂|厚厚|多涂|涂厚", "薄涂|薄薄|少涂|涂薄"),
    ("多用|多吃|多喝|多敷|勤", "少用|少吃|少喝|少敷|别太勤"),
    ("浓郁|浓一|浓些|较浓|偏浓", "清淡|淡一|淡些|较淡|偏淡"),
    ("稀", "稠"),
    ("深[色棕一些]|偏深|变深", "浅[色黄一些]|偏浅|变浅"),
    ("偏大|大一号|大一码|大码", "偏小|小一号|小一码|小码"),
    ("轻拍|轻轻|轻点|轻柔", "用力|使劲|大力|狠狠"),
    ("控油|清爽|轻薄", "滋润|厚重|油润|补油|厚霜"),
    ("内服|口服", "外用|外敷|外涂"),
    ("室内|屋里", "室外|户外"),
    ("由内向外|从内到外", "由外向内|从外到内"),
    ("顺时针", "逆时针"),
    ("向上|往上|自下而上", "向下|往下|自上而下"),
    ("左", "右"),
    ("催吐", "漱口|别催|送医"),
    ("温和", "刺激|强效"),
    # which and whom
    ("新客|新会员|新人|首次", "老客|老会员|老顾客|回购"),
    ("成人|大人", "儿童|孩子|小孩|小朋友|宝宝"),
    ("男", "女"),
    ("正品|正装", "仿品|高仿|小样|试用装"),
    ("全新|新品", "二手|旧品|临期|样品"),
    ("国产", "进口"),
    ("直营", "加盟|代理"),
    ("人工|真人", "机器人|智能|程序|AI"),
    ("拆封|拆了封|拆开|开封|打开过|已拆|用过", "未拆|没拆|没开封|未开封|没打开|没用过"),
    ("亏", "赚"),
    ("最快|最早", "最慢|最晚|最迟"),
    ("最高|上限|封顶", "最低|下限|起步"),
    ("高于|超过|多于|大于", "低于|不到|少于|小于"),
)  # fmt: skip
"""Two sides of an axis, each as patterns of the words that say it."""
_AFTER_NO: Final = re.compile(r"[不没未别勿非]$")
_SIDES: Final = tuple((re.compile(left), re.compile(right)) for left, right in _AXES)
_PARTY: Final = "哪一方"
_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "谁": {
        "我们": "我们|我方|咱们|店里|本店|同事|导购|店长|客服",
        "快递": "快递员|快递公司|快递|物流公司|承运商",
        "平台": "平台",
        "您": "您|顾客|买家|亲",
        "厂家": "厂家|工厂|供应商",
    },
    _PARTY: {
        "付款人": "付款人|付款的人|付钱的人|代付人|代付的人|掏钱的人",
        "下单人": "下单人|下单的人|拍单的人",
        "收货人": "收货人|收件人|收货的人|收件的人",
        "寄件人": "寄件人|寄件的人|发货人",
        "买家": "买家|购买者",
        "卖家": "卖家|商家|店家",
    },
    "哪样办法": {"退货": "退货|退款", "换货": "换货", "维修": "维修|返修"},
    "发到哪里": {"邮箱": "邮箱|邮件", "短信": "短信", "微信": "微信", "电话": "电话|来电"},
    "哪一头": {"仓库": "仓库", "门店": "门店|店里", "工厂": "工厂"},
}  # fmt: skip
"""What takes each other's part in a sentence that otherwise stays: kind → member → the ways to write it."""
_MEMBERS: Final = {
    kind: {word: name for name, words in members.items() for word in words.split("|")} for kind, members in _PARTS.items()
}


@lru_cache(maxsize=4096)
def sides(clause: str, written: bool = False) -> tuple[tuple[int, int], ...]:
    """How often a clause says the one and the other side of each axis; what is denied says the other one (没干透: 半干).

    ``written``: as the words stand, whatever is denied.
    """
    text = _IDIOMS.sub("〇", clause)
    return tuple(_counts(two, text, written) for two in _SIDES)


def _counts(two: tuple[re.Pattern[str], re.Pattern[str]], text: str, written: bool) -> tuple[int, int]:
    found = [0, 0]
    for side, pattern in enumerate(two):
        for one in pattern.finditer(text):
            denied = not written and _AFTER_NO.search(text[: one.start()])
            found[1 - side if denied else side] += 1
    return found[0], found[1]


def shifted(old: str, new: str, written: bool = False) -> Iterator[int]:
    """The axes of which the new clause says more of the one side and less of the other than the old one did."""
    for axis, ((left, right), (now_left, now_right)) in enumerate(zip(sides(old, written), sides(new, written), strict=True)):
        gone_left, come_right = left - now_left, now_right - right
        if (gone_left > 0 and come_right > 0) or (gone_left < 0 and come_right < 0):
            yield axis


def facing(one: str, other: str) -> bool:
    """Whether one text says a side of an axis, and the other text the other side of it alone."""
    pairs = zip(sides(one, written=True), sides(other, written=True), strict=True)
    return any(
        (left and there_right and not there_left) or (right and there_left and not there_right)
        for (left, right), (there_left, there_right) in pairs
    )


def free_noes(clause: str) -> int:
    """How many noes deny a side of an axis, and so only say the other side."""
    text = _IDIOMS.sub("〇", clause)
    places = {
        one.start() for two in _SIDES for side in two for one in side.finditer(text) if _AFTER_NO.search(text[: one.start()])
    }
    return len(places)


def told(axis: int, text: str, left: bool) -> str:
    """The word of a clause that says one side of an axis."""
    found = _SIDES[axis][0 if left else 1].search(_IDIOMS.sub(lambda one: "〇" * len(one[0]), text))
    return found[0] if found else ""


def another(gone: str, come: str) -> str:
    """What kind of part the two words have if one took the other's; empty where they mean the same, or nothing of that."""
    for kind, members in _MEMBERS.items():
        if gone in members and come in members and members[gone] != members[come]:
            return kind
    return ""


def parties(old: str, new: str) -> str:
    """What kind of party of a sale gave way to another one in a clause; empty where none did."""
    was, now = ({name for word, name in _MEMBERS[_PARTY].items() if word in text} for text in (old, new))
    return _PARTY if was - now and now - was else ""
