"""The bases that teach, and their questions: hand-written, one brand of a trade each."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot import content

BASES: Final = Path(__file__).parent / "bases"
_DEMO: Final = "demo"
"""Has questions only: its entries are the demo brand's own."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A knowledge base with questions that people labelled."""

    name: str
    asked: tuple[str, ...]
    """Phrasings."""
    owners: tuple[int, ...]
    """The entry of each, ascending."""
    told: tuple[str, ...]
    """An answer an entry."""
    questions: tuple[tuple[str, frozenset[int]], ...]
    """What was asked, and the entries that answer it; none where the base does not hold the answer."""


def lessons(folder: Path = BASES) -> list[Lesson]:
    """All of a folder, by name; raises ValueError where a question names an entry that is not there."""
    return [_lesson(table) for table in sorted(folder.glob("*.tsv"))]


def _lesson(table: Path) -> Lesson:
    entries = _own() if table.stem == _DEMO else yaml.safe_load(table.with_suffix(".yml").read_text("utf-8"))
    at = {str(entry["id"]): n for n, entry in enumerate(entries)}
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    questions = tuple((row["query"], _places(row["entry"] or "", at, table)) for row in rows)
    asked = [(str(question), n) for n, entry in enumerate(entries) for question in _list(entry["questions"])]
    told = tuple(" ".join((str(entry["answer"]), *map(str, _list(entry.get("tags", []))))) for entry in entries)
    return Lesson(table.stem, tuple(q for q, _ in asked), tuple(n for _, n in asked), told, questions)


def _own() -> Sequence[Mapping[str, object]]:
    workspace = content.read_folder(content.OWN)
    return [{"id": e.id, "questions": e.questions, "answer": e.answer, "tags": e.tags} for e in workspace.entries]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _places(told: str, at: Mapping[str, int], table: Path) -> frozenset[int]:
    names = [name for name in told.split("|") if name]
    if unknown := [name for name in names if name not in at]:
        raise ValueError(f"{table}: no entry {', '.join(unknown)}")
    return frozenset(at[name] for name in names)
