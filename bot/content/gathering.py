"""Validate files with their rooms' models and collect every fault, so that one bad file hides nothing in the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
    line: int | None = None
    """Where it begins."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sound file as it was read: as long as its bytes are the same, it need not be read again."""

    sheets: tuple[Any, ...]
    """Its valid parts with their places."""
    made: tuple[Any, ...] = ()
    """What the rooms are given of them, one each."""


class Documents(dict[str, Document]):
    """YAML files by path, each read when it is first asked for: of a file that did not change usually nobody asks."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def __missing__(self, file: str) -> Document:
        if file not in self._files or not file.endswith(".yml"):
            raise KeyError(file)
        read = self[file] = document(file, self._files[file])
        return read

    def found(self, file: str) -> Document | None:
        """The same; None where there is no such file, or none that can be read."""
        with suppress(KeyError, ContentError):
            return self[file]
        return None


class Gathering:
    """The files of a workspace while they are read."""

    def __init__(
        self, files: Mapping[str, bytes], problems: Iterable[Problem] = (), kept: Mapping[str, Page] | None = None
    ) -> None:
        """``problems`` are known already; ``kept`` are files that were read before and have the same bytes now."""
        self.files = files
        self.problems = list(problems)
        self.documents = Documents(files)
        self.broken: set[str] = set()
        """Ids and skus of what is written but not valid: it exists, so nothing that names it dangles."""
        self.kept = kept or {}
        self._by_kind: dict[str, list[str]] = {}
        for path in sorted(files):
            self._by_kind.setdefault(kind_of(path) or "", []).append(path)

    def paths(self, kind: str) -> list[str]:
        """The files of a kind, in order."""
        return self._by_kind.get(kind, [])

    def whole(self, kind: str, model: type[M]) -> list[Sheet[M]]:
        """Files that are one value each; an empty file is an empty mapping."""
        return [sheet for path in self.paths(kind) for sheet in self._sheets(path, model, self._one)]

    def listed(self, kind: str, model: type[M]) -> list[Sheet[M]]:
        """The parts of files that are lists, each by itself."""
        return [sheet for path in self.paths(kind) for sheet in self._sheets(path, model, self._several)]

    def _sheets(self, path: str, model: type[M], parts: Callable[[Document, type[M]], Iterator[Sheet[M]]]) -> Sequence[Sheet[M]]:
        if path in self.kept:
            return self.kept[path].sheets
        try:
            read = self.documents[path]
        except ContentError as error:
            self.problems += error.problems
            return ()
        return tuple(parts(read, model))

    def _one(self, read: Document, model: type[M]) -> Iterator[Sheet[M]]:
        valid = self._valid(read, (), {} if read.value is None else read.value, model)
        if valid is not None:
            yield Sheet(read.file, valid)

    def _several(self, read: Document, model: type[M]) -> Iterator[Sheet[M]]:
        if read.value is not None and not isinstance(read.value, list):
            self.problems.append(read.problem((), "要写成列表，每一条以“- ”开头"))
            return
        for place, value in enumerate(read.value or ()):
            if (valid := self._valid(read, (place,), value, model)) is not None:
                yield Sheet(read.file, valid, (place,), read.line((place,)))

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
        read = self.documents.found(file)
        self.problems.append(read.problem(path, reason) if read else Problem(file, None, " › ".join(map(str, path)), reason))

    def at(self, file: str, path: Sequence[str | int]) -> object:
        """What is written at a place; None where nothing is."""
        read = self.documents.found(file)
        value: object = read.value if read else None
        for part in path:
            if isinstance(value, dict) or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
                value = value.get(part) if isinstance(value, dict) else value[int(part)]
            else:
                return None
        return value

    def _valid(self, read: Document, place: KeyPath, value: object, model: type[M]) -> M | None:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            if isinstance(value, dict):
                self.broken.add(str(value.get("id", "")))
            for path, reason in explained(error, model, value):
                self.problems.append(read.problem((*place, *path), reason))
            return None
