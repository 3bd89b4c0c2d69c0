"""The values that a shopper named, out of a message's trace and out of its words; each as it stands in the message."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.brief.clauses import listed, mapping
from bot.brief.model import Remark

WHAT: Mapping[str, str] = {
    "category": "商品", "product": "商品", "brand": "品牌", "color": "颜色", "size": "尺码", "material": "材质", "flavor": "口味",
    "scent": "味道", "concern": "诉求", "skin_type": "肤质", "budget": "预算", "height_cm": "身高", "weight_kg": "体重",
    "age_months": "年龄", "due_date": "预产期", "date": "日期", "quantity": "数量", "order_id": "订单号", "phone": "电话",
    "tracking_no": "单号", "city": "城市", "store": "门店",
}  # fmt: skip
"""Slot → what the desk calls it."""
_MOTHERS = frozenset({"孕妇", "备孕", "哺乳期", "产后"})
_UNITS = "个箱盒瓶支罐件份套双条包袋只台本把块斤颗片对枝张副组串打桶提杯桌排"
_HUES = "红橙黄绿青蓝紫黑白灰粉棕褐驼咖杏"
_DIGITS = r"[\d一二两三四五六七八九十百千半俩几]+"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("电话", re.compile(r"(?<![\dA-Za-z])(?P<v>1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")),
    (
        "日期",
        re.compile(
            r"(?P<v>(?:下下?|这|本)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|\d{1,2}月\d{1,2}[号日]?|\d{1,2}号(?=前|之前|以前|生日|要|到|跨年|装修|去|回|搬|结婚)|"
            r"今[天晚]|明[天晚早]|大?后天|月底|月初|元旦|圣诞节?|国庆|春节|过年|跨年|中秋)"
        ),
    ),
    ("订单号", re.compile(r"(?:订单|单子)(?:编?号)?(?:全号)?\s*[是为:：]?\s*(?P<v>[A-Za-z]{0,4}\d{6,24})")),
    ("单号", re.compile(r"(?<![A-Za-z\d])(?P<v>[A-Z]{2}\d{9,15})(?!\d)")),
    ("订单号", re.compile(r"(?<![A-Za-z\d])(?P<v>\d{12,20})(?!\d)")),
    (
        "孕期",
        re.compile(
            rf"(?P<v>怀孕(?:{_DIGITS}个?多?[周月])?|孕{_DIGITS}[周月]|孕[早中晚]期|备孕|哺乳期?|喂奶|坐月子|产后(?:{_DIGITS}个?[周月天])?|(?<![宝用])孕期)"
        ),
    ),
    (
        "过敏",
        re.compile(r"对(?P<v>[\u4e00-\u9fffA-Za-z]{1,6}?)(?:还|严重|也|都|有点|很|特别|会)?(?:过敏|不耐受?|敏感(?!肌|皮|性))"),
    ),
    ("过敏", re.compile(r"(?<![不没会容])(?P<v>[\u4e00-\u9fff]{1,5}?)(?:我|她|他|会|有点|严重)?(?:过敏(?!性|肌|源|原)|不耐受?)")),
    ("年龄", re.compile(rf"(?P<v>{_DIGITS}(?:周岁|岁半?|个半?月(?:大)?)|刚?满月|百天)")),
    ("年龄", re.compile(r"[她他今年妈爸]{1,2}(?:都|才|今年|已经)?\s*(?P<v>\d{2})(?=了|[，,。]|$)")),
    ("体重", re.compile(r"(?P<v>(?<![\d.])\d{1,3}(?:\.\d)?(?:斤|公斤|kg|KG|千克))(?=$|[，,。！穿重左多的 ])")),
    (
        "颜色",
        re.compile(
            rf"(?P<v>[浅深雾墨藏米奶焦酒玫军荧天宝湖烟裸暖冷正橘珊薄雪砖枣灰银][光]?[{_HUES}]色?|(?:自然|肤|银|金|卡其|豆沙|香槟|豆|原木|咖啡)色|豆沙|"
            rf"(?<![好脸])[{_HUES}]色)(?!素|号|差|泽|彩|温|块|眼|头|皮)"
        ),
    ),
    (
        "数量",
        re.compile(
            rf"(?:^|[，,。！!\s]|来|要|拿|订|拍|留|买|先|再|加|成)(?P<v>{_DIGITS}[{_UNITS}])(?=$|[，,。！!\s的寄一给打就够吧带送不])"
        ),
    ),
    (
        "尺码",
        re.compile(r"(?:换成?|要|拿|选|穿)(?:个)?(?P<v>[2-4]\d半?)(?=的|吧|$|[，,。])|(?:^|[，,。])(?P<w>[2-4]\d半?)(?=的吧)"),
    ),
    ("身高", re.compile(r"(?<![\d./])(?P<v>1[4-9]\d)(?=$|[，, ])")),
    ("预算", re.compile(r"(?:^|[，,。\s])(?P<v>[一二两三四五六七八九]+[百千万](?:[一二三四五六七八九])?)(?=的有|的吧)")),
    ("尺码", re.compile(r"(?<![A-Za-z\d])(?P<v>X{0,3}[SML]|\d?XL|\d{2,3}码半?|\d{2}半码?|\d{2}[A-G])(?![A-Za-z\d])")),
    ("预算", re.compile(rf"(?P<v>{_DIGITS}(?:多)?(?:块钱?|元|毛)?(?:以内|以下|之内|左右|上下|封顶|内(?=$|[，,。])))")),
    (
        "预算",
        re.compile(
            rf"(?:^|[，,。\s])(?P<v>{_DIGITS}(?:[到至\-~]{_DIGITS})?(?:块钱?|元)|[一二两三四五六七八九十]+[百千](?:多|上下)?)(?=$|[，,。])"
        ),
    ),
    ("预算", re.compile(rf"(?:可以到|最多|顶多)(?P<v>{_DIGITS}(?:块|元)?)(?![个瓶支盒])")),
    ("预算", re.compile(r"(?:^|[，,。\s])(?P<v>\d{2,5})(?:块|元)?(?:也行|都行|也可以|都可以)")),
    ("预算", re.compile(rf"预算(?:大概|差不多|在|是)?(?P<v>{_DIGITS}(?:[到至\-~]{_DIGITS})?多?(?:块|元)?(?:以内)?)")),
    ("预算", re.compile(rf"(?:别超过?|不超过?|控制在)(?P<v>{_DIGITS}(?:块|元)?)")),
    ("门店", re.compile(r"(?P<v>[\u4e00-\u9fff]{2,3}店)(?=$|[，,。]|[今明后能周几的有买线试提自])")),
    (
        "肤质",
        re.compile(
            r"(?P<v>(?:大?混合|[大混干油敏中]{1,3})(?:性|偏[油干])?(?:皮肤|肤质|皮|敏皮|痘肌|痘皮|肌(?!肤))|敏感(?:肌|皮|性皮肤)|皮肤(?:有?点?|很|偏|特别)[干油])"
        ),
    ),
)
_NUMBERS = frozenset({"电话", "订单号", "单号"})
_BODY = re.compile(r"穿|码|几号|身高|米|岁|个月|公分|cm|[体胖瘦]|宝|腿|孩|娃|椅|[她他我]\d|\d{3}[ ,，]", re.IGNORECASE)
_ALLERGEN_NOT = re.compile(r"不|没|会不会|是不是|[吗么]|不会|怎么|[她他你]$|^[我你她他也都会是说用了]+$|皮肤|容易|有点")
_WITHOUT = re.compile(r"(?:(?<!有)没有?|不是|并非|不要|别要|别给我|[不非无])(?:要|是|带|含)?$")
"""没薄荷味的: what stands behind is not wanted."""
_INSTEAD = re.compile(r"(?:没|不行|没有)[^，,。]{0,3}(?:那|就|换)+(?:要|来|给)?$|(?:那就|换成?|改成)$")
"""粉色没了就灰色: the second is wanted."""
_NEVER = re.compile(r"(?!)")
_ONLY_ASKED = re.compile(r"[^，,。]{0,4}[吗么?？]|[^，,。]{0,4}(?:没有|不)$")
_ELSE: Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "肤质": (_NEVER, re.compile(r"头皮|头发|发质")),
    "尺码": (re.compile(r"(?:上次|之前|前几天|买)[^，,。]{0,3}的$"), _NEVER),
    "身高": (_NEVER, re.compile(r"的(?!人)|[乘xX×*]")),
    "预算": (re.compile(r"[他她那]那?[套款个件]$|差了?$|便宜了?$|贵了?$|充了?$"), _NEVER),
}
"""What may stand (before, behind) a value that is not what it looks like: 油性头皮, 上次买的M, 一米五的床, 他那套八百."""
_PAST_DAY = re.compile(r"昨|前天|上(?:个)?(?:周|月|次|回|礼拜|星期)|去年|前年|刚才|\d{4}年(?!.*前)|双十一")


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a message."""

    what: str
    text: str
    start: int
    negated: bool = False

    @property
    def end(self) -> int:
        """One past its last character."""
        return self.start + len(self.text)


