"""Whether two wordings promise the same: numbers with their units, what is denied, who pays, which way round. Pure.

No understanding of language: what is written as a number, a negation or one of a pair of opposites is compared clause by
clause, after the ways of writing the same were made one. A rewording that keeps them is the same promise.
"""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from bot.content.linting_opposites import facing
from bot.replaying.amounts import Amount
from bot.replaying.clauses import Clause, Matched, alike, clauses, matched
from bot.replaying.denials import FREE, PAID, Denial
from bot.replaying.reckoning import crossed, recounted, twice

_OPPOSITES: Final = (
    ("包邮", "到付"), ("支持", "拒绝"), ("允许", "禁止"), ("可以", "禁止"),
    ("前", "后"), ("以上", "以下"), ("以内", "以外"),
    ("最多", "最少"), ("至少", "至多"), ("先", "后"), ("早", "晚"), ("增加", "减少"), ("加", "减"), ("开", "关"),
    ("必须", "无需"), ("自动", "手动"),
    ("卖家", "买家"), ("热水", "冷水"), ("线上", "线下"), ("新客", "老客"), ("工作日", "周末"),
    ("左", "右"), ("上午", "下午"), ("偏大", "偏小"), ("大一", "小一"), ("最大", "最小"), ("最高", "最低"), ("高于", "低于"),
    ("薄涂", "厚涂"), ("干皮", "油皮"), ("干性", "油性"), ("白天", "晚上"), ("早上", "晚上"), ("内服", "外用"), ("冷藏", "常温"),
    ("成人", "儿童"), ("男", "女"),
)  # fmt: skip
_ANEW: Final = 0.35
"""What is less alike was written anew: its clauses stand for nothing in the other."""
_NEARLY: Final = 0.75
"""So alike is what is left of two clauses where only an opposite was exchanged."""
_SOME: Final = 2
_REACHED: Final = 0.6
"""Signs, and share of the shorter one's, that two noes have in common where they deny the same."""
_LIGHT: Final = frozenset("用退换买发寄有能是可收送抵做试拆算改加办说看") | {""}
"""Heads that many different noes share."""
_ORDER = re.compile(r"先(.{1,6}?)[后再](.{1,6})")
_PAYS: Final = {FREE: "不用顾客付", PAID: "要顾客付"}
_DAY = re.compile(r"(?:(?P<y>20\d\d)[年./-])?(?<!\d)(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})(?!\d)[日号]?")
_UNTIL = re.compile(r"(?:截止|截至|有效期|到期|结束于|到|至|[~-])[^0-9，。；]{0,3}$")
_ENDS = re.compile(r"^[^0-9，。；]{0,3}(?:前|止|截止|结束|到期|之前)")


def turned(before: str, after: str) -> str:
    """What was changed, in words; empty where both promise the same."""
    if before == after:
        return ""
    old, new = clauses(before), clauses(after)
    pair = matched(old, new)
    if why := recounted(old, new) or crossed(old, new) or twice(old, new):
        return why
    if alike(_signs(old), _signs(new)) < _ANEW:
        return ""
    return _opposed(pair) or _lost(pair) or _paid(old, new)


def past_days(text: str, today: date) -> frozenset[date]:
    """Days that a text names as the end of something and that are over."""
    found: set[date] = set()
    plain = _plain(text)
    for one in _DAY.finditer(plain):
        if not (_UNTIL.search(plain[: one.start()]) or _ENDS.match(plain[one.end() :])):
            continue
        with suppress(ValueError):
            found.add(date(int(one["y"] or today.year), int(one["m"]), int(one["d"])))
    return frozenset(one for one in found if one < today)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _signs(some: Sequence[Clause]) -> frozenset[str]:
    return frozenset().union(*(one.signs for one in some)) if some else frozenset()


def _opposed(pair: Matched) -> str:
    """The first two clauses about the same thing that say the opposite."""
    for one, other in pair.twins:
        if why := _contrary(one, other, pair):
            return f"{why}：“{one.told}” → “{other.told}”"
    return ""


