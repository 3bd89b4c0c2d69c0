"""The rows of a sheet against the content: what is new, what is different, what was taken out."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

from bot.brand import Brand
from bot.content import workbook_lists as lists
from bot.content.items import Edit, Item, Json, Key, Value, exception_id
from bot.content.workbook_forms import even, same
from bot.content.workbook_pages import OPTIONAL_IDS, ORDER, REST, WHOLE_REST, Page
from bot.content.workbook_things import (
    Ids,
    Refused,
    Thing,
    Told,
    found_at,
    patched,
    put,
    remove,
    rest_text,
    rows_of,
    text,
    things,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands in its sheet."""

    key: Key
    ids: Ids
    rows: tuple[int, ...]
    """Row numbers, in the order of the rows inside the thing; the first names the thing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one sheet says."""

    page: Page
    edits: tuple[Edit, ...]
    places: tuple[Place, ...]
    faults: tuple[tuple[int, str, str], ...]
    """(row, head, reason)"""


def outcome(page: Page, told: Sequence[Told], items: Mapping[Key, Item]) -> Outcome:
    """What the rows of a sheet make of the items of its kind."""
    live = things(page, items.values())
    groups, faults = _grouped(page, told, live)
    changed: dict[Ids, Value | None] = {ids: None for ids in live if ids not in groups}
    places: list[Place] = []
    for ids, rows in groups.items():
        was = live.get(ids)
        try:
            value, order = _thing(page, ids, was, rows)
        except* Refused as found:
            faults += [one.told for one in _all(found)]
        else:
            places.append(Place(was.key if was else _key(page, ids), ids, order))
            if was is None or not same(was.value, value):
                changed[ids] = value
    return Outcome(page, tuple(_edits(page, changed, live, items)), tuple(places), tuple(sorted(faults)))


def _all(found: BaseExceptionGroup[Refused]) -> Iterator[Refused]:
    for one in found.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _all(one)
        else:
            yield one


def _key(page: Page, ids: Ids) -> Key:
    if page.kind == "training":
        return Key("training", ids[0])
    if page.kind == "brand":
        return Key("brand", ids[0].partition(".")[0])
    if page.kind == "exception":
        return Key("exception", exception_id(dict(zip(("rule", "words", "where"), ids, strict=True))))
    return Key(page.kind, "/".join(ids))


# --- rows of one thing ---


def _grouped(
    page: Page, told: Sequence[Told], live: Mapping[Ids, Thing]
) -> tuple[dict[Ids, list[Told]], list[tuple[int, str, str]]]:
    evened = {tuple(map(even, ids)): ids for ids in live}
    groups: dict[Ids, list[Told]] = {}
    faults: list[tuple[int, str, str]] = []
    for one in told:
        raw = tuple(one.cells.get(column.head, "") for column in page.ids)
        plain = tuple(map(even, raw))
        ids = raw if raw in live else evened.get(plain, plain)
        missing = [c.head for c, id_ in zip(page.ids, ids, strict=True) if not id_.strip() and c.head not in OPTIONAL_IDS]
        if missing:
            faults.append((one.row, missing[0], _unnamed(page)))
        elif ids in groups and not page.rows and page.kind != "training":
            faults.append((one.row, page.ids[-1].head, f"和第 {groups[ids][0].row} 行重复了"))
        else:
            groups.setdefault(ids, []).append(one)
    return groups, faults


def _unnamed(page: Page) -> str:
    more = "，同一条的每一行都要写" if page.rows else ""
    return f"空着：每一行都要写{'和'.join(one.head for one in page.ids if one.head not in OPTIONAL_IDS)}{more}"


def _thing(page: Page, ids: Ids, was: Thing | None, rows: Sequence[Told]) -> tuple[Value, tuple[int, ...]]:
    """The value and its rows in order."""
    named = frozenset(column.path[0] for column in page.ids)
    base: Value = was.value if was else {column.path[0]: id_ for column, id_ in zip(page.ids, ids, strict=True) if id_}
    if page.rows:
        return _several(page, base, rows, named)
    if page.kind == "brand" and was is None:
        return _setting(ids, rows[0])
    return patched(page.columns, base, rows[0], named), (rows[0].row,)


def _setting(ids: Ids, told: Told) -> tuple[Value, tuple[int, ...]]:
    """A setting that stood nowhere: of the type that the program's own value has."""
    said = told.cells.get("值", "")
    usual = found_at(_usual(), tuple(ids[0].split(".")))[1]
    try:
        value = lists.ANYTHING.value(said, usual) if even(said) else ""
    except ValueError as error:
        raise ExceptionGroup("", [Refused(told.row, "值", str(error))]) from None
    return {"key": ids[0], "value": value}, (told.row,)


@cache
def _usual() -> Mapping[str, Json]:
    found: Mapping[str, Json] = Brand().model_dump(mode="json", by_alias=True)
    return found


