"""Validate files with their rooms' models and collect every fault, so that one bad file hides nothing in the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot.content.documents import Document, KeyPath, document
from bot.content.explaining import explained
from bot.content.folder import kind_of
from bot.content.rows import Row
from bot.errors import ContentError, Problem

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[M]):
    """A valid file, or a valid part of one."""

    file: str
    value: M
    path: KeyPath = ()
    """Where in the file; empty for the whole."""


@dataclass(slots=True)
class Gathering:
    """The files of a workspace while they are read."""

    files: Mapping[str, bytes]
    problems: list[Problem] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Ids and skus of what is written but not valid: it exists, so nothing that names it dangles."""

    def paths(self, kind: str) -> list[str]:
        """The files of a kind, in order."""
        return sorted(path for path in self.files if kind_of(path) == kind)

    def whole(self, kind: str, model: type[M]) -> list[Sheet[M]]:
        """Files that are one value each; an empty file is an empty mapping."""
        found: list[Sheet[M]] = []
        for read in self._read(kind):
            value = {} if read.value is None else read.value
            if (valid := self._valid(read, (), value, model)) is not None:
                found.append(Sheet(read.file, valid))
        return found

    def listed(self, kind: str, model: type[M]) -> list[Sheet[M]]:
        """The parts of files that are lists, each by itself."""
        found: list[Sheet[M]] = []
        for read in self._read(kind):
            if read.value is not None and not isinstance(read.value, list):
                self.problems.append(read.problem((), "要写成列表，每一条以“- ”开头"))
                continue
            for place, value in enumerate(read.value or ()):
                if (valid := self._valid(read, (place,), value, model)) is not None:
                    found.append(Sheet(read.file, valid, (place,)))
        return found

    def rows(self, rows: Iterable[Row], model: type[M], key: str) -> list[tuple[Row, M]]:
        """Valid rows of a table; ``key`` is the column that names a row."""
        found: list[tuple[Row, M]] = []
        for row in rows:
            try:
                found.append((row, model.model_validate(row.value)))
            except ValidationError as error:
                self.broken.add(str(row.value.get(key, "")))
                for path, reason in explained(error, model, row.value):
                    self.problems.append(Problem(row.file, row.line, " › ".join(map(str, path)), reason))
        return found

    def add(self, file: str, path: Sequence[str | int], reason: str) -> None:
        """A fault at a place of a file that was read."""
        read = self.documents.get(file)
        self.problems.append(read.problem(path, reason) if read else Problem(file, None, " › ".join(map(str, path)), reason))

    def at(self, file: str, path: Sequence[str | int]) -> object:
        """What is written at a place; None where nothing is."""
        read = self.documents.get(file)
        value: object = read.value if read else None
        for part in path:
            if isinstance(value, dict) or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
                value = value.get(part) if isinstance(value, dict) else value[int(part)]
            else:
                return None
        return value

    def _read(self, kind: str) -> Iterator[Document]:
        for path in self.paths(kind):
            try:
                self.documents[path] = document(path, self.files[path])
            except ContentError as error:
                self.problems += error.problems
            else:
                yield self.documents[path]

    def _valid(self, read: Document, place: KeyPath, value: object, model: type[M]) -> M | None:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            if isinstance(value, dict):
                self.broken.add(str(value.get("id", "")))
            for path, reason in explained(error, model, value):
                self.problems.append(read.problem((*place, *path), reason))
            return None
