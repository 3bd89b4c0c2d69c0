"""The whole content as one Excel workbook and back, without loss: ops live in spreadsheets. Pure over bytes.

One sheet for each kind, one row for each thing that ops edit. A sheet that is not there changes nothing; a row that was taken
out of a sheet takes the thing away; a column that is not there leaves what it would say as it is.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.content.editing import applied
from bot.content.items import Edit, Item, Key, Kind, items
from bot.content.workbook_cells import glimpse, grids
from bot.content.workbook_edits import outcome
from bot.content.workbook_forms import NUMBER, TEXT, even, same
from bot.content.workbook_pages import ORDER, REST, WHOLE_REST, Column, Page
from bot.content.workbook_places import Finder
from bot.content.workbook_reading import DIGEST, MARK, RELEASE, Fault, is_ours, release_of, sheets
from bot.content.workbook_sheets import PAGES
from bot.content.workbook_things import lines, things
from bot.content.workbook_writing import Drawn, workbook
from bot.content.workspace import digest_of, read_files
from bot.errors import ContentError, Problem

NAME: Final = "工作簿.xlsx"
_OWN: Final = (
    Column(ORDER, (), NUMBER, 8, "同一条里的先后；新加的行留空"),
    Column(REST, (), TEXT, 16, "表里没有列的内容，JSON；一般不用动"),
    Column(WHOLE_REST, (), TEXT, 12, "整条的、表里没有列的内容，JSON；一般不用动"),
)
_HOW: Final = (
    ("怎么用", "一张表管一类内容，一行一条。直接改格子里的字，改完保存，再交回来导入。导入后都是草稿，有人看过、发布了才生效。"),
    ("加一条", "在表的最后加一行，编号写一个没用过的，用小写英文、数字和短横。话术有几种写法就写几行，编号一样；例句一句一行。"),
    ("去掉一条", "把那一行整行删掉。只想清空一格，就把那一格删空。"),
    ("不想动的", "不想动哪一类，把那张表整张删掉也行，删掉的表不会改动任何内容；不用的列也可以删。"),
    ("排序、筛选", "随便排、随便筛、列的先后随便换，都不算改动。"),
    ("几个值", "一格里有几个值，用“、”隔开；“名字：值”有几对，用“；”隔开；写着一行一个的就换行（Alt+回车）。"),
    ("日期、是否", "日期写 2026-01-31；是否填“是”或“否”；有下拉的直接选。"),
    ("自己的备注", "想写备注，另加一列，表头用 # 开头，例如“#备注”；整张表只给自己看的，表名也用 # 开头。"),
    ("写着 JSON 的", "“JSON：”开头的格子和“其他”这一列，是表格装不下的内容，不清楚就别动。"),
    ("改错了", "导入时有错会一次列出来，写明哪张表、第几行、哪一列；有一处错就一条也不导入。"),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The release of which a workbook was made."""

    release: int | None
    """Its number, where that was known."""
    digest: str
    """The fingerprint of its files; empty where the workbook does not say it."""


def workbook_of(files: Mapping[str, bytes], kinds: Collection[Kind] | None = None, release: int | None = None) -> bytes:
    """The workbook of a release, or of some kinds of it; the same content makes the same bytes.

    Raises:
        ContentError: a file cannot be read at all.
    """
    found = _by_kind(items(files, kinds))
    pages = [page for page in PAGES if kinds is None or page.kind in kinds]
    drawn = [_drawn(page, found.get(page.kind, {})) for page in pages]
    counts = "，".join(f"{page.title} {len(one.lines)} 行" for page, one in zip(pages, drawn, strict=True))
    about = [
        (MARK, "客服话术、知识库、商品这些内容都在这份表里，用 Excel 或 WPS 改"),
        (RELEASE, f"第 {release} 版" if release is not None else ""),
        (DIGEST, digest_of(files)),
        ("有什么", counts),
        *_HOW,
    ]
    return workbook(about, drawn)


def _by_kind(found: Mapping[Key, Item]) -> dict[Kind, dict[Key, Item]]:
    kinds: dict[Kind, dict[Key, Item]] = {}
    for key, item in found.items():
        kinds.setdefault(key.kind, {})[key] = item
    return kinds


def _drawn(page: Page, found: Mapping[Key, Item]) -> Drawn:
    heads = {one.head: one for one in (*page.ids, *page.columns, *_OWN)}
    told = [line for thing in things(page, found.values()).values() for line in lines(page, thing)]
    return Drawn(page.title, [heads[head] for head in page.heads], told)


def recognised(data: bytes, name: str = NAME) -> bool:
    """Whether this is a workbook of content, and no table from elsewhere; raises ContentError where it is no workbook at all."""
    return is_ours(glimpse(name, data))


