"""Names that pretend: a member who is called like a guide, like the assistant or like the shop's service."""

import re
from functools import lru_cache

from intents.guard.model import Known
from intents.guard.reading import heard, read
from intents.lookalikes import lookalikes

_ROLE = re.compile(
    r"官方|客服|导购|店长|店员|售后|专员|专线|助理|助手|小助手|管家|顾问|工作人员|运营|群主|管理员|人工|服务中心|会员中心|总部|旗舰店|平台"
)
_OFFICE = re.compile(r"官方|客服|售后|专员|店长|群主|管理员|人工|服务中心|会员中心|总部|平台|工作人员|助手|专线")
_TITLE = re.compile(r"[姐姊哥妹老师店长经理]+$")
_FAMILY = re.compile(r"(?:妈妈?|爸爸?|奶奶|外婆|姥姥|麻麻|粑粑|他妈|家长)$")
"""小林妈妈 is somebody's mother."""


def posing(sender: str, known: Known) -> str | None:
    """As whom a member's name is likely to be taken, None where as nobody.

    A name alone is no offence: two people may be called 小林. What counts is what they ask for (``intents.guard.judging``).
    """
    return _posing(sender, known)


@lru_cache(maxsize=2048)
def _posing(sender: str, known: Known) -> str | None:
    name = read(sender).flat
    if not name or _FAMILY.search(name):
        return None
    bare = _ROLE.sub("", name)
    for one in (*known.guides, *known.assistants):
        if _like(bare or name, _ROLE.sub("", read(one).flat) or read(one).flat):
            return one
    office = bool(_OFFICE.search(name))
    for brand in known.brands:
        if _ROLE.search(name) and _holds(name, read(brand).flat):
            return brand
    return _OFFICE.findall(name)[0] if office else None


def _like(name: str, other: str) -> bool:
    """Whether one name is easily read as the other: the same, the same sound, one look-alike, or with another title behind it."""
    if not name or not other:
        return False
    if name == other or (heard(name) == heard(other) and len(other) > 1) or _one_looks(name, other):
        return True
    stem, own = _TITLE.sub("", name), _TITLE.sub("", other)
    if len(own) > 1 and (stem == own or (heard(stem) == heard(own) and len(stem) > 1)):
        return True
    # a name of one character and a title: the title may be another one that people use for the same person
    return len(own) == 1 == len(stem) and own == stem and len(name) == len(other) and name[-1] in "姐姊"


def _one_looks(name: str, other: str) -> bool:
    if len(name) != len(other) or len(name) < 2:
        return False
    strange = [(one, own) for one, own in zip(name, other, strict=True) if one != own]
    return len(strange) == 1 and strange[0][0] in lookalikes().get(strange[0][1], frozenset())


def _holds(name: str, brand: str) -> bool:
    """Whether a name holds the brand's, or what looks or sounds like it."""
    size = len(brand)
    if size < 2:
        return False
    parts = (name[at : at + size] for at in range(len(name) - size + 1))
    return any(
        part == brand or heard(part) == heard(brand) or _near(part, brand) or (size > 2 and sorted(part) == sorted(brand))
        for part in parts
    )


def _near(part: str, brand: str) -> bool:
    """All but one character the same, or most of them and the others look alike."""
    table = lookalikes()
    strange = [(one, own) for one, own in zip(part, brand, strict=True) if one != own]
    if len(brand) > 3 and len(strange) == 1:
        return True
    return 0 < len(strange) <= 2 and all(one in table.get(own, frozenset()) for one, own in strange)
