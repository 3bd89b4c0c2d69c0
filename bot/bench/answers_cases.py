"""Knowledge bases with questions that people labelled, none of which anything was tuned on."""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

import yaml

from bot.bench.nlu_ground import TESTS
from bot.content import OWN, Workspace, read_files, read_folder
from bot.errors import SettingsError
from knowledge import Asker

DEMO: Final = ("questions_test", "questions_heldout")
"""Tables of the demo brand."""
UNSEEN: Final = TESTS / "answers"
"""Bases of other trades: entries as X.yml, questions as X.tsv."""
_SOURCE: Final = "测试集"
"""Every entry must name one; those of the test sets do not."""


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled question."""

    query: str
    right: frozenset[str]
    """Entries that answer it; empty where the base does not hold the answer."""
    asker: Asker = field(default_factory=Asker)
    at: datetime | None = None
    """When it was asked, with zone; None: now."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A base with its tables of questions."""

    name: str
    workspace: Workspace
    tables: Mapping[str, Sequence[Case]]


def shops(most: int = 0, seed: int = 0) -> list[Shop]:
    """The demo brand and the unseen bases, at most so many questions a table (0: all)."""
    own = read_folder(OWN)
    demo = {name: cases(TESTS / f"{name}.tsv", own, most, seed) for name in DEMO}
    return [Shop("demo brand", own, demo), *(unseen(path, most, seed) for path in sorted(UNSEEN.glob("*.yml")))]


def unseen(entries: Path, most: int = 0, seed: int = 0) -> Shop:
    """A base from a bare list of entries, beside which its questions lie."""
    listed = [{"source": _SOURCE, **entry} for entry in yaml.safe_load(entries.read_text("utf-8"))]
    data = yaml.safe_dump(listed, allow_unicode=True, sort_keys=False).encode()
    workspace = read_files({f"knowledge/entries/{entries.name}": data})
    return Shop(entries.stem, workspace, {entries.stem: cases(entries.with_suffix(".tsv"), workspace, most, seed)})


def cases(table: Path, workspace: Workspace, most: int = 0, seed: int = 0) -> list[Case]:
    """``query<TAB>entry<TAB>context`` as ``daogou evaluate knowledge`` reads it, or a sample of it in the order of the file.

    Raises SettingsError where a question names an entry that is not there.
    """
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    if most and len(rows) > most:
        kept = sorted(random.Random(seed).sample(range(len(rows)), most))  # noqa: S311  (a sample, no secret)
        rows = [rows[at] for at in kept]
    found = [_case(row, workspace.brand.zone) for row in rows]
    if strange := {name for case in found for name in case.right} - {entry.id for entry in workspace.entries}:
        raise SettingsError(f"{table.name}: no entry {', '.join(sorted(strange))}")
    return found


def _case(row: Mapping[str, str], zone: tzinfo) -> Case:
    told: Mapping[str, Any] = json.loads(row.get("context") or "{}")
    tags = {name: frozenset([values] if isinstance(values, str) else values) for name, values in told.get("tags", {}).items()}
    asker = Asker(told.get("channel"), bool(told.get("group")), told.get("store"), told.get("level"), tags)
    at = datetime.fromisoformat(told["at"]) if "at" in told else None
    if at is not None:
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
    return Case(row["query"], frozenset(name for name in row["entry"].strip().split("|") if name), asker, at)
