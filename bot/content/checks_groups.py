"""Faults in how the assistant lives in groups: welcomes by code, scheduled posts, each against what the other files know."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bot.brand import Brand, Welcome
from scripts import Around, PostRow, Script, ScriptFile, misfits, names, script

Fault = tuple[str, tuple[str | int, ...], str]
"""File, place in it, reason."""
WELCOMING: frozenset[str] = frozenset({"新人", "门店名", "导购名"})
"""What a script may use that a code (活码) of ``groups: welcomes`` names."""


@dataclass(frozen=True, slots=True)
class Said:
    """Which scripts there are, and which of them can be said with the facts that every script has."""

    all: Collection[str]
    alone: Collection[str]
    facts: frozenset[str]

    @classmethod
    def of(cls, built_in: Sequence[Script], files: Sequence[ScriptFile], facts: frozenset[str], broken: Collection[str]) -> Self:
        """``broken`` are written and not valid: they exist, and what is wrong with them is told elsewhere."""
        book = {one.id: one for one in (*built_in, *map(script, files))}
        alone = {name for name, one in book.items() if any(set(names(v.text)) <= facts for v in one.variants)}
        return cls({*book, *broken}, {*alone, *broken}, facts)


def facts(brand: Brand) -> Mapping[str, frozenset[str]]:
    """Script → the facts that it is given because a code names it."""
    return {one.script: WELCOMING for one in brand.groups.welcomes}


def faults(
    brand: Brand, stores: Collection[str] | None, posts: Sequence[tuple[str, int, PostRow]], said: Said
) -> Iterator[Fault]:
    """Every fault; ``stores``: their ids, None where no file names any, ``posts`` with their file and place."""
    seen: dict[str, int] = {}
    for n, welcome in enumerate(brand.groups.welcomes):
        if seen.setdefault(welcome.state, n) != n:
            yield _at(n, "state", f"活码参数“{welcome.state}”和第 {seen[welcome.state] + 1} 条重复")
        yield from _welcome(n, welcome, stores, said)
    yield from misfits(posts, Around(said.alone, stores, brand.groups.quiet_hours, said.facts))


def _welcome(n: int, welcome: Welcome, stores: Collection[str] | None, said: Said) -> Iterator[Fault]:
    if welcome.script not in said.all:
        yield _at(n, "script", f"没有话术“{welcome.script}”")
    if welcome.store and stores is not None and welcome.store not in stores:
        there = "、".join(sorted(stores)) or "一家也没有"
        yield _at(n, "store", f"没有门店“{welcome.store}”，guides.yml 里有：{there}")


def _at(n: int, key: str, reason: str) -> Fault:
    return "brand.yml", ("groups", "welcomes", n, key), reason
