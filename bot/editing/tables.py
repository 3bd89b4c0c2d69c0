"""A plain table as an Excel sheet, to be looked at and passed on; the workbook that is read again is ``bot.content.workbook``."""

import io
from collections.abc import Iterable, Sequence
from typing import Final

_WIDEST: Final = 44


def sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows below their head, the head held fast; texts stay texts whatever they begin with."""
    from openpyxl import Workbook  # noqa: PLC0415  (half a second that only Excel needs)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    lines: list[Sequence[object]] = [list(row) for row in rows]
    first: list[Sequence[object]] = [head, *lines[:200]]
    book = Workbook(write_only=True)
    page = book.create_sheet(title[:31])
    page.freeze_panes = "A2"
    for n in range(len(head)):
        longest = max(_width(line[n]) for line in first)
        page.column_dimensions[chr(65 + n)].width = min(longest + 3, _WIDEST)
    page.append([_cell(page, one, WriteOnlyCell, Font(bold=True)) for one in head])
    for line in lines:
        page.append([_cell(page, one, WriteOnlyCell) for one in line])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def _width(value: object) -> int:
    return sum(2 if ord(sign) > 255 else 1 for sign in str(value))


def _cell(page: object, value: object, make: object, font: object = None) -> object:
    """A number as a number, everything else as text: never as a formula."""
    shown = (
        value
        if isinstance(value, int | float) and not isinstance(value, bool)
        else "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t")
    )
    made = make(page, shown)  # type: ignore[operator]
    if isinstance(shown, str):
        made.data_type = "s"
    if font is not None:
        made.font = font
    return made
