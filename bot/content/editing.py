"""Puts edited items back into the files of a release: only the bytes of what was edited change.

Where a file is laid out so that a single item has no lines of its own, that file is written anew; its other items keep their
values, its remarks are lost.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from yaml.nodes import MappingNode, Node, SequenceNode

from bot.content.documents import document
from bot.content.editing_tables import products_with
from bot.content.editing_training import sentences, training_with
from bot.content.folder import kind_of
from bot.content.items import Edit, Item, Json, Key, Kind, Value, exception_id, items_of, plain
from bot.content.patching import element, pair, pairs
from bot.content.splicing import Patch, composed, dumped, node_at, patched
from bot.errors import ContentError

_SECTIONS: Mapping[Kind, tuple[str, ...]] = {"store": ("stores",), "guide": ("guides",), "macro": ("macros",)}
_NEW: Mapping[Kind, str] = {
    "script": "scripts/replies/{id}.yml",
    "entry": "knowledge/entries/drafts/{id}.yml",
    "rule": "recommender/rules/console.yml",
    "post": "scripts/posts/console.yml",
    "store": "guides.yml",
    "guide": "guides.yml",
    "macro": "guides.yml",
    "exception": "scripts/exceptions.yml",
    "tag": "recommender/tags.yml",
    "brand": "brand.yml",
    "product": "recommender/products.csv",
    "training": "intents/training/{id}.yml",
    "spelling": "intents/spellings/{slot}.yml",
    "dialogue": "tests/dialogues/{id}.yml",
}
"""Where an item goes that stands nowhere yet."""
_UNSAFE = re.compile(r"[^0-9A-Za-z_.\-\u4e00-\u9fff]")


def applied(files: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files with these edits in them; a file of which nothing is left is taken out.

    Raises:
        ContentError: a file cannot be read.
    """
    latest = {edit.key: edit for edit in edits}
    found = dict(files)
    if not latest:
        return found
    kinds = {key.kind for key in latest}
    places = _places(files, kinds)
    by_file: dict[str, list[Edit]] = {}
    for key, edit in latest.items():
        paths = places.get(key) or ([new_path(key, files)] if edit.value is not None else [])
        for path, part in _shared_out(edit, paths, files):
            by_file.setdefault(path, []).append(part)
    for path, there in by_file.items():
        data = _with(path, found.get(path), there)
        if data is None:
            found.pop(path, None)
        else:
            found[path] = data
    return found


def _shared_out(edit: Edit, paths: Sequence[str], files: Mapping[str, bytes]) -> Iterator[tuple[str, Edit]]:
    """The edit for each file that has the item: an intent's sentences stay where they are, new ones go into its last file."""
    if edit.key.kind != "training" or edit.value is None or len(paths) < 2:
        yield from ((path, edit) for path in paths)
        return
    wanted = sentences(edit)
    own = {path: {one for item in items_of(path, files[path]) if item.key == edit.key for one in told(item)} for path in paths}
    fresh = [one for one in wanted if not any(one in there for there in own.values())]
    for path in paths:
        stay = [one for one in wanted if one in own[path]] + (fresh if path == paths[-1] else [])
        yield path, Edit(edit.key, {**edit.value, "examples": stay})


def told(item: Item) -> list[str]:
    """The sentences of an intent's item."""
    found = item.value.get("examples")
    return [str(one) for one in found] if isinstance(found, Sequence) and not isinstance(found, str) else []


def new_path(key: Key, files: Mapping[str, bytes]) -> str:
    """The file into which a new item goes; one that a file of that name would collide with gets another."""
    if key.kind == "product":
        return next((path for path in files if kind_of(path) == "products"), _NEW["product"])
    slot, _, _ = key.id.partition("/")
    name = key.id if key.kind == "dialogue" else _UNSAFE.sub("-", key.id).strip(".") or "new"
    path = _NEW[key.kind].format(id=name, slot=_UNSAFE.sub("-", slot))
    own = key.kind in {"script", "entry"}
    return path if not own or path not in files else path.removesuffix(".yml") + "-2.yml"


def _places(files: Mapping[str, bytes], kinds: Iterable[Kind]) -> dict[Key, list[str]]:
    wanted = set(kinds)
    found: dict[Key, list[str]] = {}
    for path in sorted(files):
        if not wanted & _HOLDS.get(kind_of(path) or "", frozenset()):
            continue
        for item in items_of(path, files[path]):
            paths = found.setdefault(item.key, [])
            if path not in paths:
                paths.append(path)
    return found


_HOLDS: Mapping[str, frozenset[Kind]] = {
    "replies": frozenset({"script"}),
    "entries": frozenset({"entry"}),
    "training": frozenset({"training"}),
    "spellings": frozenset({"spelling"}),
    "products": frozenset({"product"}),
    "tags": frozenset({"tag"}),
    "rules": frozenset({"rule"}),
    "posts": frozenset({"post"}),
    "guides": frozenset({"store", "guide", "macro"}),
    "brand": frozenset({"brand"}),
    "dialogues": frozenset({"dialogue"}),
    "exceptions": frozenset({"exception"}),
}


