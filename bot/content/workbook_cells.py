"""Excel files cell by cell, from Excel, WPS or LibreOffice: bounded before they are opened, every oddity told with its cell."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.content.workbook_forms import NO, YES
from bot.errors import ContentError, Problem

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST: Final = 60_000_000
"""Bytes of a workbook."""
MOST_ROWS: Final = 200_000
"""Rows of one sheet that say anything."""
MOST_COLUMNS: Final = 200
_MOST_SHEETS: Final = 60
_MOST_CELLS: Final = 4_000_000
"""Cells of a whole workbook that say anything."""
_UNPACKED: Final = 300_000_000
"""Bytes that a workbook may unfold to."""
_RATIO: Final = 200
"""How many times its size a part of a workbook may unfold to; real ones stay below 60."""
_PARTICULAR: Final = re.compile(rb"<(?:\w+:)?(?:f[ >/]|mergeCell )")
"""Formulas and merged cells: only a workbook that has them is read slowly."""
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GLIMPSE: Final = 40
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    OSError,
    SyntaxError,
    EOFError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What openpyxl, zipfile and the XML readers raise for files that are not what they seem."""
_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that does not simply say something."""

    text: str
    reason: str
    """What is wrong with it; it may all the same be right in a column of days."""
    day: bool = False


Cell: TypeAlias = "str | Odd"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its rows by number, 1-based, each cell as text; rows that say nothing are left out."""

    title: str
    rows: Mapping[int, Sequence[Cell]]


def refuse(file: str, reason: str) -> ContentError:
    """The whole file is refused."""
    return ContentError([Problem(file, None, "", reason)])


def grids(file: str, data: bytes) -> list[Grid]:
    """All sheets of a workbook (.xlsx).

    Raises:
        ContentError: it is none, it is locked, it would unfold too far, or it is damaged.
    """
    slow = _bounded(file, data)
    try:
        return _slowly(file, data) if slow else _quickly(file, data)
    except _DAMAGED as error:
        raise _damaged(file, error) from error


def glimpse(file: str, data: bytes) -> list[Grid]:
    """The first rows of all sheets, as they stand: enough to see what a workbook is. Raises ContentError like ``grids``."""
    _bounded(file, data)
    try:
        return _quickly(file, data, _GLIMPSE)
    except _DAMAGED as error:
        raise _damaged(file, error) from error


def _damaged(file: str, error: Exception) -> ContentError:
    return refuse(file, f"Excel 文件打不开，可能已损坏：请在 Excel 里另存一份（{type(error).__name__}）")


