"""What an edit made wrong; of words that only guides use little has to be looked at: nothing else hangs on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.differing import Change
from bot.content.items import Item, Json, Key
from bot.content.linting import Found, Ground, Heard, ground_of, lint, lint_change, lint_item, linted
from bot.content.workspace import Workspace
from bot.handlers.table import OFFERED


def asides(changes: Sequence[Change]) -> bool:
    """Whether everything that changes are scripts of one guide, or of one store and of no occasion of the program."""
    return bool(changes) and all(
        one.key.kind == "script" and all(_aside(one.key.id, value) for value in (one.before, one.after) if value is not None)
        for one in changes
    )


def _aside(id_: str, value: Mapping[str, Json]) -> bool:
    scope = value.get("scope")
    level = scope.get("level") if isinstance(scope, Mapping) else None
    return level in {"店", "个人"} and id_ not in OFFERED and not value.get("extends")


def findings(files: Mapping[str, bytes], workspace: Workspace, changes: Sequence[Change], today: date) -> tuple[Found, ...]:
    """What the lint says of the things that change, held against everything else; nothing else can have become wrong by them."""
    ground = ground_of(files, workspace, today)
    there = (ground.items.get(one.key) for one in changes)
    own = (found for item in there if item is not None for found in lint_item(item, ground))
    return tuple(dict.fromkeys((*own, *turned(changes, ground))))


@dataclass(frozen=True, slots=True)
class Live:
    """What is live while something else is looked at."""

    files: Mapping[str, bytes]
    workspace: Workspace | None
    """None where it is no longer valid."""
    heard: Heard | None = None
    """How the live model takes sentences."""


def newly_found(
    files: Mapping[str, bytes], workspace: Workspace, changes: Sequence[Change], today: date, live: Live
) -> tuple[Found, ...]:
    """What the lint says of the things that change, and of others only what it did not say of the live content."""
    if asides(changes):
        return findings(files, workspace, changes, today)
    ground = ground_of(files, workspace, today, live.heard)
    found = (*linted(files, ground), *turned(changes, ground))
    touched = {one.key for one in changes}
    if all(one.key in touched for one in found):
        return found
    known = set() if live.workspace is None else {mark(one) for one in lint(live.files, live.workspace, today)}
    return tuple(one for one in found if one.key in touched or mark(one) not in known)


def mark(found: Found) -> tuple[str, Key, str]:
    """What makes two findings the same, wherever they stand."""
    return found.rule, found.key, found.words


def turned(changes: Sequence[Change], ground: Ground) -> Iterator[Found]:
    """What the edits themselves turned round or lost."""
    for one in changes:
        before = None if one.before is None else Item(one.key, one.before, "")
        after = None if one.after is None else Item(one.key, one.after, "")
        yield from lint_change(before, after, ground)
