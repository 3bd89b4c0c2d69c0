"""Experiments: which wording does better, said only when there is enough, and in words that ops understand. Pure.

* Arms are compared on **people**, each once, by the arm that they fell to (intention to treat): what somebody did inside the
  window after the *first* message of the experiment, whatever was said to them later. Credit by last touch, as the tables of
  effects give it, would punish the arm that keeps people talking.
* Only people whose window is over take part; somebody who heard both arms takes part in neither, and is told of.
* One measure decides, chosen beforehand; the others are shown without a verdict.
* Several pairs of arms share the risk (Bonferroni). How it stays honest when looked at daily: ``bot.effect.sequential``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from math import ceil, log10
from typing import Literal

import numpy as np

from bot.effect.counting import Counted, Span
from bot.effect.crediting import Deeds, Numbers, following, micros
from bot.effect.intervals import UNEVEN, fairness
from bot.effect.sequential import ALPHA, Difference, Share, difference, enough, still_needed
from bot.effect.values import FEWER, MEASURES, NAMES, WINDOWS, Label, Measure

LEAST = 0.03
"""Differences below it are worth nobody's time where ops say nothing else: 3 of 100 people; of rare deeds a quarter of all."""
_RARE = 0.25
_MANY = 1_000_000
"""So many more people are not worth a number."""

Kind = Literal["early", "better", "same", "uneven"]


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment as it is judged."""

    id: str
    script: str
    arms: Mapping[str, float]
    """Name → weight, above zero; at least two."""
    since: datetime
    until: datetime | None = None
    """What was said from here on does not count."""
    measure: Measure = "answer"
    least: float | None = None
    """The smallest difference that is worth knowing, in shares; None: ``LEAST``."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm's people."""

    name: str
    people: int
    """All that heard it."""
    shares: Mapping[Measure, Share] = field(default_factory=dict)
    """Of those whose window is over."""


@dataclass(frozen=True, slots=True)
class Compared:
    """All arms of an experiment, in the order of their names."""

    arms: tuple[Arm, ...]
    crossed: int = 0
    """People who heard more than one arm, and take part in none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms beside each other, on the measure that decides."""

    one: str
    other: str
    difference: Difference
    """``other`` less ``one``; the interval holds for all pairs and at all times together."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of an experiment now."""

    trial: Trial
    kind: Kind
    words: str
    compared: Compared
    pairs: tuple[Pair, ...]
    winner: str | None = None
    more: int | None = None
    """About so many more people until something can be said; None where it is said, or is not in sight."""


