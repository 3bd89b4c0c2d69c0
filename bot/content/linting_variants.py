"""The wordings of a script against each other: those that nobody ever hears, and shoppers for whom none is left."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import ValidationError
from rapidfuzz.distance import DamerauLevenshtein

from bot.content.items import Item
from bot.content.linting_pieces import Mark
from scripts import Script, ScriptFile, Variant, names, script
from scripts.placeholders import fill

CHANNELS: Final = frozenset(
    {
        "web",
        "wecom_kf",
        "wecom_contact",
        "wecom_group",
        "wecom_aibot",
        "dingtalk",
        "feishu",
        "wecom",
        "rasa",
        "rest",
        "sandbox",
        "cli",
    }
)
"""Channels that the program speaks on."""
_SHOPPERS: Final = frozenset({"web", "wecom_kf"})
"""Channels that every brand has: a script whose wordings are all for other channels leaves them without words."""
_POINT: Final[Mapping[str, str]] = {
    "answer": "答案", "price": "价格", "prices": "价格", "compare": "比较", "sizes": "内容", "sizes_only": "内容",
    "ingredients": "内容", "product_fact": "内容", "group_rules": "群规", "order_opened": "菜单", "order_confirmed": "新记",
    "order_asks": "待确认", "order_closed": "清单",
    "order_closed_more": "清单", "received_location": "门店列表", "received_location_far": "门店列表",
    "what_i_know": "已知", "handover_queue": "前面几位", "not_suitable": "原因", "suggest_relaxed": "放宽",
    "welcome_group_coupon": "券名", "stock_shops": "其他门店", "stock_store_other": "其他门店", "stock_city": "其他门店",
    "handover_named": "导购名", "handover_here": "导购名", "handover_told": "导购名",
}  # fmt: skip
"""Script of the program → the fact that it is said for."""
_SELDOM: Final = 0.005
"""Share of the weight among equals below which a wording is as good as never said."""


@dataclass(frozen=True, slots=True)
class Around:
    """What variants name and are compared with."""

    today: date
    stores: Mapping[str, Collection[str]]
    """Id of a store → its region and its city."""
    levels: Mapping[str, int]
    """Levels of customers → how often the content names them."""
    own: Mapping[str, Script]
    """The program's own wording of the scripts that it says."""
    offered: Mapping[str, frozenset[str]]
    """Id of a script that the program says → the facts it may have."""
    sure: frozenset[str]
    """Facts that are never missing."""


def of(item: Item) -> Script | None:
    """The script of an item; None where it is none that can be read."""
    try:
        return script(ScriptFile.model_validate(item.value))
    except (ValidationError, ValueError):
        return None


def marks(item: Item, around: Around) -> Iterator[Mark]:
    """What is wrong with the wordings of a script."""
    found = of(item) if item.key.kind == "script" else None
    if found is None:
        return
    for n, variant in enumerate(found.variants):
        yield from _never(found, n, variant, around)
    yield from _doubles(found)
    yield from _swallowed(found, around)
    yield from _experiment(found, around)
    if not found.extends:
        yield from _nobody_left(found, around)


def _never(found: Script, n: int, variant: Variant, around: Around) -> Iterator[Mark]:
    at = ("variants", n)
    for channel in sorted(variant.channels - CHANNELS):
        near = _near(channel, CHANNELS)
        yield Mark(
            "variant.unreachable",
            "block",
            at,
            channel,
            f"没有“{channel}”这个渠道，这种说法永远说不出来",
            f"改成 {near or '、'.join(sorted(_SHOPPERS))}",
        )
    for level in sorted(variant.levels):
        yield from _level(at, level, around.levels)
    outside = _outside(found, variant, around)
    if outside:
        yield Mark(
            "variant.unreachable",
            "block",
            at,
            outside,
            "这种说法只给别处的门店，这份话术的范围里没有人听得到",
            "改门店，或者改 scope",
        )
    if not variant.text.strip():
        yield Mark("variant.unreachable", "block", at, "", "没有话可说", "写上话")
    experiment = found.experiment
    if experiment and variant.arm and experiment.ends and experiment.ends < around.today:
        return
    point = _POINT.get(found.extends or found.id)
    if point and point not in names(variant.text):
        why = f"“{found.id}”就是为了说出 {{{point}}}，这一种说法里没有，顾客听了等于没答"
        yield Mark("script.pointless", "block", (*at, "text"), variant.text[:20], why, f"写上 {{{point}}}")
    window = variant.window
    if not window.ever or (window.hours and window.hours[0] == window.hours[1]):
        yield Mark("variant.unreachable", "block", at, variant.text[:20], "一天也轮不到，永远不会说", "改日期、星期或钟点")


