"""A YAML file as a value with line numbers: safe types only, no key twice, nothing that grows or nests without end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import ContentError, Problem

Raw: TypeAlias = "str | int | float | bool | date | bytes | list[Raw] | dict[str, Raw] | None"
"""What YAML can hold."""
KeyPath: TypeAlias = tuple[str | int, ...]

LARGEST = 8_000_000
"""Bytes of one YAML file; ops' largest training file has 30 000."""
_DEEPEST = 30
_MOST_NODES = 500_000
"""With every alias counted as often as it is used: a small file must not unfold into a large one."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
)
_WORDS = {
    "mapping values are not allowed": "这里多了一个冒号，或者上一行没写完；文字里有冒号时整句加引号",
    "could not find expected ':'": "少了冒号，应写成“名字: 内容”，冒号后面空一格",
    "did not find expected '-' indicator": "缩进对不齐：同一级的“- ”要对齐",
    "did not find expected key": "缩进对不齐，或者引号没有成对",
    "did not find expected ',' or ']'": "列表的方括号没有写完，每项用英文逗号隔开",
    "did not find expected ',' or '}'": "花括号没有写完，每项用英文逗号隔开",
    "cannot start any token": "这里有不能直接写的符号（Tab、@、` 等）：缩进用空格，文字加引号",
    "found a tab character": "这里有 Tab：缩进要用空格",
    "unexpected end of stream": "引号或括号没有写完，文件就结束了",
    "found unexpected end": "引号或括号没有写完，文件就结束了",
    "expected a single document": "一个文件只能写一份，把“---”以后的删掉或另存",
    "control characters are not allowed": "文件里有看不见的控制字符",
    "special characters are not allowed": "文件里有看不见的控制字符",
    "undefined alias": "“*”后面的名字没有定义；文字以 * 开头时要加引号",
    "while scanning an anchor": "文字以 & 开头时要加引号",
    "while scanning an alias": "文字以 * 开头时要加引号",
    "unknown escape": "双引号里的反斜杠写法不对，换成单引号",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its value, and where each part of it stands."""

    file: str
    value: Raw
    root: Node | None
    """None where the file is empty."""

    def line(self, path: Sequence[str | int]) -> int | None:
        """1-based line of the deepest part of ``path`` that exists; None for an empty file."""
        if self.root is None:
            return None
        node, line = self.root, self.root.start_mark.line
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return int(line) + 1

    def problem(self, path: Sequence[str | int], reason: str) -> Problem:
        """A fault at a place of this file."""
        return Problem(self.file, self.line(path), " › ".join(map(str, path)), reason)


def _child(node: Node, part: str | int) -> tuple[int, Node] | None:
    """(line, node) of one part: of a mapping the line of its key."""
    if isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        found = node.value[part]
        return found.start_mark.line, found
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == str(part):
                return key.start_mark.line, value
    return None


def document(file: str, data: bytes) -> Document:
    """Read one file.

    Raises:
        ContentError: it cannot be read; all that can be told at once is told.
    """
    text = decoded(file, data, LARGEST)
    try:
        _measure(file, text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContentError([Problem(file, _line(mark), "", _said(error))]) from error
    except yaml.YAMLError as error:
        raise ContentError([Problem(file, None, "", _said(error))]) from error
    faults: list[Problem] = []
    value = None if root is None else _Reader(file, faults).value(root, ())
    if faults:
        raise ContentError(faults)
    return Document(file, value, root)


def decoded(file: str, data: bytes, largest: int) -> str:
    """UTF-8 text with or without BOM; raises ContentError."""
    if len(data) > largest:
        raise ContentError(
            [Problem(file, None, "", f"文件太大了（{len(data) // 1_000_000} MB），最多 {largest // 1_000_000} MB")]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError([Problem(file, line, "", "不是 UTF-8 编码，请另存为 UTF-8（表格选“CSV UTF-8”）")]) from error


def _measure(file: str, text: str) -> None:
    """Refuse what nests or unfolds too far before anything of it is built."""
    deep, sizes, anchors = 0, [0], dict[str, int]()
    names: list[str | None] = []
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            deep += 1
            sizes.append(1)
            names.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            deep -= 1
            size, name = sizes.pop(), names.pop()
            sizes[-1] += size
            if name:
                anchors[name] = size
        elif isinstance(event, yaml.AliasEvent):
            # an alias inside its own anchor is not in `anchors` yet: such a circle is refused like one without an end
            sizes[-1] += anchors.get(event.anchor or "", _MOST_NODES)
        elif isinstance(event, yaml.ScalarEvent):
            sizes[-1] += 1
            if event.anchor:
                anchors[event.anchor] = 1
        if deep > _DEEPEST or sum(sizes) > _MOST_NODES:
            reason = f"层数太多，最多 {_DEEPEST} 层" if deep > _DEEPEST else "内容太多，或“*”引用了不存在、没写完的一段"
            raise ContentError([Problem(file, _line(event.start_mark), "", reason)])


def _line(mark: object) -> int | None:
    """1-based line of a mark; both of PyYAML's kinds of marks have one, or there is none."""
    line = getattr(mark, "line", None)
    return line + 1 if isinstance(line, int) else None


def _said(error: yaml.YAMLError) -> str:
    raw = " ".join(str(error).split())
    found = next((words for english, words in _WORDS.items() if english in raw), None)
    return f"YAML 写法不对：{found}" if found else f"YAML 写法不对（{raw[:120]}）"


class _Reader:
    """Nodes to values; what is wrong with single nodes is collected."""

    def __init__(self, file: str, faults: list[Problem]) -> None:
        self._file = file
        self._faults = faults
        self._scalars = SafeConstructor()

    def value(self, node: Node, path: KeyPath) -> Raw:
        """The value of a node."""
        if node.tag not in _PLAIN:
            self._fault(node, path, f"不能用 {node.tag} 这种标记")
            return None
        if isinstance(node, SequenceNode):
            return [self.value(one, (*path, n)) for n, one in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: KeyPath) -> Raw:
        for key, name in self._twice(node):
            self._fault(key, (*path, name), f"“{name}”写了两遍，后面的会盖住前面的")
        try:
            self._scalars.flatten_mapping(node)
        except ConstructorError:
            self._fault(node, path, "“<<”后面只能引用一段“名字: 内容”")
        found: dict[str, Raw] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or key.tag not in _PLAIN:
                self._fault(key, path, "名字只能是文字，不能是列表")
                continue
            found[self._key(key)] = self.value(value, (*path, key.value))
        return found

    @staticmethod
    def _twice(node: MappingNode) -> Iterator[tuple[Node, str]]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    yield key, key.value
                seen.add(key.value)

    @staticmethod
    def _key(node: ScalarNode) -> str:
        """A key as it was written: YAML 1.1 would read ``on`` and ``no`` as truth values and 2026-01-01 as a day."""
        return str(node.value)

    def _scalar(self, node: Node) -> Raw:
        try:
            value: Raw = self._scalars.construct_object(node)
        except (ValueError, ConstructorError, AttributeError, OverflowError, IndexError):
            # 2026-13-40 looks like a day and is none: as a text it is refused where its field is checked
            return str(node.value)
        return value

    def _fault(self, node: Node, path: KeyPath, reason: str) -> None:
        self._faults.append(Problem(self._file, node.start_mark.line + 1, " › ".join(map(str, path)), reason))
