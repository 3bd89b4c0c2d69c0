"""Products side by side: in what they differ, and for whom each is not suitable."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from recommender.constraints import blocked_by
from recommender.contents import attribute_values, fold, folded
from recommender.model import Comparison, Difference, Product, Rule, TagKind, Unsuitable
from recommender.reasons import yuan


def compare(products: Sequence[Product], unknown: tuple[str, ...], kinds: Iterable[TagKind], rules: Iterable[Rule]) -> Comparison:
    """Set products side by side; rules are those in force."""
    hard, keeping = [kind for kind in kinds if kind.hard], tuple(rules)
    return Comparison(
        products=tuple(products),
        differences=tuple(_differences(products)),
        unsuitable={product.sku: tuple(_unsuitable(product, hard, keeping)) for product in products},
        unknown=unknown,
    )


def _differences(products: Sequence[Product]) -> Iterator[Difference]:
    columns: dict[str, Callable[[Product], str]] = {
        "price": lambda product: yuan(product.price),
        "brand": lambda product: product.brand,
        "category": lambda product: product.category,
    }
    for key, read in columns.items():
        yield from _if_different(key, [read(product) for product in products])
    common = frozenset.intersection(*(product.tags for product in products)) if products else frozenset()
    yield from _if_different("tags", ["、".join(sorted(product.tags - common)) for product in products])
    for key in dict.fromkeys(key for product in products for key in product.attributes):
        yield from _if_different(key, [_said(product.attributes, key) for product in products])


def _if_different(key: str, values: Sequence[str]) -> Iterator[Difference]:
    if len(set(values)) > 1:
        yield Difference(key, tuple(values))


def _said(attributes: Mapping[str, str | tuple[str, ...]], key: str) -> str:
    value = attributes.get(key, "")
    return value if isinstance(value, str) else "、".join(value)


def _unsuitable(product: Product, hard: Sequence[TagKind], rules: Sequence[Rule]) -> Iterator[Unsuitable]:
    for rule in blocked_by(product, rules):
        who = "，".join("、".join(values) for values in rule.when.values()) or "所有人"
        yield Unsuitable(who, rule.reason, f"rule:{rule.id}")
    for kind in hard:
        held = folded(product.tags) | attribute_values(product)
        carried = [value for value in kind.values if fold(value) in held]
        if carried and len(carried) < len(kind.values):
            others = "、".join(value for value in kind.values if value not in carried)
            yield Unsuitable(others, f"只适合{'、'.join(carried)}", f"tag:{kind.name}")
