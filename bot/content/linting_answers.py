"""The two answers of an entry against each other: the short one for groups must say what the long one says."""

import re
from collections.abc import Iterator
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Mark, Piece, pieces
from bot.content.linting_reading import clauses

CONDITION: Final = re.compile(
    r"的话|如果|要是|假如|万一|除非|没有就|超过|不满|不足|不够|以外|除了|之前|没到|等到|不在[一同]|不想|不愿|不放心|不方便|不需要"
)
"""Words that make a clause hold only sometimes: a yes under a condition does not contradict a no."""
_ROUGHLY: Final = 0.65
"""Share of common pairs of characters from which on a clause of either answer says the same; both are about one thing anyway."""


def marks(item: Item) -> Iterator[Mark]:
    """The short answer against the long one."""
    texts = {piece.path: piece for piece in pieces(item)}
    long, short = texts.get(("answer",)), texts.get(("short",))
    if long is None or short is None:
        return
    values: dict[str, set[float]] = {}
    for clause in clauses(long.text):
        for one in clause.amounts:
            values.setdefault(one.unit, set()).add(one.value)
    for clause in clauses(short.text):
        for one in clause.amounts:
            if (
                one.unit in values
                and one.value not in values[one.unit]
                and not one.loose
                and not _months(one.value, one.unit, long.text)
            ):
                words = short.text[one.start : one.end]
                there = "、".join(f"{value:g}{one.unit}" for value in sorted(values[one.unit]))
                yield Mark(
                    "claim.number",
                    "block",
                    ("short",),
                    words,
                    f"短答案说{words}，长答案里是{there}",
                    "两处改成一样",
                    one.start,
                    one.end,
                )
    yield from _polarity(long, short)


def _months(value: float, unit: str, text: str) -> bool:
    return unit == "月" and f"{value:g}M" in text


def _polarity(long: Piece, short: Piece) -> Iterator[Mark]:
    """Clauses of the short answer that say yes where the long one says no, about the same in the same words."""
    for clause in clauses(short.text):
        if len(clause.grams) < 2 or CONDITION.search(clause.text):
            continue
        alike = [
            one for one in clauses(long.text)
            if len(one.grams & clause.grams) >= _ROUGHLY * len(one.grams | clause.grams) and not CONDITION.search(one.text)
        ]  # fmt: skip
        if alike and all(one.denied % 2 != clause.denied % 2 for one in alike):
            why = f"短答案说“{clause.text.strip()}”，长答案说“{alike[0].text.strip()}”，一个能一个不能"
            yield Mark(
                "claim.denied",
                "block",
                ("short",),
                clause.text.strip(),
                why,
                "两处改成一个意思",
                clause.start,
                clause.start + len(clause.text),
            )
