"""Which categories may stand in for one that has nothing: as ops say, else those whose products are alike."""

from collections import Counter
from collections.abc import Mapping
from math import log, sqrt

from recommender.contents import fold, folded
from recommender.index import Index

CLOSE = 0.5
"""Cosine from which two categories count as neighbours."""
MOST = 2


def neighbours(index: Index, told: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Folded category → folded neighbours, the closest first; what ops told replaces what is computed."""
    profiles = _profiles(index)
    found = {name: _closest(name, profiles) for name in profiles}
    return found | {fold(name): tuple(fold(other) for other in others) for name, others in told.items()}


def _profiles(index: Index) -> dict[str, dict[str, float]]:
    """Category → share of its products with each tag and attribute name, weighted by rarity among categories.

    What all categories share says nothing and weighs nothing, as in tf-idf (Spärck Jones 1972).
    """
    counts: dict[str, Counter[str]] = {}
    for product in index.products:
        features = folded(product.tags) | {f"{key}:" for key in product.attributes}
        counts.setdefault(fold(product.category), Counter()).update(features)
    spread = Counter(feature for counter in counts.values() for feature in counter)
    return {
        name: {
            feature: count / len(index.categories[name]) * log((1 + len(counts)) / (1 + spread[feature]))
            for feature, count in counter.items()
        }
        for name, counter in counts.items()
        if name
    }


def _closest(name: str, profiles: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    near = ((_cosine(profiles[name], profile), other) for other, profile in profiles.items() if other != name)
    ranked = sorted((-closeness, other) for closeness, other in near if closeness >= CLOSE)
    return tuple(other for _, other in ranked[:MOST])


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(weight * other[feature] for feature, weight in one.items() if feature in other)
    length = sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return product / length if length else 0.0
