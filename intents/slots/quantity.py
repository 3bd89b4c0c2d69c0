"""How many of something: ``{"n": 2, "unit": "箱"}``."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import NUMBER, number

_SURE = (
    r"箱(?!子|包)|盒(?!子)|瓶(?!子|口|盖)|袋(?!子)|罐|桶|提(?![供前示到醒货现交问取高])|份(?!子|儿钱)|公斤|斤|套"
    r"(?![餐路])|支(?![付持架])|双(?![十1旦方])"
    r"|条(?![码件])|包(?![邮裹装退换含括])|打(?![就开电折包不完算车了]|听)|板|枚|盆|篮|筐|扎|听(?![说到歌了])|卷"
    r"(?![发翘子])|杯(?!子)|块(?!钱)|管(?![不用理家他你])"
    r"|盘(?!子)|壶|碗|床(?=$|[,。!?的被单])|幅|副|尾(?!款|号)|株|束|朵|筒|克(?![莱拉服])|串(?!数字|号)|捆|kg|KG|Kg|件"
    r"(?![事套])|只(?![要有能是会])|对(?![吗不么应于比])|张|把(?![手它我])"
    r"|台(?![湾州北])|根(?![本据])|颗(?!粒)|粒|片(?![刻区])|个(?![性头月人子别体Gg钟]|小时|半月|星期|礼拜)|本"
    r"(?![来人身店月周命])|顶(?![多天])|部(?![分位])|样(?![子品])|组(?!合)|单(?![独价子位号品])"
    r"|刀(?=纸)|抽(?=纸)|排(?![骨队毒放除])"
)
_TYPED = {
    "相": "箱", "厢": "箱", "和": "盒", "合": "盒", "河": "盒", "平": "瓶", "屏": "瓶", "代": "袋", "带": "袋", "建": "件",
    "分": "份", "灌": "罐", "通": "桶", "包": "包", "只": "只", "金": "斤",
}  # fmt: skip
_COUNT = re.compile(
    rf"(?<![第这那哪每几同A-Za-z.\d+*xX×/-])(?P<n>{NUMBER}|半|俩|仨) ?(?P<unit>{_SURE})(?P<more>半(?!价)"
    r"|[一二两三四五六七八九]两(?![个箱盒瓶]))?"
)
_MISSPELT = re.compile(
    rf"(?:(?<=[要来买订拿拍加再])|^|(?<=[,。 ]))({NUMBER})([{''.join(_TYPED)}])(?=$|[,.!?。的了吧呢哈啊 ]|(?:苹果"
    r"|牛奶|面膜|鸡蛋|车厘子|草莓|橙子|水果|纸|奶粉|酸奶|面霜|口红|洗))"
)
_BOTH = re.compile(
    r"(?<![咱我你他她它们这那哪就])(?:(?<=也)|(?<=[要来买订留拿拍加接囤送给])|(?<![\u4e00-\u9fff])|(?<=[^人口]))(俩"
    r"|仨)(?!人|口|娃|孩|宝|老|儿|闺|女|男|月|小时|天|[箱盒瓶袋罐桶份斤件])"
)
_ORDER = re.compile(
    r"[要来买订留拿拍加接囤送凑退补换取抢称带寄发少多漏错缺追选]|下单|预定|改成|收到|接龙|一共|总共|再|份$|给我|帮我"
    r"|\d[.、]|就行|就够|够了|预留|坏|碎|破|烂|签收"
)
_SPEC = re.compile(
    r"(?:装(?!一|进)|入(?!手)|一[箱盒包袋组提套]|折|半价|起[送订拍批发卖]|以上(?:包邮|打折|优惠|有)|起(?!来|拍)|套餐"
    r"|色(?!的)|码|扣|月(?!饼)|[年天](?!内)|号|版|款(?!面|口|的))"
)
_PLAIN = re.compile(r"[一1] ?(?:个|件|样|张|单|块|把|条|片|些|下|杯|台|只|份|根|颗|部|排|组|床|副|幅|套|枚|粒|颗|束)")
_VAGUE = re.compile(
    r"(?:小?时|工作日|人(?!参)|月(?!饼)|[GgKk](?![a-z])|预付|合理|服务|问题|事|情|星期|礼拜|地方|意思|字|赞|朋友|多|钟|代(?!餐)|方面|样|季|号|疑问"
    r"|建议|评|好评|姐|妹|群|活动|颜色|色号|牌子|品牌|款式|尺码|链接|电话|客服|快递|订单|选项|原因"
    r"|版本|阶段|步骤|层|地址|店|门店|系列|产品|视频|图|照片|消息|信息|答复|说法|理由|机会|办法|选择|回复|功能|孩子"
    r"|宝宝|娃|儿子|女儿|老公|价|优惠|券|红包|积分|包裹|账号|学期|赠品|差评|味道|口味|规格|区别|小白(?!鞋|瓶)|新手|东西|人家"
    r"|季度|半|手(?![霜套膜工机])|群友|档|世纪|来月|国家|部门|楼|栋|娃|短信|骗子|平方|平米|亿|公司|男的|女的|女生|男生"
    r"|学生)"
)
_ABOUT = re.compile(
    r"(?:里面|里)?(?:是|有|能|可以|够|要|合|大概)?(?:用|吃|喝|卖|装|有|是|冲)?(?:多少|几|多久|多大|多重|多长|什么价"
    r"|啥价)|里面?有"
)
_OFFER = re.compile(
    r"[买拍满][一二两三四五六七八九十\d]+(?:[个件盒瓶箱袋包支套份])?[送赠减免打]|第[一二两三\d]+[件个盒瓶]"
    r"|[两二三2-9][件个盒瓶][\d七八九五六]+折"
)
_TIME = re.compile(r"(?:[胖瘦涨掉轻]|过去|已经|等|花|用|晚|早|提前|睡|坐|走|排|隔|每)了?$")
_PIECES = re.compile(r"(?:香皂|皂|蛋糕|牛排|豆腐|毛巾|肉|巧克力|抹布|地毯|海绵|披萨|砧板|电池|木|手工)")
_EGGS = re.compile(
    r"的?(?:土|柴|咸|鲜|笨|本地|新鲜|农家|乌)?(?:鸡蛋|鸭蛋|鹅蛋|蛋|粽子|月饼|包子|馒头|橙子|苹果|柠檬|猕猴桃|鹌鹑蛋"
    r"|皮蛋)"
)
_OF_WEIGHT = re.compile(r"的[\u4e00-\u9fff]")
_THAT = re.compile(r"(?:的)?那[款种个]|[这那]款")
_NOT_BEFORE = re.compile(r"[满每哪]$|/$|第[一二三四五六七八九十\d]*$")
_PRICED = re.compile(r"(?:钱|多少|元|块)\s?$")
_ONE_ASKED = re.compile(
    r"(?:给|帮)(?:我|他|她)(?:妈|爸)?(?:留|拿|来|加|补|寄|发|拍|订|带)?\s?$|下单|(?:我|再|就|只|先|多)[要来订拿拍加]\s?$"
    r"|少[发了]*(?:我)?(?:了)?$|[.、]\S{0,3} ?$|(?<![A-Z])[SMLX码色] ?$"
)
_ONE_ENDS = re.compile(r"$|[,。!?吧呗哈~ 谢]|就[行够好]")
_HALVED = frozenset(("斤", "公斤", "箱", "打", "kg", "KG", "份", "桶", "袋", "盒", "只"))
_BRIEF, _SHORT = 4, 16
"""Characters of a message that says little else: there a count needs no word of ordering."""
_LOOSE = frozenset("个块片粒颗样单张台部本把组排根碗壶盘朵条克副幅床对只")


def quantities(text: str) -> Iterator[Found]:
    """All quantities of a sentence that somebody orders, has or misses."""
    ordering = _ORDER.search(text) is not None
    offers = [found.span() for found in _OFFER.finditer(text)]
    for found in _COUNT.finditer(text):
        value = _count(found)
        if value is None or any(start <= found.start() < end for start, end in offers) or not _counts(text, found, ordering):
            continue
        unit = found["unit"].replace("KG", "kg").replace("Kg", "kg")
        if unit == "打" and _EGGS.match(text, found.end()):
            value, unit = value * 12, "个"
        yield Found("quantity", {"n": _whole(value), "unit": unit}, *found.span())
    for found in _BOTH.finditer(text):
        if ordering or len(text) <= 6:
            yield Found("quantity", {"n": 2 if found[1] == "俩" else 3, "unit": "个"}, *found.span())
    for found in _MISSPELT.finditer(text):
        value = number(found[1])
        if value and value < 1000 and ordering and found[2] != "包":
            yield Found("quantity", {"n": _whole(value), "unit": _TYPED[found[2]]}, *found.span())


def _count(found: re.Match[str]) -> float | None:
    """两箱半 → 2.5, 一斤二两 → 1.2, 半打 → 0.5, 俩瓶 → 2."""
    words = {"半": 0.5, "俩": 2.0, "仨": 3.0}
    value = words.get(found["n"], number(found["n"]))
    if value is None or value > 100_000 or value == 0 or re.fullmatch(r"[一二两三四五六七八九]{2,}", found["n"]):
        return None
    if found["more"] == "半":
        return value + 0.5
    if found["more"]:
        return value + (number(found["more"][0]) or 0) / 10 if found["unit"] == "斤" else None
    return value


def _counts(text: str, found: re.Match[str], ordering: bool) -> bool:
    """Whether the figure counts goods here: not a pack's content, a discount, a time or 一个问题."""
    before, after = text[max(0, found.start() - 6) : found.start()], text[found.end() :]
    if _foreign(found, before, after):
        return False
    unit = found["unit"]
    if unit == "块":
        return _piece(found, before, after)
    if _PLAIN.fullmatch(found[0]):
        return _one(before, after)
    if unit in _LOOSE:
        return len(text) <= _BRIEF or _ORDER.search(text, max(0, found.start() - 10), found.end() + 8) is not None
    return ordering or len(text) <= _SHORT


