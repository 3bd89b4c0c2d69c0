"""Edited products in the product table: the other rows keep their bytes."""

import csv
import io
from collections.abc import Sequence

import orjson

from bot.content.documents import decoded
from bot.content.items import Edit, Value
from bot.content.rows import LARGEST_TABLE
from bot.content.tables import COLUMNS, csv_line

_BOM = b"\xef\xbb\xbf"


def products_with(path: str, data: bytes | None, edits: Sequence[Edit]) -> bytes | None:
    """The table with these products; None where no row is left.

    Raises:
        ContentError: it is no UTF-8, or too large.
    """
    wanted = {edit.key.id: edit.value for edit in edits}
    if path.endswith(".jsonl"):
        return _lines_with(path, data, wanted)
    text = "" if data is None else decoded(path, data, LARGEST_TABLE)
    rows = _raw_rows(text)
    header = next(iter(rows), ("", list(COLUMNS)))
    columns = [name.strip() for name in header[1]] or list(COLUMNS)
    missing = [name for name in COLUMNS if name not in columns and any(value and value.get(name) for value in wanted.values())]
    if missing:
        return _widened(rows, [*columns, *missing], wanted)
    place = columns.index("sku") if "sku" in columns else 0
    written = [header[0] or ",".join(columns) + "\n"]
    left = dict(wanted)
    for raw, cells in rows[1:]:
        sku = cells[place].strip() if len(cells) > place else ""
        if sku not in wanted:
            written.append(raw if raw.endswith("\n") else raw + "\n")
            continue
        value = left.pop(sku, None)
        if value is not None:
            written.append(csv_line(columns, value))
    written += [csv_line(columns, value) for value in left.values() if value is not None]
    mark = _BOM if data is not None and data.startswith(_BOM) else b""
    return mark + "".join(written).encode() if len(written) > 1 else None


def _raw_rows(text: str) -> list[tuple[str, list[str]]]:
    """Each row as it is written, with its line ends, and its cells."""
    stream = _Recording(io.StringIO(text, newline=""))
    return [(stream.taken(), cells) for cells in csv.reader(stream)]


class _Recording:
    """Hands out lines and remembers those of the row that is being read."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream
        self._lines: list[str] = []

    def __iter__(self) -> "_Recording":
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self._lines.append(line)
        return line

    def taken(self) -> str:
        """The lines since the last call."""
        found, self._lines = "".join(self._lines), []
        return found


def _widened(rows: Sequence[tuple[str, list[str]]], columns: Sequence[str], wanted: dict[str, Value | None]) -> bytes:
    """The table with columns that it did not have: every row is written anew."""
    header = [name.strip() for name in rows[0][1]] if rows else []
    written = [",".join(columns) + "\n"]
    left = dict(wanted)
    for _, cells in rows[1:]:
        told: Value = dict(zip(header, cells, strict=False))
        sku = str(told.get("sku", "")).strip()
        value = left.pop(sku) if sku in left else told
        written += [csv_line(columns, value)] if value is not None else []
    written += [csv_line(columns, value) for value in left.values() if value is not None]
    return "".join(written).encode()


def _lines_with(path: str, data: bytes | None, wanted: dict[str, Value | None]) -> bytes | None:
    left = dict(wanted)
    written: list[str] = []
    for line in decoded(path, data or b"", LARGEST_TABLE).split("\n"):
        if not line.strip():
            continue
        sku = str(orjson.loads(line).get("sku", ""))
        value = left.pop(sku) if sku in left else None
        if sku not in wanted:
            written.append(line)
        elif value is not None:
            written.append(orjson.dumps(value).decode())
    written += [orjson.dumps(value).decode() for value in left.values() if value is not None]
    return ("\n".join(written) + "\n").encode() if written else None
