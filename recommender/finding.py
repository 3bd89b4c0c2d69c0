"""Products by the name that a shopper types."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from recommender.contents import fold
from recommender.model import Product

ENOUGH = 72.0
"""Of 100: typed names more different than this are other names."""


def find(name: str, products: Sequence[Product], names: Sequence[str], limit: int) -> tuple[Product, ...]:
    """Products of that sku or name, else of names that hold it, else of similar ones; the best first.

    `names` are the products' folded names, in their order. Hidden and ended products are found too: somebody who
    asks for one by name is told so.
    """
    wanted = fold(name)
    if not wanted:
        return ()
    same = [p for p, held in zip(products, names, strict=True) if wanted in (held, fold(p.sku))]
    if same:
        return tuple(same[:limit])
    holding = [(len(held), p.sku, p) for p, held in zip(products, names, strict=True) if wanted in held]
    if holding:
        return tuple(product for _, _, product in sorted(holding, key=lambda hit: hit[:2])[:limit])
    similar = process.extract(wanted, names, scorer=fuzz.WRatio, limit=limit, score_cutoff=ENOUGH)
    return tuple(products[place] for _, _, place in sorted(similar, key=lambda hit: (-hit[1], hit[2])))
