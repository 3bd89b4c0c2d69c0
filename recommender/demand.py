"""A shopper and a wish as one value: what was just said, what was known before, on which day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from types import MappingProxyType

from recommender.contents import fold, folded
from recommender.index import Index
from recommender.mentions import mentioned
from recommender.model import Shopper, TagKind, Wish

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What everything else in the room asks about."""

    shopper: Shopper
    wish: Wish
    said: Values
    """By kind, the concern among them; never empty tuples."""
    profile: Values
    """Known before, without what the words just said have replaced."""
    categories: tuple[str, ...]
    """As said, else those of the products asked for by name."""
    words: tuple[str, ...]
    """Contents, brands and categories that the text names and no field holds."""
    today: date
    """In the brand's zone."""

    def known(self, name: str) -> tuple[str, ...]:
        """The shopper's values of a kind, what was just said first."""
        return _once((*self.said.get(name, ()), *self.profile.get(name, ())))

    def ever(self, name: str) -> tuple[str, ...]:
        """All values of a kind, even replaced ones: what a safety rule looks at."""
        return _once((*self.said.get(name, ()), *self.shopper.tags.get(name, ())))

    @property
    def blank(self) -> bool:
        """Whether nothing at all is known."""
        wish = self.wish
        return not (
            self.said or self.profile or self.words or self.shopper.owned
            or wish.category or wish.brand or wish.product
        )  # fmt: skip


def local_day(at: datetime, zone: tzinfo) -> date:
    """The day in the brand's zone; a time without a zone is already in it."""
    return (at.astimezone(zone) if at.tzinfo else at).date()


def understand(
    shopper: Shopper, wish: Wish, kinds: Mapping[str, TagKind], index: Index, today: date
) -> Demand:
    """Bring both together; the text adds literal values of kinds that no field speaks of."""
    refused = folded((*wish.exclude_tags, *wish.exclude_brand, *wish.exclude_category))
    said = {name: values for name, values in wish.tags.items() if values}
    if wish.concern:
        said["concern"] = _once((*wish.concern, *said.get("concern", ())))
    if wish.text:
        said = _with_literal(said, wish.text, kinds, refused)
    held = folded((*wish.category, *wish.brand, *(value for values in said.values() for value in values)))
    vocabulary = (index.contents, index.brands, index.categories)
    words = mentioned(wish.text, lambda word: any(word in part for part in vocabulary)) if wish.text else ()
    named = (
        index.products[row].category for sku in wish.product if (row := index.position.get(sku)) is not None
    )
    return Demand(
        shopper=shopper,
        wish=wish,
        said=MappingProxyType(said),
        profile=MappingProxyType(_still_true(shopper.tags, said, kinds)),
        categories=wish.category or _once(named),
        words=tuple(word for word in words if word not in refused and word not in held),
        today=today,
    )


def _with_literal(
    said: dict[str, tuple[str, ...]], text: str, kinds: Mapping[str, TagKind], refused: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    # A net below the understanding of the message: 孕妇 in plain sight must reach the rules even if a slot was missed.
    added = dict(said)
    for kind in kinds.values():
        spelled = {fold(value): value for value in kind.values if fold(value) not in refused}
        found = mentioned(text, spelled.__contains__) if kind.name not in said else ()
        if found:
            added[kind.name] = tuple(spelled[word] for word in found)
    return added


def _still_true(before: Values, said: Values, kinds: Mapping[str, TagKind]) -> dict[str, tuple[str, ...]]:
    replaced = {name for name in said if name in kinds and (kinds[name].exclusive or kinds[name].hard)}
    return {name: values for name, values in before.items() if values and name not in replaced}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
