"""Seeded edits of the demo brand's content, bad and harmless, and the messages they are replayed over: how their files are read.

A line of ``tests/data/edits_*.jsonl``: ``{"id", "kind", "item", "label": "bad"|"harmless", "sort", "why"}`` with ``value`` (the
whole item; null: it is taken away) or ``set`` ({path: value} into the item as it stands, so that the line survives changes of
its other fields). A path is its keys and places in lists joined by points; ``questions+`` puts values at the end of a list,
``questions-`` takes them out, the value null takes away what stands there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import orjson

from bot.content.items import Edit, Item, Json, Key, Kind, plain
from bot.db.recorded import Profile, Recorded

Label = Literal["bad", "harmless"]
_NO_VALUE = "-"


@dataclass(frozen=True, slots=True)
class Trial:
    """One edit, and whether it does harm."""

    id: str
    key: Key
    label: Label
    sort: str
    """What kind of mistake or of everyday work it is."""
    why: str
    whole: bool
    """Whether ``told`` is the item itself (None: it is taken away) rather than what is set in it."""
    told: Mapping[str, Json] | None


def trials(path: Path) -> tuple[Trial, ...]:
    """The edits of a file, in its order; raises KeyError or JSONDecodeError where a line is not one."""
    return tuple(_trial(orjson.loads(line)) for line in path.read_bytes().splitlines() if line.strip())


def _trial(row: Mapping[str, Json]) -> Trial:
    whole = "value" in row
    told = cast("Mapping[str, Json] | None", row["value"] if whole else row["set"])
    key = Key(cast("Kind", row["kind"]), str(row["item"]))
    return Trial(str(row["id"]), key, cast("Label", row["label"]), str(row["sort"]), str(row["why"]), whole, told)


def edit_of(trial: Trial, there: Mapping[Key, Item]) -> Edit:
    """The edit, made of the item as it stands; raises KeyError where there is none, or no such place in it."""
    if trial.whole or trial.told is None:
        return Edit(trial.key, trial.told)
    value = plain(there[trial.key].value)
    for path, told in trial.told.items():
        value = _put(value, path.split("."), told)
    return Edit(trial.key, cast("Mapping[str, Json]", value))


def _put(value: Json, path: Sequence[str], told: Json) -> Json:
    """The value with something else at a place."""
    name, rest = path[0], path[1:]
    if not rest and name[-1] in "+-":
        return _listed(value, name, told)
    if isinstance(value, list):
        at = int(name)
        here = [] if not rest and told is None else [told if not rest else _put(value[at], rest, told)]
        return [*value[:at], *here, *value[at + 1 :]]
    there = dict(cast("Mapping[str, Json]", value or {}))
    if rest:
        there[name] = _put(there.get(name), rest, told)
    elif told is None:
        del there[name]
    else:
        there[name] = told
    return there


def _listed(value: Json, name: str, told: Json) -> Json:
    """The mapping with more or with fewer in one of its lists."""
    there = dict(cast("Mapping[str, Json]", value))
    known, some = cast("list[Json]", there.get(name[:-1], [])), cast("list[Json]", told)
    if name[-1] == "-" and (missing := [one for one in some if one not in known]):
        raise KeyError(f"{name} {missing}")
    there[name[:-1]] = [*known, *some] if name[-1] == "+" else [one for one in known if one not in some]
    return there


def messages(path: Path, most: int | None = None) -> tuple[Recorded, ...]:
    """What shoppers write: text, channel, level, store, what they said just before (``-``: none), a line each."""
    found = []
    for n, line in enumerate(path.read_text("utf-8").splitlines()):
        if not line.strip() or line.startswith(("#", "text\t")):
            continue
        text, channel, level, store, before = (None if cell == _NO_VALUE else cell for cell in line.split("\t"))
        said = (*(() if before is None else (before,)), text or "")
        found.append(Recorded(str(n), said, channel=channel or "wecom_kf", customer=Profile(level, store), talk=str(n)))
    step = max(1, len(found) // most) if most else 1
    return tuple(found[::step][:most])
