"""Questions and answers in tables: CSV, TSV and Excel workbooks, with a header (问题/答案 and their like) or without."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import ParseError

from bot.content.harvest_text import asks
from bot.content.harvest_values import MOST_PAIRS, Pair, Reading
from bot.errors import ContentError, Problem

HEADS: Final[Mapping[str, str]] = {
    said: column
    for column, row in {
        "question": "问题 标准问 标准问题 主问题 提问 问 q question 标题 问法 用户问题 客户问题 常见问题 问题描述 faq questions",
        "similar": "相似问 相似问题 相似问法 扩展问 其他问法 同义问 相似说法 variants similar 更多问法",
        "answer": "答案 回答 答 回复 a answer 内容 解答 标准答案 回复内容 答复 话术 解决方案 answers 回答内容",
        "source": "来源 出处 依据 source 文件",
        "tags": "标签 分类 类目 类别 tag tags category 分组 一级分类",
        "short": "短答 简答 群内回答 short",
        "valid_from": "生效日期 开始日期 生效时间 有效期起 valid_from",
        "valid_until": "失效日期 截止日期 结束日期 到期日 有效期止 valid_until",
        "id": "编号 id 条目编号",
    }.items()
    for said in row.split()
}
"""What editors write over a column → what it holds."""
MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 60
_LONGEST_CELL: Final = 40_000
"""Characters; Excel itself ends at 32 767."""
_UNPACKED: Final = 200_000_000
"""Bytes that a workbook may unfold to."""
_RATIO: Final = 200
"""How many times its size a part of a workbook may unfold to; real ones stay below 60."""
_MOST_SHEETS: Final = 50

Grid = Sequence[Sequence[str]]


def csv_pairs(file: str, text: str, delimiter: str | None = None) -> Reading:
    """The pairs of a CSV (or TSV) text; the delimiter is found out where none is given."""
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
    try:
        line = 1
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
            if len(rows) > MOST_ROWS:
                return Reading((), (Problem(file, line, "", f"行数太多，一次最多 {MOST_ROWS} 行，请分成几份"),))
    except csv.Error as error:
        reason = "这一格太长了，是不是双引号没有成对？" if "field larger" in str(error) else f"表格写法不对（{error}）"
        return Reading((), (Problem(file, reader.line_num, "", reason),))
    return grid_pairs(file, [cells for _, cells in rows], lines=[line for line, _ in rows])


def grid_pairs(file: str, grid: Grid, sheet: str = "", lines: Sequence[int] = ()) -> Reading:
    """The pairs of a table; without a header the first column asks and the second answers.

    ``lines`` are the rows' line numbers in the file, where they differ from their place.
    """
    first = next((at for at, row in enumerate(grid) if any(cell.strip() for cell in row)), None)
    if first is None:
        return Reading((), (Problem(file, None, sheet, "表格是空的"),))
    at, columns = _header(grid, first)
    if columns is None:
        return Reading(
            (),
            (
                Problem(
                    file, lines[first] if lines else first + 1, sheet, "认不出哪一列是问题、哪一列是答案，请写上表头：问题、答案"
                ),
            ),
        )
    pairs, problems = [], []
    for number in range(at, len(grid)):
        line = lines[number] if lines else number + 1
        pair = _row(grid[number], columns, line, sheet)
        if pair is None:
            continue
        if reason := _fault(pair):
            problems.append(Problem(file, line, sheet, reason))
        else:
            pairs.append(pair)
        if len(pairs) > MOST_PAIRS:
            problems.append(Problem(file, line, sheet, f"问答太多，一份文件最多 {MOST_PAIRS} 条，后面的没有导入"))
            break
    return Reading(tuple(pairs), tuple(problems))


def _header(grid: Grid, first: int) -> tuple[int, Mapping[str, list[int]] | None]:
    """Where the data begins, and which columns hold what; None where that cannot be told."""
    for at in range(first, min(first + 5, len(grid))):
        found: dict[str, list[int]] = {}
        for place, cell in enumerate(grid[at][:_MOST_COLUMNS]):
            name = HEADS.get(cell.strip().strip("*：:（必填）").casefold())
            name = name or HEADS.get(cell.strip().rstrip("0123456789 ").casefold())
            if name:
                found.setdefault(name, []).append(place)
        if "question" in found and "answer" in found:
            return at + 1, found
    cells = [cell for cell in grid[first] if cell.strip()]
    if len(cells) >= 2 and any(asks(row[0]) for row in grid[first : first + 10] if row):
        return first, {"question": [0], "answer": [1]}
    return first, None


def _row(row: Sequence[str], columns: Mapping[str, list[int]], line: int, sheet: str) -> Pair | None:
    """A row's pair, perhaps with a hole in it; None for an empty row."""

    def told(name: str) -> list[str]:
        return [cell for place in columns.get(name, ()) if place < len(row) and (cell := row[place].strip())]

    asked = [part.strip() for cell in (*told("question"), *told("similar")) for part in _phrasings(cell)]
    answer = "\n".join(told("answer"))
    if not asked and not answer:
        return None
    more = {name: "；".join(told(name)) for name in ("source", "tags", "short", "valid_from", "valid_until", "id") if told(name)}
    return Pair(tuple(dict.fromkeys(filter(None, asked))), answer, line, f"{sheet} 第{line}行" if sheet else "", more)


