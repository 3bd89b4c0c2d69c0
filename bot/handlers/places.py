"""Where a thing is to be had: at a named shop, at the nearest one, or by the link that the shopper habitually uses. Pure."""

from collections.abc import Iterable, Sequence

from bot.brand import Staff, Store
from bot.handlers.base import Turn
from bot.services import Services
from recommender import Door, Product, door_for


def having(product: Product, staff: Staff) -> tuple[Store, ...]:
    """The shops that have a piece now."""
    return tuple(store for store in staff.stores.values() if product.in_stock(store.id))


def online(product: Product, staff: Staff) -> bool:
    """Whether a piece can be sent: stock outside the shops, or stock whose place nobody tells."""
    if isinstance(product.stock, int):
        return product.stock > 0
    return any(pieces > 0 for place, pieces in product.stock.items() if place not in staff.stores)


def nearest(shops: Sequence[Store], home: Store | None) -> tuple[Store, ...]:
    """Shops by nearness to a shopper's own: that one, those of its city, then the others; without an own one as they come."""
    if home is None:
        return tuple(shops)
    return tuple(sorted(shops, key=lambda store: (store.id != home.id, not home.city or store.city != home.city)))


def elsewhere(product: Product, store: Store, staff: Staff) -> tuple[Store, ...]:
    """Other shops that have it: those of the same city, else all, as they come."""
    others = [one for one in nearest(having(product, staff), store) if one.id != store.id]
    near = [one for one in others if store.city and one.city == store.city]
    return tuple(near or others)


def home(turn: Turn, services: Services) -> Store | None:
    """The shopper's own shop."""
    return services.staff.stores.get(turn.conversation.customer.store or "")


def asked(turn: Turn, services: Services) -> Store | None:
    """The shop that a message names."""
    return services.staff.store_named(_said(turn, "store"))


def city(turn: Turn) -> str | None:
    """The city that a message names."""
    return _said(turn, "city")


def names(shops: Iterable[Store]) -> str:
    """Shops in words."""
    return "、".join(store.name for store in shops)


def entrance(turn: Turn, product: Product) -> Door:
    """The door that suits this shopper: their habit first, then ours."""
    customer = turn.conversation.customer
    habits = turn.tags.get("channel_habit", ())
    return door_for(product, habits, customer.store)


def _said(turn: Turn, slot: str) -> str | None:
    return next((str(one.value) for one in turn.recognition.slots if one.name == slot and not one.negated), None)
