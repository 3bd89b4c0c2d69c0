"""One item before and after an edit: what the new words no longer say, although nobody may have meant to change it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from bot.content import linting_products, linting_training
from bot.content.items import Item
from bot.content.linting_links import moved
from bot.content.linting_pairs import pairs
from bot.content.linting_pieces import Mark, Piece, below, named, told, whom
from bot.content.linting_reading import Clause, clauses, words_of
from bot.content.linting_training import Heard, Intents, fewer
from bot.content.linting_turns import makes_up

_ALIKE: Final = 0.6
"""Share of common pairs of characters from which on a clause is still the same one."""
_IN_PLACE: Final = 0.4
"""The same where it is the only clause that changed."""
_LARGE: Final = 5.0
"""A number so many times larger or smaller is a slip more often than a decision."""
_SHORT: Final = 12
"""Signs of a clause that has too few pairs for their share to tell."""
_NO: Final = re.compile(
    r"(?<!说)不(?!用担心|必担心|会错|会少|一样|难|麻烦|复杂|贵|远|客气|好意思|仅|管|论|然|断|同|用谢|急|着急|少|错|妨|愧|止|但|要紧|知不觉|如|过(?![期敏]))|没(?!了|关系|事|问题|错)|无(?!论|所谓|线|忧)|未(?!来)|(?<![特区级类个分性差鉴告辨])别(?!的|人|家|处|样|名)|勿|禁|拒|除外|例外|停用|缺货|售罄"
)  # fmt: skip
_FREE: Final = re.compile(
    r"不(?:另外)?(?:收|要|花)(?:一分)?[钱费]用?|不用(?:另外)?(?:付|交|花|掏)[钱费]|分文不[取收]|不限|不(?:能|可以?|得|会)?(?:超过|多于|大于|少于|低于)"
)
_NEITHER: Final = re.compile(r"[不没](\w)[不没](\w)(?=[再才的就都也]|\W|$)")
"""不红不痒 says one no."""
_PAIRS: Final = (
    "免费/收费 免费/付费 以内/以外 之内/之外 之前/之后 满/不满 停用/继续用 停用/接着用 停用/坚持用 拆封/未拆 "
    "包邮/到付 以上/以下 至多/至少 "
    "最多/最少 不超过/不少于 需要/无需 支持/拒绝 早于/晚于 我们出/您出 我们承担/您承担 自付/我们付 少于/多于 "
    "避开/多用 一定/不一定 清水/热水 "
    "清水/酒精"
)
_OPPOSITE: Final = tuple(tuple(pair.split("/")) for pair in _PAIRS.split())
_SAFETY: Final = re.compile(
    r"就医|医生|医院|停用|先别|急救|120|110|12356|96110|验证码|转账|催吐|误吃|误食|过敏|孕|哺乳|宝宝|婴|儿童|眼睛|请勿|转人工|AI|智能助手"
)

_STOPS: Final = re.compile(r"停下|停一停|停掉|先停|别再?用|不要再?用|先不用")
"""How else a text says 停用."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the program learns from, to see whose sentence a new one already is."""

    intents: Intents
    barred: Collection[str]
    """Tags that safety rules block."""
    strict: Collection[str] = ()
    """Values of hard tags: who has none of them is not recommended the product."""
    heard: Heard | None = None
    """What the live model hears in sentences; None where there is no model."""


def marks(before: Item | None, after: Item | None, learnt: Learnt) -> Iterator[Mark]:
    """What an edit lost; nothing for a new item, which lint reads as it is."""
    if before is None:
        return
    if after is None:
        yield from _taken_away(before)
        return
    if lost := _FIELDS.get(before.key.kind):
        yield from lost(before, after)
    if before.key.kind == "training":
        yield from linting_training.marks(before, after, learnt.intents, learnt.heard)
    if before.key.kind == "product":
        yield from linting_products.changed(before, after, learnt.barred, learnt.strict)
    yield from moved(before, after)
    for was, piece in pairs(before, after):
        if piece.said:
            yield from _text(was, piece)


