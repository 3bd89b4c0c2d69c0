"""The door (购买入口) by which a shopper gets a product: the one they are used to, if the product has it."""

from collections.abc import Iterator
from dataclasses import dataclass

from recommender.demand import Demand
from recommender.model import Product

ORDER = ("wecom_mini", "tmall", "jd")
"""Where nobody is used to anything: our own mini-program first."""
STORE = "store"


@dataclass(frozen=True, slots=True)
class Door:
    """A channel and its address; a shop has no address to click."""

    channel: str | None = None
    link: str | None = None


def door(product: Product, demand: Demand) -> Door:
    """The first door that is open, in the order that suits this shopper; an empty one if there is none."""
    for channel in _order(demand):
        if channel == STORE:
            if _sold_in_shop(product, demand):
                return Door(STORE)
        elif isinstance(link := product.links.get(channel), str) and link:
            return Door(channel, link)
    return Door()


def _order(demand: Demand) -> Iterator[str]:
    if demand.wish.at_store is not None:
        yield STORE
    yield from habits(demand)
    yield from ORDER
    yield STORE


def habits(demand: Demand) -> tuple[str, ...]:
    """The channels that the shopper is used to: what was said, then what the shopper's record says."""
    said = demand.said.get("channel_habit", ())
    recorded = (demand.shopper.channel_habit,) if demand.shopper.channel_habit else ()
    return (*said, *recorded, *demand.profile.get("channel_habit", ()))


def _sold_in_shop(product: Product, demand: Demand) -> bool:
    if product.links.get(STORE) in (None, False, ""):
        return False
    wanted = demand.wish.at_store
    own = demand.shopper.store
    # Somebody used to their own shop is not sent there for nothing; without an own shop any shop will do.
    if wanted is None and own is not None and not isinstance(product.stock, int) and STORE in habits(demand):
        wanted = own
    return product.in_stock(wanted)
