"""What is known of this talk and must not be asked again: said later counts more, what is taken back is gone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.brief import saidof, slots
from bot.brief.model import Fact, Remark
from bot.brief.persons import Cast, beneficiaries, whose
from bot.brief.slots import Found
from bot.learning import saying
from bot.learning.people import People, clause

_OF_A_BODY = frozenset({"肤质", "孕期", "过敏", "年龄", "身高", "体重", "诉求", "用过"})
"""What belongs to a person; everything else belongs to the errand, whoever it is for."""
_STATES = frozenset({"肤质", "孕期", "过敏"})
_ONE = frozenset(
    {
        "预算",
        "数量",
        "尺码",
        "颜色",
        "肤质",
        "孕期",
        "年龄",
        "身高",
        "体重",
        "给谁",
        "订单号",
        "电话",
        "单号",
        "城市",
        "门店",
        "预产期",
        "味道",
        "口味",
    }
)
"""Of these the last word holds."""
_TURNED = re.compile(r"不对|[打写说拍]错|错了|应该是|其实是|改(?:成|到|为|约)?|换成?|还是(?!老)|算了|啊不|搞错|更正|不，")
_LEAST = 2
_TOO = re.compile(r"(?:^|[，,。！!\s])(?P<v>[\u4e00-\u9fffA-Za-z]{2,6}?)(?:那个|那款|的)?(?:有点|也)?太(?!好)[\u4e00-\u9fff]")
_NOT_SO = frozenset({"nothing", "back", "past"})
_SINCE = re.compile(r"(?:用了|等了|过了|修|买了|才|都|剩下?|我)#|#了")
"""A month that says how long something has lasted is nobody's age."""
_NOT_BEFORE = re.compile(r"(?:不是|并非|不要|别要|别给我|不再是)(?:给|要|说|那个)?$")
_SUPPOSED = re.compile(r"如果|要是|假如|假设|万一|倘若|的话(?!题)|等我")
_ORDER = (
    "给谁", "商品", "品牌", "颜色", "尺码", "数量", "预算", "日期", "订单号", "单号", "电话", "城市", "门店",
    "肤质", "孕期", "过敏", "诉求", "年龄", "预产期", "身高", "体重", "材质", "味道", "口味", "用过", "不要", "照片",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """A fact with what decides whether a later one replaces it."""

    fact: Fact
    at: int
    """The message that said it."""
    asked: bool = False


def known(remarks: Sequence[Remark], named: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts of the shopper's remarks, in the order in which a guide would ask for them.

    ``named`` are questions of entries and names of products that were told: what they begin with is what the talk is about.
    """
    cast = Cast()
    kept: list[_Known] = []
    for remark in remarks:
        before = cast
        cast, told = cast.hearing(remark.id, remark.text)
        fresh = list(_heard(remark, told, replace(cast, last=cast.last or before.last)))
        kept = _without(kept, remark, fresh)
        for one in fresh:
            kept = _with(kept, one, fresh)
    if not any(one.fact.what == "商品" for one in kept):
        kept += list(_goods(remarks, named))[:1]
    kept += list(_disliked(remarks, named))
    order = {what: n for n, what in enumerate(_ORDER)}
    return tuple(sorted((one.fact for one in kept), key=lambda one: (one.whom or "", order.get(one.what, 99))))


def _heard(remark: Remark, told: People, cast: Cast) -> Iterable[_Known]:
    """The facts of one message that hold."""
    values = _sided(remark.text, _effective(remark.text, slots.found(remark)))
    outs = list(saidof.ruled_out(remark.text))
    yield from _values(remark, told, cast, values, outs)
    for out in _unlike(outs, values):
        yield _Known(Fact("不要", out.text, (remark.id,)), remark.id)
    goods = {one.text for one in values if one.what == "商品"}
    for one in saidof.used(remark.text):
        if one.text in goods:
            continue
        if told.whose(one.start) == "self" or whose(told, one.start, cast)[1]:
            yield _Known(Fact("用过", one.text, (remark.id,)), remark.id)
    for words, name, at in beneficiaries(remark.text):
        if not _NOT_BEFORE.search(remark.text[: at + len(words)].removesuffix(words).removesuffix("给")):
            yield _Known(Fact("给谁", name, (remark.id,)), remark.id)
    if saidof.photo(remark.text, remark.kind):
        yield _Known(Fact("照片", "发过", (remark.id,)), remark.id)


def _values(remark: Remark, told: People, cast: Cast, values: Iterable[Found], outs: Iterable[Found]) -> Iterable[_Known]:
    ruled = [(out.start, out.end) for out in outs]
    for one in values:
        if one.negated or any(a <= one.start < b or a < one.end <= b for a, b in ruled):
            if one.what not in _OF_A_BODY or one.what == "诉求":
                yield _Known(Fact("不要", one.text, (remark.id,)), remark.id)
            continue
        if one.what not in _OF_A_BODY:
            yield _Known(Fact(one.what, _shown(one), (remark.id,)), remark.id)
            continue
        if (fact := _of_a_body(remark, told, cast, one)) is not None:
            yield fact


def _of_a_body(remark: Remark, told: People, cast: Cast, one: Found) -> _Known | None:
    """A fact about somebody: only as stated, of somebody who counts."""
    name, counts = whose(told, one.start, cast)
    if not counts:
        return None
    if name is None and one.what == "年龄" and "月" in one.text and _SINCE.search(_around(told.text, one)):
        return None
    how = saying.manner(told, one.start, one.end, negated=False, changes=one.what not in _STATES)
    if how in _NOT_SO and (one.what in _STATES or (one.what == "诉求" and how != "past")):
        return None
    if _SUPPOSED.search("".join(clause(told.text, one.start)[:2])):
        return None
    asked = how == "asked" and one.what in _STATES
    ids = (remark.id,) if name is None or name in remark.text or cast.named_in is None else (cast.named_in, remark.id)
    return _Known(Fact(one.what, one.text + "？" * asked, ids, name), remark.id, asked)


def _sided(text: str, values: list[Found]) -> list[Found]:
    """Without states that are only named side by side (干皮还是油皮), or that the same message says are over (过了哺乳期)."""
    for what in _STATES:
        places = [(one.start, one.end) for one in values if one.what == what]
        if what != "过敏" and len(places) > 1 and saying.either(text, places):
            values = [one for one in values if one.what != what]
    over = any(saying.ended(text))
    return [one for one in values if not (over and one.what == "孕期")]


def _around(text: str, one: Found) -> str:
    return f"{text[max(0, one.start - 3) : one.start]}#{text[one.end : one.end + 2]}"


def _effective(text: str, values: Sequence[Found]) -> list[Found]:
    """Without what the same message takes back: 周三改周四, 不是油皮，是混合皮."""
    kept = [
        one for one in values if not (_NOT_BEFORE.search(text[: one.start]) and one.what not in {"商品", "材质", "品牌", "诉求"})
    ]
    for turn in _TURNED.finditer(text):
        later = {one.what for one in kept if one.start >= turn.end()}
        kept = [one for one in kept if one.start >= turn.end() or one.what not in later or one.what not in _ONE | {"日期"}]
    return kept


def _unlike(outs: Iterable[Found], values: Sequence[Found]) -> Iterable[Found]:
    """What is ruled out in words and is not told as a value already."""
    told = {one.text for one in values if one.negated}
    return (out for out in outs if out.text not in told)


def _shown(one: Found) -> str:
    """A phone number shows no more than whose it is needs."""
    if one.what != "电话":
        return one.text
    digits = "".join(sign for sign in one.text if sign.isdigit())
    return f"{digits[:3]}****{digits[-4:]}"


def _without(kept: list[_Known], remark: Remark, fresh: Sequence[_Known]) -> list[_Known]:
    """What the message takes back: 已经生完了, and what is ruled out after all."""
    over = [value for value, _ in saying.ended(remark.text)]
    fine = [what for what, _ in saying.harmless(remark.text)]
    out = {one.fact.value for one in fresh if one.fact.what == "不要"}
    wanted = {one.fact.value for one in fresh if one.fact.what in {"颜色", "商品", "尺码", "材质"}}
    turned = _TURNED.search(remark.text) is not None
    return [
        one
        for one in kept
        if not (over and one.fact.what == "孕期" and one.fact.whom is None)
        and not (one.fact.what == "过敏" and any(what in one.fact.value for what in fine))
        and not (one.fact.what == "给谁" and re.search(rf"不是[给送帮][我俺]?{re.escape(one.fact.value)}", remark.text))
        and not (one.fact.what in {"颜色", "商品", "尺码", "材质", "品牌", "口味", "味道"} and one.fact.value in out)
        and not (one.fact.what == "不要" and one.fact.value in wanted)
        and not (turned and one.fact.what == "日期" and any(new.fact.what == "日期" for new in fresh))
    ]


def _with(kept: list[_Known], new: _Known, fresh: Sequence[_Known]) -> list[_Known]:
    """The facts with one more: of what holds only once the last message's values stay."""
    same = [one for one in kept if one.fact.what == new.fact.what and one.fact.whom == new.fact.whom]
    if new.asked and any(not one.asked for one in same):
        return kept
    for one in same:
        if _alike(one.fact, new.fact):
            both = tuple(dict.fromkeys((*one.fact.messages, *new.fact.messages)))
            merged = _Known(replace(new.fact, messages=both), new.at, new.asked)
            return [merged if other is one else other for other in kept]
    if new.fact.what == "数量" and same and same[0].at != new.at and sum(one.fact.what == "数量" for one in fresh) > 1:
        return kept  # 一份寄去沈阳，两份自提 parts what was ordered
    if new.fact.what in _ONE or any(one.asked for one in same):
        kept = [one for one in kept if one not in same or one.at == new.at]
    return [*kept, new]


def _alike(one: Fact, other: Fact) -> bool:
    """The same once more, or the same in more words (备孕, 在备孕)."""
    first, second = one.value.rstrip("？"), other.value.rstrip("？")
    return first == second or (one.what in _STATES and (first in second or second in first))


_NOT_OF_GOODS = frozenset(
    {
        "ask_shipping", "ask_payment", "ask_invoice", "ask_store", "ask_membership", "get_coupon", "ask_promotion",
        "join_activity", "ask_group", "book_service", "ask_privacy", "ask_human", "opt_out", "greet", "thank", "goodbye",
        "chitchat", "track_order",
    }
)  # fmt: skip
"""Intents of questions that are about no article: 包邮 is none."""


def _goods(remarks: Sequence[Remark], named: Sequence[str]) -> Iterable[_Known]:
    """The thing that the talk is about, where no slot knows its name."""
    for remark in remarks:
        if str((remark.trace or {}).get("intent")) in _NOT_OF_GOODS:
            continue
        for one in saidof.goods(remark.text):
            yield _Known(Fact("商品", one.text, (remark.id,)), remark.id)
        for name in named:
            head = next((name[:n] for n in range(min(6, len(name)), 1, -1) if name[:n] in remark.text), "")
            if len(head) >= _LEAST and not saidof.no_goods(head) and not slots.without(remark.text, remark.text.find(head)):
                yield _Known(Fact("商品", head, (remark.id,)), remark.id)


def _disliked(remarks: Sequence[Remark], named: Sequence[str]) -> Iterable[_Known]:
    """胡桃太深: what was shown and found fault with."""
    for remark in remarks:
        for match in _TOO.finditer(remark.text):
            words = match["v"]
            if any(words in name for name in named):
                yield _Known(Fact("不要", words, (remark.id,)), remark.id)
