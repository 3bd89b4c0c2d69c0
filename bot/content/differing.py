"""What is different between two releases, thing by thing and field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.content.folder import kind_of
from bot.content.items import Item, Json, Key, Kind, items_of, plain


@dataclass(frozen=True, slots=True)
class Field:
    """One field that changed."""

    path: str
    """``variants › 0 › text``; empty for the whole."""
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Change:
    """One item that is new, gone or different."""

    key: Key
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None
    fields: tuple[Field, ...]

    @property
    def what(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Change, ...]:
    """Every item that differs, by kind and id; files with equal bytes are not even read.

    Raises:
        ContentError: a file that differs cannot be read.
    """
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    kinds = {kind_of(path) for path in paths}
    # an intent may stand in several files: with one of them all are read
    more = [path for path in sorted({*before, *after}) if kind_of(path) == "training"] if "training" in kinds else []
    wanted = list(dict.fromkeys([*paths, *more]))
    old, new = _items(before, wanted), _items(after, wanted)
    return tuple(_changes(old, new))


def _items(files: Mapping[str, bytes], paths: Sequence[str]) -> dict[Key, Mapping[str, Json]]:
    found: dict[Key, Mapping[str, Json]] = {}
    for path in paths:
        for item in items_of(path, files[path]) if path in files else ():
            found[item.key] = _united(found.get(item.key), item)
    return found


def _united(before: Mapping[str, Json] | None, item: Item) -> Mapping[str, Json]:
    if before is None or item.key.kind != "training":
        return item.value
    return {**item.value, "examples": [*_list(before.get("examples")), *_list(item.value.get("examples"))]}


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


_ORDER: Mapping[Kind, int] = {"script": 0, "entry": 1, "product": 2, "rule": 3}


def _changes(old: Mapping[Key, Mapping[str, Json]], new: Mapping[Key, Mapping[str, Json]]) -> Iterator[Change]:
    keys = sorted({*old, *new}, key=lambda key: (_ORDER.get(key.kind, 9), key.kind, key.id))
    for key in keys:
        was, now = old.get(key), new.get(key)
        if plain(was) != plain(now):
            yield Change(key, was, now, tuple(_fields(was, now)) if was is not None and now is not None else ())


def _fields(was: Json, now: Json, path: tuple[str, ...] = ()) -> Iterator[Field]:
    if plain(was) == plain(now):
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*was, *now)):
            yield from _fields(was.get(name), now.get(name), (*path, name))
    elif _mappings(was) and _mappings(now) and len(_list(was)) == len(_list(now)):
        for n, (one, other) in enumerate(zip(_list(was), _list(now), strict=True)):
            yield from _fields(one, other, (*path, str(n + 1)))
    else:
        yield Field(" › ".join(path), was, now)


def _mappings(value: Json) -> bool:
    listed = _list(value)
    return bool(listed) and all(isinstance(one, Mapping) for one in listed)