def _taken_away(before: Item) -> Iterator[Mark]:
    if before.key.kind == "rule" and below(before.value, "block"):
        why = "这条规则把不合适的商品挡住，拿掉以后就会推荐出去"
        yield Mark("change.guard", "warn", (), before.key.id, why, "确认真的不用挡了")
    if before.key.kind == "entry" and (before.value.get("handover") or before.value.get("private")):
        why = "这一条会转人工或者只在私聊里说，拿掉以后这样的问题没有专门的答法了"
        yield Mark("change.guard", "warn", (), before.key.id, why, "确认有别的条目接住")
    if before.key.kind == "tag":
        hard = (
            "这是硬条件，拿掉以后不合适的商品也会推荐" if before.value.get("hard") else "身上记着它的顾客，推荐和话术都不再看它"
        )
        yield Mark("change.guard", "warn", (), before.key.id, hard, "确认没有规则、话术、商品还靠着它")
    if before.key.kind in {"training", "store"}:
        why = (
            "这一类话整个不学了，顾客再这样说会被听成别的"
            if before.key.kind == "training"
            else "这家店的导购、库存、券和规则都还指着它"
        )
        yield Mark("change.guard", "warn", (), before.key.id, why, "确认没有别处还靠着它")
    if before.key.kind == "spelling":
        why = "顾客再这样说就听不出来了，靠它的规则和答法跟着失效"
        yield Mark("change.guard", "warn", (), before.key.id, why, "确认没有规则、话术还靠着它")


def _entry(before: Item, after: Item) -> Iterator[Mark]:
    old, new = before.value, after.value
    for name, why in (("private", "群里会把个人的事当众答出来"), ("handover", "答完不再转给人，要人跟进的事会没人接")):
        if old.get(name) and not new.get(name):
            yield Mark("change.guard", "warn", (name,), name, f"原来写着 {name}: true，去掉以后{why}", f"补回 {name}: true")
    if whom(old).conditions and not whom(new).conditions:
        yield Mark(
            "change.audience",
            "warn",
            ("audience",),
            after.key.id,
            "原来只对一部分顾客说，现在对所有人说",
            "确认这话对谁都成立，或者补回 audience",
        )
    if told(old, "valid_until") and not told(new, "valid_until"):
        why = f"原来到 {told(old, 'valid_until')} 为止，现在会一直说下去"
        yield Mark("change.window", "warn", ("valid_until",), told(old, "valid_until"), why, "补回 valid_until，或者确认长期有效")
    yield from fewer(before, after, "questions", "问法")


def _script(before: Item, after: Item) -> Iterator[Mark]:
    old = {told(one, "text"): whom(one) for one in _variants(before)}
    kept = {told(one, "text") for one in _variants(after) if whom(one).conditions}
    dated = {told(one, "text"): told(one, "until") for one in _variants(before)}
    for n, one in enumerate(_variants(after)):
        text = told(one, "text")
        if text in old and text not in kept and old[text].conditions and not whom(one).conditions:
            yield Mark(
                "change.audience",
                "warn",
                ("variants", n),
                text[:20],
                "原来只对一部分顾客说，现在对所有人说",
                "确认这话对谁都成立，或者补回条件",
            )
        if dated.get(text) and not told(one, "until") and not told(after.value, "until"):
            yield Mark(
                "change.window", "warn", ("variants", n), text[:20], f"原来到 {dated[text]} 为止，现在会一直说下去", "补回 until"
            )


def _variants(item: Item) -> list[Mapping[str, object]]:
    found = item.value.get("variants")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def _rule(before: Item, after: Item) -> Iterator[Mark]:
    old, new = below(before.value, "block"), below(after.value, "block")
    lost = {word for name in old for word in named(old, name)} - {word for name in new for word in named(new, name)}
    if lost:
        why = f"不再挡 {'、'.join(sorted(lost))}，这些商品会推荐出去"
        yield Mark("change.guard", "warn", ("block",), "、".join(sorted(lost)), why, "确认真的不用挡了")
    for name in below(before.value, "when") if old else ():
        gone = set(named(below(before.value, "when"), name)) - set(named(below(after.value, "when"), name))
        if gone and below(after.value, "when"):
            yield Mark(
                "change.guard",
                "warn",
                ("when", name),
                "、".join(sorted(gone)),
                f"对 {'、'.join(sorted(gone))} 不再挡",
                "确认真的不用挡了",
            )
    if old and told(after.value, "until") and told(after.value, "until") != told(before.value, "until"):
        why = f"{told(after.value, 'until')} 以后就不再挡了"
        yield Mark("change.guard", "warn", ("until",), told(after.value, "until"), why, "安全的规则一般不写 until")


def _tag(before: Item, after: Item) -> Iterator[Mark]:
    if before.value.get("hard") and not after.value.get("hard"):
        yield Mark("change.guard", "warn", ("hard",), before.key.id, "不再是硬条件，不合适的商品也会推荐", "补回 hard: true")


def _brand(before: Item, after: Item) -> Iterator[Mark]:
    """What the brand and its assistant are called stands in every talk."""
    for path in _CALLED:
        old, new = _reached(before.value, path), _reached(after.value, path)
        if old and new and old != new:
            why = f"“{old}”变成了“{new}”，每一句自我介绍、每一处店名都会跟着变"
            yield Mark("change.name", "warn", path, str(new), why, "确认真的要改名，不是打错了")


