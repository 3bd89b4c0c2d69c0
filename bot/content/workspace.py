"""A brand's content as one value: read from a folder or from a release, checked whole, with every fault told at once."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from bot.brand import Brand, Staff, StaffFile
from bot.content import checks
from bot.content.dialogues import Dialogue
from bot.content.folder import files_of, kind_of
from bot.content.gathering import Gathering, Page, Sheet
from bot.content.reading import MADE, Before, ordered, pages_of, parts_of, sheets_of
from bot.content.teaching import distinct, table
from bot.errors import ContentError, Problem
from intents import LABELS
from intents.schema import SpellingsFile, TrainingFile, examples
from knowledge import Entry
from recommender import Product, Rule, TagKind
from scripts import Post, Script

OWN = Path(__file__).resolve().parents[2]
"""The program's own workspace: the checkout, whose rooms hold the demo brand."""

Spellings = Mapping[str, Mapping[str, Sequence[str]]]
"""Slot → standard value → the ways people write it."""


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
    pages: Mapping[str, Page] = field(default_factory=dict, repr=False, compare=False)
    """Its files as they were read, for a workspace that is read after this one."""

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


def read_files(files: Mapping[str, bytes], seen: Seen | None = None, before: Workspace | None = None) -> Workspace:
    """The workspace of a release: path → bytes; ``seen`` and ContentError as with ``read_folder``.

    ``before``: a workspace whose files are largely the same; only what differs is read, and what hangs on it is compared.
    """
    return _read({path: data for path, data in files.items() if kind_of(path)}, [], seen, before)


def staff_of(files: Mapping[str, bytes]) -> Staff:
    """The stores and guides of a release; nothing else of it is read. Raises ContentError where their file is not sound."""
    gathering = Gathering({path: data for path, data in files.items() if kind_of(path) == "guides"})
    sheets = gathering.whole("guides", StaffFile)
    _raise(gathering.problems)
    return Staff.of(sheets[0].value) if sheets else Staff()


def _read(files: Mapping[str, bytes], faults: Sequence[Problem], seen: Seen | None, before: Workspace | None = None) -> Workspace:
    gathering = Gathering(files, faults, _kept(files, before))
    sheets, check = sheets_of(gathering, _table_before(gathering, before)), _check(gathering)
    parts, changed = parts_of(sheets), _changed(gathering, before)
    known = seen is not None and not gathering.problems and seen.sound(digest_of(files))
    if not known:
        checks.cross_check(gathering, parts, changed)
    _raise(gathering.problems)
    if seen is not None and not known:
        seen.found_sound(digest_of(files))
    pages = pages_of(gathering, sheets)
    made = {kind: tuple(one for path in gathering.paths(kind) for one in pages[path].made) for kind in MADE}
    training, model_spellings, spellings = _lessons(made, parts, before if changed is not None else None, changed or frozenset())
    return Workspace(
        brand=parts.brand,
        staff=made["guides"][0] if made["guides"] else Staff(),
        training=training,
        model_spellings=model_spellings,
        spellings=spellings,
        entries=made["entries"],
        products=made["products"],
        kinds=made["tags"][0][0] if made["tags"] else (),
        neighbours=made["tags"][0][1] if made["tags"] else {},
        rules=made["rules"],
        scripts=made["replies"],
        posts=made["posts"],
        dialogues=_dialogues(gathering, pages),
        # what is the same is kept once, however many workspaces hold it
        files={path: before.files[path] if before is not None and path in gathering.kept else files[path] for path in files},
        check=check,
        warnings=() if known else tuple(ordered(list(checks.offending(gathering, parts)))),
        pages=pages,
    )


def _kept(files: Mapping[str, bytes], before: Workspace | None) -> Mapping[str, Page]:
    """The pages of files that have the same bytes."""
    if before is None:
        return {}
    return {path: page for path, page in before.pages.items() if before.files.get(path) == files.get(path)}


def _table_before(gathering: Gathering, before: Workspace | None) -> Before | None:
    """The product table as it was."""
    path = next(iter(gathering.paths("products")), "")
    return (before.files[path], before.pages[path]) if before is not None and path in before.pages else None


def _changed(gathering: Gathering, before: Workspace | None) -> frozenset[str] | None:
    """The kinds of files of which one is new, gone or another; None where nothing is known of what was before."""
    if before is None:
        return None
    paths = [path for path in gathering.files if path not in gathering.kept]
    paths += [path for path in before.files if path not in gathering.files]
    return frozenset(kind for path in paths if (kind := kind_of(path)))


def _lessons(
    made: Mapping[str, tuple[Any, ...]], parts: checks.Parts, before: Workspace | None, changed: Collection[str]
) -> tuple[tuple[tuple[str, str], ...], Spellings, Spellings]:
    """Training sentences, the spellings that stand beside them, and the spellings that are found in messages."""
    if before is not None and not {"training", "spellings"}.intersection(changed):
        return before.training, before.model_spellings, before.spellings
    training = distinct(pair for some in made["training"] for pair in some)
    spellings = merged(parts.spellings) if parts.spellings else own_spellings()
    return training or own_training(), spellings if training else own_spellings(), spellings


def _check(gathering: Gathering) -> tuple[tuple[str, str], ...]:
    tables = [table(path, gathering.files[path], LABELS, teaches=False) for path in gathering.paths("check")]
    gathering.problems += (problem for one in tables for problem in one.problems)
    return tuple(pair for one in tables for pair in one.examples)


def _dialogues(gathering: Gathering, pages: Mapping[str, Page]) -> tuple[Dialogue, ...]:
    paths = gathering.paths("dialogues")
    return tuple(Dialogue(path, pages[path].made) for path in paths if pages[path].made)


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


def _raise(problems: Sequence[Problem]) -> None:
    if problems:
        raise ContentError(ordered(problems))