def found(remark: Remark) -> list[Found]:
    """All values of a message in their order; the words add only what the trace does not have."""
    values = list(_traced(remark))
    for what, pattern in _PATTERNS:
        for match in pattern.finditer(remark.text):
            group = "v" if match["v"] is not None else "w"
            one = Found(what, match[group], match.start(group))
            if what == "过敏" and _ALLERGEN_NOT.search(one.text):
                continue
            values = _joined(values, one, remark.text)
    values = [_numbered(one, remark.text) for one in values]
    return sorted((one for one in values if _holds(one, remark.text)), key=lambda one: one.start)


def _joined(values: list[Found], one: Found, text: str) -> list[Found]:
    """With what the words say; where the trace has it already, whichever says more of the same place stays."""
    if one.what == "体重" and not _BODY.search(text):
        return values
    if one.what == "身高" and (not re.search(r"斤|kg|KG|体重", text) or any(v.what == "身高" for v in values)):
        return values
    rivals = [v for v in values if _overlap(v, one) and (_same(one.what, v.what) or (one.what, v.what) == ("体重", "数量"))]
    if any(len(v.text) >= len(one.text) and v.what == one.what for v in rivals) or any(v.negated for v in rivals):
        return values
    if any(v.what != one.what for v in rivals) and one.what not in {"体重"} | _NUMBERS:
        return values
    return [*(v for v in values if v not in rivals), one]


