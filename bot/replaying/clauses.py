"""A text taken apart into clauses, and the clauses of two texts that stand for each other. Pure.

Clauses are compared as a set: in another order, cut in two or joined they say the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.replaying.amounts import MARK, MARKS, Amount, bounded, measured
from bot.replaying.denials import Said, said

TWIN: Final = 0.72
"""So much of their signs two clauses share that say the same thing, or its opposite."""
_KEPT: Final = 2048
"""Texts that are remembered: a replay meets the same few again and again."""

_VAGUE = re.compile(
    r"(?<=(?P<twice>[一-龥]))一(?=(?P=twice))|一块儿?(?=[来去看吃聊过办])|(?<!不)一[下些起样直定般共旦边会切向律致同并步方](?!子)|[唯统专单万]一|一点(?:[点儿也都]|$)|有一[个款点]|[这那哪]一|一家|"
    r"(?:最近|上|下|这|那|头)一?[次回]|十分(?!钟)|千万|百分百|双十[一二]|双1[12]|三八节|六一|五一|十一假|618|[几数]十来?|"
    r"第一(?=次|时间)|一对一|一步步|[一二两三]话不说|三思|四季|五一节|一会儿|一心|一手|花一点|一分(?:钱)?(?=[不都也])|一毛不拔|"
    r"第一(?![个件步天批层遍份瓶单页条杯场种款周位名期])"
)
"""Number signs that count nothing, or nothing that is promised."""
_COSTS: Final = frozenset("费")
"""What stands for whoever pays among the signs of a clause: the same for 免费 and 收费."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_RINGED = re.compile(r"[①-⑳⑴-⒇⒈-⒛]|[0-9]️?⃣")
_LISTED = re.compile(r"(?:^|(?<=[\s。；;!！:：]))[(（]?(?:\d{1,2}[.、)）](?!\d)|[一二三四五六][、)）])\s*")
_QUOTES = re.compile(r"[「」“”\"'‘’『』《》【】()（）\[\]*]")
_CLAUSES = re.compile(r"[，。！？；,.!?;\n~…:：|]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, its amounts taken out."""

    words: str
    """As it is written, ``#`` for each amount."""
    amounts: tuple[Amount, ...]
    said: Said
    signs: frozenset[str]
    """The signs of what it is about."""

    @property
    def told(self) -> str:
        """The clause for a reader, its amounts put in again."""
        left = iter(dict.fromkeys(one.told for one in self.amounts))
        return re.sub("#", lambda _: next(left, "#"), self.words)

    @property
    def counts(self) -> list[tuple[str, str, str]]:
        """The amounts and what limits them, in their order."""
        return [(*one.key, one.bound) for one in self.amounts]

    @property
    def firm(self) -> tuple[Amount, ...]:
        """The amounts that promise something alone."""
        return tuple(one for one in self.amounts if not one.weak)


@lru_cache(maxsize=_KEPT)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, in their order."""
    plain = unicodedata.normalize("NFKC", _RINGED.sub("，", text)).lower()
    plain = _THOUSANDS.sub("", _VAGUE.sub("", _LISTED.sub("，", plain)))
    marked, kept = measured(plain)
    return tuple(_clause(part, kept) for one in _CLAUSES.split(_QUOTES.sub("", marked)) if (part := "".join(one.split())))


def _clause(part: str, kept: Sequence[tuple[Amount, ...]]) -> Clause:
    found: list[Amount] = []
    for place in re.finditer(f"[{MARKS}]", part):
        found.extend(bounded(part, place.start(), kept[ord(place[0]) - MARK]))
    words = re.sub(f"[{MARKS}]", "#", part)
    heard = said(words)
    signs = frozenset(heard.content) - {"#"} | (_COSTS if heard.pays else frozenset())
    return Clause(words, tuple(found), heard, signs)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How many signs two have in common, 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


@dataclass(frozen=True, slots=True)
class Matched:
    """The clauses of two texts, those that stand for each other put together."""

    twins: tuple[tuple[Clause, Clause], ...]
    gone: tuple[Clause, ...]
    come: tuple[Clause, ...]
    kept: tuple[Clause, ...] = ()
    """Those that are in both, word for word."""


def matched(before: Sequence[Clause], after: Sequence[Clause]) -> Matched:
    """Each clause with the one that is nearest to it, where both are each other's nearest; those that are equal are left out."""
    same = set(before) & set(after)
    old, new = (list(dict.fromkeys(one for one in some if one not in same)) for some in (before, after))
    scores = sorted(_scores(old, new), reverse=True)
    rows: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in scores:
        if i not in rows and j not in taken:
            rows[i] = j
            taken.add(j)
    return Matched(
        tuple((old[i], new[j]) for i, j in sorted(rows.items())),
        tuple(one for i, one in enumerate(old) if i not in rows),
        tuple(one for j, one in enumerate(new) if j not in taken),
        tuple(same),
    )


def _scores(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[tuple[float, int, int]]:
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            score = alike(one.signs, other.signs)
            if score >= TWIN:
                yield score + 0.1 * (one.counts == other.counts) - 0.001 * abs(i - j), i, j
