"""Questions of the base that take traffic away from other entries: the same one twice, and ones too bare to mean anything."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from bot.content.items import Item, Key
from bot.content.linting_pieces import Mark, Whom, day, named, told, whom
from bot.content.linting_reading import words_of
from knowledge.words import spoken

_LEAD: Final = re.compile(r"^(?:我)?(?:想要|想|要)(?=.{2})")
_LITTLE: Final = re.compile(r"我们|你们|您|你|我|咱|花花|小花|请|帮|这个|那个|到底|究竟|[的了吧呢吗呀想这那再又也都就才下给得 ]")
_SOFT: Final = frozenset("内之后时候可就会要能把个款件都还一些点儿")
"""Signs that a phrasing may have more than another without asking for anything else."""
_BARE: Final = words_of(
    "怎么 什么 多少 多少钱 何时 多久 哪里 为什么 怎么办 能 可以 好 不 是 有 没有 要 价格 东西 商品 产品 问题 你好 在 "
    "请问 谢谢 推荐 怎么用 "
    "好用 哪 好不好 咋样 怎么样 行 对 嗯 会 谁 几 哪个 哪款 活动 优惠 便宜 客服 帮忙 咨询 看看 知道 介绍 有货 买 用 "
    "发 换 退 钱 快点 快 "
    "贵 真 假 查 订单"
)
_SHORTEST: Final = 4
"""Signs up to which a question is a keyword more than a sentence."""
_OTHERS: Final = 3
"""Other entries that ask with such a keyword, from which on it belongs to nobody."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One phrasing of an entry."""

    key: Key
    question: str
    core: str
    whom: Whom
    begins: date | None
    ends: date | None
    answer: str

    @property
    def limited(self) -> bool:
        """Whether it holds for a time only: such an answer goes before one that always holds."""
        return self.begins is not None or self.ends is not None


@lru_cache(maxsize=32_768)
def core(question: str) -> str:
    """What is left of a question without politeness, particles and pronouns: two with one core ask the same."""
    line = spoken(unicodedata.normalize("NFKC", question).lower()).replace(" ", "")
    return _LITTLE.sub("", _LEAD.sub("", line)) or line


def asked(item: Item) -> tuple[Asked, ...]:
    """The phrasings of an entry."""
    value = item.value
    window, for_whom = (day(value, "valid_from"), day(value, "valid_until")), whom(value)
    return tuple(Asked(item.key, one, core(one), for_whom, *window, told(value, "answer")) for one in named(value, "questions"))


@dataclass(frozen=True, slots=True)
class Questions:
    """All phrasings of a base, by what they ask."""

    by_core: Mapping[str, Sequence[Asked]]
    by_bag: Mapping[str, Sequence[Asked]]
    shorter: Mapping[str, Sequence[Asked]]
    """By their core with one soft sign taken out."""
    general: Mapping[Key, str]
    """The cores of each entry that everybody is told, one line an entry."""

    @classmethod
    def of(cls, entries: Sequence[Item]) -> "Questions":
        """Those of these entries."""
        cores: dict[str, list[Asked]] = {}
        bags: dict[str, list[Asked]] = {}
        shorter: dict[str, list[Asked]] = {}
        general: dict[Key, str] = {}
        for item in entries:
            known = asked(item)
            for one in known:
                cores.setdefault(one.core, []).append(one)
                for line in dict.fromkeys(_shorter(one.core)):
                    shorter.setdefault(line, []).append(one)
                if len(one.core) >= _SHORTEST:
                    bags.setdefault("".join(sorted(one.core)), []).append(one)
            if known and not known[0].whom.conditions:
                general[item.key] = "\n".join(one.core for one in known)
        return cls(cores, bags, shorter, general)

    def marks(self, item: Item, today: date) -> Iterator[Mark]:
        """What is wrong with the questions of an entry."""
        known = asked(item)
        for n, one in enumerate(known):
            found = _bare(one, n) if _is_bare(one) else next(self._twins(one, n, today), None) or self._keyword(one, n, known)
            if found:
                yield found

    def _twins(self, one: Asked, n: int, today: date) -> Iterator[Mark]:
        near = [*self.by_core.get(one.core, ())]
        if len(one.core) >= _SHORTEST:
            near += self.by_bag.get("".join(sorted(one.core)), ())
        if len(one.core) > _SHORTEST:
            near += [found for line in _shorter(one.core) for found in self.by_core.get(line, ())]
            near += self.shorter.get(one.core, ())
        for other in near:
            if other.key != one.key and other.answer != one.answer and _rivals(one, other, today):
                why = f"和「{other.key.id}」里的“{other.question}”问的是一件事，答案却不一样，顾客会被答成哪一条说不准"
                yield Mark(
                    "question.twin",
                    "block",
                    ("questions", n),
                    one.question,
                    why,
                    f"只留一处；要分人群就给其中一条写 audience（{other.key.id}）",
                )

    def _keyword(self, one: Asked, n: int, known: Sequence[Asked]) -> Mark | None:
        letters = _letters(one.question)
        if len(one.core) > _SHORTEST or len(letters) > len(one.core) + 2 or one.core not in letters or one.whom.conditions:
            return None
        own = sum(one.core in other.core for other in known)
        rest = [key.id for key, line in self.general.items() if key != one.key and one.core in line]
        if own > 1 or len(rest) < _OTHERS:
            return None
        why = f"“{one.core}”太宽：{'、'.join(rest[:3])} 等 {len(rest)} 条也这么问，它们的顾客会被引到这里"
        return Mark("question.broad", "warn", ("questions", n), one.question, why, "写完整一点，例如加上要问的是哪件事")


def _letters(question: str) -> str:
    return re.sub(r"[\W_]", "", question)


def _is_bare(one: Asked) -> bool:
    return (one.core in _BARE and len(_letters(one.question)) <= _SHORTEST) or len(_letters(one.question)) <= 1


def _bare(one: Asked, n: int) -> Mark:
    why = f"“{one.question}”什么都能问，会把别的问题都引到这一条来"
    return Mark("question.broad", "block", ("questions", n), one.question, why, "写成一句完整的话，例如“金卡怎么升级”")


def _shorter(line: str) -> Iterator[str]:
    for at, sign in enumerate(line):
        if sign in _SOFT:
            yield line[:at] + line[at + 1 :]


def _rivals(one: Asked, other: Asked, today: date) -> bool:
    """Whether one shopper may be told either from today on, with nothing to decide between them."""
    if one.whom.conditions != other.whom.conditions or not one.whom.meets(other.whom) or one.limited != other.limited:
        return False
    begins = max(one.begins or date.min, other.begins or date.min, today)
    return begins <= min(one.ends or date.max, other.ends or date.max)
