"""The door (购买入口) by which a shopper gets a product: the one they are used to, if the product has it."""

from collections.abc import Iterable, Iterator, Sequence
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
    wanted = demand.wish.at_store
    first = (STORE,) if wanted is not None else ()
    return _open(product, (*first, *habits(demand)), wanted, demand.shopper.store)


def door_for(product: Product, used: Sequence[str] = (), own: str | None = None) -> Door:
    """The same for a product under discussion; `used`: channels that the shopper habitually buys on, `own`: their shop."""
    return _open(product, tuple(used), None, own)


def _open(product: Product, first: Sequence[str], wanted: str | None, own: str | None) -> Door:
    for channel in _order(first):
        if channel == STORE:
            if _sold_in_shop(product, first, wanted, own):
                return Door(STORE)
        elif isinstance(link := product.links.get(channel), str) and link:
            return Door(channel, link)
    return Door()


def _order(first: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from ORDER
    yield STORE


def habits(demand: Demand) -> tuple[str, ...]:
    """The channels that the shopper is used to: what was said, then what the shopper's record says."""
    said = demand.said.get("channel_habit", ())
    recorded = (demand.shopper.channel_habit,) if demand.shopper.channel_habit else ()
    return (*said, *recorded, *demand.profile.get("channel_habit", ()))


def _sold_in_shop(product: Product, first: Sequence[str], wanted: str | None, own: str | None) -> bool:
    if product.links.get(STORE) in (None, False, ""):
        return False
    # Somebody used to their own shop is not sent there for nothing; without an own shop any shop will do.
    if wanted is None and own is not None and not isinstance(product.stock, int) and STORE in first:
        wanted = own
    return product.in_stock(wanted)
