"""Draft entries as files of FORMATS §1, and as part of a workspace that is checked whole before anything goes live."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import yaml
from pydantic import ValidationError
from rapidfuzz import fuzz, process

from bot.content.documents import document
from bot.content.explaining import explained
from bot.content.workspace import Workspace, read_files
from bot.errors import ContentError, Problem
from knowledge import Entry
from knowledge.schema import EntryText
from knowledge.words import Reading

FOLDER = "knowledge/entries/drafts"
"""Where drafts stand in a release once they were published."""
_ORDER = tuple(EntryText.model_fields)
_ALIKE = 86.0
"""Of 100: how alike two questions are written that probably ask the same (能不能退货 / 可不可以退货 are one after reading)."""


def path_of(entry: str) -> str:
    """The file of a draft in a release."""
    return f"{FOLDER}/{re.sub(r'[^0-9A-Za-z_.-]', '-', entry).strip('.') or 'draft'}.yml"


def as_yaml(entries: Sequence[Mapping[str, object]]) -> bytes:
    """Entries as a file of FORMATS §1, keys in their usual order, nothing that says nothing."""
    shown = [
        {name: _plain(name, entry[name]) for name in _ORDER if entry.get(name) not in (None, "", [], {}, False)}
        for entry in entries
    ]
    return yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=1_000).encode()


def _plain(name: str, value: object) -> object:
    if name in {"valid_from", "valid_until"} and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def entry_of(draft: Mapping[str, object]) -> Entry:
    """A draft as the library takes it.

    Raises:
        ContentError: with every fault, in words.
    """
    try:
        return EntryText.model_validate(dict(draft)).value()
    except ValidationError as error:
        file = path_of(str(draft.get("id", "")))
        found = [
            Problem(file, None, " › ".join(map(str, path)), reason) for path, reason in explained(error, EntryText, dict(draft))
        ]
        raise ContentError(found) from None


def resembling(entries: Sequence[Entry], read: Callable[[str], Reading]) -> Callable[[Sequence[str]], str | None]:
    """A function that names the entry which already asks what these questions ask; None where there is none."""
    asked = [(read(question), entry.id) for entry in entries for question in entry.questions]
    keys = [reading.key for reading, _ in asked]

    def near(questions: Sequence[str]) -> str | None:
        for question in questions:
            reading = read(question)
            for _, _, at in process.extract(reading.key, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=5):
                other = asked[at][0]
                if other.negated == reading.negated and other.numbers == reading.numbers:
                    return str(asked[at][1])
        return None

    return near


def keeping_drafts(workspace: Workspace, live: Mapping[str, bytes]) -> Workspace:
    """A folder's workspace with the drafts that were published in the live release, so that a start forgets none of them.

    What the folder has by now as an entry of its own is not kept twice; where the drafts no longer go with the rest, the
    folder stands alone.
    """
    known = {entry.id for entry in workspace.entries}
    own = {path: data for path, data in live.items() if path.startswith(f"{FOLDER}/") and path not in workspace.files}
    kept = {path: data for path, data in own.items() if not known & _ids(path, data)}
    if not kept:
        return workspace
    try:
        return read_files({**workspace.files, **kept})
    except ContentError:
        return workspace


def _ids(path: str, data: bytes) -> frozenset[str]:
    try:
        told = document(path, data).value
    except ContentError:
        return frozenset()
    return frozenset(str(one.get("id")) for one in told if isinstance(one, dict)) if isinstance(told, list) else frozenset()
