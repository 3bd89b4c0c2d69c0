"""What two texts count otherwise: amounts that were exchanged, lost, promised anew, or go with another one now. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from bot.replaying.amounts import Amount
from bot.replaying.clauses import Clause, clauses

_TWO: Final = 2
"""A condition, and what follows from it."""
_LONG: Final = 8
"""Signs of a clause that nobody says twice on purpose."""
_ALWAYS: Final = frozenset({"money", "share", "cut", "points", "fold", "relative", "rank", "date", "workday"})
_PROMISES = re.compile(
    r"[送减返抵退换赔发到补保免领付收买券价赠限约取留]|有效|见效|祛|瘦|[消褪淡治愈根白亮修]|积分|优惠|营业|[开关]门|打烊|截|起|止|只要|仅|有货|上班|回复|核实"
)
"""What is done by a time, or given so often or so many."""
_SMALL: Final = 0.3
"""A price is changed by up to this share on purpose; a sign too many or too few makes far more."""
_STEP: Final = 1.5
"""A limit is raised or lowered by up to this on purpose: 8 → 10, 30 → 45; a slip of a key makes far more."""
_LIMITS: Final[Mapping[str, re.Pattern[str]]] = {
    **dict.fromkeys(("time", "workday", "points"), re.compile("")),
    **dict.fromkeys(("count", "times", "people", "letters"), re.compile(r"每|限|至多|最多|顶多|不超过|至少|[以之][内上]")),
    "money": re.compile(r"满了?#"),
    "m": re.compile(r"[以之]?内"),
}
"""What ops raise and lower, and how it is said; hours, dates, phones, sizes, shares and what was counted are right or wrong."""
_CARE = re.compile(r"医|停用|敷|涂|冲洗|耳后|浓度|月龄|周岁|孕|婴|过敏|价保|无理由")
"""What is not for ops to choose."""


def numbers(text: str) -> frozenset[tuple[str, str]]:
    """All amounts of a text that say something alone, (what is counted, value) each in one unit."""
    return frozenset(one.key for clause in clauses(text) for one in clause.firm)


def added(known: str, text: str) -> str:
    """The amounts that a text promises and that are not in what was known, for a reader; empty where there are none."""
    there = _amounts(clauses(known))
    come = [one for key, one in _amounts(clauses(text), promised=True).items() if key not in there and not one.weak]
    come = _unexplained(come, there)
    return _listed(come) if come else ""


def repriced(before: str, after: str) -> bool:
    """Whether nothing but prices changed, each by less than a third: what ops mean when they edit a price."""
    old, new = clauses(before), clauses(after)
    if [one.words for one in old] != [one.words for one in new]:
        return False
    pairs = [two for one, other in zip(old, new, strict=True) for two in zip(one.amounts, other.amounts, strict=False)]
    changed = [(one, other) for one, other in pairs if one.key != other.key]
    return bool(changed) and all(one.family == other.family == "money" and _near(one, other) for one, other in changed)


def adjusted(before: str, after: str) -> bool:
    """Whether nothing but one limit changed, by a little: what ops mean when they raise or lower it."""
    old, new = clauses(before), clauses(after)
    if [one.words for one in old] != [one.words for one in new]:
        return False
    both = [two for two in zip(old, new, strict=True) if two[0].counts != two[1].counts]
    if any(_CARE.search(one.words) or len(one.amounts) != len(other.amounts) for one, other in both):
        return False
    steps = {
        (was.key, now.key): _stepped(was, now, one)
        for one, other in both
        for was, now in zip(one.amounts, other.amounts, strict=True)
        if was.key != now.key
    }
    return len(steps) == 1 and all(steps.values())


def _stepped(was: Amount, now: Amount, clause: Clause) -> bool:
    """Whether a limit went up or down by a step, and no two digits changed places."""
    said = _LIMITS.get(was.family)
    if was.family != now.family or sorted(was.value) == sorted(now.value) or said is None or not said.search(clause.words):
        return False
    small, large = sorted((float(was.value), float(now.value)))
    ranged = len(clause.amounts) > clause.words.count("#")
    return 0 < large <= (_TWO if ranged else _STEP) * small


def _near(one: Amount, other: Amount) -> bool:
    was, now = float(one.value), float(other.value)
    return was > 0 and abs(now - was) <= _SMALL * was


def _amounts(some: Sequence[Clause], promised: bool = False) -> dict[tuple[str, str], Amount]:
    """Each amount once; where it is said several times the firm one. ``promised``: only those that something hangs on."""
    found: dict[tuple[str, str], Amount] = {}
    for clause in some:
        for one in clause.amounts:
            if (one.key not in found or found[one.key].weak) and (not promised or _binding(one, clause)):
                found[one.key] = one
    return found


def _binding(one: Amount, clause: Clause) -> bool:
    """Whether something is promised with an amount, and not only told how to use a thing."""
    return one.family in _ALWAYS or bool(one.bound) or bool(_PROMISES.search(clause.words))


def recounted(old: Sequence[Clause], new: Sequence[Clause]) -> str:
    """Amounts that were exchanged, lost, or promised anew."""
    before, after, fresh = _amounts(old), _amounts(new), _amounts(new, promised=True)
    gone = _unexplained([one for key, one in before.items() if key not in after], after)
    come = _unexplained([one for key, one in after.items() if key not in before], before)
    both = {one.family for one in gone} & {one.family for one in come}
    gone = [one for one in gone if not one.weak or one.family in both]
    come = [one for one in come if one.family in both or (not one.weak and one.key in fresh)]
    return f"数字：{_listed(gone)} → {_listed(come)}" if gone or come else ""


def crossed(old: Sequence[Clause], new: Sequence[Clause]) -> str:
    """An amount that goes with another one now: 两件九折 and 两件八五折."""
    before, after = _given(old), _given(new)
    for key in before.keys() & after.keys():
        if not before[key] & after[key] and {family for family, _ in before[key]} & {family for family, _ in after[key]}:
            return f"数字换了位置：“{'，'.join(one.told for one in old)}” → “{'，'.join(one.told for one in new)}”"
    return ""


def _given(some: Sequence[Clause]) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """What goes with the first of two amounts of a clause."""
    found: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for one, other in (clause.firm for clause in some if len(clause.firm) == _TWO):
        found[one.key] = found.get(one.key, frozenset()) | {other.key}
    return found


def twice(old: Sequence[Clause], new: Sequence[Clause]) -> str:
    """A long clause that is said again."""
    counts = Counter(one.words for one in new if len(one.words) >= _LONG)
    known = Counter(one.words for one in old)
    again = next((one for one, count in counts.items() if count > max(1, known[one])), "")
    return f"说了两遍：“{again}”" if again else ""


def _unexplained(some: Sequence[Amount], others: dict[tuple[str, str], Amount]) -> list[Amount]:
    """Without those that the other side says without a unit, or with one where this says none."""
    bare = {one.value for one in others.values() if one.family == "bare"}
    every = {one.written for one in others.values()}
    return [one for one in some if one.written not in (every if one.family == "bare" else bare)]


def _listed(found: Sequence[Amount]) -> str:
    return "、".join(sorted({one.told for one in found})) or "没有"
