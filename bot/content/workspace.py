"""A brand's content as one value: read from a folder or from a release, checked whole, with every fault told at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

from bot.brand import Brand, Staff, StaffFile
from bot.content import checks
from bot.content.dialogues import Dialogue, Step
from bot.content.folder import files_of, kind_of
from bot.content.gathering import Gathering, Sheet
from bot.content.rows import csv_rows, json_lines
from bot.content.teaching import distinct, table
from bot.errors import ContentError, Problem
from intents import LABELS
from intents.schema import SpellingsFile, TrainingFile, examples
from knowledge import Entry
from knowledge.schema import EntryText
from recommender import Placed, Product, ProductRow, Rule, RuleRow, TagKind, TagsFile
from scripts import Post, PostRow, Script, ScriptFile, script

OWN = Path(__file__).resolve().parents[2]
"""The program's own workspace: the checkout, whose rooms hold the demo brand."""

Spellings = Mapping[str, Mapping[str, Sequence[str]]]
"""Slot → standard value → the ways people write it."""
COLUMNS = tuple(ProductRow.model_fields)
"""Of a product table, in the order of FORMATS.md."""
_NEEDED = tuple(name for name, column in ProductRow.model_fields.items() if column.is_required())


class Seen(Protocol):
    """Remembers which content was found sound."""

    def sound(self, digest: str) -> bool:
        """Whether this content was found sound by this version of the program."""

    def found_sound(self, digest: str) -> None:
        """It was."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One brand's content, valid as a whole."""

    brand: Brand
    staff: Staff
    training: tuple[tuple[str, str], ...]
    """(sentence, intent): the workspace's own, or the program's where it has none."""
    model_spellings: Spellings
    """What the model of ``training`` was taught words from: those that stand beside it."""
    spellings: Spellings
    """The workspace's own, or the program's where it has none."""
    entries: tuple[Entry, ...]
    products: tuple[Product, ...]
    kinds: tuple[TagKind, ...]
    neighbours: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    scripts: tuple[Script, ...]
    posts: tuple[Post, ...]
    dialogues: tuple[Dialogue, ...]
    files: Mapping[str, bytes] = field(repr=False)
    """Byte for byte as they were."""
    check: tuple[tuple[str, str], ...] = ()
    """(sentence, intent) of the workspace's own check set: a model that answers fewer of them right does not go live."""
    warnings: tuple[Problem, ...] = ()
    """What may go live and should be looked at by a person: words that advertising law forbids."""

    @property
    def digest(self) -> str:
        """A fingerprint of all files, whatever their order."""
        return digest_of(self.files)


