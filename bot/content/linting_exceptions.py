"""Findings that somebody approved with a reason: ``scripts/exceptions.yml``. They stay visible and neither block nor warn."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.content.items import Item, Key
from bot.content.linting_pieces import Found, told

_Text = Annotated[str, Field(min_length=1, max_length=500)]


class ExceptionRow(BaseModel):
    """One approved exception: ``{rule, words, where, reason, by, on}``."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    rule: _Text
    """Id of the rule, as the finding names it."""
    words: _Text
    """The words of the finding."""
    where: Annotated[str, Field(pattern=r"^[a-z]+/.+$")] | None = None
    """``script/greet``: only there; nothing: everywhere."""
    reason: _Text
    by: Annotated[str, Field(max_length=100)] = ""
    """Who approved it."""
    on: date | None = None
    """When."""


@dataclass(frozen=True, slots=True)
class Approved:
    """An exception as findings are compared with it."""

    key: Key
    file: str
    rule: str
    words: str
    where: str
    reason: str

    def covers(self, found: Found) -> bool:
        """Whether a finding is the approved one."""
        here = f"{found.key.kind}/{found.key.id}"
        return found.rule == self.rule and _folded(found.words) == _folded(self.words) and self.where in {"", here}


def _folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).lower().split())


def approved(items: Iterable[Item]) -> tuple[Approved, ...]:
    """The exceptions among items; one without a reason is none."""
    return tuple(
        Approved(
            one.key,
            one.file,
            told(one.value, "rule"),
            told(one.value, "words"),
            told(one.value, "where"),
            told(one.value, "reason"),
        )
        for one in items
        if one.key.kind == "exception" and told(one.value, "reason").strip()
    )


def excused(found: Iterable[Found], known: Sequence[Approved]) -> tuple[Found, ...]:
    """Findings, those that are approved with the reason."""
    return tuple(_excused(one, known) for one in found)


def _excused(found: Found, known: Sequence[Approved]) -> Found:
    why = next((one.reason for one in known if one.covers(found)), None)
    return found if why is None else replace(found, excepted=why)


def idle(found: Sequence[Found], known: Sequence[Approved]) -> Iterator[Found]:
    """Exceptions for which there is nothing left to approve."""
    for one in known:
        if not any(one.covers(other) for other in found):
            why = f"“{one.words}”已经没有了，或者写法变了，这条例外用不上"
            yield Found("exception.idle", "warn", one.key, one.file, None, (), one.words, 0, 0, why, "删掉这条例外")
