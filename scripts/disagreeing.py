"""The faults of scripts that no single key shows: against each other, and against the stores, guides and goods there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scripts.placeholders import broken, names
from scripts.schema import AttachmentModel, ExperimentModel, Fault, ScriptFile

_Files = Sequence[tuple[str, ScriptFile]]
_Where = tuple[str | int, ...]


def disagreements(files: _Files, offered: Mapping[str, frozenset[str]], everywhere: frozenset[str]) -> Iterator[Fault]:
    """Faults across files.

    ``offered`` names the facts that the program has for each script it says; ``everywhere`` those it always has. A script
    that the program never says by itself (material for guides) may use only the latter, one that extends another what that
    one may use.
    """
    seen: dict[str, str] = {}
    for path, file in files:
        if file.id in seen:
            yield path, ("id",), f"话术 id “{file.id}” 和 {seen[file.id]} 重复"
        seen.setdefault(file.id, path)
        known = offered.get(file.extends or file.id, frozenset()) | everywhere
        for n, variant in enumerate(file.variants):
            yield from ((path, ("variants", n, "text"), reason) for reason in _text_faults(variant.text, known))
        yield from ((path, where, reason) for where, reason in (*_doubles(file), *_arms(file)))
    yield from _extending(files, offered)
    yield from _experiments(files)


def _text_faults(text: str, known: frozenset[str]) -> Iterator[str]:
    if broken(text):
        yield "花括号没有配对，变量应写成 {称呼} 或 {称呼|亲}"
    if unknown := sorted(set(names(text)) - known):
        yield f"没有变量 {'、'.join(unknown)}，可用的有：{'、'.join(sorted(known)) or '无'}"


def _doubles(file: ScriptFile) -> Iterator[tuple[_Where, str]]:
    seen: dict[str, int] = {}
    for n, variant in enumerate(file.variants):
        if variant.id is not None and seen.setdefault(variant.id, n) != n:
            yield ("variants", n, "id"), f"编号“{variant.id}”和第 {seen[variant.id] + 1} 种说法重复"


def _arms(file: ScriptFile) -> Iterator[tuple[_Where, str]]:
    """Arms that are named and not there, or there and never said."""
    arms = () if file.experiment is None else tuple(file.experiment.arms)
    for n, variant in enumerate(file.variants):
        if variant.arm is not None and file.experiment is None:
            yield ("variants", n, "arm"), "写了 arm 却没有 experiment，不知道是哪个实验的分组"
        elif variant.arm is not None and variant.arm not in arms:
            yield ("variants", n, "arm"), f"实验里没有“{variant.arm}”这一组，有：{'、'.join(arms)}"
    for arm in arms:
        if not any(variant.arm == arm for variant in file.variants):
            yield ("experiment", "arms", arm), f"“{arm}”这一组没有一种说法，给它写上 arm: {arm} 的说法，或者去掉这一组"


def _extending(files: _Files, offered: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    by_id = {file.id: file for _, file in files}
    for path, file in files:
        if file.extends is None:
            continue
        base = by_id.get(file.extends)
        if file.extends == file.id:
            yield path, ("extends",), "不能补充自己；id 另起一个名字，extends 写要补充的那份话术"
        elif base is None and file.extends not in offered:
            yield path, ("extends",), f"没有话术“{file.extends}”"
        elif base is not None and base.extends is not None:
            yield path, ("extends",), f"“{file.extends}”自己也是补充 {base.extends} 的，请直接写 extends: {base.extends}"


def _experiments(files: _Files) -> Iterator[Fault]:
    """One experiment may run in several scripts, split the same way in all of them."""
    seen: dict[str, tuple[str, ExperimentModel]] = {}
    for path, file in files:
        trial = file.experiment
        if trial is None:
            continue
        elsewhere, first = seen.setdefault(trial.id, (path, trial))
        if first.value() != trial.value():
            reason = f"实验“{trial.id}”和 {elsewhere} 里的分组或日子不一样；同一个实验要写得一样，不是同一个就换个 id"
            yield path, ("experiment",), reason


def scope_faults(
    files: _Files, stores: Collection[str] | None, regions: Collection[str], guides: Collection[str]
) -> Iterator[Fault]:
    """Scopes and audiences that name a region, store or guide that is not there.

    ``stores`` and ``guides``: ids; ``regions``: regions and cities of the stores. Without a file of stores (None) nothing is
    known of any, and nothing is a fault.
    """
    if stores is None:
        return
    there = {"区域": ("区域", regions), "店": ("门店", stores), "个人": ("导购", guides)}
    for path, file in files:
        kind = there.get(file.scope.level)
        if kind is not None and file.scope.of not in kind[1]:
            yield path, ("scope", "of"), _nothing(kind[0], file.scope.of, kind[1])
        for n, variant in enumerate(file.variants):
            for at, region in enumerate(variant.audience.regions):
                if region not in regions:
                    yield path, ("variants", n, "audience", "regions", at), _nothing("区域", region, regions)


@dataclass(frozen=True, slots=True)
class Goods:
    """What attachments may name."""

    skus: Collection[str] | None
    """Of all products, whatever their state; None where the catalogue comes from elsewhere."""
    coupons: Mapping[str, str] | None
    """Store → id of its coupon, empty where it has none; None where no file names stores."""


def attachment_faults(files: _Files, goods: Goods) -> Iterator[Fault]:
    """Attachments that name a product, store or coupon that is not there; what has ended is no fault, it is left out."""
    for path, file in files:
        for n, variant in enumerate(file.variants):
            for at, one in enumerate(variant.attachments):
                for key, reason in _attached(one, goods):
                    yield path, ("variants", n, "attachments", at, key), reason


def _attached(one: AttachmentModel, goods: Goods) -> Iterator[tuple[str, str]]:
    if one.kind == "product" and goods.skus is not None and one.sku not in goods.skus:
        yield "sku", f"商品表里没有货号“{one.sku}”"
    if one.kind != "coupon" or goods.coupons is None:
        return
    known = sorted(filter(None, goods.coupons.values()))
    if one.id and one.id not in known:
        yield "id", _nothing("优惠券", one.id, known)
    if one.store and one.store not in goods.coupons:
        yield "store", _nothing("门店", one.store, goods.coupons)
    elif one.store and not goods.coupons[one.store]:
        yield "store", f"门店“{one.store}”在 guides.yml 里没有写 coupon"


def _nothing(kind: str, name: str, there: Collection[str]) -> str:
    return f"没有{kind}“{name}”，guides.yml 里有：{'、'.join(sorted(there)) or '一个也没有'}"