def digest_of(files: Mapping[str, bytes]) -> str:
    """A fingerprint of files by path, whatever their order."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(files):
        digest.update(f"{len(path.encode())}:{path}{len(files[path])}:".encode())
        digest.update(files[path])
    return digest.hexdigest()


def read_folder(path: Path, seen: Seen | None = None) -> Workspace:
    """The workspace in a folder.

    With ``seen`` a folder that was found sound before, by this very program, is not compared again part against part; its
    files are still validated one by one, and its warnings are not told.

    Raises:
        ContentError: with every fault, sorted by file and line.
    """
    files, faults = files_of(path)
    return _read(files, faults, seen)


def read_files(files: Mapping[str, bytes], seen: Seen | None = None) -> Workspace:
    """The workspace of a release: path → bytes; ``seen`` and ContentError as with ``read_folder``."""
    return _read({path: data for path, data in files.items() if kind_of(path)}, [], seen)


def products_of(file: str, data: bytes) -> tuple[Product, ...]:
    """The products of one table (CSV, or JSON Lines by its suffix); raises ContentError."""
    gathering = Gathering({})
    placed = _table(gathering, file, data)
    for path, place, reason in checks.catalogue_faults(placed):
        gathering.problems.append(Problem(path, _line(place), place.partition(".")[2], reason))
    _raise(gathering.problems)
    return tuple(one.value for one in placed)


def _read(files: Mapping[str, bytes], faults: Sequence[Problem], seen: Seen | None) -> Workspace:
    gathering = Gathering(files, list(faults))
    parts, check = _parts(gathering), _check(gathering)
    known = seen is not None and not gathering.problems and seen.sound(digest_of(files))
    if not known:
        checks.cross_check(gathering, parts)
    _raise(gathering.problems)
    if seen is not None and not known:
        seen.found_sound(digest_of(files))
    own = parts.training
    training = distinct((one.text, one.intent) for sheet in own for one in examples(sheet.value))
    spellings = merged(parts.spellings) if parts.spellings else own_spellings()
    return Workspace(
        brand=parts.brand,
        staff=Staff.of(parts.staff.value) if parts.staff else Staff(),
        training=training or own_training(),
        model_spellings=spellings if training else own_spellings(),
        spellings=spellings,
        entries=tuple(one.value.value() for one in parts.entries),
        products=tuple(one.value for one in parts.products),
        kinds=parts.tags.value.kinds() if parts.tags else (),
        neighbours=parts.tags.value.neighbours if parts.tags else {},
        rules=tuple(one.value.rule() for one in parts.rules),
        scripts=tuple(script(one.value) for one in parts.scripts),
        posts=tuple(one.value.post() for one in parts.posts),
        dialogues=_dialogues(gathering, parts.dialogues),
        files=dict(files),
        check=check,
        warnings=() if known else tuple(sorted(checks.offending(gathering, parts), key=_order)),
    )


def _parts(gathering: Gathering) -> checks.Parts:
    brands = gathering.whole("brand", Brand)
    return checks.Parts(
        brand=brands[0].value if brands else Brand(),
        staff=next(iter(gathering.whole("guides", StaffFile)), None),
        training=gathering.whole("training", TrainingFile),
        spellings=gathering.whole("spellings", SpellingsFile),
        entries=gathering.listed("entries", EntryText),
        products=_products(gathering),
        tags=next(iter(gathering.whole("tags", TagsFile)), None),
        rules=gathering.listed("rules", RuleRow),
        scripts=gathering.whole("replies", ScriptFile),
        posts=gathering.listed("posts", PostRow),
        dialogues=gathering.listed("dialogues", Step),
    )


def _products(gathering: Gathering) -> list[Placed[Product]]:
    paths = gathering.paths("products")
    for path in paths[1:]:
        gathering.problems.append(Problem(path, None, "", f"商品表只能有一份，已经有 {paths[0]}"))
    return _table(gathering, paths[0], gathering.files[paths[0]]) if paths else []


def _table(gathering: Gathering, file: str, data: bytes) -> list[Placed[Product]]:
    try:
        found, faults = json_lines(file, data) if file.endswith(".jsonl") else csv_rows(file, data, COLUMNS, _NEEDED)
    except ContentError as error:
        gathering.problems += error.problems
        return []
    gathering.problems += faults
    return [Placed(file, f"第{row.line}行", value.product()) for row, value in gathering.rows(found, ProductRow, "sku")]


def _check(gathering: Gathering) -> tuple[tuple[str, str], ...]:
    tables = [table(path, gathering.files[path], LABELS, teaches=False) for path in gathering.paths("check")]
    gathering.problems += (problem for one in tables for problem in one.problems)
    return tuple(pair for one in tables for pair in one.examples)


def _dialogues(gathering: Gathering, steps: Sequence[Sheet[Step]]) -> tuple[Dialogue, ...]:
    found: dict[str, list[tuple[int | None, Step]]] = {}
    for sheet in steps:
        line = gathering.documents[sheet.file].line(sheet.path)
        found.setdefault(sheet.file, []).append((line, sheet.value))
    return tuple(Dialogue(file, tuple(talk)) for file, talk in found.items())


def merged(sheets: Sequence[Sheet[SpellingsFile]]) -> Spellings:
    """Several files of spellings as one; a slot may stand in more than one of them."""
    found: dict[str, dict[str, list[str]]] = {}
    for sheet in sheets:
        for slot, standards in sheet.value.root.items():
            for standard, written in standards.items():
                found.setdefault(slot, {}).setdefault(standard, []).extend(written)
    return found


@cache
def own_training() -> tuple[tuple[str, str], ...]:
    """The program's own training sentences."""
    sheets = _own("training").whole("training", TrainingFile)
    return distinct((one.text, one.intent) for sheet in sheets for one in examples(sheet.value))


@cache
def own_spellings() -> Spellings:
    """The program's own spellings."""
    return merged(_own("spellings").whole("spellings", SpellingsFile))


def _own(kind: str) -> Gathering:
    folder = OWN / "intents" / kind
    return Gathering({path.relative_to(OWN).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yml"))})


def _line(place: str) -> int | None:
    digits = place.partition(".")[0].strip("第行")
    return int(digits) if digits.isdigit() else None


def _order(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.line or 0, problem.key


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise ContentError(sorted(dict.fromkeys(problems), key=_order))
