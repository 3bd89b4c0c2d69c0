"""What ops decided (rules): which rules hold today for this demand, and which rows they touch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from recommender.contents import fold, folded
from recommender.demand import Demand
from recommender.index import Index, Mask
from recommender.model import Rule

OWN_KEYS = frozenset({"category", "brand", "concern", "product", "level", "store", "channel_habit"})
"""Keys of `when` that are no tag kinds."""


@dataclass(frozen=True, slots=True)
class LaidRule:
    """A rule with the rows that it touches, found once."""

    rule: Rule
    blocked: Mask
    boosted: Mask


@dataclass(frozen=True, slots=True)
class Orders:
    """The rules that hold for one demand."""

    blocks: tuple[LaidRule, ...]
    boosts: tuple[LaidRule, ...]
    pins: tuple[tuple[str, Rule], ...]
    """Skus in the order in which ops wrote them, each with its rule."""


def lay_rules(rules: Iterable[Rule], index: Index) -> tuple[LaidRule, ...]:
    """Find each rule's rows; a blocked tag also counts where only the product's name gives it away."""
    return tuple(
        LaidRule(rule, index.forbid(rule.block), index.select(rule.boost)) for rule in rules
    )


def in_force(rule: Rule, today: date) -> bool:
    """Whether the day lies within the rule's dates, both included."""
    return (rule.start is None or rule.start <= today) and (rule.until is None or today <= rule.until)


def concerns(rule: Rule, demand: Demand, *, safety: bool = False) -> bool:
    """Whether `when` holds. For safety a word in the text is enough, and old knowledge counts beside new."""
    return all(_holds(key, values, demand, safety) for key, values in rule.when.items())


def orders(rules: Iterable[LaidRule], demand: Demand) -> Orders:
    """The rules that hold on this day for this demand."""
    live = [laid for laid in rules if in_force(laid.rule, demand.today)]
    heeded = [laid for laid in live if concerns(laid.rule, demand)]
    pins = {sku: laid.rule for laid in reversed(heeded) for sku in reversed(laid.rule.pin)}
    return Orders(
        blocks=tuple(laid for laid in live if laid.rule.block and concerns(laid.rule, demand, safety=True)),
        boosts=tuple(laid for laid in heeded if laid.rule.boost),
        pins=tuple((sku, pins[sku]) for sku in dict.fromkeys(s for laid in heeded for s in laid.rule.pin)),
    )


def _holds(key: str, values: tuple[str, ...], demand: Demand, safety: bool) -> bool:
    wanted = folded(values)
    if not wanted.isdisjoint(folded(_facts(key, demand, safety))):
        return True
    return safety and demand.wish.text is not None and any(word in fold(demand.wish.text) for word in wanted)


def _facts(key: str, demand: Demand, safety: bool) -> tuple[str, ...]:
    stated = _own_facts(demand).get(key, ())
    return (*stated, *(demand.ever(key) if safety else demand.known(key)))


def _own_facts(demand: Demand) -> Mapping[str, tuple[str, ...]]:
    shopper, wish = demand.shopper, demand.wish
    facts = {
        "category": (*demand.categories, *_parts(demand.categories)),
        "brand": wish.brand,
        "product": wish.product,
        "level": (shopper.level,),
        "store": (shopper.store, wish.at_store),
        "channel_habit": (shopper.channel_habit,),
    }
    return {key: tuple(value for value in values if value) for key, values in facts.items()}


def _parts(categories: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for category in categories for part in category.replace(">", "/").split("/"))