def _level(at: tuple[str | int, ...], level: str, levels: Mapping[str, int]) -> Iterator[Mark]:
    """Levels are declared nowhere: one that nothing else names, beside others that much does, is a slip."""
    others = {name: times for name, times in levels.items() if name != level and times >= 2}
    if levels.get(level, 0) > 1 or not others:
        return
    near = _near(level, others)
    why = f"别处都没有“{level}”这个等级，没有顾客会听到"
    yield Mark(
        "variant.unreachable",
        "warn",
        at,
        level,
        why,
        f"是不是想写“{near}”" if near else f"别处用的等级有：{'、'.join(sorted(others))}",
    )


def _near(name: str, known: Collection[str]) -> str | None:
    return next((one for one in sorted(known) if DamerauLevenshtein.normalized_similarity(one, name) >= 0.6), None)


def _outside(found: Script, variant: Variant, around: Around) -> str:
    """The stores of a variant where none lies in the script's scope or in its own regions."""
    stores = sorted(variant.stores & set(around.stores))
    if not stores or stores != sorted(variant.stores):
        return ""
    if variant.regions and not any(variant.regions & set(around.stores[one]) for one in stores):
        return "、".join(stores)
    scope = found.scope
    inside = {"店": lambda one: one == scope.of, "区域": lambda one: scope.of in around.stores[one]}.get(scope.level)
    return "、".join(stores) if inside and not any(map(inside, stores)) else ""


def _condition(variant: Variant) -> tuple[object, ...]:
    tags = tuple(sorted((name, tuple(sorted(values))) for name, values in variant.tags.items()))
    return variant.channels, variant.levels, variant.stores, tags, variant.regions, variant.first, variant.window, variant.arm


def _doubles(found: Script) -> Iterator[Mark]:
    seen: dict[tuple[object, ...], int] = {}
    for n, variant in enumerate(found.variants):
        key = (_folded(variant.text), *_condition(variant))
        if seen.setdefault(key, n) != n:
            why = f"和第 {seen[key] + 1} 种说法一模一样，条件也一样"
            yield Mark("variant.double", "warn", ("variants", n, "text"), variant.text[:20], why, "删掉一种；想多说就写 weight")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _swallowed(found: Script, around: Around) -> Iterator[Mark]:
    """Wordings that another, more particular one always goes before, or that weigh next to nothing among their equals."""
    for n, variant in enumerate(found.variants):
        if winner := next((m for m, other in enumerate(found.variants) if m != n and _before(other, variant, around)), None):
            why = f"第 {winner + 1} 种说法条件更细，该听到这句的人都先听到那一句"
            yield Mark("variant.shadowed", "block", ("variants", n), variant.text[:20], why, "放宽或去掉那一种的条件")
            continue
        equal = [one for one in found.variants if _condition(one) == _condition(variant)]
        if variant.weight / sum(one.weight for one in equal) < _SELDOM:
            why = f"weight 是 {variant.weight:g}，同样条件的加起来 {sum(one.weight for one in equal):g}，几乎轮不到"
            yield Mark("variant.shadowed", "warn", ("variants", n), variant.text[:20], why, "调大 weight，或者删掉这一种")


