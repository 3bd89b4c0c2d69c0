"""What an editor may choose from: shops, areas, guides, levels, tags, scripts, entries, channels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.content.items import Item, Key
from bot.content.workspace import Workspace
from bot.editing.model import Choices
from bot.handlers.wording import BUILT_IN
from bot.kinds import CHANNELS
from scripts import FAMILIES, LIMITS

_ANY: Final = 0


def choices(workspace: Workspace, found: Mapping[Key, Item]) -> Choices:
    """All of it, from what is live."""
    staff = workspace.staff
    areas = {one for shop in staff.stores.values() for one in (shop.region, shop.city) if one}
    levels = {level for item in found.values() for level in _levels(item)}
    return Choices(
        stores=tuple((one.id, one.name) for one in staff.stores.values()),
        regions=tuple(sorted(areas)),
        guides=tuple((one.id, one.name) for one in staff.guides.values()),
        levels=tuple(sorted(levels | set(workspace.brand.service.high_value))),
        tags=tuple((kind.name, tuple(kind.values)) for kind in workspace.kinds),
        scripts=tuple(sorted({key.id for key in found if key.kind == "script"} | {one.id for one in BUILT_IN})),
        entries=tuple((key.id, _first(item)) for key, item in sorted(found.items()) if key.kind == "entry"),
        families=FAMILIES,
        limits=tuple((channel, name, LIMITS.get(channel, _ANY)) for channel, name in CHANNELS.items()),
    )


def _levels(item: Item) -> Iterator[str]:
    for value in (item.value, *_mappings(item.value.get("variants"))):
        audience = value.get("audience")
        levels = audience.get("levels") if isinstance(audience, Mapping) else None
        yield from (str(one) for one in levels) if isinstance(levels, Sequence) and not isinstance(levels, str) else ()


def _mappings(value: object) -> list[Mapping[str, object]]:
    return (
        [one for one in value if isinstance(one, Mapping)] if isinstance(value, Sequence) and not isinstance(value, str) else []
    )


def _first(item: Item) -> str:
    asked = item.value.get("questions")
    return str(asked[0]) if isinstance(asked, Sequence) and not isinstance(asked, str) and asked else item.key.id
