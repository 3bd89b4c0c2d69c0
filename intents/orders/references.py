"""Words that point to somebody else's order: 同上, 和X一样, 楼上那个, +1."""

import re
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
def _theirs(names: frozenset[str]) -> re.Pattern[str]:
    told = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)"
    return re.compile(rf"(?P<who>{told})(?:的|那样)(?:给我|我)(?:也)?(?:来|要|订|照)")


def copied_from(text: str, names: frozenset[str]) -> str | None:
    """Whose order is copied: a name, "" for whoever is above, None where nobody's is."""
    if words.SAME.search(text) or words.CLONE.search(text):
        return ""
    if words.USUAL.search(text):
        return None
    found = _like(names).search(text)
    if found is None:
        own = _theirs(names).search(text)
        return own["who"] if own else None
    return "" if found["who"] in {"楼上", "上面", "前面", "上一位"} else found["who"]


def without(text: str, names: frozenset[str]) -> str:
    """What a message says besides pointing to somebody's order."""
    for pattern in (words.SAME, words.CLONE, _like(names)):
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
