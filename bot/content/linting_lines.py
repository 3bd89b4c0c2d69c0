"""On which line of its file a finding stands; a file is read again only where something was found in it."""

import json
from collections.abc import Callable, Mapping, Sequence

from bot.content.documents import Document, document
from bot.content.folder import kind_of
from bot.content.items import Key, exception_id
from bot.content.linting_pieces import Found, KeyPath, told
from bot.content.rows import csv_rows
from bot.content.tables import COLUMNS
from bot.errors import ContentError

_STAFF: Mapping[str, str] = {"store": "stores", "guide": "guides", "macro": "macros"}


class Lines:
    """The lines of one set of files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._read: dict[str, Document | None] = {}
        self._rows: dict[str, Mapping[str, int]] = {}

    def line(self, found: Found) -> int | None:
        """The line of a finding; None where its file is gone or cannot be read."""
        if found.file not in self._files:
            return None
        if kind_of(found.file) == "products":
            return self._table(found.file).get(found.key.id)
        if found.file not in self._read:
            self._read[found.file] = self._document(found.file)
        read = self._read[found.file]
        return read.line(place(found.key, found.path, read.value)) if read else None

    def _document(self, file: str) -> Document | None:
        try:
            return document(file, self._files[file])
        except ContentError:
            return None

    def _table(self, file: str) -> Mapping[str, int]:
        if file not in self._rows:
            data = self._files[file]
            self._rows[file] = _json_lines(data) if file.endswith(".jsonl") else _csv_lines(file, data)
        return self._rows[file]


def _csv_lines(file: str, data: bytes) -> Mapping[str, int]:
    rows, _ = csv_rows(file, data, COLUMNS, ())
    return {str(row.value.get("sku", "")).strip(): row.line for row in rows}


def _json_lines(data: bytes) -> Mapping[str, int]:
    lines: dict[str, int] = {}
    for n, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        try:
            lines[told(json.loads(line), "sku")] = n
        except ValueError:
            continue
    return lines


def place(key: Key, path: KeyPath, value: object) -> KeyPath:
    """Where a place inside an item stands in its file, whose value is given."""
    found: KeyPath = path
    match key.kind:
        case "entry" | "rule" | "post":
            found = (*_numbered(value, lambda one: told(one, "id") == key.id), *path)
        case "exception":
            found = (*_numbered(value, lambda one: isinstance(one, Mapping) and exception_id(one) == key.id), *path)
        case "store" | "guide" | "macro":
            inside = value.get(_STAFF[key.kind]) if isinstance(value, Mapping) else None
            found = (_STAFF[key.kind], *_numbered(inside, lambda one: told(one, "id") == key.id), *path)
        case "brand":
            found = (key.id, *path[1:])
        case "tag":
            found = ("tags", key.id, *path)
        case "spelling":
            found = (*key.id.split("/", 1), *path[1:])
        case "training":
            inside = value.get("nlu") if isinstance(value, Mapping) else None
            found = ("nlu", *_numbered(inside, lambda one: told(one, "intent") == key.id), "examples")
    return found


def _numbered(value: object, fits: Callable[[object], bool]) -> KeyPath:
    listed: Sequence[object] = value if isinstance(value, list) else ()
    return next(((n,) for n, one in enumerate(listed) if fits(one)), ())
