"""What of a customer must not stand in words that are kept for all: found, named, and said without."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from bot.brand import Staff
from bot.db.gaps import anonymous

BLANK: Final = "＿＿"
"""What stands where a number or an address stood: the guide fills it in each time."""
CALLED: Final = "{称呼|您}"
_LINK = re.compile(r"https?://[^\s，。；！？、）)】》\"'<>]+")
_OF_SOMEBODY = re.compile(r"(?i)order|trade|phone|mobile|user|token")
"""A link with one of these leads to what is one person's."""
_HOTLINE = re.compile(r"(?<!\d)(?:[48]00[- ]?\d{3}[- ]?\d{4}|95\d{3})(?!\d)")
_CODE = re.compile(
    r"((?:(?:订|快递|物流|运|取件|会员|核销|券|验证|手机|电话|卡|身份证)(?:单)?(?:编号|号码|号|码)|单号|尾号)[是为:： ]*)"
    r"(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{3,}"
)
_MASKS = (
    ("号码", re.compile(r"\d*\*{4,}[\dXx]*|\[(?:号码|邮箱)\]"), BLANK),
    ("地址", re.compile(r"\[地址\]"), BLANK),
    ("姓名", re.compile(r"\[姓名\]"), BLANK),
    ("称呼", re.compile(r"某(?:先生|女士|小姐|太太|阿姨)"), CALLED),
)
"""What ``anonymous`` leaves of each kind, and what is written instead."""
_PLACE: Final = 5
"""Characters of a shop's address that make it that shop's."""
_FIRST: Final = 0xE000
"""Private use (Unicode): stands for what is our own while the rest is looked at."""


@dataclass(frozen=True, slots=True)
class Private:
    """What was found, and the words without it."""

    kinds: tuple[str, ...]
    """称呼, 号码, 地址."""
    suggestion: str


def private(text: str, names: tuple[str, ...], staff: Staff) -> Private | None:
    """What of a customer stands in a text; None where nothing does.

    ``names``: what the customers of this talk are called. What is the shops' own is nobody's secret: their addresses, numbers,
    links and people.
    """
    kept: list[str] = []
    told = _sheltered(text, staff, kept)
    kinds: dict[str, None] = {}
    for name in sorted((one for one in names if len(one) >= 2), key=len, reverse=True):
        if name in told:
            told, kinds["称呼"] = told.replace(name, CALLED), None
    for kind, after in _looked(told):
        kinds[kind], told = None, after
    if not kinds:
        return None
    for at, one in enumerate(kept):
        told = told.replace(chr(_FIRST + at), one)
    return Private(tuple(kinds), told.replace(f"{CALLED}您", "{称呼|亲}，您"))


def _looked(text: str) -> Iterator[tuple[str, str]]:
    """(what was found, the text without it), one kind after the other."""
    told = _CODE.sub(rf"\1{BLANK}", text)
    if told != text:
        yield "号码", told
    hidden = anonymous(told)
    for kind, pattern, instead in _MASKS if hidden != told else ():
        after = pattern.sub(instead, hidden)
        if after != hidden:
            yield kind, after
        hidden = after


def _sheltered(text: str, staff: Staff, kept: list[str]) -> str:
    """The text with a sign in place of each thing that is our own; they are put into ``kept`` in the order of the signs."""

    def put(words: str) -> str:
        kept.append(words)
        return chr(_FIRST + len(kept) - 1)

    told = _LINK.sub(lambda found: found[0] if _OF_SOMEBODY.search(found[0]) else put(found[0]), text)
    told = _HOTLINE.sub(lambda found: put(found[0]), told)
    for shop in staff.stores.values():
        if (block := _common(told, shop.address)) and any(sign.isdigit() for sign in block):
            told = told.replace(block, put(block))
        if shop.phone and shop.phone in told:
            told = told.replace(shop.phone, put(shop.phone))
    for guide in staff.guides.values():
        if len(guide.name) >= 2 and guide.name in told:
            told = told.replace(guide.name, put(guide.name))
    return told


def _common(text: str, address: str) -> str:
    """The longest part of an address that stands in a text; empty where it is too short to be meant."""
    found = SequenceMatcher(None, text, address, autojunk=False).find_longest_match()
    return text[found.a : found.a + found.size] if found.size >= _PLACE else ""
