"""A campaign as an Excel file: who takes what, what to buy of each article, what is still unclear. Pure.

Sums are formulas, so that a quantity that ops change carries on; each also bears its value, for phones that show files without
computing. Words of shoppers are never formulas (OWASP, CSV injection): they stay text, also when somebody edits the cell.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.db.campaigns_rows import Doubt
from bot.ordering.telling import Sheet, by_person
from intents.orders import plain

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_DETAIL, _SUMS, _OPEN = "明细", "汇总", "待确认"
_WIDTHS = {
    _DETAIL: (16, 24, 10, 8, 10, 12, 28, 14),
    _SUMS: (24, 8, 10, 12, 12, 10, 10),
    _OPEN: (16, 40, 48, 18),
}
_BAD = re.compile(r"[\000-\010]|[\013-\014]|[\016-\037]")
_CELL = re.compile(r'(<c r="(?P<place>[A-Z]+\d+)"[^>]*>)(?P<formula><f>.*?</f>)<v ?/?>(?:</v>)?', re.DOTALL)

Values = dict[tuple[str, str], Decimal]
"""(sheet, cell) → what its formula comes to."""


def workbook(sheet: Sheet, doubts: Iterable[Doubt], zone: ZoneInfo) -> bytes:
    """The file; ``zone``: in which its times are written."""
    from openpyxl import Workbook  # noqa: PLC0415  (half a second that only Excel needs)

    book = Workbook()
    values: Values = {}
    page = book.active
    page.title = _DETAIL
    rows = _detail(page, sheet, values)
    _sums(book.create_sheet(_SUMS), sheet, rows, values)
    _open(book.create_sheet(_OPEN), doubts, zone)
    for one in book.worksheets:
        one.freeze_panes = "A2"
        for place, width in enumerate(_WIDTHS[one.title]):
            one.column_dimensions[chr(ord("A") + place)].width = width
    written = io.BytesIO()
    book.save(written)
    return _valued(written.getvalue(), [one.title for one in book.worksheets], values)


def _detail(page: "Worksheet", sheet: Sheet, values: Values) -> int:
    """Lines by person, each person's sum beside their first; the number of the last row."""
    _head(page, ("姓名", "商品", "数量", "单位", "单价", "金额", "备注", "本人合计"))
    row = 1
    goods = sheet.goods
    for some in by_person(one for one in sheet.lines if one.granted > 0 and one.sku in goods).values():
        first = row + 1
        for one in some:
            row += 1
            good = goods[one.sku]
            short = f"要{plain(one.n)}{one.unit}，库存不够" if one.state == "short" else ""
            _text(page, row, {1: one.name, 2: good.name, 4: one.unit, 7: "；".join(filter(None, (one.note, short)))})
            _number(page, row, 3, one.granted)
            _number(page, row, 5, good.price, "0.00")
            _formula(page, (row, 6), f"C{row}*E{row}", one.granted * good.price, values)
        share = sum((one.granted * goods[one.sku].price for one in some), Decimal(0))
        _formula(page, (first, 8), f"SUM(F{first}:F{row})", share, values)
    last = row
    if last > 1:
        _text(page, last + 1, {1: "合计"})
        _formula(page, (last + 1, 6), f"SUM(F2:F{last})", sheet.amount(), values)
        _bold(page, last + 1)
    return last


def _sums(page: "Worksheet", sheet: Sheet, rows: int, values: Values) -> None:
    """What is to be bought of each article; quantities come from the lines, whatever ops change there."""
    _head(page, ("商品", "单位", "数量", "单价", "金额", "库存", "登记数量"))
    taken = {good.sku: n for good, n in sheet.totals()}
    wanted = sheet.wanted()
    row = 1
    for good in sheet.goods.values():
        row += 1
        n = taken.get(good.sku, Decimal(0))
        _text(page, row, {1: good.name, 2: good.unit})
        span = f"'{_DETAIL}'!$B$2:$B${max(rows, 2)},A{row},'{_DETAIL}'!$C$2:$C${max(rows, 2)}"
        _formula(page, (row, 3), f"SUMIF({span})", n, values, "General")
        _number(page, row, 4, good.price, "0.00")
        _formula(page, (row, 5), f"C{row}*D{row}", n * good.price, values)
        if good.stock is not None:
            _number(page, row, 6, good.stock)
        _number(page, row, 7, wanted.get(good.sku, Decimal(0)))
    if row > 1:
        _text(page, row + 1, {1: "合计"})
        _formula(page, (row + 1, 5), f"SUM(E2:E{row})", sheet.amount(), values)
        _bold(page, row + 1)


def _open(page: "Worksheet", doubts: Iterable[Doubt], zone: ZoneInfo) -> None:
    _head(page, ("姓名", "原话", "要确认的", "问过的时间"))
    for row, one in enumerate((one for one in doubts if one.settled_at is None), 2):
        _text(page, row, {1: one.name, 2: one.text, 3: one.question, 4: _local(one.asked_at, zone)})


def _head(page: "Worksheet", names: Sequence[str]) -> None:
    page.append(list(names))
    _bold(page, 1)


def _bold(page: "Worksheet", row: int) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415  (see workbook)

    for cell in page[row]:
        cell.font = Font(bold=True)


def _text(page: "Worksheet", row: int, words: Mapping[int, str]) -> None:
    """Words as text whatever they begin with; quoted, so that they stay text when somebody edits the cell."""
    for column, told in words.items():
        if told:
            cell = page.cell(row, column, _BAD.sub("", told))
            cell.data_type = "s"
            cell.quotePrefix = True


def _number(page: "Worksheet", row: int, column: int, value: Decimal, shape: str = "General") -> None:
    page.cell(row, column, plain(value)).number_format = shape


def _formula(
    page: "Worksheet", place: tuple[int, int], formula: str, value: Decimal, values: Values, shape: str = "0.00"
) -> None:
    cell = page.cell(place[0], place[1], f"={formula}")
    cell.number_format = shape
    values[page.title, cell.coordinate] = value


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _valued(book: bytes, titles: Sequence[str], values: Values) -> bytes:
    """The same file with the value of each formula beside it, which openpyxl does not write."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            inside = old.read(part)
            found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", part.filename)
            if found is not None:
                inside = _with_values(inside.decode(), titles[int(found[1]) - 1], values).encode()
            new.writestr(part, inside)
    return written.getvalue()


def _with_values(page: str, title: str, values: Values) -> str:
    def cell(found: re.Match[str]) -> str:
        value = values.get((title, found["place"]))
        return found[0] if value is None else f"{found[1]}{found['formula']}<v>{plain(value)}</v>"

    return _CELL.sub(cell, page)
