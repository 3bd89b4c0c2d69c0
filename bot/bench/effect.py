"""``python -m bot.bench.effect``: how often an experiment that ops look at every day is called wrongly, and when it is called.

Simulated people, 60 days, a look at the end of each, beside the ordinary test (p ± 1.96 √…) at the same looks.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import numpy as np

from bot.effect.sequential import Share, enough
from bot.effect.trials import Arm, Compared, Trial, judged

DAYS, RUNS = 60, 1000
_BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
_CASES: tuple[tuple[tuple[float, ...], float], ...] = (
    ((0.5, 0.5), 40), ((0.3, 0.3), 10), ((0.3, 0.3), 300), ((0.05, 0.05), 60), ((0.01, 0.01), 300), ((0.003, 0.003), 300),
    ((0.3, 0.3, 0.3), 60), ((0.3, 0.4), 40), ((0.3, 0.33), 400), ((0.02, 0.03), 300), ((0.3, 0.3, 0.4), 40),
)  # fmt: skip
"""What each arm's people do, and people of an arm a day."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One line of the table, in shares of all runs."""

    called: float
    right: float
    """The best arm was called."""
    days: float | None
    """Median day of the call."""
    ordinary: float
    """The ordinary test would have called something."""


def figures(chances: tuple[float, ...], people: float, runs: int = RUNS, seed: int = 7) -> Figures:
    """Experiments with these arms."""
    rng = np.random.default_rng(seed)
    winners: list[tuple[int, str]] = []
    plain = 0
    names = "ABC"[: len(chances)]
    for _ in range(runs):
        of = rng.poisson(people, (DAYS, len(chances)))
        did, of = rng.binomial(of, chances).cumsum(0), of.cumsum(0)
        plain += any(_ordinary(row, total) for row, total in zip(did, of, strict=True))
        for day, (row, total) in enumerate(zip(did, of, strict=True), 1):
            arms = tuple(Arm(n, int(t), {"answer": Share(int(t), int(d))}) for n, d, t in zip(names, row, total, strict=True))
            found = judged(Trial("e", "s", dict.fromkeys(names, 1.0), _BEGUN), Compared(arms))
            if found.winner is not None:
                winners.append((day, found.winner))
                break
    best = names[int(np.argmax(chances))] if len(set(chances)) > 1 else ""
    right = sum(winner == best for _, winner in winners) / runs
    return Figures(len(winners) / runs, right, median(day for day, _ in winners) if winners else None, plain / runs)


def _ordinary(did: "np.typing.NDArray[np.int64]", of: "np.typing.NDArray[np.int64]") -> bool:
    first, last = Share(int(of[0]), int(did[0])), Share(int(of[-1]), int(did[-1]))
    if not enough(first, last):
        return False
    spread = sum(one.share * (1 - one.share) / one.of for one in (first, last))
    return bool(abs(first.share - last.share) > 1.96 * float(np.sqrt(spread)))


def main() -> int:
    """Print the table."""
    sys.stdout.write("arms | people a day and arm | called % | right % | median day | ordinary test called %\n")
    for chances, people in _CASES:
        one = figures(chances, people)
        told = " ".join(f"{chance:g}" for chance in chances)
        day = "–" if one.days is None else f"{one.days:g}"
        sys.stdout.write(f"{told} | {people:g} | {one.called:.1%} | {one.right:.1%} | {day} | {one.ordinary:.1%}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