def _foreign(found: re.Match[str], before: str, after: str) -> bool:
    """Whether the words on either side make it something else: 第二个, 十二瓶装, 两个问题, 多少钱一斤."""
    unit, one = found["unit"], found["n"] in ("一", "1", "半")
    if _NOT_BEFORE.search(before) or _TIME.search(before) or _SPEC.match(after) or _THAT.match(after):
        return True
    if (_VAGUE.match(after) and not after.startswith("多少")) or (one and (_ABOUT.match(after) or _PRICED.search(before))):
        return True
    wanted = re.search(r"[要来买订拿拍称]$", before) is not None
    if not wanted and (unit in ("克", "样", "单", "部") or (unit in ("斤", "公斤", "kg") and _OF_WEIGHT.match(after))):
        return True
    if unit == "条" and re.search(r"[发收]了?$", before):
        return True
    return found["n"] == "半" and unit not in _HALVED


def _piece(found: re.Match[str], before: str, after: str) -> bool:
    """两块香皂 and not 两块钱."""
    if _PIECES.match(after):
        return True
    value = number(found["n"])
    return bool(value and value <= 5 and re.search(r"[要来拿订]$", before) and re.match(r"$|[,。!吧]", after))


def _one(before: str, after: str) -> bool:
    """One of something, which mostly is no more than an article: 给我留一件, 少一个."""
    if _ONE_ASKED.search(before):
        return True
    return re.search(r"[要来订留拿拍加退补漏]\s?$", before) is not None and _ONE_ENDS.match(after) is not None


def _whole(value: float) -> float:
    return int(value) if value == int(value) else round(value, 2)
