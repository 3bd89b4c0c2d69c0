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
    """As said, else those of the products asked for by name, else those that the text names."""
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


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that may be found in a text, all folded."""

    kinds: Mapping[str, TagKind]
    values: Mapping[str, tuple[tuple[str, str], ...]]
    """Word → the kinds that have it, each with the value as ops wrote it."""
    goods: frozenset[str]
    """Contents, brands and categories of the catalogue."""


def lexicon(kinds: Mapping[str, TagKind], index: Index) -> Lexicon:
    """Collect the words once."""
    values: dict[str, tuple[tuple[str, str], ...]] = {}
    for kind in kinds.values():
        for value in kind.values:
            values[fold(value)] = (*values.get(fold(value), ()), (kind.name, value))
    return Lexicon(kinds, values, frozenset((*index.contents, *index.brands, *index.categories)))


def understand(shopper: Shopper, wish: Wish, words: Lexicon, index: Index, today: date) -> Demand:
    """Bring both together; the text adds what it names outright and no field speaks of.

    A net below the understanding of the message: 孕妇 in plain sight must reach the rules even if a slot was missed.
    """
    refused = folded((*wish.exclude_tags, *wish.exclude_brand, *wish.exclude_category))
    named = [word for word in mentioned(wish.text or "", words.goods) if word not in refused]
    categories = wish.category or _of_products(wish, index) or tuple(w for w in named if w in index.categories)
    said = {name: values for name, values in wish.tags.items() if values}
    if wish.concern:
        said["concern"] = _once((*wish.concern, *said.get("concern", ())))
    said = _with_literal(said, wish.text or "", words, refused | folded(categories))
    held = folded((*categories, *wish.brand, *(value for values in said.values() for value in values)))
    return Demand(
        shopper=shopper,
        wish=wish,
        said=MappingProxyType(said),
        profile=MappingProxyType(_still_true(shopper.tags, said, words.kinds)),
        categories=categories,
        words=tuple(word for word in named if word not in held),
        today=today,
    )


def _with_literal(
    said: dict[str, tuple[str, ...]], text: str, words: Lexicon, refused: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    added = dict(said)
    for word in mentioned(text, words.values.keys()):
        for name, value in words.values[word]:
            if name not in said and word not in refused:
                added[name] = (*added.get(name, ()), value)
    return added


def _of_products(wish: Wish, index: Index) -> tuple[str, ...]:
    rows = (index.position.get(sku) for sku in wish.product)
    return _once(index.products[row].category for row in rows if row is not None)


def _still_true(before: Values, said: Values, kinds: Mapping[str, TagKind]) -> dict[str, tuple[str, ...]]:
    replaced = {name for name in said if name in kinds and (kinds[name].exclusive or kinds[name].hard)}
    return {name: values for name, values in before.items() if values and name not in replaced}


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
