"""Columns of numbers out of PostgreSQL for ``bot.effect``: what was said and what was done in a span, as fast as it can be read.

A month is a million messages. As rows of the driver they would be a million tuples; here PostgreSQL copies them in its binary
form, whose rows are all of one length because every column is a number, and numpy reads them as they lie. Who, which talk and
which words are 64-bit hashes (two of a million are the same with a chance of 3 in 10⁸).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

Columns = NDArray[np.void]
"""A structured array, a field for each column."""

_HEADER = 19
"""``PGCOPY`` with its signature, flags and an empty extension."""
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
"""PostgreSQL counts microseconds from here."""
_NUMBER = 8
_PATIENCE = 300.0
"""Seconds: a year of a large brand takes longer than any query of a page may."""
_PART = 1 << 20
"""Bytes that are gathered before they are read."""


def moment(when: datetime) -> int:
    """A moment as PostgreSQL counts it: microseconds."""
    return (when - _EPOCH) // timedelta(microseconds=1)


async def copied(connection: AsyncConnection, query: str, arguments: Sequence[object], names: Sequence[str]) -> Columns:
    """What a query gives, whose columns ``names`` are all bigint or timestamptz and never null; ``$1`` … are its arguments."""
    layout = _layout(names)
    parts, rest = list[Columns](), bytearray()

    async def keep(data: bytes) -> None:
        rest.extend(data)
        if len(rest) >= _PART:
            parts.append(_rows(rest, layout, names, 0 if parts else _HEADER))

    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_from_query(query, *arguments, output=keep, format="binary", timeout=_PATIENCE)
    # two bytes are left in the end, which close the copy
    parts.append(_rows(rest, layout, names, 0 if parts else _HEADER))
    return np.concatenate(parts)


def _rows(rest: bytearray, layout: "np.dtype[np.void]", names: Sequence[str], skip: int) -> Columns:
    """The whole rows among the bytes, which are taken away."""
    del rest[:skip]
    whole = len(rest) // layout.itemsize * layout.itemsize
    found = _native(np.frombuffer(bytes(rest[:whole]), layout), names)
    del rest[:whole]
    return found


def _layout(names: Sequence[str]) -> "np.dtype[np.void]":
    """A row of the binary copy: how many fields, and each with its length before it."""
    fields: list[tuple[str, str]] = [("", ">i2")]
    for name in names:
        fields += [(f"{name} length", ">i4"), (name, ">i8")]
    return np.dtype([(name or "fields", kind) for name, kind in fields])


def _native(rows: Columns, names: Sequence[str]) -> Columns:
    if len(rows) and any(np.any(rows[f"{name} length"] != _NUMBER) for name in names):
        raise ValueError("a column is null, or no 64-bit number")
    found = np.empty(len(rows), [(name, np.int64) for name in names])
    for name in names:
        found[name] = rows[name]
    return found
