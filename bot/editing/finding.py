"""What is wrong with one thing: faults of its shape, what the lint says, what an edit lost."""

from collections.abc import Mapping

from pydantic import ValidationError

from bot.content.explaining import explained
from bot.content.items import Item, Json, Key, plain
from bot.content.linting import Found, Ground, lint_change, lint_item
from bot.editing import previewing, telling
from bot.editing.model import Finding, Value
from knowledge.schema import EntryText


def faults(key: Key, value: Value) -> tuple[Finding, ...]:
    """What is wrong with the shape of a script or an entry."""
    if key.kind == "script":
        return previewing.read(value)[1]
    if key.kind == "entry":
        try:
            EntryText.model_validate({name: one for name, one in value.items() if name != "scope"})
        except ValidationError as error:
            return tuple(previewing.fault(key.id, path, why, "entry") for path, why in explained(error, EntryText, dict(value)))
    return ()


def finding(found: Found) -> Finding:
    """What the lint found, for the console."""
    return Finding(
        found.rule, found.severity, found.key.kind, found.key.id, tuple(found.path), telling.place(found.path), found.words,
        found.start, found.end, found.why, found.way_out, found.excepted,
    )  # fmt: skip


def linted(before: Item | None, item: Item, ground: Ground) -> tuple[Finding, ...]:
    """What the lint says of a thing, and what an edit lost of what is live."""
    changed = lint_change(before, item, ground) if before is not None and plain(before.value) != plain(item.value) else ()
    return tuple(finding(one) for one in dict.fromkeys((*lint_item(item, ground), *changed)))


def all_of(found: Mapping[Key, Item], ground: Ground) -> Mapping[Key, tuple[Finding, ...]]:
    """What the lint says of many things; those that are right are not among them."""
    return {key: said for key, item in found.items() if (said := tuple(finding(one) for one in lint_item(item, ground)))}


def json_of(value: Value) -> Mapping[str, Json]:
    """A value as items hold it."""
    found = plain(value)
    return found if isinstance(found, Mapping) else {}
