"""Sentences to learn from: fewer than before, those that another intent already has, and those that sound like another one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from bot.content.items import Item
from bot.content.linting_catalogue import sentence
from bot.content.linting_pieces import Mark, named
from bot.content.linting_questions import core

Heard: TypeAlias = Callable[[Sequence[str]], Sequence[Mapping[str, float]]]
"""Sentences → for each the probability of every intent, as the live model hears it; nothing where there is no model."""
Intents: TypeAlias = Callable[[], Mapping[str, Collection[str]]]
"""The core of a sentence → the intents that it is a sentence of."""

FEWER: Final = 3
"""Phrasings or sentences that may go without a word, as long as more than half stay."""
SURE: Final = 0.9
"""How sure the live model must be of another intent; of the training sentences, each heard by a model that did not learn it,
under one in a hundred is so sure a stranger to its own intent."""
_HARDLY: Final = 0.02
"""What the model gives the taught intent at the most."""
_MOST: Final = 400
"""New sentences that are listened to: a whole new intent is not a slip of the pen."""


def fewer(before: Item, after: Item, name: str, called: str) -> Iterator[Mark]:
    """Most of a list of phrasings or sentences taken away."""
    old, new = set(named(before.value, name)), set(named(after.value, name))
    lost = old - new
    if len(lost) >= FEWER and len(lost) * 2 > len(old) and len(new) < len(old):
        why = f"{called}从 {len(old)} 句变成 {len(new)} 句，原来能答上的会答不上"
        yield Mark("change.fewer", "warn", (name,), "、".join(sorted(lost)[:3]), why, "补回常用的问法")


def marks(before: Item, after: Item, intents: Intents, heard: Heard | None) -> Iterator[Mark]:
    """What is wrong with the sentences that an edit adds; ``heard``: how the live model takes them."""
    yield from fewer(before, after, "examples", "例句")
    known = set(named(before.value, "examples"))
    fresh = [(n, one) for n, one in enumerate(named(after.value, "examples")) if one not in known]
    twins: set[int] = set()
    for n, one in fresh:
        others = sorted(set(intents().get(core(sentence(one)), ())) - {after.key.id})
        if others:
            twins.add(n)
            why = f"{'、'.join(others)} 里已经有这样说的，两边都教，程序分不清"
            yield Mark("training.twin", "warn", ("examples", n), one, why, "只留在一个意图里")
    if heard is not None:
        yield from _strangers([(n, one) for n, one in fresh if n not in twins][:_MOST], after.key.id, heard)


def _strangers(fresh: Sequence[tuple[int, str]], intent: str, heard: Heard) -> Iterator[Mark]:
    """Sentences that the live model surely takes for another intent."""
    chances = heard([sentence(one) for _, one in fresh]) if fresh else ()
    for (n, one), chance in zip(fresh, chances, strict=False):
        if intent not in chance:
            return
        other = max(chance, key=lambda name: chance[name])
        if chance[other] >= SURE and chance[intent] <= _HARDLY:
            why = f"听起来像 {other}（现在的程序有 {chance[other]:.0%} 的把握），教到 {intent} 里，这样说的顾客会被答错"
            yield Mark("training.stranger", "warn", ("examples", n), one, why, f"挪到 {other}，或者删掉")
