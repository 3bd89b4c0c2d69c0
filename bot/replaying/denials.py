"""What a clause says no to, and who pays: each way of saying it made one. Pure.

No understanding of language, only of how a no is built in Chinese: a sign before what is denied (不, 没, 未, 无, 别, 请勿), or
within it (用不了, 改不到). Words that only look like a no, questions of the kind 能不能 and a no of a no count for nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

FREE: Final = "free"
PAID: Final = "paid"
_REMEMBERED: Final = 4096
"""Clauses that are remembered: most of a reworded text stays as it was."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One no."""

    head: str
    """The first sign of what is denied; empty where it is not told."""
    scope: frozenset[str]
    """All signs that the no reaches."""
    matter: str = ""
    """The first word of what is denied, at most two signs."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is left of a clause when its noes were taken out."""

    content: str
    """What it is about: the clause without noes, helping verbs and particles."""
    affirmed: str
    """What no no reaches."""
    denials: tuple[Denial, ...] = ()
    pays: frozenset[str] = frozenset()
    """Who pays: ``FREE`` (the shop, or nobody), ``PAID`` (the shopper)."""
    only: bool = False
    """It limits with 只, 仅, 才, 除了."""


_ALIKE = re.compile(
    r"(.)[不没]\1|有没有|是否|能否|可否|"
    r"不用不好意思|不好意思|别有(?:什么)?(?:负担|压力|顾虑)|不要紧|不打紧|不碍事|不错|不过|不仅|不但|不管|不论|不断|不如|不妨|不客气|没关系|没事|没问题|没毛病|不分(?=周末|节假|平日|昼夜|渠道|男女|老少|地区|[#])|差不多|对不起|了不起|只不过|要不然?|"
    r"无论|无理由|无线|无忧|无痕|无香(?![精料])|特别|个别|区别|类别|级别|性别|分别|辨别|鉴别|别人|别的|别名|别家|别处|非常|未来|莫非|除非|"
    r"不少(?!于|$)|不久|不止|不只|不光|不单(?=[是单有要])|忍不住|说不定|不禁|不由|不打烊|不胜|不愧|不乏|不一定|少不了|免不了|"
    r"没见(?=您|你|面|着)|没来(?=了|啦)|没联系|没聊|不知(?:道您|您)|是不是|莫大|"
    r"(?:不用|不要|不必|不需要|用不着|别|无需|请勿)再?(?:太|过于|那么)?(?:客气|谢|着急|心急|急|担心|怕|慌|难过|见外|勉强|生气|介意|操心|纠结|紧张)(?!着)|"
    r"不着?急|不会?催|不慌|不赶时间|不打扰|不耽误|不麻烦|不难|不贵|不巧|不方便|不好说|"
    r"(?:不敢|不能|不想|不会|没法|不好|不便)(?:乱|瞎|随口|随便|替您?|给您)*(?:说|讲|答应?|评价|打包票|担保|保证)|说不[准好清]|不(?:跟|给|替|向)(?:您|你)打包票|[拿定][不没](?:准|下来?|好主意)|不确定|不清楚|"
    r"不然(?:的话)?|舍不得|受不了|看不懂|不懂|没(?:太|大)?(?:听懂|听明白|弄懂|明白|跟上)|没(?:有)?(?:查到|把握|准话|准信)|查不到|[急等]不(?:来|得|及)|不误(?!用|食|伤)|不打折扣"
)
"""Words that look like a no and are none, or promise nothing."""
_SAME: Final = (
    (re.compile(r"免(?=预约|排队|登记|押金|定金|洗|等|煮|泡|刷|填)|用不着|犯不着"), "不用"),
    (
        re.compile(r"(?:买|要|拿|选|用|领)?(?:[几#]|多少)(?:件|个|次|份|元|钱)?都(?:行|可以?(?![到来去以])|成|能(?:买|用|领)?)"),
        "不限",
    ),
    (re.compile(r"(?:不(?:会|太)?|没有?)(?:影响|妨碍)"), ""),
    (re.compile(r"(?:会|要)?(?:影响|妨碍)(?=[^，]*[退换修用卖发])"), "不"),
    (re.compile(r"拒收|拒签|拒绝签收|拒绝收货|不签收"), "不收"),
    (re.compile(r"(?:不用|不必|无需|别)再?(?:怕|担心)(?=会|变|坏|过敏|[掉丢错碎漏伤闷堵])"), "不会"),
    (re.compile(r"(?:还?没有?|未)(?P<done>发货|发出|付款|激活)(?=的|时)"), r"\g<done>前"),
    (re.compile(r"[放停缓]一?[放停缓](?![心])"), "不用"),
    (re.compile(r"(?:代替|取代)(?![不得])"), "不"),
    (re.compile(r"(?<=[#店日天])[都也要会]{0,2}(?:休息|闭店|歇业|店休|不开门)"), "不营业"),
    (re.compile(r"(?:还?没有?|未)(?:过期|失效)"), "有效期内"),
    (re.compile(r"过了?(?:有效)?期(?!末)|失效"), "不有效期内"),
    (re.compile(r"(?P<verb>[一-龥])得(?:了|到|上|成|起|出|开|着)(?!不)"), r"能\g<verb>"),
    (re.compile(r"停(?:止|掉)?使?用"), "不用"),
    (re.compile(r"不适(?![合用宜])|不舒服|不对劲"), "难受"),
    (re.compile(r"(?:还?没有?|未)(?P<done>[^，#]{1,4}?)(?:之前|以前|前(?!面|几|台))"), r"\g<done>前"),
    (re.compile(r"因人而异|各不相同|各有不同|有所不同|不同(?!意)|有(?:些|点)?(?:差别|区别|出入)"), "不一样"),
    (re.compile(r"(?P<done>[送领卖抢发用][完光])(?:就没有?了?|即止|为止|止)"), r"\g<done>"),
)
"""Ways to say the same, each with the one that is kept."""
_TWICE = re.compile(r"不是不|不能不|不会不|不得不|没有?不|无不|并非不|不可不|未必不|非[^，]{1,5}不可")
_BOUND = re.compile(
    r"(?:不(?:能|可以?|得|会|要|应|允许)?超[过出]?|不多于|不高于|不大于|[不没未][满到够]了?|不足|不少于|不低于|不止)(?=.{0,2}#)|"
    r"(?:[不没未][满够]了?|不足)(?=[的就收要时]|$)|[不没]到(?=的)"
)
"""A no that only limits an amount."""
_UNFREE = re.compile(r"(?:不(?:能|会|再|给|可以?|支持)*|没法|无法|没有)(?:包邮|免邮|免费|免运费)")
_PAID = re.compile(
    r"自费|自理|自付|(?:您|你|顾客|买家)?自[己行](?:来|去|要|得)*(?:付|出|承担|掏)|"
    r"(?:(?:由|要|得|请|需要?)?(?:您|你|顾客|买家|对方)(?:来|要|得|需要?|自己|自行|先)*+(?:出(?![门来现示发])|承担|付(?![款清好了])|掏)(?:一?下|费|钱)?)|"
    r"(?:要|得|需要?|另外?|额外|再)(?:另外|额外|再)?(?:花钱|付费|加钱|收钱|收费|收#|付#)|另外?收(?:取|#|费|钱)|(?<!不)多收|(?<!不)收(?:取)?(?:一?[点些]|少量)?(?:费|钱)|付费|扣(?:除|掉)?您?(?=#)"
)
_FREE = re.compile(
    r"(?:运费|邮费|费用|钱|配送费)?[也都就均]*不(?:用|要|必|需要?|会|再|另外?|额外|多)*+(?:您|你)?(?:收(?:取)?|出|付|花|加|掏)(?:您|你)?(?:任何|什么|一分)?(?:运费|邮费|配送费|费用?|钱)|"
    r"(?:运费|邮费|费用|配送费)[也都就均]*(?:不用?|不会|无需|用不着)(?:您|你)?(?:再|另外?|额外|多)*(?:收|出|付|掏|承担)|"
    r"(?:无需|用不着|不用|不必)(?:您|你)?(?:付费|花钱|出钱)|不要钱|不用钱|不(?:另外?|额外|多)收(?:运费|钱|费)?|"
    r"(?:我们|我方|商家|卖家|店里|店家|平台|公司)(?:这边)?(?:来|给您?|全|都|会|负责|帮您)*(?:出(?![门来现示])|承担|付(?!款)|包(?![装裹含括])|掏|报销)|"
    r"不收(?:取)?[^，#]{1,4}费|免(?:收|去)?[^，#费]{0,3}费|免收|免运费|免邮(?!券)|免配送费|包邮|分文不取"
)
_ONLY = re.compile(r"[只仅](?![要见是管])|才(?!刚)|唯有|除了|限(?![时定购次])|凭|必须|二选|选#")
_HELP = (
    r"(?:能够?|可以|可|会|要|用(?![可能会])|必要?|需要?|须|得|许|准|允许|支持|提供|接受|开放|建议|推荐|再|另外?|额外|给您?|让您?|是|敢|曾|经过?|"
    r"进行|参与|参加|办法|法|算是?|把|将|被|在|太|都|也|怎么|单独|继续|直接|随便|任意|私下|对|跟|和|您|你|我们|有|做|带|一起|同时|急着?|长期|收|到|计入?|进|包括|含|放)"
)
_NO = re.compile(r"不|没有?|未|无|勿|别|莫|严禁|禁止?|谢绝|拒绝|非")
_DENIED = re.compile(rf"(?:{_NO.pattern})(?P<help>{_HELP}*)")
_WITHIN = re.compile(r"(?P<verb>[一-龥])不(?:了|到|上|成|起|出|开|着|来|动|住|进|下|掉|回|准|及|完)(?:去|来|了)?")
_BEYOND = re.compile(r"[以之]外")
"""内地以外不能 is 只能内地."""
_EXCEPT = re.compile(r"除外")
_AGAIN = re.compile(
    r"但|(?<=.)(?:能(?!够?不)|可|会(?!员))|(?<=.)(?:不|没|未|无法|勿|禁止)|就(?=能|可|行|是)|才|(?<!一)都|也?(?:可以|能)|也行|而是|只(?=能|可|有)|照样|照常"
)
_LIMITS = re.compile(
    r"每?满了?(?=#)|超过了?(?=#)|(?<=#)(?:[以之]?[内前后]|[以之][上下外]|起|左右)|至少|最少|最多|至多|顶多|最晚|最迟|最早|大概|大约|约(?=#)"
)
"""What belongs to an amount, not to what is said of it."""
_PARTICLES = re.compile(
    r"[的了吗呢吧啊呀哦啦哈嘛哟地得着过]|可以|能够?|会|要|就|也|都|还|再|请|麻烦|您|你|支持|需要?|行|没问题|好|一下|的话|如果|要是|只|才|上|去|来|即可|便|,"
)