def origin_of(data: bytes, name: str = NAME) -> Origin:
    """The release of which a workbook was made; raises ContentError where it is no workbook at all."""
    return Origin(*release_of(glimpse(name, data)))


def edits_of(
    data: bytes, live: Mapping[str, bytes], base: Mapping[str, bytes] | None = None, name: str = NAME
) -> tuple[Edit, ...]:
    """What a workbook changes in the live content; nothing for a workbook that was only exported.

    ``base``: the files of the release that it was made of (``origin_of``), where they are not the live ones any more: what
    others changed since then stays, and what both changed is a fault. ``name`` stands in the faults.

    Raises:
        ContentError: with every fault at once, each with sheet, row and column; then nothing of the workbook counts.
    """
    return tuple(_Import(data, live, base, name).edits())


class _Import:
    """One workbook against the content."""

    def __init__(self, data: bytes, live: Mapping[str, bytes], base: Mapping[str, bytes] | None, name: str) -> None:
        self._name = name
        self._live = live
        found = grids(name, data)
        self._sheets, strangers = sheets(found)
        self._faults = [self._problem(title, fault) for title, fault in strangers]
        if not self._sheets and not strangers:
            self._faults.append(Problem(name, None, "", "没有找到可以导入的表"))
        kinds = [sheet.page.kind for sheet in self._sheets]
        before = _by_kind(items(live if base is None else base, kinds))
        self._outcomes = [outcome(sheet.page, sheet.told, before.get(sheet.page.kind, {})) for sheet in self._sheets]
        self._base = {key: item for one in before.values() for key, item in one.items()}
        self._now = self._base if base is None else items(live, kinds)

    def edits(self) -> Sequence[Edit]:
        """All edits; raises ContentError."""
        refused = frozenset(self._told_faults())
        found = list(self._merged())
        sound = [edit for edit in found if edit.key.id not in refused]
        self._faults += [one for one in self._whole(sound) if not any(id_ and id_ in one.reason for id_ in refused)]
        if self._faults:
            order = {f"{self._name} › {sheet.grid.title}": n for n, sheet in enumerate(self._sheets)}
            whole = dict.fromkeys(self._faults)
            raise ContentError(sorted(whole, key=lambda one: (order.get(one.file, -1), one.line or 0)))
        return found

    def _problem(self, title: str, fault: Fault) -> Problem:
        row, column, reason = fault
        return Problem(f"{self._name} › {title}", row, column, reason)

    def _told_faults(self) -> Iterator[str]:
        """Adds what the sheets and their cells say wrongly, once for each cell; the ids of what is refused for it."""
        for sheet, one in zip(self._sheets, self._outcomes, strict=True):
            cells: dict[tuple[int | None, str], str] = {}
            for row, head, reason in (*sheet.faults, *one.faults):
                if cells.setdefault((row, head), reason) is reason:
                    self._faults.append(self._problem(sheet.grid.title, (row, sheet.column(head), reason)))
            rows = {row for row, _ in cells}
            for told in (told for told in sheet.told if told.row in rows):
                ids = [even(told.cells.get(column.head, "")) for column in one.page.ids]
                yield from ("/".join(filter(None, ids)), ids[0].partition(".")[0] if one.page.kind == "brand" else ids[0])

    def _merged(self) -> Iterator[Edit]:
        """The edits as far as nobody else has changed the same thing since the workbook was made."""
        for sheet, one in zip(self._sheets, self._outcomes, strict=True):
            for edit in one.edits:
                was, now = _value(self._base, edit.key), _value(self._now, edit.key)
                if self._now is self._base or same(was, now):
                    yield edit
                elif not same(edit.value, now):
                    row = next((place.rows[0] for place in one.places if place.key == edit.key), None)
                    reason = f"“{edit.key.id}”在导出之后别人也改过，不能盖掉：请重新导出，在新的表里改"
                    self._faults.append(self._problem(sheet.grid.title, (row, "", reason)))

    def _whole(self, found: Sequence[Edit]) -> Sequence[Problem]:
        """What the check of the whole content says of the edits, and did not say before."""
        if not found:
            return ()
        after = applied(self._live, found)
        told = _problems(after)
        if not told:
            return ()
        known = {(one.file, one.key, one.reason) for one in _problems(self._live)}
        finder = Finder(self._name, self._sheets, self._outcomes)
        return [finder.placed(after, one) for one in told if (one.file, one.key, one.reason) not in known]


def _value(found: Mapping[Key, Item], key: Key) -> object:
    item = found.get(key)
    return None if item is None else item.value


def _problems(files: Mapping[str, bytes]) -> Sequence[Problem]:
    try:
        read_files(files)
    except ContentError as error:
        return error.problems
    return ()
