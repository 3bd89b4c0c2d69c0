"""Messages from a file: JSON Lines, one message a line, masked as those of the database are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.content.explaining import explained
from bot.db.corrections import EARLIER
from bot.db.recorded import Profile, Recorded, masked
from bot.errors import ContentError, Problem


def _listed(value: object) -> object:
    """A list, also where one value stands alone."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class CustomerRow(BaseModel):
    """What decides how somebody is answered."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    tags: Mapping[str, Words] = {}
    owned: Words = ()
    level: str | None = None
    store: str | None = None
    name: str | None = None
    """Only to mask it."""


class MessageRow(BaseModel):
    """``{"id", "text" | "said": […], "at"?, "channel"?, "group"?, "at_bot"?, "customer"?, "talk"?}``."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str | None = None
    text: Annotated[str | None, Field(strict=True)] = None
    said: Words = ()
    at: datetime | None = None
    channel: str = "web"
    group: bool | str = False
    at_bot: bool = False
    customer: CustomerRow = CustomerRow()
    talk: str = ""

    @model_validator(mode="after")
    def _speaks(self) -> "MessageRow":
        if not any(one.strip() for one in self.words):
            raise ValueError("要有 text（顾客说的话），或者 said（从早到晚说过的几句，最后一句是要看的）")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """What was said, the message itself last."""
        return (*self.said, *(() if self.text is None else (self.text,)))


def read_messages(path: Path, last: int | None = None) -> tuple[Recorded, ...]:
    """The messages of a file, the last so many of them where ``last`` says so.

    Raises:
        ContentError: with every line that cannot be read, and why.
        OSError: the file cannot be opened.
    """
    lines = [(n, line) for n, line in enumerate(path.read_bytes().split(b"\n"), 1) if line.strip()]
    return _read(str(path), lines if last is None else lines[-last:] if last else [])


def _read(place: str, lines: Iterable[tuple[int, bytes]]) -> tuple[Recorded, ...]:
    problems: list[Problem] = []
    found: list[Recorded] = []
    for n, line in lines:
        try:
            found.append(_recorded(n, line))
        except _UnreadableError as error:
            problems += [Problem(place, n, key, reason) for key, reason in error.faults]
    if problems:
        raise ContentError(problems)
    return tuple(found)


class _UnreadableError(Exception):
    """A line that is no message, with what is wrong where."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


def _recorded(n: int, line: bytes) -> Recorded:
    try:
        value = orjson.loads(line)
        row = MessageRow.model_validate(value)
    except orjson.JSONDecodeError as error:
        raise _UnreadableError([("", f"不是一行完整的 JSON（{error.msg}）")]) from None
    except ValidationError as error:
        told = explained(error, MessageRow, value if isinstance(value, dict) else {})
        raise _UnreadableError([(".".join(map(str, path)), reason) for path, reason in told]) from None
    words = [masked(one, row.customer.name) for one in row.words if one.strip()][-EARLIER - 1 :]
    profile = Profile(row.customer.level, row.customer.store, row.customer.owned, tags=dict(row.customer.tags))
    group = bool(row.group)
    return Recorded(
        id=row.id if row.id is not None else str(n),
        said=tuple(words),
        at=row.at,
        channel=row.channel,
        group=group,
        at_bot=row.at_bot,
        customer=Profile() if group else profile,
        talk=row.talk,
    )
