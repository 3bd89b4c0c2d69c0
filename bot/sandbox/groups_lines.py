"""The lines of a group's script, YAML or JSON Lines alike, each with its number; what is no line of a script is told."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
import yaml

LARGEST: Final = 200_000
"""Characters of a script."""
_STEPS: Final = 5000
_HEAD: Final = frozenset({"group", "assistant", "steps"})


class Row(UserDict[str, tuple[str, ...]]):
    """Key → value, or values, as they stand there."""

    def __init__(self, line: int) -> None:
        """An empty step in this line, counted from 1."""
        super().__init__()
        self.line = line


@dataclass(slots=True)
class Sheet:
    """A script as it stands there."""

    group: str = ""
    assistant: str = "小花"
    rows: list[Row] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def sheet(text: str) -> Sheet:
    """The lines of a script; JSON Lines where the first line that says something is an object of its own."""
    found = Sheet()
    lines = [(number, line.strip()) for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)]
    told = [(number, line) for number, line in lines if line and not line.startswith("#")]
    # One object over several lines is a whole script in JSON, which is YAML as well.
    if told and told[0][1].startswith("{") and (told[0][1].endswith("}") or len(told) == 1):
        _json_lines(found, told)
    else:
        _yaml(found, text)
    if len(found.rows) > _STEPS:
        found.faults.append((found.rows[_STEPS].line, f"步骤太多了，最多 {_STEPS} 步"))
        del found.rows[_STEPS:]
    return found


def _json_lines(found: Sheet, lines: Sequence[tuple[int, str]]) -> None:
    for number, line in lines:
        try:
            told: object = orjson.loads(line)
        except orjson.JSONDecodeError:
            found.faults.append((number, "不是一个完整的 JSON 对象"))
            continue
        if not isinstance(told, dict):
            found.faults.append((number, "一行要写一个 JSON 对象"))
        elif told.keys() <= _HEAD - {"steps"}:
            found.group, found.assistant = str(told.get("group", found.group)), str(told.get("assistant", found.assistant))
        else:
            row = Row(number)
            for key, value in told.items():
                row[key] = _plain(found, number, value)
            found.rows.append(row)


def _plain(found: Sheet, line: int, value: object) -> tuple[str, ...]:
    """A value of JSON as YAML would have it."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, (str, int, float)) for one in values):
        found.faults.append((line, "值只能是文字、数字，或一串文字"))
        return ("",)
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def _yaml(found: Sheet, text: str) -> None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found.faults.append((mark.line + 1 if mark else 1, "这里的写法不是 YAML，看看冒号、引号、缩进和括号"))
        return
    except (yaml.YAMLError, RecursionError):
        found.faults.append((1, "这个文件读不出来"))
        return
    steps: yaml.Node | None = root
    if isinstance(root, yaml.MappingNode):
        steps = None
        for key, value in root.value:
            if key.value == "steps":
                steps = value
            elif key.value in _HEAD and isinstance(value, yaml.ScalarNode):
                setattr(found, key.value, value.value)
            else:
                words = f"不认识的“{str(key.value)[:20]}”，开头可以写 group、assistant、steps"
                found.faults.append((key.start_mark.line + 1, words))
    if isinstance(steps, yaml.SequenceNode):
        for node in steps.value:
            _step(found, node)
    elif steps is not None and not (isinstance(steps, yaml.ScalarNode) and not steps.value):
        found.faults.append((steps.start_mark.line + 1, "steps 下面要一行一步，用“- ”开头"))


def _step(found: Sheet, node: yaml.Node) -> None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        found.faults.append((line, "这一步要写成 {at: 5s, as: 名字, say: 话}"))
        return
    row = Row(line)
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in row:
            found.faults.append((line, f"“{name}”写了两遍"))
        values = value.value if isinstance(value, yaml.SequenceNode) else [value]
        if not values or not all(isinstance(one, yaml.ScalarNode) for one in values):
            found.faults.append((line, f"“{name}”的值只能是文字、数字，或一串文字"))
            values = []
        row[name] = tuple(str(one.value) for one in values) or ("",)
    found.rows.append(row)
