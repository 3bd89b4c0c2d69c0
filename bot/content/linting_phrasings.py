"""Phrasings that an edit adds to an entry: ones that fit every entry, and ones that are another entry's question.

What a shopper asks goes to the entry whose phrasing is nearest. One that says nothing of its entry, or what another entry
is asked with, takes that one's messages away. Only new phrasings are looked at: of the old ones traffic has told.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, named
from bot.content.linting_questions import Asked, Questions, asked

_GENERAL: Final = re.compile(
    r"什么时候|什么|怎么|怎样|多少|多久|何时|为什么|哪里|哪儿|哪天|哪个|哪些|几号|几天|几点|几个|几次|"
    r"可以|没有|不行|不能|能够|需要|应该|帮忙|麻烦|请问|告诉|知道|了解|介绍|咨询|问题|情况|事情|方法|办法|操作|流程|步骤|说明|办理|处理|查询|查看|"
    r"使用|有用|好用|管用|效果|价格|费用|收费|要钱|便宜|结束|开始|截止|有效|到期|东西|产品|商品|小程序|一下|一点|"
    r"现在|最近|时间|地方|还剩|剩下|我们|你们|咱们|取消|"
    r"[我你您他她的了吗呢啊呀吧么嘛是有没不能会要想去来到在里个些就都也还再才这那哪几谁啥咋怎好行对给让被把用弄搞办做看查点剩拿贵多少钱请帮问说下上得过和跟与或]"
)
"""Words that go with every matter a shop is asked about."""
_THEIRS: Final = 0.56
"""So near is a phrasing to one of another entry that asks the same."""
_OURS: Final = 1.7
"""How many times nearer than to anything of its own entry."""
_KNOWN: Final = 0.75
"""Share of what it says that its own entry says somewhere, against the other one's, from which on it is at home there."""


def marks(before: Item | None, after: Item, questions: Questions) -> Iterator[Mark]:
    """What is wrong with the phrasings that an edit adds to an entry; ``before``: None where the entry itself is new."""
    known = set() if before is None else set(named(before.value, "questions"))
    ours = [one for one in asked(after) if one.question in known]
    for n, one in enumerate(asked(after)):
        if one.question not in known:
            found = _bare(one, n) or _stranger(one, n, ours, questions)
            if found:
                yield found


def _bare(one: Asked, n: int) -> Mark | None:
    """One that says nothing of the matter of its entry."""
    if re.sub(r"[\W_]", "", _GENERAL.sub("", one.core)):
        return None
    why = f"“{one.question}”没说问的是哪件事，别的问题也会被引到这一条来"
    return Mark("question.broad", "warn", ("questions", n), one.question, why, "把问的事写出来，例如“金卡怎么升级”")


def _stranger(one: Asked, n: int, ours: list[Asked], questions: Questions) -> Mark | None:
    """One that another entry is asked with far more than its own."""
    weights = _weights(questions)
    siblings = {other.key for mine in ours for other in questions.by_core.get(mine.core, ())}
    mine = max((_near(one.core, other.core, weights) for other in ours), default=1.0)
    best, score = None, max(_THEIRS, _OURS * mine)
    for core, some in questions.by_core.items():
        near = _near(one.core, core, weights)
        if near >= score:
            other = next((two for two in some if _rival(one, two) and two.key not in siblings), None)
            best, score = (other, near) if other else (best, score)
    if best is None or _covered(one.core, ours, weights) >= _KNOWN * _covered(one.core, _all(best, questions), weights):
        return None
    why = f"更像「{best.key.id}」里的“{best.question}”，这样问的顾客会被答成这一条"
    return Mark("question.stranger", "warn", ("questions", n), one.question, why, f"写到「{best.key.id}」里，或者说清是哪一件事")


def _all(one: Asked, questions: Questions) -> list[Asked]:
    """All phrasings of the entry of one."""
    return [other for some in questions.by_core.values() for other in some if other.key == one.key]


def _covered(core: str, some: list[Asked], weights: Mapping[str, float]) -> float:
    """How much of what a phrasing says an entry says too, in its phrasings or in its answer."""
    mine, theirs = (
        _grams(core),
        frozenset[str]().union(*(_grams(one.core) for one in some), *(_grams(one.answer) for one in some[:1])),
    )
    rare = math.log(len(weights) + 1)
    return sum(weights.get(gram, rare) for gram in mine & theirs) / (sum(weights.get(gram, rare) for gram in mine) or 1.0)


def _rival(one: Asked, other: Asked) -> bool:
    """Whether another entry answers the same people, at any time."""
    return other.key != one.key and other.whom.conditions == one.whom.conditions and other.limited == one.limited


def _weights(questions: Questions) -> Mapping[str, float]:
    """How much each sign and pair of signs tells: the rarer among all phrasings, the more."""
    counts = Counter(gram for core in questions.by_core for gram in _grams(core))
    total = len(questions.by_core) + 1
    return {gram: math.log(total / n) for gram, n in counts.items()}


@lru_cache(maxsize=16_384)
def _grams(core: str) -> frozenset[str]:
    return frozenset(core) | frozenset(core[at : at + 2] for at in range(len(core) - 1))


def _near(one: str, other: str, weights: Mapping[str, float]) -> float:
    """How much of what two phrasings say is the same, 0 to 1."""
    mine, theirs = _grams(one), _grams(other)
    both = mine & theirs
    if not both:
        return 0.0
    rare = math.log(len(weights) + 1)
    return (
        2
        * sum(weights.get(gram, rare) for gram in both)
        / sum(weights.get(gram, rare) for side in (mine, theirs) for gram in side)
    )
