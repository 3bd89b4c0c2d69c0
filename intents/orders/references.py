"""Words that point to somebody else's order: 同上, 和X一样, 楼上那个, +1."""

import re
from collections.abc import Sequence
from functools import lru_cache

from intents.orders import words
from intents.orders.amounts import value_of

_BRIEF = 20
"""Characters of a message that is +1 and little else."""


@lru_cache(maxsize=512)
def _like(names: frozenset[str]) -> re.Pattern[str]:
    told = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(words.LIKE.replace("{names}", told))


@lru_cache(maxsize=512)
def _same_as(names: frozenset[str]) -> re.Pattern[str]:
    told = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"^我?也?(?:同|照|抄|按)\s?@?(?P<who>{told})的?(?=[,;。! ]|$)")


@lru_cache(maxsize=512)
def _theirs(names: frozenset[str]) -> re.Pattern[str]:
    told = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    all_of_it = r"(?:的|那样的?|那[份套些种](?:的)?|同款)"
    return re.compile(
        rf"(?P<who>{told})(?:(?:的|那样)(?:给我|我)(?:也)?(?:照样)?(?:来|要|订|照)(?:一?[份套])?|{all_of_it}(?:都|也|给我|我|照样|我们|给我们)*"
        rf"(?:来|要|订|拿|照)(?:一?[份套])?|(?:那个|的)?(?:一样|同款)(?=$|[,。! ]))(?![二两三四五六七八九十半\d])"
    )


_PARTS = re.compile(r"[A-Za-z]*\d+|[A-Za-z]+|[\u4e00-\u9fff]+")


def parts_of(name: str) -> Sequence[str]:
    """What somebody may be called for short: A04 or 小李 for A04-小李."""
    found = _PARTS.findall(name)
    return [one for one in found if len(one) > 1] if len(found) > 1 else ()


@lru_cache(maxsize=512)
def _joined(names: frozenset[str]) -> re.Pattern[str]:
    told = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"^(?:@|跟|和|同)?(?P<who>{told}) ?\+ ?(?P<n>\d{{1,2}})(?:$|[ ,。!])")


def joins(text: str, names: frozenset[str]) -> tuple[str, int] | None:
    """Whose order a message joins by name, and how many it takes: 王姐+1."""
    found = _joined(names).match(text) if names and "+" in text else None
    return None if found is None or int(found["n"]) == 0 else (found["who"], int(found["n"]))


def copied_from(text: str, names: frozenset[str]) -> str | None:
    """Whose order is copied: a name, "" for whoever is above, None where nobody's is."""
    if words.SAME.search(text) or words.CLONE.search(text):
        return ""
    if words.USUAL.search(text):
        return None
    found = _like(names).search(text) or _same_as(names).search(text)
    if found is None:
        own = _theirs(names).search(text)
        return own["who"] if own else None
    return "" if found["who"] in {"楼上", "上面", "前面", "上一位"} else found["who"]


def without(text: str, names: frozenset[str]) -> str:
    """What a message says besides pointing to somebody's order."""
    for pattern in (words.SAME, words.CLONE, _like(names), _same_as(names), _theirs(names)):
        text = pattern.sub(" ", text)
    return text


_CURIOUS = re.compile(r"想?知道|想问|好奇|同问|求(?:解|答|问|告)|请问|问(?:一?下|问)")
"""+1 to a question, not to an order."""


def plus(text: str) -> int | None:
    """The number of a message that is +1 and little else."""
    found = words.PLUS.match(text) if len(text) <= _BRIEF else None
    if found is None or len(text) > found.end() + 6 or _CURIOUS.search(text):
        return None
    n = value_of(found[1])
    return int(n) if n else None
