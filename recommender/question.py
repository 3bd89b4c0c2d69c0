"""One question back (反问), where its answer would narrow the choice more than a guess does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from recommender.contents import fold
from recommender.demand import Demand
from recommender.index import Ids, Index, Mask, Postings, Weights
from recommender.model import Question, TagKind

FEW = 6
"""A pool smaller than this is shown, not asked about."""
WORTH_ASKING = 0.45
"""Expected bits from which on a question is asked: a third fewer candidates, or better."""
BUDGET_WEIGHT = 0.6
"""A price halves the choice as well as a skin type does, but says less about what suits: it comes later."""
SPREAD = 2.0
"""Prices this many times apart (a tenth from either end) make the budget worth a question."""
MOST_OPTIONS = 6
_ROUND = (1, 2, 3, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class _Choice:
    slot: str
    gain: float
    options: tuple[str, ...]


def ask(demand: Demand, index: Index, kinds: Mapping[str, TagKind], pool: Mask) -> Question | None:
    """The question with the largest expected gain, or None where showing is better than asking."""
    rows = np.flatnonzero(pool)
    if demand.wish.product or not len(rows):
        return _wider_budget(demand) if not len(rows) else None
    for kind in kinds.values():
        # An age stage that decides what is allowed is asked for before anything is guessed.
        if kind.hard and not demand.known(kind.name):
            choice = _by_values(kind.name, kind.values, index.contents, pool)
            carried = np.count_nonzero(index.holding(index.contents, kind.values) & pool)
            if choice.options and demand.categories and carried * 2 >= len(rows):
                return _question(choice)
    if len(rows) < FEW:
        return None
    best = max(_choices(demand, index, kinds, pool), key=lambda choice: choice.gain, default=None)
    if best is None or (best.gain < WORTH_ASKING and not demand.blank):
        return None
    return _question(best)


def _question(choice: _Choice) -> Question:
    return Question(choice.slot, f"ask_{choice.slot}", choice.options)


def _wider_budget(demand: Demand) -> Question | None:
    """Nothing fits and there is a budget: whether to look beyond it is the shopper's to say."""
    limited = demand.wish.budget_max is not None or demand.wish.budget_min is not None
    return Question("budget", "ask_budget_wider", ()) if limited else None


def _choices(demand: Demand, index: Index, kinds: Mapping[str, TagKind], pool: Mask) -> Iterator[_Choice]:
    if not demand.categories:
        yield _by_category(index, pool)
        return
    for kind in kinds.values():
        askable = kind.exclusive or kind.hard or kind.name == "concern"
        if askable and kind.name != "channel_habit" and not demand.known(kind.name):
            yield _by_values(kind.name, kind.values, index.contents, pool)
    if demand.wish.budget_min is None and demand.wish.budget_max is None:
        yield _by_price(index.price[pool])


def _by_values(slot: str, values: Sequence[str], postings: Postings, pool: Mask) -> _Choice:
    """The gain over the values of a kind; a product that says nothing stays possible after any answer."""
    rows = {value: found for value in values if len(found := _within(postings, value, pool))}
    size, silent = int(np.count_nonzero(pool)), pool.copy()
    for found in rows.values():
        silent[found] = False
    counts = [len(found) for found in rows.values()]
    options = tuple(sorted(rows, key=lambda value: -len(rows[value]))[:MOST_OPTIONS])
    return _Choice(slot, _gain(size, counts, int(np.count_nonzero(silent))), options if len(options) > 1 else ())


def _within(postings: Postings, value: str, pool: Mask) -> Ids:
    found = postings.get(fold(value))
    return np.empty(0, dtype=np.intp) if found is None else found[pool[found]]


def _gain(size: int, counts: Sequence[int], silent: int) -> float:
    """Expected bits: candidates now against candidates left after each answer, as likely as it is common."""
    if len(counts) < 2:
        return 0.0
    answered = sum(counts)
    return log2(size) - sum(count / answered * log2(count + silent) for count in counts)


def _by_category(index: Index, pool: Mask) -> _Choice:
    held = np.bincount(index.category[pool], minlength=len(index.kinds_of_goods))
    counts = {name: int(count) for name, count in zip(index.kinds_of_goods, held, strict=True) if name and count}
    options = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
    return _Choice("category", _gain(sum(counts.values()), tuple(counts.values()), 0), options[:MOST_OPTIONS])


def _by_price(prices: Weights) -> _Choice:
    low, first, second, high = (float(q) for q in np.quantile(prices, (0.1, 1 / 3, 2 / 3, 0.9)))
    lower, upper = _rounded(first), _rounded(second)
    if high < SPREAD * max(low, 1.0) or lower >= upper:
        return _Choice("budget", 0.0, ())
    parts = np.bincount(np.searchsorted((lower, upper), prices, side="left"), minlength=3)
    gain = BUDGET_WEIGHT * _gain(len(prices), [int(part) for part in parts if part], 0)
    return _Choice("budget", gain, (f"{lower}元以内", f"{lower}到{upper}元", f"{upper}元以上"))


def _rounded(price: float) -> int:
    """A price as people say it: 100, 200, 300, 500 …, the nearest one."""
    scale: int = 10 ** max(len(str(int(price))) - 1, 1)
    return min((step * scale for step in _ROUND), key=lambda said: abs(said - price))


_TEXTS: Mapping[str, str] = {
    "ask_category": "想看看哪一类呀？我们有{}",
    "ask_skin_type": "你是什么肤质呀？{}里是哪种？",
    "ask_concern": "最想解决什么呀？{}？",
    "ask_budget": "预算大概多少呀？{}？",
    "ask_age_stage": "宝宝现在多大啦？{}？",
    "ask_budget_wider": "这个预算里暂时没有合适的，要不要放宽一点看看？",
}


def default_text(question: Question) -> str:
    """A wording for places without reply scripts; ops word it themselves under `text_key`."""
    text = _TEXTS.get(question.text_key, "方便再说一下吗？{}里哪个合适？")
    return text.format("、".join(question.options))