def _with(path: str, data: bytes | None, edits: Sequence[Edit]) -> bytes | None:
    """A file with its edits; None where nothing is left of it."""
    kind = edits[0].key.kind
    if kind == "product":
        return products_with(path, data, edits)
    if kind == "training":
        return training_with(path, data, edits)
    if kind == "script":
        value = edits[0].value
        return None if value is None else _rewritten(path, data, value)
    if kind == "dialogue":
        value = edits[0].value
        return None if value is None else _rewritten(path, data, value["steps"])
    return _listed(path, data, edits)


def _rewritten(path: str, data: bytes | None, value: Json) -> bytes:
    """One file that is one item: pair by pair where both are mappings."""
    text = "" if data is None else data.decode("utf-8-sig")
    if data is not None and isinstance(value, Mapping):
        lines, root = text.splitlines(), composed(text)
        if isinstance(root, MappingNode):
            before = plain(document(path, data).value)
            patches = pairs(lines, root, cast("Value", before), value)
            if patches is not None and (done := _checked(path, patched(lines, patches), value)) is not None:
                return done
    return _joined(dumped(value))


def _listed(path: str, data: bytes | None, edits: Sequence[Edit]) -> bytes | None:
    """A file of several items."""
    before = plain(document(path, data).value) if data is not None else None
    after, patches = before, list[Patch]()
    text = "" if data is None else data.decode("utf-8-sig")
    lines, root = text.splitlines(), composed(text) if data is not None else None
    sound = root is not None
    for edit in edits:
        after, put = _one(lines, root, before, after, edit)
        sound = sound and put is not None
        patches += put or []
    if not after:
        return None
    if sound and (done := _checked(path, patched(lines, patches), after)) is not None:
        return done
    return _joined(dumped(after))


def _one(lines: Sequence[str], root: Node | None, before: Json, after: Json, edit: Edit) -> tuple[Json, list[Patch] | None]:
    """(the whole value with one edit more, the patches that do it to the text or None)."""
    kind = edit.key.kind
    if kind == "spelling":
        slot, _, standard = edit.key.id.partition("/")
        value = None if edit.value is None else edit.value["spellings"]
        return _in_mapping(lines, root, before, after, (slot,), standard, value)
    if kind == "tag":
        told = None if edit.value is None else {name: one for name, one in edit.value.items() if name != "name"}
        return _in_mapping(lines, root, before, after, ("tags",), edit.key.id, told)
    if kind == "brand":
        return _in_mapping(lines, root, before, after, (), edit.key.id, None if edit.value is None else edit.value["value"])
    return _in_list(lines, root, before, after, edit)


def _reached(value: Json, path: Sequence[str]) -> Json:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _placed(value: Json, path: Sequence[str], inside: Json) -> Json:
    """The value with another one at a path of keys; an empty one takes its key away."""
    if not path:
        return inside
    told = dict(value) if isinstance(value, Mapping) else {}
    below = _placed(told.get(path[0]), path[1:], inside)
    if below in ({}, [], None):
        told.pop(path[0], None)
    else:
        told[path[0]] = below
    return told


def _in_mapping(
    lines: Sequence[str], root: Node | None, before: Json, after: Json, path: tuple[str, ...], name: str, value: Json
) -> tuple[Json, list[Patch] | None]:
    there = _reached(after, path)
    told = dict(there) if isinstance(there, Mapping) else {}
    if value is None:
        told.pop(name, None)
    else:
        told[name] = value
    node = node_at(root, path)
    patches: list[Patch] | None = None
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        old = _reached(before, path)
        known = old.get(name) if isinstance(old, Mapping) else None
        patches = pair(lines, node, name, known, value)
    return _placed(after, path, told), patches


def _in_list(lines: Sequence[str], root: Node | None, before: Json, after: Json, edit: Edit) -> tuple[Json, list[Patch] | None]:
    path = _SECTIONS.get(edit.key.kind, ())
    old, there = _reached(before, path), _reached(after, path)
    was = list(old) if isinstance(old, Sequence) and not isinstance(old, str) else []
    now = list(there) if isinstance(there, Sequence) and not isinstance(there, str) else []
    names = _NAMED.get(edit.key.kind, _id)
    index = next((n for n, one in enumerate(was) if isinstance(one, Mapping) and names(one) == edit.key.id), None)
    at = next((n for n, one in enumerate(now) if isinstance(one, Mapping) and names(one) == edit.key.id), None)
    if at is None:
        now = now if edit.value is None else [*now, edit.value]
    else:
        now[at : at + 1] = [] if edit.value is None else [edit.value]
    node = node_at(root, path)
    patches = element(lines, node, index, was, edit.value) if isinstance(node, SequenceNode) else None
    return _placed(after, path, now), patches


def _id(value: Mapping[str, object]) -> str:
    return str(value.get("id", ""))


_NAMED: Mapping[Kind, Callable[[Mapping[str, object]], str]] = {"exception": exception_id}


def _checked(path: str, lines: Sequence[str], wanted: Json) -> bytes | None:
    """The text, if it says what it should."""
    data = _joined(lines)
    try:
        return data if plain(document(path, data).value) == plain(wanted) else None
    except ContentError:
        return None


def _joined(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def edited(item: Item | None, key: Key, value: Value | None) -> Edit | None:
    """The edit that makes of an item (None: there is none) a value; None where it is that already."""
    same = (item is None and value is None) or (item is not None and value is not None and plain(item.value) == plain(value))
    return None if same else Edit(key, value)
