"""How many of something: ``{"n": 2, "unit": "箱"}``."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import NUMBER, number

_SURE = (
    r"箱|盒|瓶|袋|罐|桶|提|份|公斤|斤|套|支|双|条|包|打|板|枚|盆|篮|筐|扎|听|卷|杯|块(?!钱)"
    r"|串|捆|kg|KG|件|只|对|张|把|台|根|颗|粒|片|个|本|顶|部|样|组|单"
)
_TYPED = {
    "相": "箱",
    "和": "盒",
    "合": "盒",
    "河": "盒",
    "平": "瓶",
    "屏": "瓶",
    "代": "袋",
    "带": "袋",
    "建": "件",
    "分": "份",
    "灌": "罐",
    "通": "桶",
    "只": "只",
}
_COUNT = re.compile(rf"(?<![第这那哪每几A-Za-z.\d+-])({NUMBER}|半|俩|仨)({_SURE})(半|[一二两三四五六七八九]两)?")
_MISSPELT = re.compile(rf"({NUMBER})([{''.join(_TYPED)}])(?=$|[,.!?。的了吧呢哈啊 ])")
_BOTH = re.compile(r"(?<![咱我你他她它们这那哪就])(俩|仨)(?!人|口|[箱盒瓶袋罐桶份斤件])")
_ORDER = re.compile(
    r"[要来买订留拿拍加接囤送凑退补换取抢称带寄发少多漏错缺追]|下单|预定|改成|收到|接龙|一共|总共|再|份$|给我|帮我|\d[.、]"
)
_SPEC = re.compile(r"装|入|一[箱盒包袋]|折|半价|起[送订拍批]|以上|起(?!来)|套餐|色|码|扣|月|[年天](?!内)|号")
_PLAIN = re.compile(r"[一1](?:个|件|样|张|单|块|把|条|片|些|下)")
_VAGUE = re.compile(
    r"(?:小?时|人|月|问题|事|情|星期|礼拜|地方|意思|字|赞|朋友|多|钟|代|方面|样|季|号|疑问|建议|评|好评|姐|妹|群|活动|月)"
)
_ABOUT = re.compile(r"(?:是|有|能|可以|够|要)?(?:用|吃|喝|卖)?(?:多少|几|多久|多大|多重)")


def quantities(text: str) -> Iterator[Found]:
    """All quantities of a sentence that somebody orders, has or misses."""
    ordering = _ORDER.search(text) is not None
    for found in _COUNT.finditer(text):
        value = _count(found)
        if value is None or not _counts(text, found, ordering):
            continue
        yield Found("quantity", {"n": _whole(value), "unit": found[2].replace("KG", "kg")}, *found.span())
    for found in _BOTH.finditer(text):
        if ordering:
            yield Found("quantity", {"n": 2 if found[1] == "俩" else 3, "unit": "个"}, *found.span())
    for found in _MISSPELT.finditer(text):
        value = number(found[1])
        if value and value < 1000 and ordering and not re.search(r"[第这那.]$", text[: found.start()]):
            yield Found("quantity", {"n": _whole(value), "unit": _TYPED[found[2]]}, *found.span())


def _count(found: re.Match[str]) -> float | None:
    """两箱半 → 2.5, 一斤二两 → 1.2, 半打 → 0.5, 俩瓶 → 2."""
    words = {"半": 0.5, "俩": 2.0, "仨": 3.0}
    value = words.get(found[1], number(found[1]))
    if value is None or value > 100_000 or value == 0:
        return None
    if found[3] == "半":
        return value + 0.5
    if found[3]:
        return value + (number(found[3][0]) or 0) / 10 if found[2] == "斤" else None
    return value


def _counts(text: str, found: re.Match[str], ordering: bool) -> bool:
    """Whether the figure counts goods here: not a pack's content, a discount, a time or 一个问题."""
    before, after = text[max(0, found.start() - 4) : found.start()], text[found.end() :]
    if re.search(r"[满第每哪]$|预算$|/$|只要$" if found[2] == "块" else r"[满第每哪]$|/$", before) or _SPEC.match(after):
        return False
    if _VAGUE.match(after) and not after.startswith("多少"):
        return False
    if _ABOUT.match(after) and found[1] in "一1":
        return False
    if _PLAIN.fullmatch(found[0]):
        return bool(re.search(r"[要来买订留拿拍加退换补]\s?$|下单|我[要来]?$|少[发了]*$", before))
    if found[2] in ("个", "块", "片", "粒", "颗", "件", "样", "单", "张", "台", "部"):
        return ordering
    return ordering or len(text) <= 12


def _whole(value: float) -> float:
    return int(value) if value == int(value) else round(value, 2)
