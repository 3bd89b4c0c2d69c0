"""What is wrong with the shape of a product, a tag, a rule, a word or a setting while somebody types it."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ValidationError

from bot.brand import Brand, Guide, Macro, Store
from bot.content.explaining import explained
from bot.content.items import Kind
from bot.content.workspace import Workspace
from bot.editing.model import Finding, Value
from bot.editing.previewing import fault
from recommender import Placed, ProductRow, RuleRow, disagreements
from recommender.schema import TagKindRow

_MODELS: Mapping[str, type[BaseModel]] = {
    "product": ProductRow, "tag": TagKindRow, "rule": RuleRow, "store": Store, "guide": Guide, "macro": Macro,
}  # fmt: skip


def shaped(kind: Kind, id_: str, value: Value, workspace: Workspace) -> tuple[Finding, ...]:
    """Everything that stands in the way of this thing's ever going live, by its own keys."""
    found = [fault(id_, path, why, kind) for path, why in _faults(kind, value)]
    if not found and kind in {"product", "rule"}:
        found = [fault(id_, path, why, kind) for path, why in _strange(kind, value, workspace)]
    return tuple(dict.fromkeys(found))


def _faults(kind: Kind, value: Value) -> Iterator[tuple[tuple[str | int, ...], str]]:
    model = _MODELS.get(kind)
    told = {name: one for name, one in value.items() if kind != "tag" or name != "name"}
    if kind == "brand":
        model, told = Brand, {str(value.get("key")): value.get("value")}
    if model is None:
        if kind == "spelling" and not value.get("spellings"):
            yield ("spellings",), "至少写一种写法"
        return
    try:
        model.model_validate(told)
    except ValidationError as error:
        for path, why in explained(error, model, told):
            yield (("value", *path[1:]) if kind == "brand" else path), why


def _strange(kind: Kind, value: Value, workspace: Workspace) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What does not fit the rest of the catalogue."""
    stores = frozenset(workspace.staff.stores) or None
    if kind == "product":
        products = [Placed("", "", ProductRow.model_validate(value).product())]
        found = disagreements(products, workspace.kinds, (), stores)
    else:
        rule = RuleRow.model_validate(value).rule()
        named = {*rule.pin, *rule.block.sku, *rule.boost.sku}
        goods = [Placed("", "", one) for one in workspace.products if one.sku in named]
        found = disagreements(goods, workspace.kinds, [Placed("", "", rule)], stores)
    for _, place, why in found:
        yield tuple(part for part in place.split(".") if part), why
