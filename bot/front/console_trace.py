"""The trace of a reply in words of the shop: what was heard, how surely, which entry and wording came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.front.console_intents import SLOTS, WAYS, named
from bot.front.console_seen import tags_word

_NAMES: Final[Mapping[str, str]] = {
    "why": "原因",
    "intent": "听懂的意思",
    "confidence": "把握",
    "candidates": "也可能是",
    "intents": "几个意思",
    "slots": "听到的条件",
    "hits": "最接近的知识",
    "entry": "知识",
    "confidence_answer": "答案的把握",
    "route": "怎么处理",
    "script": "话术",
    "scripts": "话术",
    "items": "推荐",
    "relaxed": "放宽了什么",
    "handover": "为什么请人",
    "sentiment": "情绪",
    "urgency": "着急",
    "escalation": "苗头",
    "rating": "评分",
    "asked": "先问",
    "kind": "收到的是",
    "release": "内容版本",
    "ms": "用时",
}
"""What each part of a trace is called, in the order in which they are told; parts that are not named here follow as they are."""
_INSIDE: Final[Mapping[str, str]] = {
    "name": "名字",
    "value": "是",
    "id": "编号",
    "text": "原话",
    "sku": "货号",
    "score": "得分",
    "reason": "理由",
    "version": "版本",
    "words": "原话",
    "rule": "规则",
    "min": "最低",
    "max": "最高",
    "negated": "不要",
    "evidence": "依据",
    "variant": "第几种",
    "budget": "预算",
    "date": "日期",
    "allergen": "过敏",
    "avoid": "不要",
    "pregnant": "孕期",
    "age": "年龄",
    "age_months": "月龄",
    "recipient": "送给",
    "height_cm": "身高",
    "weight_kg": "体重",
    "quantity": "数量",
    "product": "商品",
    "tag": "标签",
    "confidence": "把握",
}
"""What is named inside of a part."""
_ALARMS: Final[Mapping[str, str]] = {"anger": "生气", "reaction": "用了不舒服", "threat": "要投诉、曝光", "money": "钱有风险"}
_BY_NATURE: Final = frozenset({"release", "ms"})
"""Different on both sides, whatever anybody wrote."""
_LEAST: Final = 0.05
"""Below it nobody wants to know what else may have been meant."""
Entries = Mapping[str, str]
"""Id → first wording, of what is live."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a trace."""

    name: str
    words: str
    differs: bool
    """Whether the other side says something else."""


def rows(trace: Mapping[str, object], other: Mapping[str, object], entries: Entries) -> Sequence[Row]:
    """A trace in words, against that of the other side."""
    mine, theirs = _told(trace, entries), _told(other, entries)
    return [
        Row(_NAMES.get(name, name), words, name not in _BY_NATURE and words != theirs.get(name))
        for name, words in mine.items()
        if words
    ]


def _told(trace: Mapping[str, object], entries: Entries) -> Mapping[str, str]:
    names = [*(name for name in _NAMES if name in trace), *(name for name in trace if name not in _NAMES)]
    return {name: _words(name, trace[name], entries) for name in names}


def _words(name: str, value: object, entries: Entries) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if name in {"entry", "hits"}:
        return "；".join(_entry(one, entries) for one in _several(value))
    return _SAID.get(name, _plain)(value)


def _entry(one: object, entries: Entries) -> str:
    told = one if isinstance(one, Mapping) else {"id": one}
    id_ = str(told.get("id") or told.get("entry") or "")
    sure = told.get("score", told.get("confidence"))
    question = entries.get(id_)
    return (f"{question}（{id_}）" if question else id_) + (f" {_percent(sure)}" if isinstance(sure, int | float) else "")


def _several(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def mappings(value: object) -> Sequence[Mapping[str, object]]:
    """Those of the parts of a trace, or its one part, that have names."""
    return [one for one in _several(value) if isinstance(one, Mapping)]


def _percent(value: object) -> str:
    return f"{round(100 * value)}%" if isinstance(value, int | float) else _plain(value)


def _way(value: object) -> str:
    return WAYS.get(str(value), named(str(value)))


def _intents(value: object) -> str:
    told = [str(one.get("intent")) if isinstance(one, Mapping) else str(one) for one in _several(value)]
    return "、".join(map(named, told)) if len(told) > 1 else ""


def others(value: object) -> Sequence[str]:
    """What else a message may have meant, the likeliest first, with how likely; ``value``: the candidates of a trace."""
    found = [(str(one.get("intent")), one.get("confidence")) for one in mappings(value)[1:]]
    return [f"{named(name)} {_percent(sure)}" for name, sure in found if isinstance(sure, int | float) and sure >= _LEAST]


def _slots(value: object) -> str:
    return "；".join(
        ("不要 " if one.get("negated") else "") + f"{_called(str(one.get('name')))} {_plain(one.get('value'))}"
        for one in mappings(value)
    )


def _called(slot: str) -> str:
    return SLOTS.get(slot) or _INSIDE.get(slot) or tags_word(slot)


def _scripts(value: object) -> str:
    return "；".join(
        str(one.get("id"))
        + (f" 第 {number + 1} 种说法" if isinstance(number := one.get("variant"), int) else "")
        + (f"（版本 {one['version']}）" if one.get("version") else "")
        for one in mappings(value)
    )


def _items(value: object) -> str:
    return "；".join(
        f"{one.get('sku')}" + (f"（{one['reason']}）" if one.get("reason") else "") if isinstance(one, Mapping) else str(one)
        for one in _several(value)
    )


def _handover(value: object) -> str:
    if not isinstance(value, Mapping):
        return _plain(value)
    routing = value.get("routing")
    offered = routing.get("words") if isinstance(routing, Mapping) else None
    return "；".join(str(one) for one in (value.get("rule"), value.get("words"), offered) if one) or _plain(value)


def _mood(value: object) -> str:
    if not isinstance(value, int | float):
        return _plain(value)
    return "不高兴" if value <= -0.5 else "高兴" if value >= 0.5 else "平静"


def _haste(value: object) -> str:
    if not isinstance(value, int | float):
        return _plain(value)
    return "很急" if value >= 1.5 else "有点急" if value >= 0.5 else "不急"


def _plain(value: object) -> str:
    """Whatever has no words of its own."""
    if isinstance(value, Mapping):
        inside = ((name, _plain(one)) for name, one in value.items() if one is not None)
        return " · ".join(f"{_called(str(name))} {words}" for name, words in inside if words)
    if isinstance(value, list | tuple):
        return "；".join(filter(None, map(_plain, value)))
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{round(value, 2):g}" if isinstance(value, float) else str(value)


_SAID: Final[Mapping[str, Callable[[object], str]]] = {
    "intent": lambda value: named(str(value)),
    "route": _way,
    "intents": _intents,
    "candidates": lambda value: "、".join(others(value)),
    "confidence": _percent,
    "confidence_answer": _percent,
    "slots": _slots,
    "script": _scripts,
    "scripts": _scripts,
    "items": _items,
    "handover": _handover,
    "sentiment": _mood,
    "urgency": _haste,
    "escalation": lambda value: _ALARMS.get(str(value), str(value)),
    "ms": lambda value: f"{_plain(value)} 毫秒",
}
"""How each part is told."""
