"""What one item says against what the others say about the same matter: other numbers, yes and no, other hours and addresses."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.content.items import Item, Key
from bot.content.linting_answers import CONDITION
from bot.content.linting_pieces import Mark, Whom, named, pieces
from bot.content.linting_policies import CAMPAIGNS, CONTENT, LEVELS, of_levels, policies_of
from bot.content.linting_reading import Clause, about, clauses, grams, plain, words_of

_SAME: Final = 0.5
"""Share of common pairs of characters from which on two clauses with numbers speak of one thing."""
_RARE: Final = 6
"""Items that say a pair of characters, up to which it tells what a sentence is about."""
_TOGETHER: Final = 3
_GIVES: Final = "换抵送减得领返补扣加付"
"""Signs before a number that say what it is for."""
_SURELY: Final = 0.8
_ALIKE: Final = 0.8
"""The same for yes and no, where one little word decides."""
_COUNTED: Final = 0.72
"""The same where only loose units differ."""
_PHONE: Final = re.compile(r"(?<![\d-])(?:0\d{2,3}-\d{4}-?\d{4}|0\d{2,3}-\d{7,8}|400-\d{3}-\d{4}|400\d{7})(?![\d-])")


@dataclass(frozen=True, slots=True)
class Claim:
    """A clause that says something, and who says it to whom."""

    key: Key
    path: tuple[str | int, ...]
    clause: Clause
    whom: Whom
    context: frozenset[str]
    """Campaigns, levels and conditions around it, and in the questions of its entry."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """A number with what stands before it: 换 20 积分."""

    claim: Claim
    before: str
    unit: str
    value: float
    grams: frozenset[str]
    """Of the whole sentence."""


@dataclass(frozen=True, slots=True)
class Claims:
    """All that the content says, by what it is about."""

    all: Sequence[Claim]
    by_gram: Mapping[str, Sequence[int]]
    policies: Mapping[tuple[str, frozenset[str]], Mapping[tuple[float, ...], frozenset[Key]]]
    phones: Mapping[str, int]
    anchors: Mapping[tuple[str, str], Sequence["Anchored"]]
    """What stands before a number, with its unit → where."""
    common: Mapping[str, int]
    """Pairs of characters → how many items say them."""

    @classmethod
    def of(cls, items: Sequence[Item]) -> "Claims":
        """Those of these items."""
        known = [claim for item in items if item.key.kind in CONTENT for claim in claims(item)]
        grams: dict[str, list[int]] = {}
        for n, claim in enumerate(known):
            for gram in claim.clause.grams:
                grams.setdefault(gram, []).append(n)
        policies: dict[tuple[str, frozenset[str]], dict[tuple[float, ...], set[Key]]] = {}
        phones: Counter[str] = Counter()
        for item in items:
            for piece in pieces(item):
                phones.update(_digits(one[0]) for one in _PHONE.finditer(plain(piece.text)))
                for one in policies_of(item, piece):
                    policies.setdefault((one.matter, one.about), {}).setdefault(one.value, set()).add(item.key)
        frozen = {matter: {value: frozenset(keys) for value, keys in values.items()} for matter, values in policies.items()}
        anchors: dict[tuple[str, str], list[Anchored]] = {}
        for claim in known:
            for told in anchored(claim):
                anchors.setdefault((told.before, told.unit), []).append(told)
        common = {gram: len({known[n].key for n in places}) for gram, places in grams.items()}
        return cls(known, grams, frozen, phones, anchors, common)

    def near(self, claim: Claim, least: float) -> Iterator[tuple[float, Claim]]:
        """(likeness, claim) of what other items say about the same."""
        mine = claim.clause.grams
        shared = Counter(n for gram in mine for n in self.by_gram.get(gram, ()))
        for n, common in shared.items():
            other = self.all[n]
            alike = common / (len(mine) + len(other.clause.grams) - common)
            if alike >= least and other.key != claim.key:
                yield alike, other


def _digits(phone: str) -> str:
    return phone.replace("-", "")


def claims(item: Item) -> Iterator[Claim]:
    """What an item claims, clause by clause."""
    topic = about(" ".join(named(item.value, "questions"))) & _ASKED if item.key.kind == "entry" else frozenset[str]()
    for piece in pieces(item):
        if not piece.said:
            continue
        context = topic | of_levels(piece.whom) | (about(piece.text) & CAMPAIGNS)
        for clause in clauses(piece.text):
            if clause.grams:
                yield Claim(item.key, piece.path, clause, piece.whom, context | clause.around)


def anchored(claim: Claim) -> Iterator[Anchored]:
    """The numbers of a claim with what stands before them."""
    clause = claim.clause
    for one in clause.amounts:
        before = clause.text[: one.start - clause.start].rstrip()[-1:] or "-"
        if before in _GIVES and not one.loose and "{" not in clause.sentence:
            yield Anchored(claim, before, one.unit, one.value, grams(clause.sentence))


_TOPICS: Final = LEVELS | words_of(
    "偏远 港澳台 同城 双12 双11 圣诞 618 年货 元旦 春节 国庆 周年 天猫 京东 直播 预售 拼团 秒杀 拆封 质量 过敏 价保"
)

_ASKED: Final = _TOPICS - words_of("直播 拼团 秒杀 拆封 质量 过敏 价保")
"""Those that the questions of an entry put on all of its answer."""


def marks(item: Item, known: Claims) -> Iterator[Mark]:
    """What an item says against others, and against itself."""
    if item.key.kind not in CONTENT:
        return
    seen: set[tuple[tuple[str | int, ...], int]] = set()
    mine = tuple(claims(item))
    for mark in (
        *_policies(item, known),
        *_against(item, mine, known),
        *_anchors(mine, known),
        *_phones(item, known),
    ):
        if (mark.path, mark.start) not in seen:
            seen.add((mark.path, mark.start))
            yield mark


def _policies(item: Item, known: Claims) -> Iterator[Mark]:
    for piece in pieces(item):
        for one in policies_of(item, piece):
            told = known.policies.get((one.matter, one.about), {})
            elsewhere = {value: keys - {item.key} for value, keys in told.items() if keys - {item.key}}
            if not elsewhere:
                continue
            most = max(elsewhere, key=lambda value: (len(elsewhere[value]), value))
            agreeing = len(elsewhere.get(one.value, ())) + 1
            if most == one.value or agreeing > len(elsewhere[most]):
                continue
            words = piece.text[one.start : one.end]
            said = "、".join(key.id for key in sorted(elsewhere[most])[:3])
            why = f"{one.matter}：这里是“{words}”，{said} 里是 {'、'.join(f'{value:g}' for value in most)}"
            yield Mark("claim.number", "block", piece.path, words, why, "核对哪个是对的，改成一样", one.start, one.end)


def _against(item: Item, mine: Sequence[Claim], known: Claims) -> Iterator[Mark]:
    for claim in mine:
        clause = claim.clause
        if len(clause.grams) < 2 or (item.key.kind == "script" and "{" in clause.text):
            continue
        near = [
            (alike, other)
            for alike, other in known.near(claim, _SAME)
            if other.whom == claim.whom and "{" not in other.clause.text and _one_context(claim, other, alike)
        ]
        apart = [
            (other, *found)
            for alike, other in near
            if (found := _number_apart(clause, other.clause, alike) or _denied_apart(clause, other.clause, alike))
        ]
        # where as many say the same, it is the others that are to be looked at
        if apart and len({other.key for _, other in near if _agrees(clause, other.clause)}) < len({one[0].key for one in apart}):
            other, rule, why = apart[0]
            yield _told(claim, rule, f"{why}，{other.key} 里是“{other.clause.text.strip()}”")


def _agrees(one: Clause, other: Clause) -> bool:
    """Whether two clauses have the same numbers and both say yes, or both no."""
    mine, theirs = ({(amount.unit, amount.value) for amount in side.amounts} for side in (one, other))
    return bool(mine) and mine <= theirs and one.denied % 2 == other.denied % 2


def _told(claim: Claim, rule: str, why: str) -> Mark:
    """A finding at a whole clause."""
    clause = claim.clause
    words = clause.text.strip()
    start = clause.start + len(clause.text) - len(clause.text.lstrip())
    return Mark(rule, "block", claim.path, words, why, "核对哪个是对的，改成一样", start, start + len(words))


def _anchors(mine: Sequence[Claim], known: Claims) -> Iterator[Mark]:
    """Numbers that stand alike in sentences with the same rare words: 空瓶 … 换 20 积分 and 空瓶 … 换 50 积分."""
    for claim in mine:
        for one in anchored(claim):
            same = [
                other for other in known.anchors.get((one.before, one.unit), ())
                if other.claim.key != claim.key and other.claim.whom == claim.whom
                and other.claim.context & _TOPICS == claim.context & _TOPICS
                and sum(known.common.get(gram, 0) <= _RARE for gram in one.grams & other.grams) >= _TOGETHER
            ]  # fmt: skip
            if same and all(other.value != one.value for other in same):
                other, words = same[0].claim, claim.clause.text.strip()
                why = f"说的是一件事，数字却不一样：这里是“{words}”，{other.key} 里是“{other.clause.text.strip()}”"
                yield _told(claim, "claim.number", why)


def _one_context(one: Claim, other: Claim, alike: float) -> bool:
    """Whether two claims are about the same levels, campaigns and conditions; the less alike they are, the more must agree."""
    return one.context == other.context or (alike >= _SURELY and one.context & _TOPICS == other.context & _TOPICS)


def _number_apart(one: Clause, other: Clause, alike: float) -> tuple[str, str] | None:
    for unit in dict.fromkeys(amount.unit for amount in one.amounts):
        mine = {amount.value for amount in one.amounts if amount.unit == unit}
        theirs = {amount.value for amount in other.amounts if amount.unit == unit}
        loose = all(amount.loose for amount in one.amounts if amount.unit == unit)
        if theirs and not mine & theirs and (not loose or alike >= _COUNTED):
            return "claim.number", f"说的是一件事，数字却不一样：这里是“{one.text.strip()}”"
    return None


def _denied_apart(one: Clause, other: Clause, alike: float) -> tuple[str, str] | None:
    if alike < _ALIKE or len(one.grams) < 4 or CONDITION.search(one.text) or CONDITION.search(other.text):
        return None
    if one.denied % 2 == other.denied % 2:
        return None
    return "claim.denied", f"说的是一件事，一个能一个不能：这里是“{one.text.strip()}”"


def _phones(item: Item, known: Claims) -> Iterator[Mark]:
    for piece in pieces(item):
        for found in _PHONE.finditer(plain(piece.text)):
            here = _digits(found[0])
            usual = [one for one, times in known.phones.items() if times >= 2 and one[:3] == here[:3] and one != here]
            if known.phones.get(here, 0) <= 1 and usual and _differ(here, usual):
                why = f"别处写的电话是 {'、'.join(usual[:2])}，这里不一样"
                yield Mark("claim.phone", "block", piece.path, found[0], why, "核对电话号码", *found.span())


def _differ(phone: str, usual: Sequence[str]) -> bool:
    """Whether a number is one of the usual ones with few digits wrong."""
    return any(len(one) == len(phone) and 0 < sum(a != b for a, b in zip(one, phone, strict=True)) <= 3 for one in usual)
