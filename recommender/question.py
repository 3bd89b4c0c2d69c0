"""One question back (反问), where its answer would narrow the choice more than a guess does.

The worth of a question is its expected gain: the bits by which its answer is expected to narrow the choice (the entropy of
the candidates, each as likely as its score is high), times the part of what would be shown now that the answer is expected
to throw out. A question that narrows much but changes nothing of what is shown first is not worth an answer; nor is one
whose answers are mostly not among those that can be offered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.contents import fold
from recommender.demand import Demand
from recommender.index import Ids, Index, Mask, Postings, Weights
from recommender.model import Question, TagKind
from recommender.ranking import best

FEW = 6
"""A pool smaller than this is shown, not asked about."""
WORTH_ASKING = 0.45
"""Expected gain from which on a question is asked: half of what is shown would go, and a bit less than half of the choice."""
BUDGET_WEIGHT = 0.6
"""A price halves the choice as well as a skin type does, but says less about what suits: it comes later."""
SPREAD = 2.0
"""Prices this many times apart (a tenth from either end) make the budget worth a question."""
MOST_OPTIONS = 6
SHOWN = 3
"""So many products are shown at once: what an answer changes is looked for among them."""
_ROUND = (1, 2, 3, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class _Choice:
    slot: str
    gain: float
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Outlook:
    """The candidates as they stand before an answer; all columns over the rows of the index, 0 outside the pool."""

    pool: Mask
    likely: Weights
    """How likely each is the right one; together 1."""
    surprise: Weights
    """Of each: ``-p·log2 p``, its part of the entropy."""
    shown: Weights
    """1 / n for each of the n that would be shown now."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the candidates; parts that share none add up."""

    mass: float
    surprise: float
    shown: float

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(self.mass + other.mass, self.surprise + other.surprise, self.shown + other.shown)

    @property
    def entropy(self) -> float:
        """Bits that are left to choose among these alone."""
        return self.surprise / self.mass + float(np.log2(self.mass)) if self.mass > 0 else 0.0


def ask(demand: Demand, index: Index, kinds: Mapping[str, TagKind], pool: Mask, total: Weights) -> Question | None:
    """The question with the largest expected gain, or None where showing is better than asking; `total` are the scores."""
    rows = np.flatnonzero(pool)
    if demand.wish.product or not len(rows):
        return _wider_budget(demand) if not len(rows) else None
    view = _outlook(index, pool, rows, total)
    for kind in kinds.values():
        # An age stage that decides what is allowed is asked for before anything is guessed.
        if kind.hard and not demand.known(kind.name):
            choice = _by_values(kind, index.contents, view)
            carried = np.count_nonzero(index.holding(index.contents, kind.values) & pool)
            if choice.options and demand.categories and carried * 2 >= len(rows):
                return _question(choice)
    if len(rows) < FEW:
        return None
    found = max(_choices(demand, index, kinds, view), key=lambda choice: choice.gain, default=None)
    if found is None or not found.options or (found.gain < WORTH_ASKING and not demand.blank):
        return None
    return _question(found)


def _question(choice: _Choice) -> Question:
    return Question(choice.slot, f"ask_{choice.slot}", choice.options)


def _wider_budget(demand: Demand) -> Question | None:
    """Nothing fits and there is a budget: whether to look beyond it is the shopper's to say."""
    limited = demand.wish.budget_max is not None or demand.wish.budget_min is not None
    return Question("budget", "ask_budget_wider", ()) if limited else None


def _choices(demand: Demand, index: Index, kinds: Mapping[str, TagKind], view: _Outlook) -> Iterator[_Choice]:
    """Every question that may be put: only what is not known; prices say something only within a kind of goods."""
    if not demand.categories:
        yield _by_category(index, view)
    for kind in kinds.values():
        askable = kind.exclusive or kind.hard or kind.name == "concern"
        if askable and kind.name != "channel_habit" and not demand.known(kind.name):
            yield _by_values(kind, index.contents, view)
    limited = demand.wish.budget_min is not None or demand.wish.budget_max is not None or demand.known("price_band")
    if demand.categories and not limited:
        yield _by_price(index.price, view)


