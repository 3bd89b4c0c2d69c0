"""Who the people of a group are: guides, the platform itself, and whom a name at the head of a message means."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from intents.groups.likeness import words
from intents.groups.mentions import folded

_LONG = 4
"""A name of so many signs is often said by half."""
_GUIDE = re.compile(r"^[^\w]*(?:导购|導購)|(?:导购|導購)$")
_SYSTEM = frozenset(("系统", "系统消息", "系统通知", "系统提示", "system", "群通知", "群助手", ""))
_TITLE = re.compile(r"^[^\w]*(?:导购|導購|店长|店員|店员|客服|团长|团购)+[-—_·・ :：]*")
_NOISE = re.compile(r"[^\w\u4e00-\u9fff]+|^[A-Za-z]\d+(?=[\u4e00-\u9fff])")
_HOUSE = re.compile(r"^(?:\d+(?:号楼|栋|幢|单元|楼|室|[-—#]\d+)*|楼下|楼上|隔壁)")
_NICK = re.compile(r"[老小阿大][\u4e00-\u9fff]$")
_KIN = (
    "妈妈",
    "麻麻",
    "妈咪",
    "宝妈",
    "妈",
    "爸爸",
    "爸比",
    "他爸",
    "她爸",
    "爸",
    "奶奶",
    "爷爷",
    "外婆",
    "外公",
    "姥姥",
    "阿姨",
    "叔叔",
    "姐姐",
    "姐",
    "哥哥",
    "哥",
    "老师",
)
_CALLS = (
    "姐姐",
    "小姐姐",
    "姐",
    "哥哥",
    "哥",
    "老师",
    "妈妈",
    "妈",
    "爸爸",
    "爸",
    "阿姨",
    "叔",
    "宝",
    "亲",
    "美女",
    "店长",
    "老板",
    "啊",
    "呀",
)
_STRANGER = re.compile(
    r"^(?!我|你|他|她|咱|有|哪|谁|这|那|给|帮|跟|和|让|叫|请|各位|姐妹|宝|小姐姐|美女|群里|大|问|想|求)"
    r"(?:(?:导购|導購)[\w\u4e00-\u9fff]{1,3}(?=[\s，,、:：!！~～]|你|您)|"
    r"[\u4e00-\u9fff]{1,3}(?:妈妈|麻麻|妈咪|爸爸|奶奶|爷爷|外婆|阿姨|老师|姐|哥|妈|爸|嫂|叔)(?=[，,、:：]|\s|你(?!们)|您))"
)
"""Somebody whom we have not seen yet, called at the head."""
_AFTER = re.compile(
    r"^(?:[\s\u2005，,、:：!！~～。.…?？]|你|您|上次|上回|之前|昨天|那天|那个|这个|有没有|在吗|在不|请问|帮|我|咱|家的?|不是|是不是|"
    r"怎么|什么|啥|哪|谁|几|多少|快|来|还|也|真|说|发|给|把|今天|明天|周|晚上|干嘛|呢|呀|啊|吧|$)"
)
_HEAD = re.compile(r"^[\s\u2005]*(?:(?:哎|诶|欸|喂|嗨|嘿|对了|话说|请问|谢谢|多谢|感谢|辛苦|问下|问一下)[，,!！~～ ]*)?")


def guide(name: str) -> bool:
    """Whether somebody calls himself one of the shop's people."""
    return bool(_GUIDE.search(name)) or "导购" in name


def system(name: str) -> bool:
    """Whether the platform itself speaks."""
    return name.strip().casefold() in _SYSTEM


@lru_cache(maxsize=2048)
def shorts(name: str) -> frozenset[str]:
    """What somebody of this name is called as well: 琪琪妈 for 琪琪妈妈, 小林 for 导购小林, 张姐 for 楼下张姐."""
    core = _NOISE.sub("", _TITLE.sub("", name)) or _NOISE.sub("", name)
    core = _HOUSE.sub("", core) or core
    found = {folded(name), folded(core)}
    for end in _KIN:
        if core.endswith(end) and len(core) > len(end):
            found |= {folded(core[: -len(end)] + other) for other in _family(end)}
            if len(core) - len(end) >= 2:
                found.add(folded(core[: -len(end)]))
            break
    if nick := _NICK.search(core):
        found.add(folded(nick[0]))
    if guide(name) and core:
        found |= {folded(core + call) for call in _CALLS} | {folded(core[-1:] + call) for call in ("姐", "哥", "老师", "店长")}
    return frozenset(one for one in found if len(one) > 1)


def _family(end: str) -> tuple[str, ...]:
    """Ways to say the same kin."""
    for group in (("妈妈", "麻麻", "妈咪", "妈"), ("爸爸", "爸比", "他爸", "她爸", "爸"), ("姐姐", "姐"), ("哥哥", "哥")):
        if end in group:
            return group
    return (end,)


def named(name: str, people: Mapping[str, str]) -> str | None:
    """The sender whom an @ or a call by this name means; ``people``: sender → name. None for nobody we know."""
    wanted = folded(name)
    exact = [sender for sender, own in people.items() if folded(own) == wanted or folded(sender) == wanted]
    if exact:
        return exact[-1]
    close = [sender for sender, own in people.items() if wanted in shorts(own)]
    return close[-1] if close else None


def spoken_of(text: str, people: Mapping[str, str]) -> frozenset[str]:
    """Senders whom a message speaks of by name, wherever in it: 豌豆那个 for 豌豆, 起雾那位 for 面镜起雾.

    ``people``: sender → name. A part of a long name counts where it is in nobody else's.
    """
    said = folded(text)
    whole = frozenset(sender for sender, name in people.items() if any(short in said for short in shorts(name)))
    if whole:
        return whole
    holders: dict[str, set[str]] = {}
    for sender, name in people.items():
        for piece in words(name)[1] if len(name) >= _LONG else ():
            holders.setdefault(folded(piece), set()).add(sender)
    return frozenset(next(iter(who)) for piece, who in holders.items() if len(who) == 1 and piece in said)


def hailed(text: str, people: Mapping[str, str], speaker: str) -> str | None:
    """Whom the head of a message calls by name: a sender, "" for somebody whom we do not know; None for nobody."""
    said = folded_head(text)
    best: tuple[int, str] | None = None
    for sender, own in people.items():
        if sender == speaker:
            continue
        for short in shorts(own):
            if said.startswith(short) and (best is None or len(short) > best[0]) and _follows(said, short):
                best = (len(short), sender)
    if best is not None:
        return best[1]
    return "" if _STRANGER.match(said) else None


def folded_head(text: str) -> str:
    """The first words of a message, courtesies taken off, as names are compared (spaces kept)."""
    head = _HEAD.match(text)
    return text[head.end() if head else 0 :][:60].casefold()


def _follows(said: str, short: str) -> bool:
    rest = said[len(short) :]
    return bool(_AFTER.match(rest)) if len(short) < 4 else True


def known(names: Iterable[str]) -> tuple[str, ...]:
    """Names as a mention may spell them: each, and without the shop's title."""
    return tuple({form for name in names for form in (name, _TITLE.sub("", name)) if form})
