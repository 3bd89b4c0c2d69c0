"""Content as the rows of sheets, and rows as content again: what a row does not change stays exactly as it is.

A *thing* is what one id names in a sheet: mostly an item; of the brand's settings each single one, of an intent each sentence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

from bot.content.items import Item, Json, Key, Value
from bot.content.workbook_forms import even, scalar
from bot.content.workbook_pages import OPTIONAL_IDS, ORDER, REST, WHOLE_REST, Column, Page, Path

Ids = tuple[str, ...]
Line = Mapping[str, str]
"""Head → text."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What one id names in a sheet."""

    ids: Ids
    key: Key
    """Of the item it is, or is a part of."""
    value: Value


def things(page: Page, items: Iterable[Item]) -> dict[Ids, Thing]:
    """The things of a sheet; what has no name that a cell could hold stays out of it, and so stays as it is."""
    found: dict[Ids, Thing] = {}
    for item in items:
        for one in _PARTS.get(page.kind, _whole)(page, item):
            if all(even(id_) or column.head in OPTIONAL_IDS for id_, column in zip(one.ids, page.ids, strict=True)):
                found.setdefault(one.ids, one)
    return found


def _whole(page: Page, item: Item) -> Iterator[Thing]:
    value: Value = {"file": item.key.id, **item.value} if page.kind == "dialogue" else item.value
    try:
        yield Thing(tuple(scalar(value.get(one.path[0], "")) for one in page.ids), item.key, value)
    except TypeError:
        return


def _sentences(_: Page, item: Item) -> Iterator[Thing]:
    told = item.value.get("examples")
    for one in dict.fromkeys(map(str, told if isinstance(told, list) else ())):
        yield Thing((item.key.id, one), item.key, {"intent": item.key.id, "example": one})


def _settings(_: Page, item: Item) -> Iterator[Thing]:
    if "." in item.key.id:
        return
    for path, value in _leaves((item.key.id,), item.value.get("value")):
        told = ".".join(path)
        yield Thing((told,), item.key, {"key": told, "value": value})


_PARTS = {"training": _sentences, "brand": _settings}


def _leaves(path: Path, value: Json) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, Mapping) and value and all(name and "." not in name for name in value):
        for name, one in value.items():
            yield from _leaves((*path, name), one)
    else:
        yield path, value


# --- values to rows ---


def lines(page: Page, thing: Thing) -> Iterator[dict[str, str]]:
    """The rows of a thing."""
    ids = {column.head: told for column, told in zip(page.ids, thing.ids, strict=True)}
    if not page.rows:
        yield {**ids, **_texts(page.columns, thing.value, _names(page))}
        return
    rows = rows_of(page, thing.value)
    whole = _texts(page.wholes, thing.value, _names(page) | frozenset([page.rows] if rows else []), WHOLE_REST)
    if not rows:
        yield {**ids, **whole}
    for number, row in enumerate(rows, 1):
        yield {**ids, **whole, **_texts(page.own, row, frozenset()), ORDER: str(number)}


@lru_cache(maxsize=200)
def _names(page: Page) -> frozenset[str]:
    return frozenset(one.path[0] for one in page.ids)


def rows_of(page: Page, value: Value) -> Sequence[Value]:
    """The rows inside a thing; none where there is no list of mappings."""
    rows = value.get(page.rows)
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) and all(_mappings(rows)) else []


def _mappings(rows: Sequence[Json]) -> Iterator[bool]:
    return (isinstance(one, Mapping) for one in rows)


def _texts(columns: Sequence[Column], value: Value, named: frozenset[str], rest: str = REST) -> dict[str, str]:
    texts = {one.head: text(one, value) for one in columns}
    return {**texts, rest: rest_text(columns, value, named)}


def text(column: Column, value: Value) -> str:
    """What a column says of a value; empty where it says nothing."""
    there, found = found_at(value, column.path)
    return column.form.shown(found) if there else ""


def found_at(value: Json, path: Path) -> tuple[bool, Json]:
    """Whether something stands at a path, and what."""
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return False, None
        value = value[name]
    return True, value


def rest_of(columns: Sequence[Column], value: Value, named: frozenset[str]) -> dict[str, Json]:
    """What no column shows."""
    return _uncovered(value, _covered(tuple(columns), named))


def rest_text(columns: Sequence[Column], value: Value, named: frozenset[str]) -> str:
    """The same as text."""
    rest = rest_of(columns, value, named)
    return json.dumps(rest, ensure_ascii=False) if rest else ""


