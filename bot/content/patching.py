"""From one value to another in a YAML file: the lines that must change, in the layout that stands there."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from yaml.nodes import MappingNode, Node, SequenceNode

from bot.content.items import Json, Value
from bot.content.splicing import Patch, dumped, element_span, indented, node_at, pair_span


def element(
    lines: Sequence[str], node: SequenceNode, index: int | None, was: Sequence[Json], value: Value | None
) -> list[Patch] | None:
    """What puts a value into a block list: in place of the element ``index``, at the end (None), or takes that element out.

    None where the element has no lines of its own.
    """
    if node.flow_style or not node.value:
        return None
    column = node.start_mark.column
    dash = " " * column + "- "
    if index is None:
        last = element_span(lines, node, len(node.value) - 1)
        flow = _on_one_line(node.value[-1])
        new = indented(dumped(value, flow=flow), column + 2, dash)
        return None if last is None else [Patch(last[1], last[1], new)] if value is not None else []
    span = element_span(lines, node, index)
    if span is None:
        return None
    if value is None:
        return [Patch(*span, ())]
    inner, old = node.value[index], was[index]
    if isinstance(inner, MappingNode) and not inner.flow_style and isinstance(old, Mapping):
        patches = pairs(lines, inner, old, value)
        if patches is not None and all(span[0] < one.first for one in patches):
            return patches
    return [Patch(*span, indented(dumped(value, flow=_on_one_line(inner)), column + 2, dash))]


def _elements(lines: Sequence[str], node: SequenceNode, before: Json, after: Json) -> list[Patch] | None:
    """What makes one block list say another: elements alike at both ends stay; None where all of it is to be written anew."""
    if node.flow_style or not _filled(before) or not _filled(after):
        return None
    old, new = list(before), list(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    gone, come = old[head : len(old) - tail], new[head : len(new) - tail]
    return _swapped(lines, node, head, gone, come)


def _filled(value: Json) -> TypeGuard[Sequence[Json]]:
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value)


def _inside(lines: Sequence[str], node: Node, before: Json, after: Json) -> list[Patch] | None:
    """The patches of one element, where both are mappings."""
    if isinstance(node, MappingNode) and isinstance(before, Mapping) and isinstance(after, Mapping):
        return pairs(lines, node, before, after)
    return None


def _swapped(
    lines: Sequence[str], node: SequenceNode, head: int, gone: Sequence[Json], come: Sequence[Json]
) -> list[Patch] | None:
    """Elements from ``head`` on (``gone``) become others."""
    found: list[Patch] = []
    for n, one in enumerate(gone):
        span = element_span(lines, node, head + n)
        if span is None:
            return None
        if n >= len(come):
            found.append(Patch(*span, ()))
            continue
        inner, new = node.value[head + n], come[n]
        inside = _inside(lines, inner, one, new)
        found += inside if inside is not None else [Patch(*span, _shown(node, inner, new))]
    if len(come) > len(gone):
        last = element_span(lines, node, max(head + len(gone) - 1, 0))
        if last is None:
            return None
        place = last[1] if head + len(gone) else last[0]
        model = node.value[max(head + len(gone) - 1, 0)]
        more = tuple(line for one in come[len(gone) :] for line in _shown(node, model, one))
        found.append(Patch(place, place, more))
    return found


def _shown(node: SequenceNode, model: Node, value: Json) -> tuple[str, ...]:
    """The lines of an element of a block list, laid out like one that stands there."""
    column = node.start_mark.column
    return indented(dumped(value, flow=_on_one_line(model)), column + 2, " " * column + "- ")


def _on_one_line(node: Node) -> bool:
    return isinstance(node, MappingNode) and bool(node.flow_style) and node.start_mark.line == node.end_mark.line


def pairs(lines: Sequence[str], node: MappingNode, before: Value, after: Value) -> list[Patch] | None:
    """What makes one block mapping say another; None where its lines are not its own."""
    found: list[Patch] = []
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name) or (name in before) != (name in after):
            patches = pair(lines, node, name, before.get(name), after.get(name))
            if patches is None:
                return None
            found += patches
    return found


def pair(lines: Sequence[str], node: MappingNode, name: str, before: Json, value: Json) -> list[Patch] | None:
    """What makes one pair of a block mapping say another value (None: goes away); None where it has no lines of its own."""
    column = node.start_mark.column
    if node.flow_style or not node.value:
        return None
    span = pair_span(lines, node, name)
    if value is None:
        return [] if span is None else [Patch(*span, ())]
    inner = node_at(node, (name,))
    if isinstance(inner, SequenceNode) and (patches := _elements(lines, inner, before, value)) is not None:
        return patches
    new = indented(dumped({name: value}), column)
    if span is None:
        last = pair_span(lines, node, node.value[-1][0].value)
        return None if last is None else [Patch(last[1], last[1], new)]
    own = lines[span[0]][:column]
    if own.strip() not in {"", "-"}:
        return None
    remark = _remark(lines[span[0]]) if span[1] == span[0] + 1 and len(new) == 1 else ""
    first = own + new[0][column:] + remark
    return [Patch(*span, (first, *new[1:]))] if before != value else []


def _remark(line: str) -> str:
    """What ops noted behind a value of one line."""
    found = re.search(r"\s{2,}#.*$", line)
    return found[0] if found else ""
