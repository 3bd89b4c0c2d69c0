"""What a played group talks about: the workspace's own questions, goods, people and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.sandbox.groups_words import UNITS

if TYPE_CHECKING:
    from bot.content.workspace import Workspace

_OWN: Final = re.compile(r"我的|我那|帮我|给我|查一?下|人工|投诉|骗|过敏|红|痒|痛|肿|疹|在吗|你好|谢谢|群")
"""Words by which a stored question is somebody's own affair, a person's matter or small talk: what to do with it is not plain."""
_SHORTEST, _LONGEST = 5, 24
"""Characters of a question that somebody would type into a group."""
_SPECIFICATION: Final = re.compile(r"[\s（(].*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as people put it, and the knowledge entry that answers it."""

    text: str
    entry: str


@dataclass(frozen=True, slots=True)
class Good:
    """An article as people call it."""

    sku: str
    name: str
    price: float
    """Yuan."""
    unit: str = "件"


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the crowd takes from the workspace; without any of it there is everyday talk."""

    assistant: str = "小花"
    guides: tuple[str, ...] = ("小林",)
    """Without 导购 before it."""
    questions: tuple[Asked, ...] = ()
    goods: tuple[Good, ...] = (Good("demo-1", "补水面膜", 59.0, "盒"), Good("demo-2", "保湿面霜", 129.0, "瓶"))
    codes: tuple[str, ...] = ("dm-01", "dm-02")
    """Codes (活码) by which newcomers come."""


def material_of(workspace: Workspace) -> Material:
    """The talk of a brand's group, in the order of its files."""
    plain = Material()
    codes = [one.state for one in workspace.brand.groups.welcomes if one.state]
    return Material(
        assistant=workspace.brand.persona.name,
        guides=tuple(one.name for one in workspace.staff.guides.values())[:4] or plain.guides,
        questions=tuple(_questions(workspace)),
        goods=tuple(_goods(workspace)) or plain.goods,
        codes=tuple(codes) or tuple(workspace.staff.stores) or plain.codes,
    )


def _questions(workspace: Workspace) -> Iterator[Asked]:
    for entry in workspace.entries:
        if entry.private or entry.handover:
            continue
        for text in entry.questions:
            if _SHORTEST <= len(text) <= _LONGEST and not _OWN.search(text):
                yield Asked(text, entry.id)


def _goods(workspace: Workspace) -> Iterator[Good]:
    brand = workspace.brand.name
    seen: set[str] = set()
    for one in workspace.products:
        name = _SPECIFICATION.sub("", one.name.removeprefix(brand).strip())
        if name and name not in seen and one.status == "active" and one.price:
            seen.add(name)
            yield Good(one.sku, name, float(one.price), _unit(name))


def _unit(name: str) -> str:
    return next((unit for word, unit in UNITS if word in name), "件")
