"""Faults of content files as faults of the workbook that they came from: sheet, row and column instead of file and line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.documents import Raw, document
from bot.content.folder import kind_of
from bot.content.items import Json, Key, Kind, dialogue_id, exception_id, plain
from bot.content.rows import csv_rows, json_lines
from bot.content.tables import COLUMNS
from bot.content.workbook_edits import Outcome, Place
from bot.content.workbook_pages import REST, Column
from bot.content.workbook_reading import Sheet
from bot.errors import ContentError, Problem

_LISTS: Mapping[str, Kind] = {"entries": "entry", "rules": "rule", "posts": "post", "exceptions": "exception"}
_STAFF: Mapping[str, Kind] = {"stores": "store", "guides": "guide", "macros": "macro"}
_SPLIT = " › "


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside an item."""

    key: Key
    path: tuple[str, ...]
    """Keys and places inside the item's value."""
    part: tuple[str, ...] = ()
    """Which of the item's things is meant, where its sheet has a row for each."""


class Finder:
    """Finds the row and column of a fault."""

    def __init__(self, name: str, sheets: Sequence[Sheet], outcomes: Sequence[Outcome]) -> None:
        self._name = name
        self._places: dict[Key, list[tuple[Sheet, Place]]] = {}
        for sheet, one in zip(sheets, outcomes, strict=True):
            for place in one.places:
                self._places.setdefault(place.key, []).append((sheet, place))

    def placed(self, files: Mapping[str, bytes], problem: Problem) -> Problem:
        """The fault in the workbook; as it is where what is wrong stands in no sheet of it."""
        try:
            spot = spot_of(files, problem)
        except (ContentError, ValueError, KeyError, IndexError, TypeError):
            return problem
        found = self._thing(spot) if spot else None
        if spot is None or found is None:
            return problem
        sheet, place = found
        row, path = _row(sheet, place, spot.path)
        column = _column(sheet, path, whole=path == spot.path)
        return Problem(f"{self._name} › {sheet.grid.title}", row, column, problem.reason)

    def _thing(self, spot: Spot) -> tuple[Sheet, Place] | None:
        """The thing that is meant; of several the one that names the part most closely."""
        found = self._places.get(spot.key, ())
        if not spot.part:
            return next(iter(found), None)
        fitting = [one for one in found if _fits(one[1].ids, spot.part)]
        return max(fitting, key=lambda one: len(one[1].ids[0]), default=next(iter(found), None))


def _fits(ids: Sequence[str], part: Sequence[str]) -> bool:
    """The sentence itself; of a setting the path or one above it."""
    if len(part) == 1 and len(ids) == 2:
        return ids[1] == part[0]
    path = tuple(ids[0].split("."))
    return path == tuple(part[: len(path)]) or tuple(part) == path[: len(part)]


def _row(sheet: Sheet, place: Place, path: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """The row, and the path inside it."""
    rows = sheet.page.rows
    if rows and path[:1] == (rows,) and len(path) > 1 and path[1].isdigit():
        number = int(path[1])
        return place.rows[min(number, len(place.rows) - 1)], path[2:]
    return place.rows[0], path


def _column(sheet: Sheet, path: tuple[str, ...], *, whole: bool) -> str:
    page = sheet.page
    own = page.columns if not page.rows else page.wholes if whole else page.own
    found = [one for one in (*own, *(page.ids if whole else ())) if _leads(one, path)]
    best = max(found, key=lambda one: len(one.path), default=None)
    if best is not None:
        return sheet.column(best.head)
    if path and REST in sheet.places:
        return sheet.column(REST)
    return sheet.column(page.needed[0] if page.needed and not whole else page.ids[-1].head)


def _leads(column: Column, path: Sequence[str]) -> bool:
    """Whether a path goes into what a column shows, or stops above it."""
    return bool(path) and column.path == tuple(path[: len(column.path)])


# --- files ---


def spot_of(files: Mapping[str, bytes], problem: Problem) -> Spot | None:
    """Which item a fault of a file is about; None where it is about none."""
    kind = kind_of(problem.file)
    path = tuple(problem.key.split(_SPLIT)) if problem.key else ()
    if kind == "products":
        sku = _sku(problem.file, files[problem.file], problem.line or 0)
        return Spot(Key("product", sku), path) if sku else None
    if kind == "dialogues":
        return Spot(Key("dialogue", dialogue_id(problem.file)), ("steps", *path))
    if kind == "training":
        return _sentence(files[problem.file], problem)
    value = document(problem.file, files[problem.file]).value
    if kind == "replies" and isinstance(value, dict):
        return Spot(Key("script", str(value.get("id", ""))), path)
    return next(_inside(kind or "", value, path), None)


def _inside(kind: str, value: Raw, path: tuple[str, ...]) -> Iterator[Spot]:
    """The item of a file that holds several."""
    if kind in _LISTS and isinstance(value, list) and path:
        yield Spot(Key(_LISTS[kind], _id(kind, plain(value[int(path[0])]))), path[1:])
    elif kind == "guides" and isinstance(value, dict) and len(path) > 1 and path[0] in _STAFF:
        listed = value[path[0]]
        if isinstance(listed, list):
            yield Spot(Key(_STAFF[path[0]], _id(kind, plain(listed[int(path[1])]))), path[2:])
    elif kind == "tags" and len(path) > 1 and path[0] == "tags":
        yield Spot(Key("tag", path[1]), path[2:])
    elif kind == "spellings" and len(path) > 1:
        yield Spot(Key("spelling", f"{path[0]}/{path[1]}"), ("spellings", *path[2:]))
    elif kind == "brand" and path:
        yield Spot(Key("brand", path[0]), ("value",), path)


def _id(kind: str, value: Json) -> str:
    told = value if isinstance(value, Mapping) else {}
    return exception_id(told) if kind == "exceptions" else str(told.get("id", ""))


def _sentence(data: bytes, problem: Problem) -> Spot | None:
    path = problem.key.split(_SPLIT)
    value = document(problem.file, data).value
    blocks = value.get("nlu") if isinstance(value, dict) else None
    block = blocks[int(path[1])] if isinstance(blocks, list) and len(path) > 1 else None
    if not isinstance(block, dict) or not isinstance(block.get("intent"), str):
        return None
    told = data.decode("utf-8-sig").splitlines()
    line = told[problem.line - 1].strip() if problem.line and problem.line <= len(told) else ""
    said = line.removeprefix("-").strip() if line.startswith("-") else ""
    return Spot(Key("training", str(block["intent"])), ("intent",) if path[-1] == "intent" else ("example",), (said,))


def _sku(file: str, data: bytes, line: int) -> str:
    rows, _ = json_lines(file, data) if file.endswith(".jsonl") else csv_rows(file, data, COLUMNS, ())
    return next((str(row.value.get("sku", "")).strip() for row in rows if row.line == line), "")
