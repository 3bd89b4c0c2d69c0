"""What reading foreign files gives: questions with their answers, each with the place where it stood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import Problem

MOST_PAIRS = 5_000
"""Pairs of one file: more is a data base, and nobody would look through so many drafts."""
LONGEST_QUESTION = 200
"""Characters of a question; what is longer is a paragraph, not a way to ask."""
LONGEST_ANSWER = 4_000
"""Characters of an answer: two of WeChat's longest messages."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer as a file has it, nothing cleaned yet."""

    questions: tuple[str, ...]
    answer: str
    line: int | None = None
    """1-based line, or row of a table; None where the format knows none."""
    place: str = ""
    """Where a line says too little: the sheet and cell of a workbook."""
    more: Mapping[str, str] | None = None
    """What columns of a table said besides: source, tags, short, valid_from, valid_until, id."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave."""

    pairs: Sequence[Pair]
    problems: Sequence[Problem] = ()
    """Lines, rows or cells that could not be used; the rest of the file is read all the same."""


@dataclass(frozen=True, slots=True)
class Sprout:
    """An entry in the making: cleaned, with its origin, not yet seen by anybody."""

    id: str
    """The same for the same question of the same file, so that a second import renews instead of doubling."""
    entry: Mapping[str, object]
    """By the keys of FORMATS §1; plain JSON values."""
    origin: str
    """``售后.md:12``"""
    note: str = ""
    """What was cleaned away, and which entry is much alike."""
