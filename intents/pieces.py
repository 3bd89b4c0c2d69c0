"""Parts of products' names by which shoppers call them."""

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PART = re.compile(r"[A-Za-z0-9.+]+|[\u4e00-\u9fff]+")


def partial(products: Sequence[tuple[str, str]], known: Container[str]) -> Iterator[tuple[str, str]]:
    """(part, sku) for parts of products, given as (sku, normalised name), that one product alone has.

    A part has three characters and more and is in ``known`` no spelling of anything else.
    """
    owners: dict[str, str] = {}
    times: Counter[str] = Counter()
    for sku, name in products:
        for part in {part for part in _parts(name) if part not in known}:
            times[part] += 1
            owners[part] = sku
    yield from ((part, sku) for part, sku in owners.items() if times[part] == 1)


def _parts(name: str) -> Iterator[str]:
    """Heads, tails and whole pieces of a product's name, e.g. of 玫瑰补水喷雾 100ml."""
    for found in _PART.finditer(name):
        piece = found[0]
        if not _HAN.match(piece):
            continue
        for length in range(4, len(piece) + 1):
            yield piece[:length]
            yield piece[-length:]
        if len(piece) == 3:
            yield piece
    tail = name.split(" ", 1)
    if len(tail) == 2 and len(tail[1]) >= 4 and _HAN.search(tail[1]):
        yield tail[1]
