"""Small readings for the console's templates: choices as pairs, conditions in words, times out of their written forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.front.console_forms import WEEK
from scripts import scheduling

if TYPE_CHECKING:
    from bot.editing.model import Choices

Pairs = Sequence[tuple[str, str]]
_TAGS: Final[Mapping[str, str]] = {
    "skin_type": "肤质",
    "hair_type": "发质",
    "concern": "想解决",
    "channel_habit": "在哪里买",
    "age_stage": "月龄",
    "audience": "要小心的",
    "category": "品类",
    "brand": "品牌",
    "occasion": "场合",
    "gender": "性别",
    "price_band": "平时买的价位",
    "scent_preference": "喜欢的香味",
    "skin_tone": "肤色",
    "texture": "喜欢的质地",
}
_ATTACHED: Final[Mapping[str, str]] = {
    "title": "标题",
    "url": "网址",
    "text": "说明",
    "image": "图片网址",
    "appid": "小程序 appid",
    "path": "小程序页面路径",
    "sku": "商品货号",
    "id": "券的编号",
    "store": "哪家店的券（写门店编号；都不写就是顾客自己门店的）",
}


def channels(choices: Choices) -> Pairs:
    """Channels by id and name."""
    return [(channel, name) for channel, name, _ in choices.limits]


def pairs(words: Sequence[str]) -> Pairs:
    """Words that are their own names."""
    return [(one, one) for one in words]


def tags_word(tag: str) -> str:
    """What a tag is called."""
    return _TAGS.get(tag, tag)


def tagged(tag: str, values: Sequence[str]) -> Pairs:
    """A tag's values as fields name them: ``skin_type=敏感性``."""
    return [(f"{tag}={value}", value) for value in values]


def prefixed(tag: str, values: Sequence[str]) -> Sequence[str]:
    """The values that were chosen, as fields name them."""
    return [f"{tag}={value}" for value in values]


def weekdays(days: object) -> Sequence[str]:
    """The days of the week that a variant names."""
    found = scheduling.listed(days)
    spans = [scheduling.span(one) or () for one in found if isinstance(one, str)] if isinstance(found, list | tuple) else []
    numbers = {day for span in spans for day in span}
    return [name for number, (name, _) in enumerate(WEEK) if number in numbers]


def single_days(days: object) -> Sequence[str]:
    """The single days that a variant names, and whatever else stands there."""
    found = scheduling.listed(days)
    listed = found if isinstance(found, list | tuple) else ()
    return [str(one) for one in listed if isinstance(one, date) or scheduling.span(str(one)) is None]


def clock_of(hours: object, at: int) -> str:
    """One end of ``09:00-12:00`` as a time field has it."""
    found = scheduling.hours(hours) if isinstance(hours, str) else None
    if found is None:
        return ""
    minutes = found[at] % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def summary(variant: Mapping[str, object], choices: Choices) -> str:
    """For whom and when a wording is, in a few words."""
    inside = variant.get("audience")
    audience = inside if isinstance(inside, Mapping) else {}
    names, shops = dict(channels(choices)), dict(choices.stores)
    tags = audience.get("tags")
    chosen = [value for values in tags.values() for value in _words(values)] if isinstance(tags, Mapping) else []
    told = [
        "、".join(names.get(one, one) for one in (*_words(variant.get("channels")), *_words(audience.get("channels")))),
        "、".join(shops.get(one, one) for one in _words(audience.get("stores"))[:3]) + _more(audience.get("stores")),
        "、".join(_words(audience.get("regions"))),
        "、".join(_words(audience.get("levels"))),
        "、".join(chosen[:4]),
        {True: "第一次来的", False: "来过的"}.get(variant.get("first"), ""),  # type: ignore[call-overload]
        *_when(variant),
        f"第 {variant['arm']} 组" if variant.get("arm") else "",
    ]
    return " · ".join(filter(None, told))


def _when(variant: Mapping[str, object]) -> list[str]:
    begins, ends = variant.get("from"), variant.get("until")
    days = dict(WEEK)
    return [
        f"{begins or '现在'} 到 {ends}" if ends else f"{begins} 起" if begins else "",
        "、".join([*(days[one] for one in weekdays(variant.get("days"))), *single_days(variant.get("days"))[:3]]),
        str(variant.get("hours") or ""),
    ]


def _words(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _more(value: object) -> str:
    found = _words(value)
    return f"等 {len(found)} 家店" if len(found) > 3 else ""


def attachment_word(kind: str, name: str) -> str:
    """What a field of an attachment is called."""
    told = {("image", "url"): "图片网址", ("mini_program", "url"): "打不开小程序时的网页"}
    return told.get((kind, name)) or _ATTACHED[name]


GLOBALS: Final = {
    one.__name__: one
    for one in (channels, pairs, tags_word, tagged, prefixed, weekdays, single_days, clock_of, summary, attachment_word)
}
"""What the templates call."""
