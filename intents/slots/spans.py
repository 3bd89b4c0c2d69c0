"""What the grammar of money says of figures: their units, what is no money, and what has been spent already."""

import re

from intents.slots.numerals import NUMBER, number

YUAN = r"(?:元|块钱|块|圆|rmb|RMB|Rmb|人民币|软妹币|大洋|刀乐|[rR](?![A-Za-z])|米(?![0-9一二三四五六七八九]))"
N = rf"[¥$]?{NUMBER}"
"""A figure with an optional sign of currency."""
AROUND = 0.2
"""What 左右 allows on both sides, and 出头 upwards (INTENTS.md, Conventions)."""
LEAST = 10
"""A bare number below it is no budget (3以内)."""
FOREIGN = re.compile(
    r"\s*(?:斤|岁|个|月|天|日|号|码|kg|KG|cm|CM|克|g(?![a-z])|寸|年|件|箱|盒|瓶|片|颗|粒|ml|ML|mL|公分|厘米|点|周|次"
    r"|包|支|折|楼|人|分|秒|小时"
    r"|%|度|星|条|袋|份|双|套|名|位|米|w(?![a-z])|mg|升|L(?![a-z])|l(?![a-z])|口|层|期|页|积分|字|倍|段|目|支|集|页"
    r"|平|罐|只|桶|字|词|兆|瓦|[A-Za-z])"
)
"""Units that make a figure something else than money."""
_SPENT = re.compile(
    r"(?:花[了着]|消费了|标|怎么要|怎么得|只付|付[了着]|付过|用了|买了|买的|原价|现价|标价|卖|售价|原来|涨|降|便宜"
    r"|差价?|退|赔|补|返|减|扣|收了?我?|多收|少收|运费|邮费|快递费|红包|充值?"
    r"|转账|省|满|券|优惠|立减|满减|定金|尾款|押金|抵|低消|贵了?|要价|竟然要|怎么要|积分|送|欠|欠费|交了?|充了?|费用"
    r"|话费|滞纳金|收取|每月|月租|居然|才|只要|一年|损失|罚)(?:了|是|要|我|你|掉|才|有|的|过|在){0,2}$"
)
_NEAR = 8


def scaled(text: str | None) -> float | None:
    """The figure behind an optional sign of currency."""
    return number(re.sub(r"^[¥$]", "", text)) if text else None


def spent(text: str, start: int) -> bool:
    """Whether the words before a figure tell of a price, a discount or money already paid."""
    return _SPENT.search(text[max(0, start - _NEAR) : start]) is not None


def record(low: float | None, high: float | None) -> dict[str, float | str | None]:
    """Whole yuan where the figures are whole."""
    return {"min": _whole(low), "max": _whole(high)}


def _whole(value: float | None) -> float | None:
    if value is None:
        return None
    value = round(value, 2)
    return int(value) if value == int(value) else value
