"""Sheets of cells as told rows: which sheet is which, which column is which, and what cannot be told, all at once."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.content.explaining import nearest
from bot.content.harvest_table import HEADS
from bot.content.workbook_cells import Cell, Grid, Odd
from bot.content.workbook_forms import DAY
from bot.content.workbook_pages import ABOUT, Column, Page, evened
from bot.content.workbook_sheets import PAGES
from bot.content.workbook_things import Told

MARK: Final = "导购内容工作簿"
"""What the first cell of the first sheet says."""
ASIDE: Final = "#"
"""Sheets and columns whose name begins so are ops' own and are not looked at."""
_HEAD_ROWS: Final = 5
"""The header is looked for in so many rows that say anything: people put a title above it."""
_MORE: Final = re.compile(r"(?P<head>.+)\(续(?P<n>\d{1,3})\)")
_COPY: Final = re.compile(r"\(\d+\)|\d+|[-_.·、\s]|副本|copy|表|新|改|最终|final")
Fault = tuple[int | None, str, str]
"""(row, column, reason)"""


@dataclass(slots=True)
class Sheet:
    """A sheet that was recognised."""

    grid: Grid
    page: Page
    head: int = 0
    """Number of the header's row."""
    places: dict[str, list[int]] = field(default_factory=dict)
    """Head → the columns (0-based) that together say it."""
    told: list[Told] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def column(self, head: str) -> str:
        """A column in words: its letter and head."""
        places = self.places.get(head)
        return f"{letter(places[0])} 列 {head}" if places else head


