"""What ops decided (rules): which rules hold today for this demand, and which rows they touch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from recommender.contents import PATH, fold, folded
from recommender.demand import Demand
from recommender.index import Index, Mask
from recommender.model import Rule

OWN_KEYS = frozenset({"category", "brand", "concern", "product", "level", "store", "channel_habit"})
"""Keys of `when` that are no tag kinds."""


@dataclass(frozen=True, slots=True)
class LaidRule:
    """A rule with the rows that it touches, found once."""

    rule: Rule
    when: Mapping[str, frozenset[str]]
    """Folded."""
    keeps: bool
    """Whether it blocks anything."""
    blocked: Mask
    lifts: bool
    """Whether it boosts anything."""
    boosted: Mask


@dataclass(frozen=True, slots=True)
class Orders:
    """The rules that hold for one demand."""

    blocks: tuple[LaidRule, ...]
    boosts: tuple[LaidRule, ...]
    pins: Mapping[str, Rule]
    """Skus in the order in which ops wrote them, each with its (first) rule."""


def lay_rules(rules: Iterable[Rule], index: Index) -> tuple[LaidRule, ...]:
    """Find each rule's rows; a blocked tag also counts where only the product's name gives it away."""
    return tuple(
        LaidRule(
            rule=rule,
            when={key: folded(values) for key, values in rule.when.items()},
            keeps=bool(rule.block),
            blocked=index.forbid(rule.block),
            lifts=bool(rule.boost),
            boosted=index.select(rule.boost),
        )
        for rule in rules
    )


def in_force(rule: Rule, today: date) -> bool:
    """Whether the day lies within the rule's dates, both included."""
    return (rule.start is None or rule.start <= today) and (rule.until is None or today <= rule.until)


def orders(rules: Iterable[LaidRule], demand: Demand) -> Orders:
    """The rules that hold on this day for this demand.

    For what is blocked a word in the text is enough, and old knowledge counts beside new.
    """
    live = [laid for laid in rules if in_force(laid.rule, demand.today)]
    facts, fears = _facts(demand), _fears(demand)
    text = fold(demand.wish.text or "")
    heeded = [laid for laid in live if (laid.lifts or laid.rule.pin) and _holds(laid, facts, "")]
    pins: dict[str, Rule] = {}
    for laid in heeded:
        for sku in laid.rule.pin:
            pins.setdefault(sku, laid.rule)
    return Orders(
        blocks=tuple(laid for laid in live if laid.keeps and _holds(laid, fears, text)),
        boosts=tuple(laid for laid in heeded if laid.lifts),
        pins=pins,
    )


def _holds(laid: LaidRule, facts: Mapping[str, frozenset[str]], text: str) -> bool:
    for key, wanted in laid.when.items():
        met = key in facts and not wanted.isdisjoint(facts[key])
        if not met and not (text and any(word in text for word in wanted)):
            return False
    return True


def _facts(demand: Demand) -> dict[str, frozenset[str]]:
    """What is true of shopper and wish, by key of `when`, folded."""
    shopper, wish, categories = demand.shopper, demand.wish, demand.categories
    parts = (part for category in categories for part in PATH.split(category))
    own = {
        "category": (*categories, *parts),
        "brand": wish.brand,
        "product": wish.product,
        "level": (shopper.level or "",),
        "store": (shopper.store or "", wish.at_store or ""),
        "channel_habit": (shopper.channel_habit or "",),
    }
    keys = {*own, *demand.said, *demand.profile}
    return {key: folded((*own.get(key, ()), *demand.known(key))) for key in keys}


def _fears(demand: Demand) -> dict[str, frozenset[str]]:
    """The same, with what was known before and may have been replaced since."""
    facts = _facts(demand)
    for key in demand.shopper.tags:
        facts[key] = facts.get(key, frozenset()) | folded(demand.ever(key))
    return facts