def _bounded(file: str, data: bytes) -> bool:
    """Whether the workbook has formulas or merged cells; raises ContentError where it is none or unfolds too far."""
    if len(data) > LARGEST:
        raise refuse(file, f"文件太大了（{len(data) // 1_000_000} MB），最多 {LARGEST // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            _measure(file, parts)
            sheets = [one for one in parts if one.filename.lower().startswith("xl/worksheets/")]
            if not sheets:
                raise refuse(file, "这不是 Excel 工作簿（.xlsx），请在 Excel 或 WPS 里另存为 .xlsx")
            return any(_PARTICULAR.search(packed.read(one)) is not None for one in sheets)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise refuse(file, _no_zip(data)) from error


def _no_zip(data: bytes) -> str:
    if data.startswith(_OLE):
        locked = _PACKAGE in data
        return "这份 Excel 加了密码，请去掉密码再导入" if locked else "这是旧的 .xls，请在 Excel 里另存为 .xlsx"
    if not data.strip():
        return "文件是空的"
    if data[:4] == b"PK\x03\x04":
        return "Excel 文件已损坏：请在 Excel 里另存一份"
    return "这不是 Excel（.xlsx）文件：如果是 CSV 或网页改的后缀，请用 Excel 打开后另存为 .xlsx"


def _measure(file: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    whole = sum(part.file_size for part in parts)
    wild = any(part.file_size > 10_000_000 and part.file_size > _RATIO * max(part.compress_size, 1) for part in parts)
    if whole > _UNPACKED or wild or len(parts) > 5_000:
        raise refuse(file, "解压后大得不正常，为安全没有打开")


def _opened(data: bytes, *, quick: bool, values: bool) -> "Workbook":
    from openpyxl import load_workbook  # noqa: PLC0415  (half a second that only Excel needs)

    with warnings.catch_warnings():
        # what openpyxl does not know (Excel's newer drop-downs and colours) is no matter of the content
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(data), read_only=quick, data_only=values, keep_links=False)


def _quickly(file: str, data: bytes, most: int | None = None) -> list[Grid]:
    book = _opened(data, quick=True, values=True)
    try:
        room = _Room(file)
        return [_grid(page.title, _rows_of(page, most), room) for page in _pages(file, book)]
    finally:
        book.close()


def _pages(file: str, book: "Workbook") -> "list[Worksheet]":
    if len(book.sheetnames) > _MOST_SHEETS:
        raise refuse(file, f"表太多了，最多 {_MOST_SHEETS} 张")
    pages = [book[name] for name in book.sheetnames]
    return [one for one in pages if hasattr(one, "iter_rows")]  # sheets of charts have no rows


def _rows_of(page: "Worksheet", most: int | None) -> "Iterator[tuple[int, Sequence[Cell]]]":
    page.reset_dimensions()  # some programs write a wrong size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, row in enumerate(page.iter_rows(max_col=MOST_COLUMNS, max_row=most), 1):
            if row and any(cell.value is not None for cell in row):
                last = max(n for n, cell in enumerate(row) if cell.value is not None)
                yield number, [_cell(cell.value, cell) for cell in row[: last + 1]]


class _Room:
    """How much may still come."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._left = _MOST_CELLS

    def takes(self, cells: int) -> None:
        """Raises ContentError when a workbook says too much."""
        self._left -= cells
        if self._left < 0:
            raise refuse(self._file, f"内容太多了，一份工作簿最多 {_MOST_CELLS} 格，请分成几份")


def _grid(title: str, rows: "Iterator[tuple[int, Sequence[Cell]]]", room: _Room) -> Grid:
    found: dict[int, Sequence[Cell]] = {}
    for number, row in rows:
        if any(isinstance(one, Odd) or one.strip() for one in row):
            room.takes(len(row))
            found[number] = row
        if len(found) > MOST_ROWS:
            raise ContentError([Problem(title, number, "", f"行数太多，一张表最多 {MOST_ROWS} 行，请分成几份")])
    return Grid(title, found)


def _slowly(file: str, data: bytes) -> list[Grid]:
    """With formulas (what they last came to, never computed) and merged cells (what stands in their first cell, for each row)."""
    values, formulas = _opened(data, quick=False, values=True), _opened(data, quick=False, values=False)
    room = _Room(file)
    return [_grid(page.title, _particular(page, formulas[page.title]), room) for page in _pages(file, values)]


def _particular(page: "Worksheet", formulas: "Worksheet") -> "Iterator[tuple[int, Sequence[Cell]]]":
    merged = _merged(page)
    width = min(page.max_column, MOST_COLUMNS)
    for number, row in enumerate(page.iter_rows(max_col=width), 1):
        cells: list[Cell] = []
        for cell, formula in zip(row, formulas[number][:width] if width > 1 else [formulas.cell(number, 1)], strict=False):
            told = merged.get((number, cell.column))
            if told is not None:
                cells.append(told)
            elif cell.value is None and formula.data_type == "f":
                cells.append(Odd("", "这一格是公式，还没有算出结果：在 Excel 里打开、保存一次再导入，或者直接写上内容"))
            else:
                cells.append(_cell(cell.value, cell))
        yield number, cells


def _merged(page: "Worksheet") -> dict[tuple[int, int], Cell]:
    """What merged cells say: down a column the same in every row; across columns nobody can tell."""
    found: dict[tuple[int, int], Cell] = {}
    for span in page.merged_cells.ranges:
        first = page.cell(span.min_row, span.min_col)
        if first.value is None:
            continue
        if span.max_col > span.min_col:
            reason = "这几格横着合并了，分不清是哪一列的：请取消合并"
            found[span.min_row, span.min_col] = Odd(str(first.value), reason)
            continue
        for row in range(span.min_row, min(span.max_row, span.min_row + MOST_ROWS) + 1):
            found[row, span.min_col] = _cell(first.value, first)
    return found


def _cell(value: object, cell: object) -> Cell:
    """What a cell says, as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        if getattr(cell, "data_type", "") == "e":
            return Odd(value, f"公式算出来是错误值 {value}")
        return unescaped(value)
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | float):
        return _number(value)
    return _timed(value, str(getattr(cell, "number_format", "")))


def _number(value: float) -> Cell:
    text = str(value) if isinstance(value, int) else f"{value:.15g}"
    if abs(value) >= 10**15:
        whole = f"{value:.0f}"
        return Odd(whole, "数字太长，Excel 只留得住 15 位，后面的已经变成 0 了：把这一格设成“文本”再填一遍")
    return text if "e" not in text else f"{value:.20f}".rstrip("0")


def _timed(value: object, form: str) -> Cell:
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime) and value.time() != time(0):
        return value.isoformat()
    if isinstance(value, date):
        text = value.strftime("%Y-%m-%d") if value.year >= 1000 else str(value)[:10]
        if "y" in form.casefold():
            return text
        return Odd(text, f"Excel 把这一格当成了日期（{text}）：把这一格设成“文本”再填一遍", day=True)
    return str(value)


def unescaped(text: str) -> str:
    """``_x000D_`` is how Office Open XML writes characters that XML cannot hold (ECMA-376, part 1, ST_Xstring)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
