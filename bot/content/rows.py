"""Tables that ops keep: products as CSV or JSON Lines, labelled sentences as TSV; every row with its line."""

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.documents import decoded
from bot.content.explaining import nearest
from bot.errors import ContentError, Problem

LARGEST_TABLE = 1_000_000_000
"""Bytes: a million products take about 900 MB."""
_FIELD = 1_000_000
"""Characters of one cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    file: str
    line: int
    """Where it begins, 1-based."""
    value: Mapping[str, object]


def csv_rows(file: str, data: bytes, known: Sequence[str], needed: Collection[str]) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV file with a header line, and what is wrong with its shape."""
    text = decoded(file, data, LARGEST_TABLE)
    csv.field_size_limit(_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults: list[Problem] = []
    rows: list[Row] = []
    begins = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        faults += _header_faults(file, header, known, needed)
        if {fault.key for fault in faults} & set(needed) or not header:
            return [], faults
        begins = reader.line_num + 1
        for cells in reader:
            if cells and any(cell.strip() for cell in cells):
                row, fault = _row(Row(file, begins, {}), header, cells, known)
                rows += [row] if row else []
                faults += [fault] if fault else []
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(Problem(file, begins, "", _csv_fault(error)))
    return rows, faults


def _header_faults(file: str, header: Sequence[str], known: Sequence[str], needed: Collection[str]) -> Iterator[Problem]:
    if not header:
        yield Problem(file, 1, "", "文件是空的，第一行要写表头")
        return
    for name in dict.fromkeys(header):
        if name not in known:
            close = nearest(name, known)
            yield Problem(
                file, 1, name, f"没有“{name}”这一列" + (f"，是不是想写“{close}”？" if close else f"；有的列：{'、'.join(known)}")
            )
        if header.count(name) > 1:
            yield Problem(file, 1, name, "这一列写了两遍")
    for name in needed:
        if name not in header:
            yield Problem(file, 1, name, "表头里缺少这一列")


def _row(at: Row, header: Sequence[str], cells: Sequence[str], known: Collection[str]) -> tuple[Row | None, Problem | None]:
    if len(cells) != len(header):
        reason = f"这一行有 {len(cells)} 格，表头有 {len(header)} 格；文字里有逗号时要加英文双引号"
        return None, Problem(at.file, at.line, "", reason)
    return Row(at.file, at.line, {name: cell for name, cell in zip(header, cells, strict=True) if name in known}), None


def _csv_fault(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "英文双引号没有成对，从这一行起后面都读不出来了"
    if "expected after" in text:
        return "英文双引号用得不对：格子里的双引号要写两遍，整格再用双引号包起来"
    return f"表格写法不对（{text}）"


def json_lines(file: str, data: bytes) -> tuple[list[Row], list[Problem]]:
    """The objects of a JSON Lines file, and what is wrong with its lines."""
    rows: list[Row] = []
    faults: list[Problem] = []
    for number, line in enumerate(decoded(file, data, LARGEST_TABLE).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
        except _TwiceError as error:
            faults.append(Problem(file, number, str(error), "同一项写了两遍"))
        except (ValueError, RecursionError) as error:
            faults.append(Problem(file, number, "", f"不是一行完整的 JSON（{str(error)[:80]}）"))
        else:
            if isinstance(value, dict):
                rows.append(Row(file, number, value))
            else:
                faults.append(Problem(file, number, "", "每一行要写成 {…}"))
    return rows, faults


class _TwiceError(ValueError):
    """A key stands twice in one object; the text is the key."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"不能用 {name}")


def tsv_rows(file: str, data: bytes, columns: Sequence[str]) -> list[Row]:
    """Rows of a TSV file with a header line, as strings by column; nothing is quoted, further columns are left out.

    Where the header does not name the columns, its first ones are taken in their order.

    Raises:
        ContentError: rows are too short, or there is no header.
    """
    lines = [line.removesuffix("\r") for line in decoded(file, data, LARGEST_TABLE).split("\n")]
    header = lines[0].split("\t")
    if len(header) < len(columns):
        raise ContentError([Problem(file, 1, "", f"第一行要写表头，用 Tab 隔开：{' '.join(columns)}")])
    names = [name.strip() for name in header]
    places = [names.index(name) if name in names else at for at, name in enumerate(columns)]
    faults: list[Problem] = []
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if not line.strip():
            continue
        if len(cells) <= max(places):
            faults.append(Problem(file, number, "", f"这一行只有 {len(cells)} 格，要有 {max(places) + 1} 格，用 Tab 隔开"))
        else:
            rows.append(Row(file, number, {name: cells[place] for name, place in zip(columns, places, strict=True)}))
    if faults:
        raise ContentError(faults)
    return rows
