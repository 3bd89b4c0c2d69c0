"""From files to the values that the rooms are given: what is the same as before is taken from the pages of then."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.brand import Brand, Staff, StaffFile
from bot.content import checks
from bot.content.dialogues import Step
from bot.content.gathering import Gathering, Page
from bot.content.linting_exceptions import ExceptionRow
from bot.content.rows import Row, csv_rows, json_lines
from bot.errors import ContentError, Problem
from intents.schema import SpellingsFile, TrainingFile, examples
from knowledge.schema import EntryText
from recommender import Placed, Product, ProductRow, RuleRow, TagsFile
from scripts import PostRow, ScriptFile, script

Before = tuple[bytes, Page]
"""A sound file as it was: its bytes, and what they meant."""
COLUMNS = tuple(ProductRow.model_fields)
"""Of a product table, in the order of FORMATS.md."""
_NEEDED = tuple(name for name, column in ProductRow.model_fields.items() if column.is_required())

MADE: Mapping[str, Callable[[Any], Any]] = {
    "brand": lambda one: one.value,
    "guides": lambda one: Staff.of(one.value),
    "training": lambda one: tuple((said.text, said.intent) for said in examples(one.value)),
    "spellings": lambda one: one.value,
    "entries": lambda one: one.value.value(),
    "products": lambda one: one.value,
    "tags": lambda one: (one.value.kinds(), one.value.neighbours),
    "rules": lambda one: one.value.rule(),
    "replies": lambda one: script(one.value),
    "posts": lambda one: one.value.post(),
    "exceptions": lambda one: one.value,
    "dialogues": lambda one: (one.line, one.value),
}
"""Kind of file → from a valid part of it to what the rooms are given."""


def pages_of(gathering: Gathering, sheets: Mapping[str, Sequence[Any]]) -> dict[str, Page]:
    """The pages of all files but the check set, which is read again each time: it takes no time."""
    found: dict[str, Page] = {}
    for kind, make in MADE.items():
        of: dict[str, list[Any]] = {path: [] for path in gathering.paths(kind)}
        for one in sheets[kind]:
            of[one.file].append(one)
        for path, some in of.items():
            found[path] = gathering.kept.get(path) or Page(tuple(some), tuple(map(make, some)))
    return found


def sheets_of(gathering: Gathering, table: Before | None) -> dict[str, Sequence[Any]]:
    """All valid parts of all files by kind, each with its place."""
    return {
        "brand": gathering.whole("brand", Brand),
        "guides": gathering.whole("guides", StaffFile),
        "training": gathering.whole("training", TrainingFile),
        "spellings": gathering.whole("spellings", SpellingsFile),
        "entries": gathering.listed("entries", EntryText),
        "products": _products(gathering, table),
        "tags": gathering.whole("tags", TagsFile),
        "rules": gathering.listed("rules", RuleRow),
        "replies": gathering.whole("replies", ScriptFile),
        "posts": gathering.listed("posts", PostRow),
        "exceptions": gathering.listed("exceptions", ExceptionRow),
        "dialogues": gathering.listed("dialogues", Step),
    }


def parts_of(sheets: Mapping[str, Sequence[Any]]) -> checks.Parts:
    """The same as the checks between them want it."""
    return checks.Parts(
        brand=sheets["brand"][0].value if sheets["brand"] else Brand(),
        staff=next(iter(sheets["guides"]), None),
        training=sheets["training"],
        spellings=sheets["spellings"],
        entries=sheets["entries"],
        products=sheets["products"],
        tags=next(iter(sheets["tags"]), None),
        rules=sheets["rules"],
        scripts=sheets["replies"],
        posts=sheets["posts"],
        dialogues=sheets["dialogues"],
    )


def _products(gathering: Gathering, before: Before | None) -> Sequence[Placed[Product]]:
    paths = gathering.paths("products")
    for path in paths[1:]:
        gathering.problems.append(Problem(path, None, "", f"商品表只能有一份，已经有 {paths[0]}"))
    if not paths:
        return ()
    path = paths[0]
    if path in gathering.kept:
        return gathering.kept[path].sheets
    return _table(gathering, path, gathering.files[path], _rows_before(path, before))


def _table(
    gathering: Gathering, file: str, data: bytes, known: Mapping[str, tuple[str, Product]] | None = None
) -> list[Placed[Product]]:
    """The products of a table; of ``known`` rows (by what is written in them) the product is there already."""
    try:
        found, faults = _rows(file, data)
    except ContentError as error:
        gathering.problems += error.problems
        return []
    gathering.problems += faults
    placed: list[Placed[Product]] = []
    for row in found:
        sku, written = _written(row)
        if known and sku in known and known[sku][0] == written:
            placed.append(Placed(file, f"第{row.line}行", known[sku][1]))
        else:
            valid = gathering.rows([row], ProductRow, "sku")
            placed += [Placed(file, f"第{row.line}行", value.product()) for _, value in valid]
    return placed


def _rows(file: str, data: bytes) -> tuple[list[Row], list[Problem]]:
    return json_lines(file, data) if file.endswith(".jsonl") else csv_rows(file, data, COLUMNS, _NEEDED)


def _written(row: Row) -> tuple[str, str]:
    """The sku of a row, and all that is written in it."""
    return str(row.value.get("sku", "")), repr(row.value)


def _rows_before(path: str, before: Before | None) -> Mapping[str, tuple[str, Product]]:
    """By sku what was written in the rows of a sound table, and what it meant."""
    if before is None:
        return {}
    rows, _ = _rows(path, before[0])
    return {sku: (said, product) for (sku, said), product in zip(map(_written, rows), before[1].made, strict=True)}


def products_of(file: str, data: bytes) -> tuple[Product, ...]:
    """The products of one table (CSV, or JSON Lines by its suffix); raises ContentError."""
    gathering = Gathering({})
    placed = _table(gathering, file, data)
    for path, place, reason in checks.catalogue_faults(placed):
        gathering.problems.append(Problem(path, _line(place), place.partition(".")[2], reason))
    if gathering.problems:
        raise ContentError(ordered(gathering.problems))
    return tuple(one.value for one in placed)


def _line(place: str) -> int | None:
    digits = place.partition(".")[0].strip("第行")
    return int(digits) if digits.isdigit() else None


def ordered(problems: Sequence[Problem]) -> list[Problem]:
    """Each once, by file and line."""
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0, problem.key))