def _contrary(one: Clause, other: Clause, pair: Matched) -> str:
    """Whether two clauses about the same thing say the opposite, or count it otherwise."""
    if why := _reckoned(one, other):
        return why
    noes = _odd(one, other, pair)
    both = noes == 2 and not (one.said.only or other.said.only)
    if both or noes % 2 != _flipped(one.amounts, other.amounts):
        return "否定"
    if (one.said.pays and other.said.pays and one.said.pays != other.said.pays) or _charged(one, other) or _charged(other, one):
        return "谁付钱"
    if _put_first(one, other):
        return "先后换了"
    for left, right in _OPPOSITES:
        if _swapped(one, other, left, right) or _swapped(one, other, right, left):
            return f"“{left}”和“{right}”换了"
    return ""


def _charged(free: Clause, other: Clause) -> bool:
    """Whether what is free here has a price there."""
    if FREE not in free.said.pays or FREE in other.said.pays:
        return False
    return not any(one.family == "money" for one in free.amounts) and any(one.family == "money" for one in other.amounts)


def _put_first(one: Clause, other: Clause) -> bool:
    """Whether what came first comes last: 先付款后发货 and 先发货后付款."""
    here, there = _ORDER.search(one.words), _ORDER.search(other.words)
    if here is None or there is None or here[1] == there[1]:
        return False
    return there[2].startswith(here[1])


def _odd(one: Clause, other: Clause, pair: Matched) -> int:
    """How many noes are in one of two clauses alone, and in no clause without a twin where they may have gone."""
    here, there = one.said.denials, other.said.denials
    if len(here) == len(there):
        return 0
    if facing(one.words, other.words):
        return 0
    lost = [one for one in here if not _reached(one, there)]
    new = [one for one in there if not _reached(one, here)]
    return len(_unmet(lost, _denials(pair.come))) + len(_unmet(new, _denials(pair.gone)))


def _reached(one: Denial, others: Sequence[Denial]) -> bool:
    return any(one.head in other.scope if one.head else not other.head for other in others)


def _denials(some: Sequence[Clause]) -> list[Denial]:
    return [one for clause in some for one in clause.said.denials]


def _reckoned(one: Clause, other: Clause) -> str:
    """Whether the same clause has other amounts, or the same in other places."""
    before, after = one.amounts, other.amounts
    gone, come = _beyond(before, after), _beyond(after, before)
    if ({amount.family for amount in gone} & {amount.family for amount in come}) - {"bare"}:
        return "数字"
    keys, others = ([amount.key for amount in side if not amount.weak] for side in (before, after))
    swapped = keys != others and sorted(keys) == sorted(others) and len(set(keys)) == len(keys)
    return "数字换了位置" if swapped and one.signs == other.signs else ""


def _beyond(some: Sequence[Amount], others: Sequence[Amount]) -> list[Amount]:
    known = {one.key for one in others}
    return [one for one in some if one.key not in known]


def _flipped(some: Sequence[Amount], others: Sequence[Amount]) -> bool:
    """Whether an amount is a limit from above here and from below there."""
    for key in {one.key for one in some} & {one.key for one in others}:
        here, there = ({one.bound for one in side if one.key == key and one.bound} for side in (some, others))
        if here and there and not here & there:
            return True
    return False


def _lost(pair: Matched) -> str:
    """Noes of clauses without a twin that nothing stands for on the other side."""
    old, new = _unsaid(_denials(pair.gone), pair, 1), _unsaid(_denials(pair.come), pair, 0)
    limits = any(one.said.only for one in (*pair.gone, *pair.come))
    if (limits or not _affirmed_of(old, pair.come)) and _made_up(old, new, pair):
        return ""
    return f"否定：“{_joined(pair.gone)}” → “{_joined(pair.come)}”"


