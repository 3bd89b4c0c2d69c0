"""The product table cell by cell: a value as JSON has it, and as the CSV of FORMATS §1 writes it."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from recommender import ProductRow

COLUMNS = tuple(ProductRow.model_fields)
"""Of a product table, in the order of FORMATS.md."""
_OBJECTS = frozenset({"attributes", "stock", "links"})


def cell_value(column: str, cell: str) -> object:
    """What a cell says; what cannot be read as its column asks stays the text it is, for the check to judge."""
    told = cell.strip()
    if column == "tags":
        return [one.strip() for one in told.replace("；", ";").split(";") if one.strip()]
    if column in _OBJECTS and told:
        try:
            return json.loads(told)
        except (ValueError, RecursionError):
            return cell
    return told


def cell_text(column: str, value: object) -> str:
    """A value as the CSV writes it."""
    if value is None:
        return ""
    if column == "tags" and isinstance(value, Sequence) and not isinstance(value, str):
        return ";".join(str(one) for one in value)
    if isinstance(value, bool) or (column in _OBJECTS and not isinstance(value, str)):
        return "" if value in ({}, []) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def csv_line(columns: Sequence[str], value: Mapping[str, object]) -> str:
    """One row with its end of line; columns that the table does not have are left out."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow([cell_text(name, value.get(name)) for name in columns])
    return written.getvalue()
