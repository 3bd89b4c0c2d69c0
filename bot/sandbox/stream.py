"""The message stream behind `sync_msg`: three days, cursors, pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from bot.sandbox.errors import PlatformError
from bot.sandbox.model import RETENTION

TRIM_EVERY: Final = 4096
"""Expired items are dropped this many appends apart."""


class Page(NamedTuple):
    """One answer of `sync_msg`."""

    items: Sequence[bytes]
    cursor: str
    has_more: bool


class Lane:
    """Items in order with their number and time; one lane per account and one for all."""

    def __init__(self) -> None:
        """Empty."""
        self._numbers: list[int] = []
        self._times: list[float] = []
        self._items: list[bytes] = []

    def append(self, number: int, at: float, item: bytes) -> None:
        """Add the newest; numbers and times never fall."""
        self._numbers.append(number)
        self._times.append(at)
        self._items.append(item)

    def after(self, number: int, oldest: float, limit: int) -> tuple[Sequence[bytes], int, bool]:
        """Items above `number` and not before `oldest`, the last one's number, and whether more follow."""
        start = max(bisect_left(self._numbers, number + 1), bisect_left(self._times, oldest))
        stop = min(start + limit, len(self._items))
        last = self._numbers[stop - 1] if stop > start else number
        return self._items[start:stop], last, stop < len(self._items)

    def trim(self, oldest: float) -> None:
        """Forget what is older."""
        cut = bisect_left(self._times, oldest)
        del self._numbers[:cut], self._times[:cut], self._items[:cut]


class Stream:
    """All accounts' items; a cursor is opaque, signed, at most 64 bytes, and bound to nothing else."""

    def __init__(self, key: bytes) -> None:
        """`key` signs cursors, so that an invented one is refused."""
        self._key = key
        self._all = Lane()
        self._lanes: dict[str, Lane] = {}
        self._number = 0
        self._salt = 0
        self._time = float("-inf")

    def append(self, open_kfid: str, item: Mapping[str, object], at: float) -> None:
        """Add an item for the next pull."""
        self._number += 1
        self._time = max(self._time, at)
        raw = orjson.dumps(item)
        for lane in (self._all, self._lanes.setdefault(open_kfid, Lane())):
            lane.append(self._number, self._time, raw)
            if self._number % TRIM_EVERY == 0:
                lane.trim(at - RETENTION)

    def page(self, open_kfid: str, cursor: str, limit: int, now: float) -> Page:
        """The items after a cursor; raises PlatformError(40058) for a cursor never given."""
        number = self._read(cursor)
        lane = self._lanes.get(open_kfid) if open_kfid else self._all
        if lane is None:
            return Page((), self._cursor(number), has_more=False)
        items, last, more = lane.after(number, now - RETENTION, limit)
        return Page(items, self._cursor(last), more)

    def empty(self, cursor: str) -> Page:
        """A page without items that asks to be called again: another cursor for the same place."""
        self._salt = self._salt % 0xFFFF + 1
        return Page((), self._cursor(self._read(cursor), self._salt), has_more=True)

    def _cursor(self, number: int, salt: int = 0) -> str:
        body = struct.pack(">QH", number, salt)
        return base64.urlsafe_b64encode(body + self._mac(body)).decode()

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self._key, digest_size=8).digest()

    def _read(self, cursor: str) -> int:
        if not cursor:
            return 0
        try:
            raw = base64.b64decode(cursor, b"-_", validate=True)
            number, _ = struct.unpack(">QH", raw[:10])
        except (ValueError, struct.error):
            raise PlatformError(40058, "cursor") from None
        if not hmac.compare_digest(raw[10:], self._mac(raw[:10])):
            raise PlatformError(40058, "cursor")
        return int(number)
