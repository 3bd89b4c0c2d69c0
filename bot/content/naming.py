"""The names of a workspace: what it calls things, to be found in messages and kept as they are written."""

from collections.abc import Mapping, Sequence

from bot.content.workspace import Workspace
from intents import Gazetteer
from recommender import Product


def gazetteer(workspace: Workspace, products: Sequence[Product] | None = None) -> Gazetteer:
    """Names to find in messages: spellings, products, and what catalogue and stores call themselves."""
    goods = workspace.products if products is None else products
    spellings = {slot: dict(standards) for slot, standards in workspace.spellings.items()}
    for slot, names in _own_names(workspace, goods).items():
        known = _written(spellings.get(slot, {}))
        for name in names:
            if name not in known:
                spellings.setdefault(slot, {})[name] = (name,)
    return Gazetteer.build(spellings, [(product.sku, product.name) for product in goods])


def _own_names(workspace: Workspace, products: Sequence[Product]) -> Mapping[str, Sequence[str]]:
    return {
        "category": tuple(dict.fromkeys(part for one in products for part in one.category.split("/") if len(part) > 1)),
        "brand": tuple(dict.fromkeys(one.brand for one in products if len(one.brand) > 1)),
        "store": tuple(store.name for store in workspace.staff.stores.values()),
    }


def _written(standards: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(standards) | {spelling for spellings in standards.values() for spelling in spellings}