_CALLED: Final = (("value",), ("value", "name"), ("value", "self"))


def _reached(value: Mapping[str, object], path: tuple[str, ...]) -> str:
    found: object = value
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and value.get("key") in {"name", "persona"} else ""


_FIELDS: Final[Mapping[str, Callable[[Item, Item], Iterator[Mark]]]] = {
    "entry": _entry,
    "script": _script,
    "rule": _rule,
    "tag": _tag,
    "brand": _brand,
}


def _text(was: Piece, piece: Piece) -> Iterator[Mark]:
    old, new = clauses(was.text), clauses(piece.text)
    kept = {one.text.strip() for one in new}
    fresh = [one for one in new if one.text.strip() not in {other.text.strip() for other in old}]
    lost = [one for one in old if one.text.strip() not in kept]
    least = _IN_PLACE if len(lost) == len(fresh) == 1 else _ALIKE
    for clause in lost:
        best = max(fresh, key=lambda one: _likeness(clause, one), default=None)
        if best is not None and _likeness(clause, best) >= least:
            yield from _turned((was, piece), clause, best)
        elif _SAFETY.search(clause.text) and not _kept(clause, piece.text):
            why = f"原来有“{clause.text.strip()}”，这是保护顾客的话，现在没有了"
            yield Mark("change.safety", "warn", piece.path, clause.text.strip(), why, "把这句补回来")


def _kept(clause: Clause, text: str) -> bool:
    """Whether what protects is still said somewhere, in other words."""
    return all(word in text or (word == "停用" and _STOPS.search(text)) for word in _SAFETY.findall(clause.text))


def _likeness(one: Clause, other: Clause) -> float:
    shared, all_ = one.grams & other.grams, one.grams | other.grams
    alike = len(shared) / len(all_) if all_ else 0.0
    left, right = (_NO.sub("", side.text.strip()) for side in (one, other))
    return max(alike, SequenceMatcher(None, left, right, autojunk=False).ratio()) if len(left) <= _SHORT else alike


def _told(text: str) -> int:
    """How often a text says no; a no that only moved to another clause is no other no."""
    return len(_NO.findall(_NEITHER.sub(r"不\1\2", _FREE.sub("免费", text))))


def _odd(text: str) -> bool:
    return bool(_told(text) % 2)


def _turned(pair: tuple[Piece, Piece], old: Clause, new: Clause) -> Iterator[Mark]:
    was, piece = pair
    start = new.start + len(new.text) - len(new.text.lstrip())
    span = start, start + len(new.text.strip())
    words = new.text.strip()
    odd = _odd(old.text) != _odd(new.text) and not makes_up(old.text, new.text)
    if odd and _told(old.sentence) != _told(new.sentence) and _told(was.text) != _told(piece.text):
        why = f"原来是“{old.text.strip()}”，多了或少了一个“不”字，意思反了"
        yield Mark("change.denied", "warn", piece.path, words, why, "核对能还是不能", *span)
        return
    mine, theirs = (_FREE.sub("免费", side.text) for side in (old, new))
    for left, right in _OPPOSITE:
        one, other = (left, right) if left in mine and left not in theirs else (right, left)
        if one in mine and other not in mine and other in theirs and one not in theirs:
            yield Mark(
                "change.denied", "warn", piece.path, words, f"原来是“{one}”，现在成了“{other}”，意思反了", "核对是哪一个", *span
            )
            return
    yield from _numbers(piece, old, new, span)


def _numbers(piece: Piece, old: Clause, new: Clause, span: tuple[int, int]) -> Iterator[Mark]:
    if len(old.amounts) != len(new.amounts):
        return
    for was, one in zip(old.amounts, new.amounts, strict=True):
        if was.value == one.value and was.unit != one.unit and {was.unit, one.unit} <= _TIMES:
            why = f"原来是 {was.value:g} {was.unit}，现在是 {one.value:g} {one.unit}"
        elif was.unit == one.unit and was.value != one.value and _far(was.value, one.value):
            why = f"数字从 {was.value:g} 变成 {one.value:g} {one.unit}，差得太多"
        else:
            continue
        yield Mark("change.number", "warn", piece.path, new.text.strip(), why, "核对数字", *span)
        return


_TIMES: Final = words_of("天 工作日 小时 分钟 月 周 年")


def _far(one: float, other: float) -> bool:
    small, large = sorted((one, other))
    return small <= 0 or large / small >= _LARGE
