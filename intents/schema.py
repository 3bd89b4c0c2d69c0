"""The shape of what ops write for understanding: training sentences in Rasa's format, and spellings."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel, model_validator

from intents.model import LABELS
from intents.normalize import normalize

KeyPath = tuple[str | int, ...]
Fault = tuple[str, KeyPath, str]
"""(file, key path, reason in Chinese)"""

_BLOCKS = ("intent", "synonym", "regex", "lookup")
_MARKED = re.compile(r"\[(?P<text>[^\[\]]+)\](?:\((?P<slot>[^()]+)\)|(?P<record>\{[^{}]*\}))")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NluBlock(_Strict):
    """One block of Rasa NLU data: an intent with its sentences, or a synonym, regex or lookup list, which only Rasa uses."""

    intent: str | None = None
    synonym: str | None = None
    regex: str | None = None
    lookup: str | None = None
    examples: str

    @model_validator(mode="after")
    def _one_kind(self) -> "NluBlock":
        kinds = [kind for kind in _BLOCKS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError("每一段要写 intent、synonym、regex、lookup 中的一个，不多不少")
        return self


class TrainingFile(_Strict):
    """A file of `intents/training/`, as `rasa train nlu` reads it too."""

    version: Annotated[str, BeforeValidator(str)] = "3.1"
    nlu: tuple[NluBlock, ...]

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Its sentences as they are compared with each other: normalised once, for most files outlive many changes of others."""
        return tuple(normalize(_example(line, intent).text).text.lower() for _, intent, line in _sentences(self))


def _text(value: object) -> object:
    """YAML reads 38 as a number and 是 as a word; a spelling is always text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Written = Annotated[str, BeforeValidator(_text)]


class SpellingsFile(RootModel[dict[str, dict[Written, list[Written]]]]):
    """A file of `intents/spellings/`: slot → standard value → the ways people write it."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class Entity:
    """An annotated value of a training sentence."""

    slot: str
    value: str
    """The standard value where the annotation names one, else the words themselves."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A training sentence without its marks."""

    text: str
    intent: str
    entities: tuple[Entity, ...] = ()


def examples(file: TrainingFile) -> Iterator[Example]:
    """The sentences of a file: lines that begin with ``- ``, their marks read off."""
    for _, block, line in _lines(file):
        if block.intent is not None:
            yield _example(line, block.intent)


def _lines(file: TrainingFile) -> Iterator[tuple[int, NluBlock, str]]:
    """(number of the block, block, line) for every sentence that is not empty."""
    for number, block in enumerate(file.nlu):
        for line in block.examples.splitlines():
            said = line.strip()
            if said.startswith("-") and (said := said[1:].strip()):
                yield number, block, said


def _sentences(file: TrainingFile) -> Iterator[tuple[int, str, str]]:
    """(number of the block, intent, line) for every sentence of an intent."""
    return ((number, block.intent, line) for number, block, line in _lines(file) if block.intent is not None)


def _example(line: str, intent: str) -> Example:
    """``[面霜](category)可以退吗`` as text and entities."""
    parts: list[str] = []
    entities: list[Entity] = []
    done = length = 0
    for found in _MARKED.finditer(line):
        if (marked := _marked(found)) is None:
            continue
        parts += (line[done : found.start()], found["text"])
        start = length + found.start() - done
        length, done = start + len(found["text"]), found.end()
        entities.append(Entity(*marked, start, length))
    return Example("".join((*parts, line[done:])), intent, tuple(entities))


def _marked(found: re.Match[str]) -> tuple[str, str] | None:
    """(slot, value) of one mark; None for brackets that are no mark."""
    if found["slot"] is not None:
        slot, _, value = found["slot"].partition(":")
        return slot.strip(), value.strip() or found["text"]
    try:
        record = json.loads(found["record"])
    except ValueError:
        return None
    slot = record.get("entity")
    return (str(slot), str(record.get("value", found["text"]))) if slot else None


def disagreements(
    files: Mapping[str, TrainingFile],
    spellings: Mapping[str, SpellingsFile] | None = None,
    *,
    strict: bool = False,
    labels: Sequence[str] = LABELS,
) -> Iterator[Fault]:
    """All faults between files, in Chinese; ``strict`` also refuses intents that the program does not know."""
    yield from _training_faults(files, frozenset(labels) if strict else None)
    yield from _spelling_faults(spellings or {})


def _training_faults(files: Mapping[str, TrainingFile], known: frozenset[str] | None) -> Iterator[Fault]:
    """Unknown and empty intents; one sentence in two intents."""
    home: dict[str, tuple[str, str]] = {}
    for name, file in files.items():
        filled = {number for number, _, _ in _lines(file)}
        for number, block in enumerate(file.nlu):
            if block.intent is None:
                continue
            if known is not None and block.intent not in known:
                yield name, ("nlu", number, "intent"), f"程序里没有这个意图：{block.intent}"
            if number not in filled:
                yield (
                    name,
                    ("nlu", number, "examples"),
                    f"意图 {block.intent} 一条例句也没有（每条以“- ”开头）",
                )
        for (number, intent, line), text in zip(_sentences(file), file.compared, strict=True):
            first, where = home.setdefault(text, (intent, name))
            if first != intent:
                yield (
                    name,
                    ("nlu", number, "examples"),
                    f"“{line}”已经是 {first} 的例句（{where}），不能又是 {intent}",
                )


def _spelling_faults(files: Mapping[str, SpellingsFile]) -> Iterator[Fault]:
    """One spelling for two standard values of a slot."""
    owners: dict[tuple[str, str], tuple[str, str]] = {}
    for name, file in files.items():
        for slot, standards in file.root.items():
            for standard, written in standards.items():
                yield from _shared(owners, (name, slot, standard), written)


def _shared(owners: dict[tuple[str, str], tuple[str, str]], at: tuple[str, str, str], written: Iterable[str]) -> Iterator[Fault]:
    """Faults of one standard value's spellings; what is new is remembered in ``owners``."""
    name, slot, standard = at
    for number, spelling in enumerate((standard, *written), -1):
        path: KeyPath = (slot, standard) if number < 0 else (slot, standard, number)
        key = normalize(spelling).text.lower()
        if not key:
            yield name, path, "写法是空的"
            continue
        owner, where = owners.setdefault((slot, key), (standard, name))
        if owner != standard:
            yield name, path, f"写法“{spelling}”已经属于“{owner}”（{where}），一种写法只能有一个标准值"
