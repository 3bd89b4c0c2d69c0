"""What somebody may call themselves in a room: one name for one person, and nobody passes for the shop. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from bot.brand import Brand, Staff

LONGEST = 40
"""Characters of a name (``bot.front.shapes.Name``)."""
_JOINERS = "\u200d\ufe0e\ufe0f"
"""What holds an emoji together is kept, though nobody sees it."""
_ALWAYS = ("导购", "客服", "官方", "daogou")
"""In no name: only the shop's own people are called so."""
_OFFICES = (
    "智能助手", "小助手", "助手", "助理", "人工智能", "机器人", "人工", "智能", "管家", "店长", "店员", "店主", "老板", "掌柜",
    "管理员", "群主", "系统消息", "系统", "通知", "公告", "售后", "旗舰店", "专营店", "专卖店", "直营店", "门店", "商城", "总部",
    "本店", "店", "所有人", "全体成员", "全员", "全体", "everyone", "all", "ai", "bot", "admin", "system", "service",
)  # fmt: skip
"""Alone, or beside a name of the shop, they pass for the shop; within an ordinary name (店长家的猫) they do not."""
_DIGITS = re.compile(r"[\d零一二三四五六七八九十号]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a name cannot be had, and one that can."""

    code: str
    """``name_taken``, ``name_reserved`` or ``name_odd``."""
    words: str
    """The reason as one says it to the person."""
    suggestion: str


def tidy(name: str) -> str:
    """A name without what only deceives the eye: invisible signs, signs that turn the line around, runs of blanks."""
    seen = "".join(char for char in name if char in _JOINERS or unicodedata.category(char) not in {"Cf", "Cc", "Co", "Cn"})
    return " ".join(seen.split())[:LONGEST].strip(_JOINERS + " ")


def same(name: str) -> str:
    """A name as the eye compares it: width, case, blanks, signs and joiners aside."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LNS" or char == "\u200d")


def protected(brand: Brand, staff: Staff) -> frozenset[str]:
    """What the shop, its stores, its people and its assistant are called, as ``same`` compares names."""
    names = (
        brand.name,
        brand.persona.name,
        brand.persona.self_name,
        *brand.groups.names,
        *(store.name for store in staff.stores.values()),
        *(guide.name for guide in staff.guides.values()),
    )
    return frozenset(found for name in names if (found := same(name)))


def fault(name: str, taken: Collection[str], ours: frozenset[str]) -> Fault | None:
    """Why somebody who was invited cannot be called so; None: they can.

    ``name`` is tidy; ``taken``: names of those who are or were in the room; ``ours``: from ``protected``.
    """
    used = {same(one) for one in taken}
    plain = same(name)
    if not plain or "@" in unicodedata.normalize("NFKC", name):
        return Fault("name_odd", "昵称里要有文字或表情，不要带 @", _free("群友", used, ours))
    if passes_for_us(plain, ours):
        return Fault("name_reserved", "这个名字容易被当成店里的人，换一个吧", _free("群友", used, ours))
    if plain in used:
        return Fault("name_taken", "群里已经有人叫这个名字了", _free(name, used, ours))
    return None


def passes_for_us(plain: str, ours: Iterable[str]) -> bool:
    """Whether a name (as ``same`` gives it) is one of the shop's, or nothing but such names and offices."""
    if any(word in plain for word in _ALWAYS):
        return True
    rest = plain
    for word in sorted((*ours, *_OFFICES), key=len, reverse=True):
        rest = rest.replace(word, "\0")
    return "\0" in rest and not _DIGITS.sub("", rest).replace("\0", "")


def _free(name: str, used: Collection[str], ours: frozenset[str]) -> str:
    """The first of 小米2, 小米3 … that nobody has."""
    return next(one for one in _numbered(name) if same(one) not in used and not passes_for_us(same(one), ours))


def _numbered(name: str) -> Iterator[str]:
    for number in count(2):
        yield f"{name[: LONGEST - len(str(number))]}{number}"
