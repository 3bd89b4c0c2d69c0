"""Sentences that sound like a claim of health or an assurance though no rule knows their words.

Groups of one to three characters weigh for or against either (`scripts.lint.weights`, learnt from the labelled sentences by a
logistic regression); a sentence that weighs enough is shown to a person. Rules come first: they name the law and the words
surely.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from typing import Final

from scripts.lint.model import Law, compiled
from scripts.lint.rules_assuring import HEDGED
from scripts.lint.rules_effects import HONEST
from scripts.lint.rules_health import FOOD, GUARANTEE, INFANT, MEDICAL
from scripts.lint.weights import BIAS, GUARANTEES, HEALTH, SCALE

_SENTENCE: Final = re.compile(r"[^。!?;\n]+[?]?")
_LIST: Final = re.compile(r"[^、,]{1,8}(?:、[^、,]{1,8})+[?]?")
"""Tags in a row are no sentence; the rules know the forbidden ones."""
_FEWEST: Final = 7
"""Characters of a sentence that can be a claim."""
_LONGEST: Final = 3
"""Characters of the longest group."""
_ENOUGH: Final = dict.fromkeys(("food", "health_food", "infant", "formula"), round(0.5 * SCALE))
_MOSTLY: Final = round(1.25 * SCALE)
"""Log odds from which a sentence is shown, in trades whose sellers live by such claims and in all others. Cross-validated on
lint_dev and lint_fresh: of 58 claims about food that no rule knew 31 were found, with 3 of 176 near misses accused; a third of
the others with 4 of 1562 near misses and none of 1731 sentences of the demo brands."""
_FED: Final = frozenset({"infant", "formula"})
_EATEN: Final = frozenset({"food", "health_food"})
_OF_BABIES: Final = re.compile(r"奶粉|母乳|辅食|米粉|配方|(?:宝宝|娃|孩子)[^,]{0,4}[吃喝]|[吃喝][^,]{0,6}(?:宝宝|娃|孩子)")
_OF_FOOD: Final = re.compile(r"[吃喝]|[茶酒汤粥]")


@cache
def _weights() -> Mapping[str, tuple[int, int]]:
    """Each group of characters to what it weighs for a claim of health and for an assurance."""
    table: dict[str, tuple[int, int]] = {}
    for column, text in enumerate((HEALTH, GUARANTEES)):
        for row in text.replace("\n", "").split("|"):
            weight, *groups = row.split(",")
            for group in groups:
                health, sure = table.get(group, (0, 0))
                table[group] = (int(weight), sure) if column == 0 else (health, int(weight))
    return table


def weighed(sentence: str) -> tuple[int, int]:
    """What a sentence weighs for a claim of health and for an assurance, in log odds times `SCALE`."""
    table = _weights()
    health, sure = BIAS
    groups = {sentence[at : at + size] for size in range(1, _LONGEST + 1) for at in range(len(sentence) - size + 1)}
    for group in groups:
        if (pair := table.get(group)) is not None:
            health += pair[0]
            sure += pair[1]
    return health, sure


def leaning(text: str, trade: str | None, done: list[tuple[int, int]]) -> Iterator[tuple[Law, int, int]]:
    """Stretches that weigh enough, each with its law, in sentences in which nothing was ``done`` (found: start, end) yet."""
    enough = _ENOUGH.get(trade or "", _MOSTLY)
    for found in _SENTENCE.finditer(text):
        begin, end = found.span()
        if end - begin < _FEWEST or any(start < end and begin < until for start, until in done):
            continue
        if _LIST.fullmatch(found[0]):
            continue
        health, sure = weighed(found[0])
        if max(health, sure) <= enough or compiled(f"{HONEST}|{HEDGED}").search(found[0]):
            continue
        start, until = _heaviest(found[0], column=int(sure > health))
        yield GUARANTEE if sure > health else _law(found[0], trade), begin + start, begin + until


def _law(sentence: str, trade: str | None) -> Law:
    """The law that a claim of health breaks, by what is sold, or else by what the sentence speaks of."""
    if trade in _FED or (trade is None and _OF_BABIES.search(sentence)):
        return INFANT
    return FOOD if trade in _EATEN or (trade is None and _OF_FOOD.search(sentence)) else MEDICAL


def _heaviest(sentence: str, column: int) -> tuple[int, int]:
    """The stretch of a sentence that weighs most: start and end (exclusive)."""
    table = _weights()
    load = [0] * len(sentence)
    for size in range(1, _LONGEST + 1):
        for at in range(len(sentence) - size + 1):
            if pair := table.get(sentence[at : at + size]):
                for place in range(at, at + size):
                    load[place] += pair[column] * 6 // size
    sums = [0, *accumulate(load)]
    best, start, until, low = 0, 0, len(sentence), 0
    for at in range(1, len(sums)):
        if sums[at] - sums[low] > best:
            best, start, until = sums[at] - sums[low], low, at
        if sums[at] < sums[low]:
            low = at
    return start, until