def _several(page: Page, base: Value, rows: Sequence[Told], named: frozenset[str]) -> tuple[Value, tuple[int, ...]]:
    live = rows_of(page, base)
    faults: list[Refused] = []
    whole: Value = base
    own = frozenset([page.rows]) if live or not found_at(base, (page.rows,))[0] else frozenset()
    try:
        whole = patched(page.wholes, base, _shared(page, base, rows, named | own), named | own, WHOLE_REST)
    except* Refused as found:
        faults += _all(found)
    ordered = _ordered(rows, faults)
    filled = [(number, told) for number, told in ordered if _says(page, told, number)]
    made: list[Json] = []
    for number, told in filled:
        try:
            made.append(patched(page.own, live[number - 1] if number and number <= len(live) else {}, told, frozenset()))
        except* Refused as found:
            faults += _all(found)
    faults += _differing(page, rows)
    if faults:
        raise ExceptionGroup("", faults)
    if (made or live) and not same(made, list(live)):
        whole = {**whole, page.rows: made}
    return whole, tuple(told.row for _, told in filled) or (rows[0].row,)


def _says(page: Page, told: Told, number: int) -> bool:
    """Whether a row is more than the thing's name: one that says nothing and has no number stands for a thing without rows."""
    return bool(number) or any(even(told.cells.get(head, "")) for head in (*(one.head for one in page.own), REST))


def _ordered(rows: Sequence[Told], faults: list[Refused]) -> list[tuple[int, Told]]:
    """Rows by their number, so that a sorted sheet changes nothing; those without one (0) come last."""
    found: list[tuple[int, Told]] = []
    for told in rows:
        said = even(told.cells.get(ORDER, ""))
        if said and not (said.isascii() and said.isdigit() and len(said) < 7 and int(said)):
            faults.append(Refused(told.row, ORDER, f"要填 1、2、3 这样的数，新加的行留空，现在是“{said[:20]}”"))
        else:
            found.append((int(said or 0), told))
    return sorted(found, key=lambda one: one[0] or 10**7)


def _shared(page: Page, base: Value, rows: Sequence[Told], named: frozenset[str]) -> Told:
    """What all rows of a thing say of it together: a cell that is left empty says what the others say."""
    texts = {one.head: text(one, base) for one in page.wholes} | {WHOLE_REST: rest_text(page.wholes, base, named)}
    cells: dict[str, str] = {}
    for head in (*(one.head for one in page.wholes), WHOLE_REST):
        told = [one.cells[head] for one in rows if head in one.cells]
        if told:
            cells[head] = next((one for one in told if even(one)), "")
        elif head in texts:
            cells[head] = texts[head]
    return Told(next((one.row for one in rows), 0), cells)


def _differing(page: Page, rows: Sequence[Told]) -> Iterator[Refused]:
    for head in (*(one.head for one in page.wholes), WHOLE_REST):
        told = [(one.row, said) for one in rows if (said := even(one.cells.get(head, "")))]
        for row, said in told[1:]:
            if said != told[0][1]:
                yield Refused(row, head, f"和第 {told[0][0]} 行不一样：同一条的每一行要写得一样（后面几行也可以空着）")


# --- things to items ---


_Changed = Mapping[Ids, Value | None]


def _edits(page: Page, changed: _Changed, live: Mapping[Ids, Thing], items: Mapping[Key, Item]) -> Iterator[Edit]:
    if page.kind in {"training", "brand"}:
        for key, parts in _by_item(page, changed, live).items():
            join = _sentences if page.kind == "training" else _settings
            yield Edit(key, join(key, items.get(key), parts))
        return
    for ids, value in changed.items():
        key = live[ids].key if ids in live else _key(page, ids)
        if value is not None and page.kind == "dialogue":
            # a talk's name is its file's, and stands nowhere inside
            yield Edit(key, {"steps": [], **{name: one for name, one in value.items() if name != "file"}})
        else:
            yield Edit(key, value)


def _by_item(page: Page, changed: _Changed, live: Mapping[Ids, Thing]) -> dict[Key, dict[Ids, Value | None]]:
    found: dict[Key, dict[Ids, Value | None]] = {}
    for ids, value in changed.items():
        key = live[ids].key if ids in live else _key(page, ids)
        found.setdefault(key, {})[ids] = value
    return found


def _sentences(key: Key, item: Item | None, parts: _Changed) -> Value | None:
    """An intent with other sentences: those that stay keep their order, new ones come last."""
    told = item.value.get("examples") if item else None
    before = list(told) if isinstance(told, list) else []
    stay: list[Json] = [one for one in before if (key.id, str(one)) not in parts]
    found = [*stay, *(ids[1] for ids, value in parts.items() if value is not None)]
    return {**(item.value if item else {"intent": key.id}), "examples": found} if found else None


def _settings(key: Key, item: Item | None, parts: _Changed) -> Value | None:
    """A setting with other parts."""
    root: dict[str, Json] = {key.id: deepcopy(item.value.get("value"))} if item else {}
    for ids, value in sorted(parts.items()):
        path = tuple(ids[0].split("."))
        if value is None:
            remove(root, path)
        else:
            put(root, path, value.get("value"))
    return {"key": key.id, "value": root[key.id]} if key.id in root else None