_Tree = Mapping[str, "_Tree"]


@lru_cache(maxsize=200)
def _covered(columns: tuple[Column, ...], named: frozenset[str]) -> _Tree:
    """The names that columns show, as deep as they look; empty below what they show whole."""
    tree: dict[str, dict[str, _Tree]] = {name: {} for name in named}
    for column in columns:
        first, *more = column.path
        below = tree.setdefault(first, {})
        if more:
            below[more[0]] = {}
    return tree


def _uncovered(value: Value, tree: _Tree) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, one in value.items():
        below = tree.get(name)
        if below is None:
            found[name] = one
        elif below and isinstance(one, dict):
            if more := _uncovered(one, below):
                found[name] = more
        elif below and one is not None:
            found[name] = one
    return found


# --- rows to values ---


class Refused(Exception):  # noqa: N818  (never leaves this package)
    """A cell that says nothing usable: its row, head and reason."""

    def __init__(self, row: int, head: str, reason: str) -> None:
        super().__init__(reason)
        self.told = (row, head, reason)


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a sheet, as it was read."""

    row: int
    cells: Line
    """Head → text of the columns that the sheet has."""


def patched(columns: Sequence[Column], base: Value, told: Told, named: frozenset[str], rest: str = REST) -> Value:
    """A value with what a row says; only what differs from the value's own row is changed, and nothing gives ``base`` itself.

    Raises:
        ExceptionGroup: of Refused, every cell that cannot be read.
    """
    changed = [one for one in columns if (said := told.cells.get(one.head)) is not None and not _says(one, base, said)]
    more = told.cells.get(rest)
    spare = more is not None and even(more) != even(rest_text(columns, base, named))
    if not changed and not spare:
        return base
    value: dict[str, Json] = deepcopy(dict(base))
    faults: list[Refused] = []
    if spare:
        _patch_rest(columns, value, told, (named, rest), faults)
    for column in changed:
        said = told.cells[column.head]
        if not even(said):
            remove(value, column.path)
            continue
        try:
            put(value, column.path, column.form.value(said, found_at(base, column.path)[1]))
        except ValueError as error:
            faults.append(Refused(told.row, column.head, str(error)))
    if faults:
        raise ExceptionGroup("", faults)
    return value


def _says(column: Column, value: Value, said: str) -> bool:
    """Whether a cell says what the value says already."""
    shown = text(column, value)
    return said == shown or column.form.even(said) == column.form.even(shown)


def _patch_rest(
    columns: Sequence[Column],
    value: dict[str, Json],
    told: Told,
    where: tuple[frozenset[str], str],
    faults: list[Refused],
) -> None:
    named, head = where
    said = even(told.cells[head])
    try:
        rest = json.loads(said) if said else {}
    except (ValueError, RecursionError):
        rest = None
    if not isinstance(rest, dict) or set(rest) & named:
        faults.append(Refused(told.row, head, '要写成完整的 JSON，例如 {"名字": "值"}，有列的不写在这里；不用的话留空'))
        return
    gone = rest_of(columns, value, named)
    for name, one in gone.items():
        _drop(value, name, one)
    _merge(value, rest)


def _drop(value: dict[str, Json], name: str, gone: Json) -> None:
    inside = value.get(name)
    if isinstance(inside, dict) and isinstance(gone, Mapping) and set(gone) < set(inside):
        for one in gone:
            _drop(inside, one, gone[one])
    else:
        value.pop(name, None)


def _merge(value: dict[str, Json], more: Mapping[str, Json]) -> None:
    for name, one in more.items():
        inside = value.get(name)
        if isinstance(inside, dict) and isinstance(one, Mapping):
            _merge(inside, one)
        else:
            value[name] = one


def put(value: dict[str, Json], path: Path, found: Json) -> None:
    """Set what stands at a path; what is in the way becomes a mapping."""
    for name in path[:-1]:
        inside = value.get(name)
        if not isinstance(inside, dict):
            inside = {}
            value[name] = inside
        value = inside
    value[path[-1]] = found


def remove(value: dict[str, Json], path: Path) -> None:
    """Take away what stands at a path, and the mappings that are empty then."""
    name, *more = path
    inside = value.get(name)
    if not more:
        value.pop(name, None)
    elif isinstance(inside, dict):
        remove(inside, tuple(more))
        if not inside:
            del value[name]