def _before(other: Variant, variant: Variant, around: Around) -> bool:
    """Whether ``other`` fits whoever ``variant`` fits, and goes before it."""
    if (
        other.conditions <= variant.conditions
        or other.arm != variant.arm
        or any(name not in _KNOWN for name in names(other.text))
    ):
        return False
    sets = [(other.levels, variant.levels), (other.regions, variant.regions)]
    sets += [(values, variant.tags.get(name, frozenset())) for name, values in other.tags.items()]
    sets.append((frozenset() if other.channels >= CHANNELS - _RARE else other.channels, variant.channels))
    sets.append((frozenset() if variant.stores and other.stores >= set(around.stores) else other.stores, variant.stores))
    if other.window.begins and other.window.begins <= around.today and not other.window.ends and not other.window.hours:
        begun = not (other.window.weekdays - set(range(7))) and not other.window.dates and len(other.window.weekdays) in {0, 7}
    else:
        begun = other.window == variant.window or (
            len(other.window.weekdays) == 7 and not other.window.hours and not other.window.ends
        )
    return begun and other.first in {None, variant.first} and all(not asks or (has and has <= asks) for asks, has in sets)


_RARE: Final = CHANNELS - _SHOPPERS
_KNOWN: Final = frozenset({"人设名", "自称", "品牌名", "时段问候"})


def _experiment(found: Script, around: Around) -> Iterator[Mark]:
    trial = found.experiment
    if trial is None:
        return
    if trial.ends and trial.ends < around.today:
        yield Mark(
            "experiment.over",
            "warn",
            ("experiment", "until"),
            trial.ends.isoformat(),
            f"实验 {trial.ends} 已经结束，各组的说法还留着",
            "看结果，留下好的一组，去掉 experiment",
        )
    texts = {arm: {_folded(one.text) for one in found.variants if one.arm == arm} for arm, _ in trial.arms}
    for arm, said in texts.items():
        same = next((other for other in texts if other < arm and texts[other] == said and said), None)
        if same:
            yield Mark(
                "experiment.same",
                "warn",
                ("experiment", "arms"),
                arm,
                f"“{arm}”和“{same}”两组说的一样，比不出结果",
                "把其中一组换成别的说法",
            )
    total = sum(weight for _, weight in trial.arms)
    for arm, weight in trial.arms:
        if weight / total < 0.01:
            yield Mark(
                "experiment.thin",
                "warn",
                ("experiment", "arms"),
                arm,
                f"“{arm}”只分到 {weight / total:.2%} 的顾客，等不到结果",
                "把各组的份额调近一些",
            )


def _nobody_left(found: Script, around: Around) -> Iterator[Mark]:
    """Shoppers who hear nothing of ours: every wording asks for something, or for a fact that may be missing."""
    if found.id not in around.offered:
        return
    sure = around.sure | _sure(around.own.get(found.id))
    plain = [one for one in found.variants if not one.conditions and one.arm is None]
    everybody = [one for one in found.variants if not one.conditions]
    if not everybody:
        missing = sorted(
            channel for channel in _SHOPPERS if not any(_only_channel(one) and channel in one.channels for one in found.variants)
        )
        if missing:
            why = f"每种说法都有条件，{_who(found, missing)}听不到您写的话，只能用程序自带的"
            yield Mark("script.fallback", "warn", ("variants",), found.id, why, "再加一种不限渠道、等级、门店和日期的")
        return
    if not any(fill(one.text, dict.fromkeys(sure, "值")) is not None for one in (plain or everybody)):
        needs = sorted({name for one in everybody for name in names(one.text) if name not in sure})
        why = f"{'、'.join(needs)} 不一定有，没有的时候一种说法也用不了"
        yield Mark(
            "script.fallback", "warn", ("variants",), found.id, why, f"加一种不用变量的，或者写 {{{needs[0]}|没有时说的话}}"
        )


def _only_channel(variant: Variant) -> bool:
    return bool(variant.channels) and variant.conditions == 1


def _who(found: Script, missing: Sequence[str]) -> str:
    if any(_only_channel(one) for one in found.variants):
        return "、".join(missing) + " 上的顾客"
    return "别的顾客"


def _sure(own: Script | None) -> frozenset[str]:
    """Facts without which the program's own wording could not be said either."""
    if own is None:
        return frozenset()
    empty: Mapping[str, str] = {}
    needs = [
        frozenset(
            name for name in names(one.text) if fill(f"{one.text}", dict.fromkeys(set(names(one.text)) - {name}, "值")) is None
        )
        for one in own.variants
    ]
    return frozenset.intersection(*needs) if needs else frozenset(empty)
