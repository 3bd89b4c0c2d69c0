"""Sheets as an Excel file: texts stay texts whatever they begin with, ids keep their zeros, fixed values are chosen from lists.

The same sheets make the same bytes: no clock, no chance.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from bot.content.workbook_forms import Form, fits
from bot.content.workbook_pages import ABOUT, Column

if TYPE_CHECKING:
    from openpyxl.cell.cell import WriteOnlyCell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

CELL: Final = 32_000
"""UTF-16 units in one cell; Excel ends at 32 767."""
MORE: Final = "（续{}）"
"""Behind the head of a column that carries on what did not fit."""
_BAD: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STAMPS: Final = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")
_WIDEST: Final = 7
"""Units of an escaped character: ``_x000D_``."""
_LIKE_FORMULA: Final = tuple("=+-@\t\r")
_ROOM: Final = 2_000
"""Rows below the last one that take the column's form and its list of choices."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One sheet, ready to be written."""

    title: str
    columns: Sequence[Column]
    lines: Sequence[Mapping[str, str]]
    """Head → text."""


def workbook(about: Sequence[tuple[str, str]], sheets: Sequence[Drawn]) -> bytes:
    """The file; ``about``: the two columns of its first sheet."""
    from openpyxl import Workbook  # noqa: PLC0415  (half a second that only Excel needs)

    book = Workbook(write_only=True)
    book.properties.creator = "导购"
    book.properties.created = book.properties.modified = datetime(2026, 1, 1)  # noqa: DTZ001  (no zone in this format)
    styles = _Styles(book)
    _first(book, about, styles)
    for one in sheets:
        _sheet(book, one, styles)
    return _packed(book)


def _packed(book: "Workbook") -> bytes:
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415

    loose, written = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(loose, "w", zipfile.ZIP_STORED)).save()
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as new:
        for part in old.infolist():
            inside = old.read(part)
            if part.filename == "docProps/core.xml":
                inside = _STAMPS.sub(b"2026-01-01T00:00:00Z", inside)
            stamped = zipfile.ZipInfo(part.filename, _EPOCH)
            stamped.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(stamped, inside)
    return written.getvalue()


class _Styles:
    """One cell of each look, used again and again: a style that is looked up for every cell takes half of the time."""

    def __init__(self, book: "Workbook") -> None:
        self._page = book.create_sheet(ABOUT)
        self.head = self._cell("@", bold=True, fill="FFDCE6F1")
        self.text = self._cell("@")
        self.quoted = self._cell("@", quoted=True)
        self.number = self._cell("General")
        self.money = self._cell("0.00")
        self.date = self._cell("yyyy-mm-dd")

    @property
    def page(self) -> "WriteOnlyWorksheet":
        """The first sheet."""
        return self._page

    def _cell(self, form: str, *, bold: bool = False, fill: str = "", quoted: bool = False) -> "WriteOnlyCell":
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
        from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

        cell = WriteOnlyCell(self._page, None)
        cell.number_format = form
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        if quoted:
            cell.quotePrefix = True
        return cell

    def told(self, text: str, form: Form) -> "WriteOnlyCell":
        """A cell that says a text, as number or date where that keeps it exactly."""
        if form.native == "number" and fits(text):
            return self._numbered(text)
        if form.native == "date" and (day := _day(text)) is not None:
            self.date.value = day
            return self.date
        cell = self.quoted if text.startswith(_LIKE_FORMULA) else self.text
        cell.value = escaped(text)
        cell.data_type = "s"
        return cell

    def _numbered(self, text: str) -> "WriteOnlyCell":
        _, point, after = text.partition(".")
        cell = self.money if point and len(after) == 2 else self.number
        cell.value = float(text) if point else int(text)
        return cell


def escaped(text: str) -> str:
    """Characters that XML cannot hold, and words that look like such an escape (ECMA-376, part 1, ST_Xstring)."""
    return _BAD.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year > 1900 and day.isoformat() == text else None


def parts(text: str) -> list[str]:
    """A text in pieces that fit into cells."""
    if len(text) * _WIDEST < CELL:
        return [text]
    found, begin, room = [], 0, CELL
    for at, sign in enumerate(text):
        room -= _WIDEST if _BAD.match(text, at) else 2 if ord(sign) > 0xFFFF else 1
        if room < 0:
            found.append(text[begin:at])
            begin, room = at, CELL - _WIDEST
    return [*found, text[begin:]]


def _first(book: "Workbook", about: Sequence[tuple[str, str]], styles: _Styles) -> None:
    page = styles.page
    page.column_dimensions["A"].width = 18
    page.column_dimensions["B"].width = 100
    for name, told in about:
        page.append(_cells([(styles.head, name), (styles.text, told)]))
    book.active = 0


def _cells(told: Sequence[tuple["WriteOnlyCell", str]]) -> "Iterator[WriteOnlyCell]":
    for cell, text in told:
        cell.value = escaped(text)
        cell.data_type = "s"
        yield cell


def _sheet(book: "Workbook", drawn: Drawn, styles: _Styles) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    page = book.create_sheet(drawn.title)
    wide = {one.head: max((len(parts(line.get(one.head, ""))) for line in drawn.lines), default=1) for one in drawn.columns}
    columns = [(one, n) for one in drawn.columns for n in range(wide[one.head])]
    page.freeze_panes = "B2"
    for place, (column, _) in enumerate(columns, 1):
        dimension = page.column_dimensions[get_column_letter(place)]
        dimension.width = column.width
        if column.form.native == "text":
            dimension.number_format = "@"
    last = len(drawn.lines) + 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    _choices(page, columns, last)
    page.append(_heads(page, columns, styles))
    for line in drawn.lines:
        page.append(_line(columns, line, styles))


def _heads(page: "WriteOnlyWorksheet", columns: Sequence[tuple[Column, int]], styles: _Styles) -> "Iterator[WriteOnlyCell]":
    from copy import copy  # noqa: PLC0415

    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.comments import Comment  # noqa: PLC0415

    for column, n in columns:
        cell = WriteOnlyCell(page, column.head + (MORE.format(n + 1) if n else ""))
        for name in ("font", "fill", "alignment", "number_format"):
            setattr(cell, name, copy(getattr(styles.head, name)))
        told = f"{'.'.join(column.path)}\n{column.about}".strip()
        if told and not n:
            cell.comment = Comment(told, "导购", height=80, width=260)
        yield cell


def _line(columns: Sequence[tuple[Column, int]], line: Mapping[str, str], styles: _Styles) -> "Iterator[WriteOnlyCell | None]":
    for column, n in columns:
        text = line.get(column.head, "")
        pieces = parts(text)
        yield styles.told(pieces[n], column.form) if n < len(pieces) and pieces[n] else None


def _choices(page: "WriteOnlyWorksheet", columns: Sequence[tuple[Column, int]], last: int) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    for place, (column, _) in enumerate(columns, 1):
        if column.form.choices:
            rule = DataValidation("list", formula1=f'"{",".join(column.form.choices)}"', allow_blank=True, showErrorMessage=True)
            rule.errorTitle, rule.error = column.head, f"只能选：{'、'.join(column.form.choices)}"
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{last + _ROOM}")
            page.data_validations.append(rule)
