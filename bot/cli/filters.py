"""The frame of every filter: JSON Lines in, JSON Lines out, one for one and in order; a bad line is told and skipped."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Annotated, Generic, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

_READ = 1 << 16
_LONGEST = 8_000_000
"""Bytes of one line; what is longer is refused without being kept."""
_BATCH = 256
"""Lines that are worked on together: enough to encode in batches, few enough to be prompt."""

R = TypeVar("R", bound="Request")
_Batch = list[bytes | None]
Answer = Mapping[str, object]


def _listed(value: object) -> object:
    """A list, also where one value stands alone."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Request(BaseModel):
    """One input line; keys that we do not know are somebody else's business."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, allow_inf_nan=False)

    id: object = None
    at: datetime | None = None

    def moment(self, now: datetime, zone: tzinfo) -> datetime:
        """When it was said, in the brand's zone; a time without a zone is in it."""
        told = self.at or now
        return told.replace(tzinfo=zone) if told.tzinfo is None else told.astimezone(zone)


class CustomerFields(BaseModel):
    """What the caller knows of a shopper."""

    model_config = Request.model_config

    tags: Mapping[str, Words] = {}
    owned: Words = ()
    level: str | None = None
    store: str | None = None
    channel_habit: str | None = None
    id: str | None = None
    """As the events call them."""


class Filter(Generic[R]):
    """Reads stdin, answers each line, writes stdout."""

    def __init__(self, model: type[R], answer: Callable[[R], Answer], warm: Callable[[Sequence[R]], None] | None = None) -> None:
        """``answer`` gives the output line of a request without its id; ``warm`` sees the requests of a batch beforehand."""
        self._model = model
        self._answer = answer
        self._warm = warm

    def run(self) -> int:
        """Until the input ends; the exit status."""
        for batch in _batches(sys.stdin.fileno()):
            sys.stdout.buffer.write(b"".join(self._lines(batch)))
            sys.stdout.buffer.flush()
        return 0

    def _lines(self, batch: Sequence[bytes | None]) -> Iterator[bytes]:
        read = [_request(line, self._model) for line in batch]
        good = [one for one in read if isinstance(one, self._model)]
        if self._warm is not None and len(good) > 1:
            self._warm(good)
        for one in read:
            line = self._line(one) if isinstance(one, self._model) else one
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    def _line(self, request: R) -> Answer:
        try:
            return {"id": request.id, **self._answer(request)}
        except (ValueError, OverflowError) as error:
            return {"id": request.id, "error": str(error)}


def _request(line: bytes | None, model: type[R]) -> R | Answer:
    """A valid request, or the line that says why it is none."""
    if line is None:
        return {"id": None, "error": f"这一行太长了，最多 {_LONGEST // 1_000_000} MB"}
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        reason = "空行" if not line.strip() else f"不是一行完整的 JSON（{error.msg}）"
        return {"id": None, "error": reason}
    if not isinstance(value, dict):
        return {"id": None, "error": "每一行要写成 {…}"}
    try:
        return model.model_validate(value)
    except ValidationError as error:
        from bot.content.explaining import explained  # noqa: PLC0415  (all of the content's rooms, which good lines never need)

        faults = [f"{'.'.join(map(str, path))}：{reason}" for path, reason in explained(error, model, value)]
        return {"id": value.get("id"), "error": "；".join(faults)}


def _batches(descriptor: int) -> Iterator[_Batch]:
    """All whole lines that are there, at most ``_BATCH`` at a time; waits only where there is none. None: a line too long."""
    rest, skipping = b"", False
    while chunk := os.read(descriptor, _READ):
        *lines, rest = (rest + chunk).split(b"\n")
        found: _Batch = list(lines)
        if skipping and found:
            found[0], skipping = None, False
        if len(rest) > _LONGEST or skipping:
            rest, skipping = b"", True
        for start in range(0, len(found), _BATCH):
            yield found[start : start + _BATCH]
    if rest or skipping:
        yield [None if skipping else rest]