def _phrasings(cell: str) -> Iterator[str]:
    """Several ways to ask in one cell: divided by | or by lines."""
    for line in cell.replace("｜", "|").replace("||", "|").split("\n"):
        yield from line.split("|")


def _fault(pair: Pair) -> str:
    if not pair.questions:
        return "这一行没有问题，没有导入"
    if not pair.answer:
        return f"“{pair.questions[0][:30]}”没有答案，没有导入"
    if pair.answer.startswith("#") and pair.answer.rstrip("!?").strip("#").isupper():
        return f"答案那一格是公式的错误值 {pair.answer}，没有导入"
    return ""


def _delimiter(text: str) -> str:
    head = "\n".join(text.split("\n", 20)[:20])
    return max("\t,;，", key=head.count) if head else ","


def excel_pairs(file: str, data: bytes) -> Reading:
    """The pairs of all sheets of a workbook (.xlsx); what its formulas last gave is read, never computed.

    A workbook that would unfold to more than memory bears is refused before it is opened.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  (half a second that only Excel needs)
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _bounded(file, data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError, EOFError, TypeError) as error:
        raise ContentError(
            [Problem(file, None, "", f"Excel 文件打不开，可能已损坏：请在 Excel 里另存一份（{type(error).__name__}）")]
        ) from error
    readings: list[Reading] = []
    try:
        for name in book.sheetnames[:_MOST_SHEETS]:
            sheet = book[name]
            if hasattr(sheet, "iter_rows"):  # sheets of charts have no rows
                readings.append(
                    _sheet(file, name, sheet.iter_rows(max_col=_MOST_COLUMNS, max_row=MOST_ROWS + 1, values_only=True))
                )
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError, TypeError, IndexError) as error:
        readings.append(
            Reading((), (Problem(file, None, "", f"Excel 文件读到一半读不下去了，可能已损坏（{type(error).__name__}）"),))
        )
    finally:
        book.close()
    pairs = tuple(pair for one in readings for pair in one.pairs)
    problems = tuple(problem for one in readings for problem in one.problems if pairs == () or problem.line)
    return Reading(pairs, problems)


def _sheet(file: str, name: str, rows: "Iterator[tuple[object, ...]]") -> Reading:
    grid = [[_cell(cell) for cell in row] for row in rows]
    if len(grid) > MOST_ROWS:
        return Reading((), (Problem(file, MOST_ROWS, name, f"行数太多，一张表最多 {MOST_ROWS} 行"),))
    return grid_pairs(file, grid, name)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:_LONGEST_CELL]


def _bounded(file: str, data: bytes) -> None:
    """Refuse what is no workbook, or unfolds too far; raises ContentError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        old = data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        reason = "这是旧的 .xls 或加了密码的 Excel，请去掉密码、另存为 .xlsx" if old else "不是 Excel（.xlsx）文件，或者已损坏"
        raise ContentError([Problem(file, None, "", reason)]) from error
    whole = sum(part.file_size for part in parts)
    wild = any(part.file_size > 10_000_000 and part.file_size > _RATIO * max(part.compress_size, 1) for part in parts)
    if whole > _UNPACKED or wild or len(parts) > 5_000:
        raise ContentError([Problem(file, None, "", "解压后大得不正常，为安全没有打开")])
