"""What may stand in braces in a script, with an example of each that a preview can fill in."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.brand import Brand, Staff
from bot.editing.model import Placeholder
from bot.handlers.table import ALWAYS, OFFERED

_EXAMPLES: Final[Mapping[str, str]] = {
    "称呼": "李女士",
    "人设名": "小花",
    "自称": "我",
    "品牌名": "本店",
    "营业时间": "10:00-22:00",
    "时段问候": "下午好",
    "下次营业": "明天 10:00",
    "新人": "小米",
    "门店名": "徐汇店",
    "导购名": "王姐",
    "券名": "新人券 20 元",
    "券说明": "满 129 元可用",
    "有效期": "12月31日前有效",
    "群规": "别发广告，别加群友推销",
    "标题": "周五团购",
    "合计": "苹果 6 斤，一共 48 元",
    "成团": "还差 2 份成团",
    "截单时间": "今天 20:00",
    "还剩": "30 分钟",
    "菜单": "1. 苹果 8 元/斤\n2. 橙子 6 元/斤",
    "新记": "小米 苹果 2 斤",
    "待确认": "阿宽说的“老样子”是指什么？",
    "清单": "小米 苹果 2 斤\n阿宽 橙子 3 斤",
    "答案": "签收后七天内、未拆封可以无理由退货。",
    "人群": "敏感肌",
    "价格": "168 元",
    "其他门店": "静安店",
    "内容": "成分里没有酒精",
    "前面几位": "2",
    "原因": "要看订单",
    "商品名": "保湿面霜 50g",
    "城市": "上海",
    "属性": "容量",
    "已知": "干皮、200 元以内",
    "成分": "烟酰胺",
    "放宽": "预算放到 250 元",
    "数量": "3",
    "比较": "A 更清爽，B 更滋润",
    "点名": "王姐",
    "等了几分钟": "5",
    "要求": "无香精",
    "门店列表": "徐汇店、静安店",
}
"""Fact → what it may be."""


def placeholders(script: str, extends: str, value_names: Iterable[str] = ()) -> tuple[Placeholder, ...]:
    """What a script may use: what its occasion brings first, then what is always there."""
    own = OFFERED.get(extends or script, frozenset()) | OFFERED.get(script, frozenset())
    more = sorted(own - ALWAYS)
    return (
        *(Placeholder(name, example(name), always=False) for name in more),
        *(Placeholder(name, example(name), always=True) for name in sorted(ALWAYS)),
        *(Placeholder(name, example(name), always=False) for name in value_names if name not in own | ALWAYS),
    )


def example(name: str) -> str:
    """What a fact may be."""
    return _EXAMPLES.get(name, f"〔{name}〕")


def facts(script: str, extends: str, brand: Brand, staff: Staff, store: str, *, known: bool) -> dict[str, str]:
    """Examples for all that a script may use, the brand's own where they are known; without a name for an unknown shopper."""
    names = ALWAYS | OFFERED.get(script, frozenset()) | OFFERED.get(extends, frozenset())
    found = {name: example(name) for name in names}
    shop = staff.stores.get(store)
    own = {
        "人设名": brand.persona.name,
        "自称": brand.persona.self_name,
        "品牌名": brand.name,
        "门店名": shop.name if shop else "",
        "群规": brand.groups.rules,
    }
    found |= {name: told for name, told in own.items() if told and name in names}
    if not known:
        found.pop("称呼", None)
    return found


def said_by_program(script: str) -> bool:
    """Whether the program says it by itself; else something of ops' names it (a macro, a rule, another script)."""
    return script in OFFERED
