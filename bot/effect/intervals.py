"""How sure a share is: Wilson's interval, and whether people fell to the arms as the weights say. Pure.

* E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22: an interval that stays
  inside 0 … 1 and keeps its promise for small numbers, where the textbook one (p ± 1.96 √…) does not.
* A. Fabijan et al. (2019), "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD: where the numbers of people
  in the arms do not fit the weights, something lost people on the way, and no comparison of the arms can be believed.
"""

from collections.abc import Sequence
from math import sqrt

from scipy.special import gammaincc

Z = 1.959963984540054
"""Of the normal distribution, so that 95 % lie within ± Z."""
UNEVEN = 0.001
"""A split of people that is rarer than this under fair assignment is not believed to be fair."""


def wilson(did: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share: ``did`` of ``of`` independent people, 0 ≤ did ≤ of.

    Raises:
        ValueError: ``of`` is 0, or ``did`` is not among 0 … of.
    """
    if not 0 <= did <= of or of == 0:
        raise ValueError(f"{did} of {of}")
    share, spread = did / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread)
    # at the ends the formula is exact, its rounding is not
    return (0.0 if did == 0 else max(0.0, middle - half)), (1.0 if did == of else min(1.0, middle + half))


def fairness(people: Sequence[int], weights: Sequence[float]) -> float:
    """How likely a split as uneven as this is where people fall to the arms by these weights: Pearson's chi-square, 0 … 1.

    Raises:
        ValueError: there are not as many weights as arms, or one is not above zero.
    """
    if len(people) != len(weights) or any(weight <= 0 for weight in weights):
        raise ValueError("weights")
    total, whole = sum(people), sum(weights)
    if total == 0 or len(people) < 2:
        return 1.0
    expected = [total * weight / whole for weight in weights]
    distance = sum((n - want) ** 2 / want for n, want in zip(people, expected, strict=True))
    return float(gammaincc((len(people) - 1) / 2, distance / 2))
