"""What ops edit, one by one: a script, an entry, a product … as plain JSON, read out of the files of a release.

An item is the smallest thing that is drafted, compared, published and rolled back. Files stay the form in which a release is
kept; ``bot.content.editing`` puts changed items back into them.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import orjson

from bot.content.documents import document
from bot.content.folder import kind_of
from bot.content.rows import csv_rows, json_lines
from bot.content.tables import COLUMNS, cell_value
from bot.errors import ContentError
from bot.kinds import KINDS, NAMES, Kind

__all__ = [
    "KINDS",
    "NAMES",
    "Edit",
    "Item",
    "Json",
    "Key",
    "Kind",
    "Value",
    "dialogue_id",
    "examples",
    "exception_id",
    "fingerprint",
    "items",
    "items_of",
    "plain",
]

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
"""A plain value: what JSON holds, days as ISO texts."""
Value: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names an item in the whole content."""

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{NAMES[self.kind]} {self.id}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that ops edit."""

    key: Key
    value: Value
    """By the keys of FORMATS §1."""
    file: str
    """Where it stands; a training item with the last of its files."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of an item."""

    key: Key
    value: Value | None
    """None: it is taken away."""


def fingerprint(value: object) -> str:
    """The same for the same value, whatever the order of its keys; of None (no such item) the empty text."""
    if value is None:
        return ""
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def plain(value: object) -> Json:
    """A value out of YAML as JSON has it: days as texts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def items(files: Mapping[str, bytes], kinds: Collection[Kind] | None = None) -> dict[Key, Item]:
    """All items of some kinds, or of all, in the order of their files.

    Raises:
        ContentError: a file cannot be read at all. Whether what stands in it is right is the check's matter.
    """
    wanted = frozenset(KINDS if kinds is None else kinds)
    found: dict[Key, Item] = {}
    for path in sorted(files):
        reads = _READERS.get(kind_of(path) or "")
        if reads is None or not wanted & reads[0]:
            continue
        for item in reads[1](path, files[path]):
            if item.key.kind in wanted:
                found[item.key] = _joined(found.get(item.key), item)
    return found


def items_of(path: str, data: bytes) -> list[Item]:
    """The items of one file; an intent's sentences in several blocks are several items of one key."""
    reads = _READERS.get(kind_of(path) or "")
    return [] if reads is None else list(reads[1](path, data))


def _joined(before: Item | None, item: Item) -> Item:
    """An intent whose sentences stand in several places is one item; of anything else the later one counts."""
    if before is None or item.key.kind != "training":
        return item
    examples = [*_listed(before.value, "examples"), *_listed(item.value, "examples")]
    return Item(item.key, {**item.value, "examples": examples}, item.file)


def _listed(value: Mapping[str, object], name: str) -> list[Json]:
    found = value.get(name)
    return [plain(one) for one in found] if isinstance(found, list | tuple) else []


def _whole(path: str, data: bytes) -> object:
    return document(path, data).value


def _scripts(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    if isinstance(value, Mapping):
        yield _item("script", str(value.get("id", "")), value, path)


def _list_of(kind: Kind, name: Callable[[Mapping[str, object]], str]) -> Callable[[str, bytes], Iterator[Item]]:
    def read(path: str, data: bytes) -> Iterator[Item]:
        value = _whole(path, data)
        for one in value if isinstance(value, list) else ():
            if isinstance(one, Mapping):
                yield _item(kind, name(one), one, path)

    return read


def _id(value: Mapping[str, object]) -> str:
    return str(value.get("id", ""))


def exception_id(value: Mapping[str, object]) -> str:
    """Under which id an approved exception is kept."""
    return "/".join(str(value[name]) for name in ("rule", "words", "where") if value.get(name))


def _training(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    blocks = value.get("nlu") if isinstance(value, Mapping) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Mapping) and isinstance(block.get("intent"), str):
            told = str(block["intent"])
            yield _item("training", told, {"intent": told, "examples": examples(str(block.get("examples", "")))}, path)


def examples(block: str) -> list[str]:
    """The sentences of a block of Rasa's format, as they stand, marks of values included."""
    lines = (line.strip() for line in block.splitlines())
    return [line.removeprefix("-").strip() for line in lines if line.startswith("-") and line.removeprefix("-").strip()]


def _spellings(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    for slot, standards in value.items() if isinstance(value, Mapping) else ():
        for standard, written in standards.items() if isinstance(standards, Mapping) else ():
            told = {"slot": slot, "standard": standard, "spellings": written}
            yield _item("spelling", f"{slot}/{standard}", told, path)


def _tags(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    kinds = value.get("tags") if isinstance(value, Mapping) else None
    for name, told in kinds.items() if isinstance(kinds, Mapping) else ():
        yield _item("tag", name, {"name": name, **(told if isinstance(told, Mapping) else {})}, path)


def _staff(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    sections: Mapping[str, Kind] = {"stores": "store", "guides": "guide", "macros": "macro"}
    for section, kind in sections.items():
        listed = value.get(section) if isinstance(value, Mapping) else None
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping):
                yield _item(kind, _id(one), one, path)


def _brand(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    for name, told in value.items() if isinstance(value, Mapping) else ():
        yield _item("brand", name, {"key": name, "value": told}, path)


def dialogue_id(path: str) -> str:
    """Under which id a file of dialogues is kept."""
    return path.removeprefix("tests/dialogues/").removesuffix(".yml")


def _dialogues(path: str, data: bytes) -> Iterator[Item]:
    value = _whole(path, data)
    yield _item("dialogue", dialogue_id(path), {"steps": value if isinstance(value, list) else []}, path)


def _products(path: str, data: bytes) -> Iterator[Item]:
    if path.endswith(".jsonl"):
        rows, faults = json_lines(path, data)
    else:
        rows, faults = csv_rows(path, data, COLUMNS, ())
    if faults:
        raise ContentError(faults)
    for row in rows:
        cells = {name: cell_value(name, cell) if isinstance(cell, str) else cell for name, cell in row.value.items()}
        told = {name: cell for name, cell in cells.items() if cell not in ("", [], {}, None)}
        yield _item("product", str(told.get("sku", "")), told, path)


def _item(kind: Kind, id_: str, value: Mapping[str, object], path: str) -> Item:
    return Item(Key(kind, id_), {str(name): plain(one) for name, one in value.items()}, path)


_STAFF_KINDS: frozenset[Kind] = frozenset({"store", "guide", "macro"})
_READERS: Mapping[str, tuple[frozenset[Kind], Callable[[str, bytes], Iterator[Item]]]] = {
    "replies": (frozenset({"script"}), _scripts),
    "entries": (frozenset({"entry"}), _list_of("entry", _id)),
    "training": (frozenset({"training"}), _training),
    "spellings": (frozenset({"spelling"}), _spellings),
    "products": (frozenset({"product"}), _products),
    "tags": (frozenset({"tag"}), _tags),
    "rules": (frozenset({"rule"}), _list_of("rule", _id)),
    "posts": (frozenset({"post"}), _list_of("post", _id)),
    "guides": (_STAFF_KINDS, _staff),
    "brand": (frozenset({"brand"}), _brand),
    "dialogues": (frozenset({"dialogue"}), _dialogues),
    "exceptions": (frozenset({"exception"}), _list_of("exception", exception_id)),
}
"""Kind of file → which items stand in it, and how they are read."""
