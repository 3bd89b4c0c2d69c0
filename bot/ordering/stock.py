"""Who gets how much where less is there than was ordered: whoever said it first, step by step. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.ordering.menu import Good
from intents.orders import Line

Key = tuple[str, str]
"""Sender and sku."""


def granted(lines: Iterable[Line], goods: Iterable[Good], order: Mapping[str, int]) -> dict[Key, Decimal]:
    """What of each line there is stock for; ``order``: the place of each message in the talk.

    A line that grew later has for its first part the place of its first part: 再加一箱 does not cost anybody what they had.
    """
    left = {one.sku: one.stock for one in goods if one.stock is not None}
    found: dict[Key, Decimal] = {}
    steps: list[tuple[int, int, Key, Decimal]] = []
    for place, line in enumerate(lines):
        key = (line.sender, line.sku)
        found[key] = line.n if line.sku not in left else Decimal(0)
        if line.sku in left:
            steps += [(order.get(message, -1), place, key, n) for message, n in line.steps]
    for _, _, key, n in sorted(steps, key=lambda one: one[:2]):
        taken = max(Decimal(0), min(n, left[key[1]]))
        left[key[1]] -= taken
        found[key] += taken
    return found