def _numbered(one: Found, text: str) -> Found:
    """An order's number and a parcel's look alike: the word before tells, else an order has digits only."""
    if one.what not in {"订单号", "单号"}:
        return one
    before = text[max(0, one.start - 8) : one.start]
    if "订单" in before or "单子" in before:
        return replace(one, what="订单号")
    parcel = re.search(r"快递|运单|物流|单号", before) is not None or not one.text.isdigit()
    return replace(one, what="单号" if parcel else "订单号")


def _holds(one: Found, text: str) -> bool:
    """Days that are past are no deadline; what somebody has already, or a material that is only asked about, is no wish."""
    before, after = text[: one.start], text[one.end :]
    if not one.negated and without(text, one.start):
        return False
    if one.what == "日期" and _PAST_DAY.search(one.text):
        return False
    if one.what == "材质" and not one.negated and _ONLY_ASKED.match(after):
        return False
    had = one.what in {"颜色", "尺码"} and re.search(r"有$", before) and re.match(r"(?:的|色|了){0,2}了", after)
    behind, ahead = _ELSE.get(one.what, (_NEVER, _NEVER))
    return not (had or behind.search(before) or ahead.match(after) or (one.what == "数量" and one.text.startswith("几")))


def _same(one: str, other: str) -> bool:
    """Digits are one number only: an order is no phone; other kinds may share a word (婴儿面霜)."""
    return one == other or (one in _NUMBERS and other in _NUMBERS)


def without(text: str, start: int) -> bool:
    """Whether what begins here is what is not meant."""
    return _WITHOUT.search(text[:start]) is not None


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _traced(remark: Remark) -> Iterator[Found]:
    trace = remark.trace or {}
    for raw in listed(trace.get("slots")):
        slot = mapping(raw)
        what = _called(str(slot.get("name")), slot.get("value"))
        words = slot.get("text", slot.get("value"))
        if what is None or not isinstance(words, str) or not words:
            continue
        start = slot.get("start")
        if not isinstance(start, int) or remark.text[start : start + len(words)] != words:
            start = remark.text.find(words)
        if start >= 0:
            yield Found(what, words, start, bool(slot.get("negated")) and not _INSTEAD.search(remark.text[:start]))


def _called(name: str, value: object) -> str | None:
    """What a slot says; of people only what bears on what they may use."""
    if name == "audience":
        told = str(value)
        return "孕期" if told in _MOTHERS else "过敏" if told.endswith(("过敏", "不耐受")) else None
    return WHAT.get(name)
