"""When a room of one workspace may serve another: where what it reads is the same to the letter.

Compared is what would be written down, never what is equal by some other measure: 99 and 99.00 are equal prices, and two
mappings are equal in whatever order, yet either may be seen in an answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore
from bot.content.libraries import Basis
from bot.content.workspace import Workspace
from bot.services import Services
from intents import Classifier, LinearModel

StandIn = Callable[[Classifier], Classifier]
"""Puts another classifier before our own, which stays behind it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What rooms are built with, beside the content."""

    encoder: Encoder
    models: ModelStore
    stand_in: StandIn | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """What services are to be built from."""

    workspace: Workspace
    model: LinearModel
    means: Means
    hasty: bool = False
    """A library that differs from the one before may go by what that one had learnt of itself, until it is ``settled``."""


@dataclass(frozen=True, slots=True)
class Made:
    """What services were built from."""

    recipe: Recipe
    basis: Basis
    """Of the library."""


def made_of(services: Services | None) -> Made | None:
    """What services were built from; None where nobody may share them."""
    return services.made if services is not None and isinstance(services.made, Made) else None


def same(one: object, other: object) -> bool:
    """Whether two values are the same to the letter, order included; what is one object is not looked into."""
    if one is other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def same_names(one: Workspace, other: Workspace) -> bool:
    """Whether both find the same names in messages: spellings, and what goods, their kinds and brands, and stores are called."""
    return same(one.spellings, other.spellings) and _called(one) == _called(other)


def _called(workspace: Workspace) -> tuple[Sequence[object], Sequence[str]]:
    goods = [(one.sku, one.name, one.category, one.brand) for one in workspace.products]
    return goods, [store.name for store in workspace.staff.stores.values()]


def same_goods(one: Workspace, other: Workspace) -> bool:
    """Whether both recommend alike to somebody who never did anything."""
    return (
        one.brand.timezone == other.brand.timezone
        and same(one.products, other.products)
        and same(one.rules, other.rules)
        and same(one.kinds, other.kinds)
        and same(one.neighbours, other.neighbours)
    )


def same_entries(one: Workspace, other: Workspace) -> bool:
    """Whether both know the same; how it is read hangs on the names."""
    return same(one.entries, other.entries)


def same_words(one: Workspace, other: Workspace) -> bool:
    """Whether both say the same."""
    return same(one.scripts, other.scripts) and same(one.brand, other.brand)