def compared(counted: Counted, names: Mapping[int, frozenset[Label]], trial: Trial, span: Span) -> Compared:
    """The arms' people out of the facts; ``names``: code of a line → its arms, of whatever script."""
    label, touch = _exposures(counted, names, trial)
    person = counted.people[touch]
    heard = np.unique(person * len(trial.arms) + label)
    whose, arms = np.unique(heard // len(trial.arms), return_counts=True)
    crossed = whose[arms > 1]
    order = np.lexsort((counted.touches.last[touch], person))
    label, touch, person = label[order], touch[order], person[order]
    first = np.ones(len(person), np.bool_)
    first[1:] = person[1:] != person[:-1]
    keep = first & ~np.isin(person, crossed)
    label, touch = label[keep], touch[keep]
    done = {measure: _done(counted, touch, measure) for measure in MEASURES}
    over = {measure: counted.touches.last[touch] + micros(WINDOWS[measure]) <= span.now for measure in MEASURES}
    arms_ = []
    for n, name in enumerate(sorted(trial.arms)):
        own = label == n
        shares = {m: Share(int((own & over[m]).sum()), int((own & over[m] & done[m]).sum())) for m in MEASURES}
        arms_.append(Arm(name, int(own.sum()), shares))
    return Compared(tuple(arms_), len(crossed))


def _exposures(counted: Counted, names: Mapping[int, frozenset[Label]], trial: Trial) -> tuple[Numbers, Numbers]:
    """(arm, breath) of what was said in the experiment, in talks of two; arms by their place among the sorted names."""
    said = counted.said(names)
    places = {name: n for n, name in enumerate(sorted(trial.arms))}
    of = np.array(
        [places.get(one.arm, -1) if one.id == trial.script and one.experiment in {"", trial.id} else -1 for one in said.labels],
        np.int64,
    )
    arm = of[said.label] if len(of) else said.label
    keep = (arm >= 0) & ~counted.touches.group[said.touch]
    return arm[keep], said.touch[keep]


def _done(counted: Counted, touch: Numbers, measure: Measure) -> "np.typing.NDArray[np.bool_]":
    """Whether somebody did it inside the window, whatever else was said meanwhile."""
    facts, touches = counted.facts, counted.touches
    last, found = touches.last[touch], np.zeros(len(touch), np.bool_)
    by_person = {**facts.done, "click": facts.clicked}
    for groups, deeds in ((touches.talk[touch], facts.written), (touches.person[touch], by_person)):
        when = following(groups, last, deeds.get(measure, Deeds()))
        found |= when <= last + micros(WINDOWS[measure])
    return found


def judged(trial: Trial, found: Compared) -> Verdict:
    """What can be said of these arms."""
    ordinary = tuple(combinations(found.arms, 2))
    alpha = ALPHA / max(1, len(ordinary))
    measure = trial.measure
    pairs = tuple(Pair(a.name, b.name, difference(a.shares[measure], b.shares[measure], alpha)) for a, b in ordinary)
    if fairness([arm.people for arm in found.arms], [trial.arms[arm.name] for arm in found.arms]) < UNEVEN:
        return Verdict(trial, "uneven", _uneven(trial, found), found, pairs)
    ready = [enough(a.shares[measure], b.shares[measure]) for a, b in ordinary]
    sure = {(p.one, p.other): p.difference for p, is_ready in zip(pairs, ready, strict=True) if is_ready and p.difference.sure}
    winner = _winner(measure, [arm.name for arm in found.arms], sure)
    if winner is not None:
        return Verdict(trial, "better", _better(trial, found, winner), found, pairs, winner)
    least = _least(trial, found)
    if all(ready) and all(pair.difference.bound <= least for pair in pairs):
        bound = max(pair.difference.bound for pair in pairs)
        return Verdict(trial, "same", f"没有差别（{NAMES[measure]}的差不超过 {_points(bound)} 个百分点）", found, pairs)
    more = _more(ordinary, measure, least, alpha)
    return Verdict(trial, "early", _early(measure, sure, more), found, pairs, more=more)


def _winner(measure: Measure, arms: Sequence[str], sure: Mapping[tuple[str, str], Difference]) -> str | None:
    """The arm that is surely better than each of the others."""
    better = set(_sure_pairs(measure, sure))
    return next((arm for arm in arms if all((arm, other) in better for other in arms if other != arm)), None)


def _sure_pairs(measure: Measure, sure: Mapping[tuple[str, str], Difference]) -> list[tuple[str, str]]:
    """(better, worse) of all pairs that are sure."""
    return [(other, one) if (found.apart > 0) != (measure in FEWER) else (one, other) for (one, other), found in sure.items()]


def _least(trial: Trial, found: Compared) -> float:
    if trial.least is not None:
        return trial.least
    of = sum(arm.shares[trial.measure].of for arm in found.arms)
    did = sum(arm.shares[trial.measure].did for arm in found.arms)
    return min(LEAST, _RARE * (did + 1) / (of + 2))


def _more(pairs: Sequence[tuple[Arm, Arm]], measure: Measure, least: float, alpha: float) -> int | None:
    """How many more people, in all arms together, until the slowest pair is decided; two figures of it are enough."""
    times = max(still_needed(a.shares[measure], b.shares[measure], least, alpha) for a, b in pairs)
    arms = {arm.name: arm.shares[measure].of for pair in pairs for arm in pair}
    people = max(sum(arms.values()), len(arms))
    more = (times - 1) * people
    if more >= _MANY:
        return None
    unit: int = 10 ** max(0, int(log10(max(1.0, more))) - 1)
    return max(1, ceil(more / unit) * unit)


def _early(measure: Measure, sure: Mapping[tuple[str, str], Difference], more: int | None) -> str:
    known = "；".join(f"{better} 比 {worse} 好" for better, worse in _sure_pairs(measure, sure))
    needed = "照现在的样子，再发很久也难看出来" if more is None else f"再要约 {more} 位顾客"
    return f"{known}，其余还看不出差别（{needed}）" if known else f"还看不出差别（{needed}）"


def _better(trial: Trial, found: Compared, winner: str) -> str:
    shares = {arm.name: arm.shares[trial.measure].share for arm in found.arms}
    others = "、".join(f"{name} 是 {_points(share)}%" for name, share in shares.items() if name != winner)
    return f"{winner} 更好：{NAMES[trial.measure]}的占 {_points(shares[winner])}%，{others}"


def _uneven(trial: Trial, found: Compared) -> str:
    whole = sum(trial.arms.values())
    told = "、".join(f"{arm.name} {arm.people} 位（应占 {_points(trial.arms[arm.name] / whole)}%）" for arm in found.arms)
    return f"分组不均，结果先别信：{told}"


def _points(share: float) -> str:
    """A share in percent, one decimal where it is needed; rounded up, so that no bound is told smaller than it is."""
    return f"{ceil(round(share * 1000, 6)) / 10:g}"
