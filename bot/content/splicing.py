"""Changing single values of a YAML file: every other byte, comments and all, stays as ops wrote it.

The places come from the parser's marks. After a change the text is read again; where it does not say what it should (a layout
that marks cannot tell), the caller writes the whole value anew.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

WIDE = 100_000
"""Columns of a line: ops' sentences are never broken."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAYS = frozenset({"valid_from", "valid_until", "from", "until", "on"})
"""Keys whose texts are days and are written without quotes."""
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """Lines ``first`` to ``last`` (0-based, the last not counted) become these."""

    first: int
    last: int
    lines: tuple[str, ...]


class _Dumper(yaml.SafeDumper):
    """Lists of words on one line, longer texts as blocks: as people write such files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """A list stands two blanks to the right of its key."""
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    block = "\n" in value.strip("\n") and not any(line != line.rstrip() for line in value.split("\n")) and "\t" not in value
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if block else None)


def _list(dumper: yaml.SafeDumper, value: Sequence[object]) -> yaml.SequenceNode:
    flat = all(not isinstance(one, list | dict) and "\n" not in str(one) for one in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flat)


def _mapping(dumper: yaml.SafeDumper, value: Mapping[str, object]) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=_short(value))


def _short(value: object, depth: int = 0) -> bool:
    """Whether a value goes on one line, as ``- {text: …, weight: 2}``."""
    if isinstance(value, Mapping):
        return depth < 3 and all(_short(one, depth + 1) for one in value.values())
    if isinstance(value, list | tuple):
        return all(_short(one, depth + 1) for one in value)
    return "\n" not in str(value)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)


def dumped(value: object, *, flow: bool = False) -> list[str]:
    """The lines of a value; a mapping at the top stands as a block unless ``flow``."""
    ready = _ready(value)
    if flow:
        told = yaml.dump(ready, Dumper=_Flat, allow_unicode=True, sort_keys=False, width=WIDE, default_flow_style=True)
    elif isinstance(ready, dict):
        told = "".join(_pair(name, one) for name, one in ready.items()) or "{}\n"
    else:
        told = yaml.dump(ready, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDE)
    return told.removesuffix("...\n").rstrip("\n").split("\n")


class _Flat(yaml.SafeDumper):
    """Everything on one line."""


def _pair(name: str, value: object) -> str:
    return yaml.dump({name: value}, Dumper=_Pairs, allow_unicode=True, sort_keys=False, width=WIDE)


class _Pairs(_Dumper):
    """The one pair at the top as a block, what is inside as ``_Dumper`` has it."""


def _top(dumper: yaml.SafeDumper, value: Mapping[str, object]) -> yaml.MappingNode:
    top = not dumper.represented_objects
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False if top else _short(value))


_Pairs.add_representer(dict, _top)


def _ready(value: object, name: str = "") -> object:
    """Plain dicts and lists, days as days."""
    if isinstance(value, Mapping):
        return {str(key): _ready(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_ready(one, name) for one in value]
    if name in _DAYS and isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def composed(text: str) -> Node | None:
    """The tree of a text that was read before without a fault."""
    return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def node_at(root: Node | None, path: Path) -> Node | None:
    """The node of a path; None where there is none."""
    node = root
    for part in path:
        if isinstance(node, SequenceNode) and isinstance(part, int):
            node = node.value[part] if part < len(node.value) else None
        elif isinstance(node, MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        else:
            return None
    return node


def _trimmed(lines: Sequence[str], first: int, last: int) -> int:
    """The end of a value without the blank lines and remarks behind it, which belong to what follows."""
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def element_span(lines: Sequence[str], node: SequenceNode, index: int) -> tuple[int, int] | None:
    """The lines of an element of a block list; None where they are not its own."""
    if node.flow_style:
        return None
    first = node.value[index].start_mark.line
    column = node.start_mark.column
    if lines[first][column : column + 1] != "-" or lines[first][:column].strip():
        return None
    after = node.value[index + 1].start_mark.line if index + 1 < len(node.value) else _end(lines, node)
    return first, _trimmed(lines, first, after)


def pair_span(lines: Sequence[str], node: MappingNode, name: str) -> tuple[int, int] | None:
    """The lines of a pair of a block mapping; None where they are not its own."""
    if node.flow_style:
        return None
    places = [(key.value, key.start_mark.line) for key, _ in node.value]
    at = next((n for n, (key, _) in enumerate(places) if key == name), None)
    if at is None:
        return None
    first = places[at][1]
    after = places[at + 1][1] if at + 1 < len(places) else _end(lines, node)
    return first, _trimmed(lines, first, after)


def _end(lines: Sequence[str], node: Node) -> int:
    """The first line that is no longer the node's; a block's end mark stands where the next token begins, or behind all."""
    end = node.end_mark
    return min(len(lines), end.line + 1) if end.column and end.line < len(lines) and _closes(node) else min(len(lines), end.line)


def _closes(node: Node) -> bool:
    """Whether a node's last value ends inside a line (flow style, plain scalars)."""
    last: Node = node
    while isinstance(last, SequenceNode | MappingNode) and not last.flow_style and last.value:
        last = last.value[-1] if isinstance(last, SequenceNode) else last.value[-1][1]
    return last.end_mark.line == node.end_mark.line


def patched(lines: Sequence[str], patches: Sequence[Patch]) -> list[str]:
    """The lines with all patches in them; two of one place are put in their order."""
    found = list(lines)
    for patch in sorted(patches, key=lambda one: one.first, reverse=True):
        found[patch.first : patch.last] = patch.lines
    return found


def indented(lines: Sequence[str], by: int, first: str | None = None) -> tuple[str, ...]:
    """Lines moved to the right; ``first``: what stands before the first of them instead of blanks."""
    head = " " * by if first is None else first
    return tuple((head if n == 0 else " " * by) + line if line else line for n, line in enumerate(lines))
