"""Names that exclude each other: couriers, places, ways to pay, days, kinds of skin, levels, what else the brand spells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import named, told

_BUILT_IN: Final[Mapping[str, str]] = {
    "快递": "顺丰 中通 圆通 申通 韵达 极兔 京东物流/京东快递 德邦 邮政/EMS 百世 宅急送 丹鸟 菜鸟裹裹 跨越速运",
    "地方": "新疆 西藏 内蒙古/内蒙 青海 宁夏 海南 甘肃 云南 贵州 广西 广东 福建 江西 湖南 湖北 河南 河北 "
    "山东 山西 陕西 四川 江苏 浙江 安徽 辽宁 吉林 黑龙江 台湾 香港 澳门 北京 上海 天津 重庆 广州 深圳 "
    "杭州 南京 苏州 宁波 嘉兴 湖州 无锡 成都 武汉 长沙 郑州 西安 "
    "青岛 济南 厦门 福州 合肥 昆明 沈阳 大连 哈尔滨 东莞 佛山 义乌",
    "平台": "天猫 淘宝 京东 拼多多 抖音 快手 小红书 唯品会 得物 视频号 小程序 门店/线下/店里",
    "付款方式": "微信支付/微信零钱/零钱/微信付款/微信 支付宝 云闪付/银联 花呗 白条 现金 货到付款 数字人民币 礼品卡 "
    "银行卡/刷卡/信用卡/储蓄卡",
    "星期": "周一/星期一/礼拜一 周二/星期二/礼拜二 周三/星期三/礼拜三 周四/星期四/礼拜四 周五/星期五/礼拜五 周六/星期六/礼拜六 "
    "周日/星期日/星期天/礼拜天/礼拜日/周天",
    "时段": "早上/上午/早晨/清早 中午 下午/午后 晚上/晚间/夜里/夜间 白天",
    "肤质": "干皮/干性/皮肤干/偏干 油皮/油性/皮肤油/偏油 混合皮/混合性/混油/混干 敏感肌/敏感皮/敏感性 中性皮",
    "等级": "普通会员/普通 银卡 金卡 黑金 钻石 白金 铂金",
    "电话": "110 114 119 120 12315 12356 96110",
    "成分": "A醇/维A醇/视黄醇 水杨酸 果酸 烟酰胺 玻尿酸/透明质酸 维C/VC",
    "发票": "电子 纸质",
}
"""Class → its members with other ways to write them: what everybody in retail has, whatever the brand sells."""
PAYERS: Final = "谁出钱"
"""The class of those who pay for something."""
PEOPLE: Final = "名字"
"""The class of the assistant and the guides."""
_SPELT: Final[Mapping[str, str]] = {
    "city": "地方", "brand": "品牌", "category": "品类", "skin_type": "肤质", "audience": "人群",
    "ingredient": "成分", "texture": "质地", "concern": "功效",
}  # fmt: skip
"""Slot of the brand's spellings → its class."""
_TOGETHER: Final = {"江浙沪": ("江苏", "浙江", "上海"), "港澳台": ("香港", "澳门", "台湾"), "京沪": ("北京", "上海")}
_OUT: Final = r"(?:出(?!现|来|去|门|行)|付(?!款|钱)|承担|掏|买单|垫)"
_PAYS: Final = (
    (
        "我们",
        re.compile(
            rf"(?:不用|无需|不必|免得?|不让|不要|不需要?)[^，。；]{{0,2}}(?:您|自己)[^，。；]{{0,2}}{_OUT}"
            rf"|(?:我们|我方|商家|本店)[^，。；不]{{0,3}}{_OUT}"
        ),
    ),
    ("门店", re.compile(rf"门店[^，。；不]{{0,2}}{_OUT}")),
    ("快递", re.compile(rf"快递(?:公司)?[^，。；不]{{0,2}}{_OUT}")),
    (
        "您",
        re.compile(
            rf"(?<!不用)(?<!无需)(?<!不必)(?<!不让)(?<!不要)(?<!需要)(?<!不需)(?:您|顾客|买家|自己)(?:自己|来|先)?{_OUT}|自理|自付|自费"
        ),
    ),
)
"""Who pays, and how a text says so."""
_PLACE: Final = re.compile(r"[\u4e00-\u9fff]{2}(?:广场|地铁站|大厦|购物中心|百货|会场|系列)")
_STREET: Final = re.compile(r"(?<=[市区县\d号])[\u4e00-\u9fff]{3,8}?(?=\d|[A-Z]\d|$|负)")
"""Streets and buildings in the address of a shop."""
_COLOUR: Final = re.compile(r"[深浅淡暗][红黄棕黑白粉紫蓝绿灰]色?|[红黄棕黑白粉紫蓝绿灰]色")
_WORD: Final = re.compile(r"(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])")
_OFTEN: Final = re.compile(r"每(?:个)?(?:(天|日)|(周|星期|礼拜)(?![一二三四五六日天])|(月)|(季)度?|(年))")
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A name in a text."""

    kind: str
    name: str
    """As everybody else writes it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Names:
    """All names that lint knows: those of retail, of the brand's spellings, and of its shops."""

    starts: Mapping[str, Sequence[tuple[str, str, str]]]
    """First two signs → (as written, class, name), the longest first."""

    @classmethod
    def of(
        cls, spellings: Sequence[Item], shops: Sequence[str] = (), people: Sequence[str] = (), addresses: Sequence[str] = ()
    ) -> "Names":
        """Those of these spellings, of shops and of the brand's people (its assistant, its guides) by their names."""
        known: dict[str, tuple[str, str]] = {}
        for item in spellings:
            if kind := _SPELT.get(told(item.value, "slot")):
                standard = told(item.value, "standard")
                ways = (standard, standard.rpartition("·")[2], *named(item.value, "spellings"))
                usual = (_usual()[one][1] for one in ways if _usual().get(one, ("",))[0] == kind)
                name = next(usual, standard)
                known.update((one, (kind, name)) for one in ways)
        known.update((one, ("地址", one)) for line in addresses for one in _STREET.findall(line))
        known.update((one, (PEOPLE, one)) for one in people)
        for shop in shops:
            known.update((one, ("门店", shop)) for one in (shop, shop.removesuffix("店")))
        known.update(_usual())
        starts: dict[str, list[tuple[str, str, str]]] = {}
        for one in sorted(known, key=len, reverse=True):
            if len(one) >= _SHORTEST:
                starts.setdefault(one[:2], []).append((one, *known[one]))
        return cls(starts)

    def said(self, text: str) -> Sequence[Said]:
        """The names in a text, in their order; the longest at each place."""
        return tuple(sorted((*self._spelt(text), *_patterns(text)), key=lambda one: one.start))

    def _spelt(self, text: str) -> Iterator[Said]:
        at = 0
        while at < len(text) - 1:
            found = next((one for one in self.starts.get(text[at : at + 2], ()) if text.startswith(one[0], at)), None)
            if found:
                yield Said(found[1], found[2], at, at + len(found[0]))
            elif (many := text[at : at + 3]) in _TOGETHER:
                yield from (Said("地方", one, at, at + 3) for one in _TOGETHER[many])
                found = (many, "", "")
            at += len(found[0]) if found else 1


@lru_cache(maxsize=1)
def _usual() -> Mapping[str, tuple[str, str]]:
    return {
        way: (kind, ways.partition("/")[0])
        for kind, line in _BUILT_IN.items()
        for ways in line.split()
        for way in ways.split("/")
    }


def _patterns(text: str) -> Iterator[Said]:
    for name, pattern in _PAYS:
        for found in pattern.finditer(text):
            yield Said(PAYERS, name, *found.span())
    for found in _OFTEN.finditer(text):
        yield Said("频率", f"每{'日周月季年'[(found.lastindex or 1) - 1]}", *found.span())
    for found in _PLACE.finditer(text):
        yield Said("地点", found[0], *found.span())
    for found in _COLOUR.finditer(text):
        yield Said("颜色", found[0].removesuffix("色"), *found.span())
    for found in _WORD.finditer(text):
        yield Said("缩写", found[0], *found.span())