@lru_cache(maxsize=_REMEMBERED)
def said(clause: str) -> Said:
    """A clause whose amounts are ``#``, read for what it denies."""
    text = clause
    for pattern, kept in _SAME:
        text = pattern.sub(kept, text)
    pays: set[str] = set()
    text = _noted(_BOUND.sub("", _ALIKE.sub("", _TWICE.sub("", text))), pays)
    denials = tuple(_denials(text))
    if len(denials) == 1 and _BEYOND.search(text):
        denials = ()
    within = _WITHIN.sub(r"\g<verb>", _EXCEPT.sub("", text))
    content = _PARTICLES.sub("", _NO.sub("", _LIMITS.sub("", within)))
    only = bool(_ONLY.search(clause) or _BEYOND.search(clause))
    return Said(content, _affirmed(text), denials, frozenset(pays), only)


def _noted(text: str, pays: set[str]) -> str:
    """The text without who pays, which is noted."""
    for pattern, who in ((_UNFREE, PAID), (_FREE, FREE), (_PAID, PAID)):
        text, times = pattern.subn("", text)
        if times:
            pays.add(who)
    return text


def _denials(text: str) -> Iterator[Denial]:
    for found in _WITHIN.finditer(text):
        yield Denial(found["verb"], frozenset(text[: found.end()]), found["verb"])
    for _ in _EXCEPT.finditer(text):
        yield Denial("", frozenset(text))
    for found in _DENIED.finditer(_WITHIN.sub(r"\g<verb>", text)):
        scope = _scope(found)
        yield Denial(scope[:1] or found["help"][-1:], frozenset(found["help"] + scope), scope[:2] or found["help"][-1:])


def _scope(found: re.Match[str]) -> str:
    """What a no reaches: up to the next verb that is said anew."""
    rest = found.string[found.end() :]
    again = _AGAIN.search(rest)
    return rest[: again.start()] if again else rest


def _affirmed(text: str) -> str:
    kept, at = "", 0
    plain = _WITHIN.sub("", _EXCEPT.sub("", text))
    for found in _DENIED.finditer(plain):
        kept += plain[at : found.start()] + "，"
        at = found.end() + len(_scope(found))
    return kept + plain[at:]
