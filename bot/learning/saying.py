"""How something is said of oneself: stated, wished, hedged, asked, of the past, taken back, or only supposed. Pure."""

import re
from collections.abc import Iterator
from typing import Literal

from bot.learning.people import People, clause

Manner = Literal["stated", "wished", "hedged", "asked", "past", "back", "nothing"]
SURE = {"stated": 1.0, "wished": 0.667, "hedged": 0.556, "asked": 0.5, "past": 0.667, "back": 1.0}
"""What is left of a plain statement's weight."""

_SUPPOSED = re.compile(r"如果|要是|假如|假设|万一|若是|倘若|的话(?!题)|以后要|将来|等我|怕以后")
_GENERAL = re.compile(
    r"什么(?:是|叫|样的?(?:算|才|皮肤|人))|(?:是|指)(?:什么|啥)(?:意思|$|[?？呢])|啥(?:是|叫)|区别|不一样|差别|有什么不同|"
    r"(?:怎么|如何|怎样)(?:看|判断|分辨|区分|知道|测|辨别|算)|所有|任何|不管|无论|不分|(?:算不算|属于)什么"
)
_ASKS = re.compile(r"[吗么嘛?？]|能不能|可不可以|会不会|行不行|[能可]?以?用不|哪些|为什么|好不好|[用吃]不$|咋|怎么")
_WISHES = re.compile(r"推荐|有没有|适合|求|想找|想买|有.{1,12}的吗|专用")
_HEDGES = re.compile(r"好像|可能|也许|大概|应该|似乎|感觉|估计|不太?确定|不知道是不是|是不是|算是|怀疑|貌似|说不定|恐怕|差不多")
_PAST = re.compile(
    r"(?:以前|之前|原来|原先|曾经|从前|过去|早先|小时候|年轻(?:时候?|的时候)|当年|去年|前[几两]年|上学[时那])[^,，。]{0,5}$"
)
_STILL = re.compile(r"一直|现在|到现在|直到")
_TURNS = re.compile(r"^(?:慢慢|逐渐)?(?:养|变|转|成)(?:成|到|为|了)?")
_NO_LONGER = re.compile(
    r"(?:现在|如今|已经|早就|后来|都)[^,，。]{0,4}(?:不|没|好)[^,，。]{0,5}(?:了|啦)|(?:不|没)[^,，。吗?？]{0,4}了"
)
_GONE = re.compile(
    r"^(?:都|全|也|已经|早就|现在|基本|差不多|终于|完全){0,3}(?:好(?:了|多了|得差不多)|没(?:有)?了|消(?:了|下去)|下去了|退了|治好|"
    r"不(?:长|掉|冒|出|脱|油|痒)了|过了)"
)
_NOT = re.compile(r"(?:不|没|没有|不用|不需要|不再|没再|不怎么|不想)(?:再|去|做|怎么|要|想|那么|对)?$")
_PLAIN_NOT = re.compile(r"(?<![能会好要])(?:不|没有?|从不)(?:再|会)?$")
_EITHER = re.compile(r"还是|都|[吗?？]|、|和|或")


def manner(people: People, start: int, end: int, *, negated: bool, changes: bool) -> Manner:
    """How the value at ``start`` is said; ``changes``: only a change takes it back (不要美白的 does not, 不用美白了 does)."""
    before, rest, _ = said = clause(people.text, start)
    if _general(said) or (not changes and before.endswith("会不会")):
        return "nothing"
    return _denied(said, rest[end - start :], negated=negated, changes=changes) or _sure(people, start, said)


def _general(said: tuple[str, str, str]) -> bool:
    """Whether nobody in particular is meant: what is only supposed, or asked of the matter itself."""
    before, rest, later = said
    clause_ = before + rest
    general = _GENERAL.search(clause_) is not None or _GENERAL.match(later.lstrip(",，。 ")[:12]) is not None
    return general or _SUPPOSED.search(clause_) is not None


