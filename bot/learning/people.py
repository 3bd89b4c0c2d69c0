"""Who is spoken of: the shopper, their child, or somebody else. Pure.

The nearest person named before a word is whose word it is (我妈说我是油皮 is about 我, 我同事说她敏感 about 她); else the nearest
after it in the same clause (敏感肌的妈妈); else whoever was spoken of last; else whom this talk is about; else the shopper.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Who = Literal["self", "child", "other"]
"""``other`` is everybody of whom nothing is learnt."""
FOR = "for"
"""Under this name ``Session.wish`` holds whom a talk is about."""

BREAK = re.compile(r"[,，.。!！?？;；:：\n~～…、\s]+|但是?|不过|而且|所以|因为")
_CHILD = (
    r"(?:小)?(?:宝宝|宝贝|孩子|小孩子?|娃娃?|儿子|女儿|闺女|小家伙|小公主|千金|囡囡|baby|小宝|二宝|"
    r"大宝(?!SOD|sod|面霜)|老大(?!爷)|老二|崽崽?)"
)
_KIN = (
    r"那位|那口子|另一半|爸妈|父母|妈咪|老妈|妈妈?|母亲|老爸|爸爸?|父亲|婆婆|公公|岳[父母]|丈母娘|老丈人|爷爷|奶奶(?!灰)|姥姥|姥爷|外公|外婆|公婆|"
    r"老公|老婆|媳妇|爱人|先生(?!成)|太太|对象|[男女]朋友|[男女]友|未婚[夫妻]|闺[蜜密]|朋友(?!圈)|同事|同学|室友|舍友|邻居|亲戚|领导|老师|客户|"
    r"[表堂][姐妹哥弟]|[师学][姐妹哥弟]|姐夫|妹夫|弟妹|小姑|姐姐|妹妹|哥哥|弟弟|嫂子?|姑姑|姑妈|小姨|大姨(?!妈)|阿姨|舅舅|舅妈|叔叔|婶婶?|"
    r"伯伯|大伯|伯母|侄[子女儿]|侄子|外甥女?|孙子|孙女|长辈|老人家?|(?<=[我俺咱])[姐妹哥弟姨姑舅叔]"
)
_REPORTS = r"医生|大夫|柜姐|店员|导购|美容师|博主|主播|网友|小红书|抖音|网上|评论区?|楼上|群里|有人|大家|别人|其他人|人家"
_MINE = r"(?:我|俺|咱)(?:们)?(?:家)?(?:里)?(?:的)?"
_WISHES = (
    r"想|要(?!么)|看|问|买|再|先|就(?!是)|觉得|不知道|知道|希望|打算|准备[给送]|来|帮|给|替|送|挑|选|下单|拍|需要|这边|"
    r"是(?:想|来|帮|给|替)|听|刷到"
)
_SAYS_FOR_ME = r"推荐|看|选|挑|查|找|介绍|问|发|拿|来|说|讲|下|算|留|记|改|转|退|换|开|加|处理|解释|搭|配"
_PERSON = re.compile(
    rf"(?P<mother>[宝辣孕奶]妈|当了?妈妈?|做了?妈妈?|是(?:个|一个)?(?:新手|二胎|全职)?妈妈|(?:新手|二胎|三胎|全职|哺乳|上班|背奶)妈妈)"
    rf"|(?P<me>本宝宝|本人|宝宝我)"
    rf"|(?P<theirs>(?:{_MINE})?(?:{_KIN}|别人|人家|他|她)(?:家)?(?:的)?(?:{_CHILD})|孩子(?:他|的)?爸爸?|娃(?:他)?爸|宝爸)"
    rf"|(?P<crowd>妈妈群|宝妈群|妈妈圈|小姐姐|小哥哥|姐妹|朋友们|家人们)"
    rf"|(?P<kin>(?:{_MINE})?(?:{_KIN})|我们?(?:宿舍|公司|部门|办公室|班|一家))"
    rf"|(?P<child>(?:{_MINE})?(?:{_CHILD}))"
    rf"|(?P<they>她|他(?!们?家?的?店)|TA(?![A-Za-z])|{_REPORTS}|送人|送礼|送别人|礼物|随礼|过节礼)"
    rf"|(?P<asking>(?:帮|给|跟|替|为|让|叫|请)我(?={_SAYS_FOR_ME})|(?:我|俺)(?={_WISHES})|(?:我|咱|俺)们)"
    rf"|(?P<self>我自己|自己|自用|我|俺|咱|偶(?!尔))"
)
_VOCATIVE = re.compile(
    rf"(?:谢谢|感谢|亲爱的|嗨|你好|您好|好的|嗯嗯?|哈喽|hi)?(?:我的)?"
    rf"(?:{_CHILD}|{_KIN}|[宝姐妹哥弟亲]|老板|客服)们?[呀啊哦呢哈]?",
    re.IGNORECASE,
)
_OF_HERSELF = re.compile(
    r"我自己|我(?:本人)?(?:用|是|也|的?(?:皮肤|脸|头发|肤质)|现在|属于|对|有|没|在|不是|已经|刚)|"
    r"自己用|自用|给(?:我|自己)(?:买|用)"
)
"""Strong enough to turn a talk that was about somebody else."""


@dataclass(frozen=True, slots=True)
class _Mention:
    who: Who
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class People:
    """The persons of one message."""

    text: str
    mentions: tuple[_Mention, ...]
    before: Who | None = None
    """Whom the talk was about."""

    def whose(self, start: int, *, mothers: bool = False) -> Who:
        """Of whom the word at ``start`` speaks; with ``mothers`` a child is looked through: 给宝宝喂奶 is what she does."""
        told = [one for one in self.mentions if not (mothers and one.who == "child")]
        left = [one for one in told if one.start <= start]
        clause = _clause(self.text, start)
        if left and left[-1].start >= clause[0]:
            return left[-1].who
        right = [one for one in told if start < one.start < clause[1]]
        if right and not (right[0].who == "child" and left):
            return right[0].who
        if left:
            return left[-1].who
        later = {one.who for one in told}
        if later:
            return "self" if "self" in later else "other" if "other" in later else "self"
        return self.before if self.before and not (mothers and self.before == "child") else "self"

    def explicit(self, start: int) -> bool:
        """Whether the shopper is named before the word, in its clause: 我是油皮能用吗 states, 油皮能用吗 asks."""
        first = _clause(self.text, start)[0]
        near = [one for one in self.mentions if first <= one.start <= start]
        return bool(near) and near[-1].who == "self"

    @property
    def child(self) -> bool:
        """Whether their own child is spoken of."""
        return any(one.who == "child" for one in self.mentions)


def people(text: str, covered: Iterable[tuple[int, int]] = (), before: Who | None = None) -> People:
    """The persons of a message; ``covered`` are spans of values in which no person is named (刚生完宝宝)."""
    spans = tuple(covered)
    found: list[_Mention] = []
    for match in _PERSON.finditer(text):
        kind = match.lastgroup or ""
        if kind in {"crowd", "asking"} or any(
            a <= match.start() and match.end() <= b and b - a > len(match[0]) for a, b in spans
        ):
            continue
        if kind in {"kin", "child", "they"} and _called(text, match):
            continue
        who: Who = "self" if kind in {"mother", "me", "self"} else "child" if kind == "child" else "other"
        if match[0] == "自己" and found and found[-1].who != "self" and found[-1].start >= _clause(text, match.start())[0]:
            continue
        found.append(_Mention(who, *match.span()))
    return People(text, tuple(found), before)


def about(text: str, before: Who | None) -> Who | None:
    """Whom the talk is about after this message: turned by a named person, turned back only by a plain word on oneself."""
    told = people(text, (), before).mentions
    others = [one for one in told if one.who != "self"]
    own = [found.start() for found in _OF_HERSELF.finditer(text)]
    if own and (not others or own[-1] > others[-1].start):
        return "self"
    return others[-1].who if others else before


def _called(text: str, match: re.Match[str]) -> bool:
    """宝宝，敏感肌能用吗: somebody is addressed, not spoken of."""
    first, last = _clause(text, match.start())
    return _VOCATIVE.fullmatch(text[first:last].strip()) is not None and not text[first:last].startswith(("我", "咱", "俺"))


def _clause(text: str, at: int) -> tuple[int, int]:
    """From where to where the clause around a place reaches."""
    first = max((found.end() for found in BREAK.finditer(text) if found.end() <= at), default=0)
    last = min((found.start() for found in BREAK.finditer(text) if found.start() > at), default=len(text))
    return first, last


def clause(text: str, at: int) -> tuple[str, str, str]:
    """The clause around a place: what stands before it, from it on, and the rest of the message after the clause."""
    first, last = _clause(text, at)
    return text[first:at], text[at:last], text[last:]
