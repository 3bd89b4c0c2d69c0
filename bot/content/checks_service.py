"""Faults in how people serve: central guides, macros and tags, each against what the other files know."""

from collections.abc import Collection, Iterator

from bot.brand import Brand, Macro, StaffFile

Fault = tuple[str, tuple[str | int, ...], str]
"""File, place in it, reason."""


def faults(brand: Brand, staff: StaffFile, tags: Collection[str], file: str) -> Iterator[Fault]:
    """Every fault; ``tags`` are the kinds of tags, ``file`` is where the guides stand."""
    known = {guide.id for guide in staff.guides}
    there = "、".join(sorted(known)) or "一个也没有"
    for n, guide in enumerate(brand.service.central):
        if guide not in known:
            yield (
                "brand.yml",
                ("service", "central", n),
                f"没有导购“{guide}”，guides.yml 里有：{there}",
            )
    seen: dict[str, int] = {}
    for n, macro in enumerate(staff.macros):
        if seen.setdefault(macro.id, n) != n:
            yield file, ("macros", n, "id"), f"编号“{macro.id}”和第 {seen[macro.id] + 1} 个重复"
        yield from ((file, ("macros", n, *place), reason) for place, reason in _macro(macro, staff, tags))


def _macro(macro: Macro, staff: StaffFile, tags: Collection[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if macro.store and macro.store not in {store.id for store in staff.stores}:
        yield ("store",), f"没有门店“{macro.store}”"
    if not (macro.text or macro.tags or macro.task or macro.close):
        yield ("title",), f"“{macro.title}”点了什么也不做，写上 text、tags、task 或 close"
    for tag in macro.tags:
        if tag not in tags:
            yield ("tags", tag), f"tags.yml 里没有标签“{tag}”，有：{'、'.join(tags) or '一个也没有'}"
