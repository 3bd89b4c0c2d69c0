"""Two shares compared, honest however often somebody looks. Pure.

Ops look at an experiment every day and stop when they like what they see. An ordinary test that is read like that cries wolf
far more often than its 5 %. The interval here holds at all moments at once: the chance that it *ever* leaves out the true
difference is at most ``ALPHA``, so one may look daily and stop at any time.

* L. Robbins (1970), "Statistical methods related to the law of the iterated logarithm": the mixture of normals behind it.
* R. Johari, P. Koomen, L. Pekelis, D. Walsh (2022), "Always Valid Inference: Continuous Monitoring of A/B Tests",
  Operations Research 70(3): the same as a sequential test (mSPRT) of two shares.
* I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas (2024), "Time-uniform central limit theory and asymptotic
  confidence sequences", Annals of Statistics 52(6): the form that is used, with an estimated variance, and how ρ is tuned.

The variance is estimated with one deed and one omission more than were seen, and nothing is said below ``FEWEST`` people of
an arm or ``SEEN`` deeds of a pair: what is proven for many people then holds for few as well (the unit tests simulate
60 days of daily looks for shares from 0.3 % to 50 %; ``python -m bot.bench.effect`` prints the table).
"""

from dataclasses import dataclass
from math import log, sqrt

ALPHA = 0.05
"""An experiment without a difference is ever called different with at most this chance."""
FEWEST = 100
"""People in each arm before anything is said."""
SEEN = 10
"""Deeds, and omissions, of both arms together before anything is said."""
_TUNED = 2000.0
"""People of both arms for which the interval is narrowest; it is wider by little for ten times fewer or more."""
_FAR = 1e5
"""So many times as many people is as good as never."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of an arm's people did something: each person once, all of them watched for the whole window."""

    of: int
    did: int

    @property
    def share(self) -> float:
        """0 … 1; 0 of nobody."""
        return self.did / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """The second share less the first one, with the interval that holds at all times."""

    apart: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether there is a difference."""
        return self.low > 0 or self.high < 0

    @property
    def bound(self) -> float:
        """The difference is no larger than this, either way."""
        return max(abs(self.low), abs(self.high))


def enough(one: Share, other: Share) -> bool:
    """Whether there are people and deeds enough to say anything."""
    return min(one.of, other.of) >= FEWEST and min(_both(one, other)) >= SEEN


def difference(one: Share, other: Share, alpha: float = ALPHA) -> Difference:
    """``other`` less ``one`` in shares; without people in one of them nothing is known: −1 … 1."""
    if not (one.of and other.of):
        return Difference(0.0, -1.0, 1.0)
    apart = other.share - one.share
    half = _half(_spread(one, other), one.of + other.of, alpha)
    return Difference(apart, max(-1.0, apart - half), min(1.0, apart + half))


def still_needed(one: Share, other: Share, least: float, alpha: float = ALPHA) -> float:
    """How many times as many people until something can be said if things go on as they are, 1 … ``_FAR``.

    Either the difference that is seen now becomes sure, or it is found to be no larger than ``least`` (in shares).
    """
    spread, of = _spread(one, other), max(1, one.of + other.of)
    apart = abs(difference(one, other, alpha).apart)
    goal = max(apart, least - apart)
    fewest = max(1.0, FEWEST / max(1, min(one.of, other.of)), *(_times_seen(seen) for seen in _both(one, other)))
    if goal <= 0 or _half(spread / _FAR, of * _FAR, alpha) > goal:
        return _FAR
    low, high = 1.0, _FAR
    while high / low > 1.01:
        middle = sqrt(low * high)
        low, high = (low, middle) if _half(spread / middle, of * middle, alpha) < goal else (middle, high)
    return min(_FAR, max(high, fewest))


def _both(one: Share, other: Share) -> tuple[int, int]:
    """Deeds and omissions of both arms together."""
    did = one.did + other.did
    return did, one.of + other.of - did


def _times_seen(seen: int) -> float:
    return SEEN / (seen + 1) if seen < SEEN else 1.0


def _spread(one: Share, other: Share) -> float:
    """The variance of the difference, of so many people."""
    return sum(_chance(arm) * (1 - _chance(arm)) / max(1, arm.of) for arm in (one, other))


def _chance(arm: Share) -> float:
    return (arm.did + 1) / (arm.of + 2)


def _half(variance: float, of: float, alpha: float) -> float:
    """Half the width of the interval: Waudby-Smith et al. (2024), the boundary of their theorem 2.2, ρ by their appendix."""
    told = -2 * log(alpha)
    grown = of * (told + log(told + 1)) / _TUNED
    return sqrt(variance * 2 * (grown + 1) / grown * log(sqrt(grown + 1) / alpha))