def letter(place: int) -> str:
    """A, B … Z, AA for a 0-based place."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def page_of(title: str) -> Page | None:
    """Which kind of sheet a title means; people rename them a little: ``话术 (2)``, ``1.话术``, ``话术表-改``."""
    plain = evened(title)
    names = {evened(page.title): page for page in PAGES} | {"品牌设置": next(p for p in PAGES if p.kind == "brand")}
    for told in (plain, _COPY.sub("", plain)):
        if told in names:
            return names[told]
    inside = [page for name, page in names.items() if name in plain and len(plain) <= len(name) + 6]
    return inside[0] if len({page.kind for page in inside}) == 1 else None


def is_ours(grids: Sequence[Grid]) -> bool:
    """Whether a workbook is one of content, and no table of questions and answers from elsewhere."""
    if any(_marked(grid) for grid in grids):
        return True
    known = [(grid, page) for grid in grids if (page := page_of(grid.title)) is not None]
    return any(_fitting(grid, page) for grid, page in known)


def _marked(grid: Grid) -> bool:
    cells = next(iter(grid.rows.values()), ())
    return evened(grid.title) == ABOUT and bool(cells) and str(cells[0]).startswith(MARK)


def _fitting(grid: Grid, page: Page) -> bool:
    row = _head_row(grid, page)
    heads = {evened(str(cell)) for cell in grid.rows.get(row, ())}
    needed = [evened(head) for head in _needed(page)]
    foreign = {HEADS.get(head) for head in heads}
    return all(head in heads for head in needed) or (
        any(head in heads for head in needed) and not {"question", "answer"} <= foreign
    )


def _needed(page: Page) -> tuple[str, ...]:
    return (*(one.head for one in page.ids), *page.needed)


def _head_row(grid: Grid, page: Page) -> int:
    """The row among the first that names most columns."""
    known = _known(page)
    first = list(grid.rows)[:_HEAD_ROWS]
    return max(first, key=lambda row: sum(_head(_said(cell), known)[0] != "" for cell in grid.rows[row]), default=0)


def _known(page: Page) -> Mapping[str, str]:
    """Evened words → head: heads themselves, other words for them, and the keys of FORMATS."""
    keys = {".".join(one.path): one.head for one in (*page.columns, *page.ids)}
    told = {**keys, **(page.aliases or {}), **{head: head for head in page.heads}}
    return {evened(words): head for words, head in told.items()}


def _head(said: str, known: Mapping[str, str]) -> tuple[str, int]:
    """(head, which part of it); empty where there is no such column."""
    plain = evened(said)
    found = _MORE.fullmatch(plain)
    if found is not None and found["head"] in known:
        return known[found["head"]], int(found["n"])
    plain = plain if plain in known else re.sub(r"\(.*\)$", "", plain)
    return known.get(plain, ""), 1


def _said(cell: Cell) -> str:
    return cell.text if isinstance(cell, Odd) else cell


def sheets(grids: Sequence[Grid]) -> tuple[list[Sheet], list[tuple[str, Fault]]]:
    """The recognised sheets with their rows, and the faults (title of the sheet, fault) of those that are not."""
    found: dict[str, Sheet] = {}
    faults: list[tuple[str, Fault]] = []
    for grid in grids:
        if evened(grid.title) == ABOUT or grid.title.strip().startswith((ASIDE, "＃")):
            continue
        page = page_of(grid.title)
        if page is None:
            if grid.rows:
                faults.append((grid.title, (None, "", _stranger(grid.title))))
        elif page.title in found:
            reason = f"和“{found[page.title].grid.title}”是同一种表，只能留一张"
            faults.append((grid.title, (None, "", reason)))
        else:
            found[page.title] = _sheet(grid, page)
    return list(found.values()), faults


def _stranger(title: str) -> str:
    names = [page.title for page in PAGES]
    close = nearest(title, names)
    near = f"是不是“{close}”？" if close else f"能导入的有：{'、'.join(names)}。"
    return f"不认识这张表，{near}不用导入的表，名字前面加 {ASIDE}"


def _sheet(grid: Grid, page: Page) -> Sheet:
    sheet = Sheet(grid, page, _head_row(grid, page))
    if not grid.rows:
        sheet.faults.append((None, "", f"整张表是空的，连表头也没有：要写上 {'、'.join(_needed(page))}"))
        return sheet
    _columns(sheet)
    missing = [head for head in _needed(page) if head not in sheet.places and head != "只在"]
    sheet.faults += [(sheet.head, head, "少了这一列") for head in missing]
    if not missing:
        forms = {one.head: one for one in (*page.ids, *page.columns)}
        own = [(head, forms.get(head), places) for head, places in sheet.places.items() if not head.startswith(ASIDE)]
        known = {place for places in sheet.places.values() for place in places}
        for row in grid.rows:
            if row > sheet.head:
                _stray(sheet, row, known)
                sheet.told += _told(sheet, row, own)
    return sheet


def _columns(sheet: Sheet) -> None:
    known = _known(sheet.page)
    parts: dict[str, dict[int, int]] = {}
    for place, cell in enumerate(sheet.grid.rows[sheet.head]):
        said = _said(cell).strip()
        if said.startswith((ASIDE, "＃")):
            sheet.places[f"{ASIDE}{place}"] = [place]
        elif said:
            head, n = _head(said, known)
            if not head:
                sheet.faults.append((sheet.head, f"{letter(place)} 列 {said[:30]}", _no_column(said, sheet.page)))
                sheet.places[f"{ASIDE}{place}"] = [place]
            elif n in parts.setdefault(head, {}):
                sheet.faults.append((sheet.head, f"{letter(place)} 列 {said[:30]}", "这一列有两遍"))
            else:
                parts[head][n] = place
    sheet.places |= {head: [one[n] for n in sorted(one)] for head, one in parts.items()}


def _no_column(said: str, page: Page) -> str:
    close = nearest(said, page.heads)
    near = f"是不是“{close}”？" if close else f"有的列：{'、'.join(page.heads)}。"
    return f"没有这一列，{near}不用导入的列，表头前面加 {ASIDE}"


def _stray(sheet: Sheet, row: int, known: Collection[int]) -> None:
    for place, cell in enumerate(sheet.grid.rows[row]):
        if place not in known and _said(cell).strip():
            sheet.faults.append((row, f"{letter(place)} 列", "这一格有内容，可是这一列没有表头"))


def _told(sheet: Sheet, row: int, own: Sequence[tuple[str, Column | None, Sequence[int]]]) -> Iterator[Told]:
    """A row by head; nothing for one that says nothing in the columns that are looked at."""
    cells = sheet.grid.rows[row]
    found: dict[str, str] = {}
    says = False
    for head, column, places in own:
        texts: list[str] = []
        for cell in (cells[n] for n in places if n < len(cells)):
            if isinstance(cell, Odd) and not (cell.day and column is not None and column.form is DAY):
                sheet.faults.append((row, head, cell.reason))
                says = True
            texts.append(_said(cell))
        found[head] = "".join(texts)
        says = says or bool(found[head].strip())
    if says:
        yield Told(row, found)


def release_of(grids: Sequence[Grid]) -> tuple[int | None, str]:
    """(number, fingerprint) of the release that a workbook was made of; None and empty where it does not say so."""
    found = dict(_labels(grids))
    number = re.search(r"\d{1,9}", found.get(RELEASE, ""))
    return int(number[0]) if number else None, found.get(DIGEST, "").strip()


RELEASE: Final = "来自第几版"
DIGEST: Final = "内容指纹"


def _labels(grids: Sequence[Grid]) -> Iterator[tuple[str, str]]:
    for grid in grids:
        if evened(grid.title) == ABOUT:
            for row in grid.rows.values():
                if len(row) > 1:
                    yield _said(row[0]).strip(), _said(row[1])