def _outlook(index: Index, pool: Mask, rows: Ids, total: Weights) -> _Outlook:
    likely, surprise, shown = (np.zeros(len(pool), dtype=np.float64) for _ in range(3))
    part = total[rows] / total[rows].sum()
    likely[rows], surprise[rows] = part, -part * np.log2(part)
    first = best(total, pool, SHOWN, index.by_price)
    shown[first] = 1 / len(first)
    return _Outlook(pool, likely, surprise, shown)


def _part(view: _Outlook, rows: Ids | Mask) -> _Part:
    return _Part(float(view.likely[rows].sum()), float(view.surprise[rows].sum()), float(view.shown[rows].sum()))


def _gain(view: _Outlook, answers: Sequence[_Part], silent: _Part, offered: Sequence[_Part]) -> float:
    """Expected bits, times the expected part of what is shown that goes, times how likely the answer is among the offered.

    An answer is as likely as the candidates that carry it; what carries none of them stays possible after any.
    """
    said = sum(answer.mass for answer in answers)
    if len(answers) < 2 or said <= 0:
        return 0.0
    before = _part(view, view.pool).entropy
    left = [(answer.mass / said, answer + silent) for answer in answers]
    bits = before - sum(chance * part.entropy for chance, part in left)
    changed = sum(chance * (1 - part.shown) for chance, part in left)
    return bits * changed * sum(answer.mass for answer in offered) / said


_NONE = _Part(0.0, 0.0, 0.0)


def _ranked(view: _Outlook, rows: Mapping[str, Ids]) -> tuple[tuple[str, ...], dict[str, _Part]]:
    """The answers that can be offered, the likeliest first, and all with what carries them."""
    parts = {name: _part(view, found) for name, found in rows.items()}
    options = sorted(parts, key=lambda name: -round(parts[name].mass, 9))[:MOST_OPTIONS]
    return (tuple(options) if len(options) > 1 else ()), parts


def _by_values(kind: TagKind, postings: Postings, view: _Outlook) -> _Choice:
    """The values of a kind; a product that says nothing stays possible, but for a concern, which is looked for by name."""
    rows = {value: found for value in kind.values if len(found := _within(postings, value, view.pool))}
    options, parts = _ranked(view, rows)
    mute = view.pool.copy()
    for found in rows.values():
        mute[found] = False
    silent = _NONE if kind.name == "concern" else _part(view, mute)
    return _Choice(kind.name, _gain(view, tuple(parts.values()), silent, [parts[name] for name in options]), options)


def _within(postings: Postings, value: str, pool: Mask) -> Ids:
    found = postings.get(fold(value))
    return np.empty(0, dtype=np.intp) if found is None else found[pool[found]]


def _by_category(index: Index, view: _Outlook) -> _Choice:
    rows = np.flatnonzero(view.pool)
    held = index.category[rows]
    order = np.argsort(held, kind="stable")
    edges = np.searchsorted(held[order], np.arange(len(index.kinds_of_goods) + 1))
    found = {
        name: rows[order[edges[n] : edges[n + 1]]]
        for n, name in enumerate(index.kinds_of_goods)
        if name and edges[n + 1] > edges[n]
    }
    options, parts = _ranked(view, found)
    return _Choice("category", _gain(view, tuple(parts.values()), _NONE, [parts[name] for name in options]), options)


def _by_price(prices: Weights, view: _Outlook) -> _Choice:
    rows = np.flatnonzero(view.pool)
    low, first, second, high = (float(q) for q in np.quantile(prices[rows], (0.1, 1 / 3, 2 / 3, 0.9)))
    lower, upper = _rounded(first), _rounded(second)
    if high < SPREAD * max(low, 1.0) or lower >= upper:
        return _Choice("budget", 0.0, ())
    places = np.searchsorted((lower, upper), prices[rows], side="left")
    parts = [_part(view, rows[places == n]) for n in range(3) if (places == n).any()]
    gain = BUDGET_WEIGHT * _gain(view, parts, _NONE, parts)
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