def _unfaced(some: Sequence[Denial], pair: Matched, side: int) -> list[Denial]:
    """Without the noes that deny the opposite of what the other side says: 白天不要用 for 只在晚上用."""
    mine, theirs = (pair.gone, pair.come) if side == 0 else (pair.come, pair.gone)
    others = (*theirs, *(two[1 - side] for two in pair.twins))
    faced = {denial for one in mine if any(facing(one.words, other.words) for other in others) for denial in one.said.denials}
    return [one for one in some if one not in faced]


def _made_up(old: Sequence[Denial], new: Sequence[Denial], pair: Matched) -> bool:
    """Whether the noes of both sides stand for each other, in whatever words."""
    lost = _unmet(old, [*new, *_moved(pair, 1)])
    added = _unmet(new, [*old, *_moved(pair, 0)])
    if not (lost and added):
        lost, added = _unfaced(lost, pair, 0), _unfaced(added, pair, 1)
    if lost and added:
        return not _affirmed_of(lost, pair.come) and not _affirmed_of(added, pair.gone)
    if not lost and not added and not _over(pair):
        return True
    return _excused(pair, len(lost) + len(added))


def _moved(pair: Matched, side: int) -> list[Denial]:
    """Noes that a clause with a twin has and its twin has not: they may have come from a clause without one."""
    return [one for two in pair.twins for one in _unmet(two[side].said.denials, two[1 - side].said.denials)]


def _unsaid(some: Sequence[Denial], pair: Matched, side: int) -> list[Denial]:
    """Without the noes that another clause says on the other side as well, where it is clear what they deny."""
    said = (*(two[side] for two in pair.twins), *pair.kept)
    heads = {denial.head for one in said for denial in one.said.denials} - _LIGHT
    return [one for one in some if not one.head or one.head not in heads]


def _over(pair: Matched) -> bool:
    return _flipped([a for one in pair.gone for a in one.amounts], [a for one in pair.come for a in one.amounts])


def _excused(pair: Matched, noes: int) -> bool:
    """Whether a no more or less is made up for: by 只 or 才, by a limit that turned as well."""
    if _over(pair):
        return noes % 2 == 1
    return any(one.said.only for one in pair.gone) != any(one.said.only for one in pair.come)


def _unmet(some: Sequence[Denial], others: Sequence[Denial]) -> list[Denial]:
    """Noes whose matter no no of the other side reaches."""
    return [one for one in some if not any(_meets(one, other) for other in others)]


def _meets(one: Denial, other: Denial) -> bool:
    """Whether two noes reach the same matter, in whatever words: 没有预售和定金, 不用付定金."""
    if (one.head and one.head in other.scope) or (other.head and other.head in one.scope):
        return True
    both = one.scope & other.scope
    return len(both) >= _SOME and len(both) >= _REACHED * min(len(one.scope), len(other.scope))


def _affirmed_of(some: Sequence[Denial], others: Sequence[Clause]) -> bool:
    """Whether what is denied here is said to be so there."""
    told = "，".join(one.said.affirmed for one in others)
    denied = "，".join(denial.matter for one in others for denial in one.said.denials)
    return any(one.matter not in _LIGHT and one.matter in told and one.matter not in denied for one in some)


def _paid(old: Sequence[Clause], new: Sequence[Clause]) -> str:
    """Whether somebody else pays."""
    before, after = (frozenset().union(*(one.said.pays for one in some)) if some else frozenset() for some in (old, new))
    if before == after:
        return ""
    told = ("、".join(_PAYS[one] for one in sorted(side)) or "没有说" for side in (before, after))
    return f"谁付钱：{' → '.join(told)}"


def _joined(some: Sequence[Clause]) -> str:
    return "，".join(one.told for one in some)


def _swapped(one: Clause, other: Clause, left: str, right: str) -> bool:
    """Whether a clause says the one of two opposites and what took its place the other."""
    if left in one.words and right in other.words and left not in other.words and right not in one.words:
        return alike(one.signs - set(left), other.signs - set(right)) >= _NEARLY
    return False