def _denied(said: tuple[str, str, str], after: str, *, negated: bool, changes: bool) -> Manner | None:
    """Taken back, or of the past; None for what holds."""
    before, _, later = said
    if _GONE.match(after) or (_NOT.search(before) and re.match(r"[^,，。]{0,3}了", after) and not _ASKS.search(after)):
        return "back"
    if negated or (not changes and _PLAIN_NOT.search(before)):
        return "nothing" if changes else "back"
    if _TURNS.match(after):
        return "past"
    if _PAST.search(before) and not _STILL.search(before):
        return "back" if _NO_LONGER.search(later) and not _ASKS.search(later) else "past"
    return None


def _sure(people: People, start: int, said: tuple[str, str, str]) -> Manner:
    """Stated, wished, hedged or asked."""
    before, rest, later = said
    if _HEDGES.search(before) or rest.endswith("吧") or re.match(r"[,，。 ]*(?:我)?不(?:太|是很)?确定", later):
        return "hedged"
    if people.explicit(start) or (re.match(r"[^,，。]{0,8}?(?:了|期间?)", rest) and not _ASKS.search(rest)):
        return "stated"
    if _WISHES.search(before + rest):
        return "wished"
    return "asked" if _ASKS.search(rest) or re.search(r"能不能|可不可以|会不会$", before) else "stated"


def either(text: str, places: list[tuple[int, int]]) -> bool:
    """Whether values of which one can hold are only named side by side: 干皮还是油皮, 干皮油皮都能用吗."""
    if len(places) < 2:
        return False
    (first, _), (last, end) = min(places), max(places)
    before, rest, _ = clause(text, first)
    within = len(before) + last - first < len(before + rest) or re.fullmatch(r"[^,，。!！]*", text[first:end]) is not None
    return within and _EITHER.search(text[first:]) is not None


_ENDED: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "孕妇",
        re.compile(
            r"没(?:有)?怀(?:孕|上)|(?:不是|并非)孕妇|生完(?!孩子再|再|之?后|以后)|卸货了|生产完|"
            r"(?:宝宝|孩子|娃)(?:已经|刚刚?|终于|都|上周|上个?月|昨天|前天|今天){0,2}(?:出生了|生了|生下来|落地)|(?:已经|终于|刚刚?)生了(?!病|气|一)|流产|没保住"
        ),
    ),
    (
        "哺乳期",
        re.compile(
            r"断奶(?:了|啦|成功|$)|(?:已经|刚|早就)断奶|不(?:再)?喂(?:奶|母乳)?了|停(?:母乳|喂奶|奶)了|奶[^,，。]{0,4}停了|不(?:再)?(?:哺乳|母乳)了|"
            r"过了哺乳期|哺乳期(?:已经|早就|都)?(?:过|结束)了|没(?:在|有)?(?:喂奶|哺乳)"
        ),
    ),
    (
        "备孕",
        re.compile(r"(?:不|没(?:有)?|没在|不在|停止|暂停|放弃)(?:打算|准备|再)?备孕|不(?:打算|准备|想)要(?:孩子|二胎)"),
    ),
)
_WITHOUT = re.compile(r"对(?P<what>[\u4e00-\u9fff]{1,6}?)(?:已经|现在|早就|倒|也|并|都)?(?:不|不再)(?:会)?过敏(?!吗|么)")


def ended(text: str) -> Iterator[tuple[str, int]]:
    """(value of ``audience``, place) of what is plainly over or not so: 已经生完了, 断奶了, 没怀孕."""
    for value, pattern in _ENDED:
        if (found := pattern.search(text)) and not _SUPPOSED.search(text):
            yield value, found.start()


def harmless(text: str) -> Iterator[tuple[str, int]]:
    """(what, place): what somebody says they do not react to, 对酒精不过敏."""
    for found in _WITHOUT.finditer(text):
        yield found["what"], found.start()
