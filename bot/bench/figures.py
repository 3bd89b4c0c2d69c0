"""The table of BENCHMARKS.md: every figure with machine, commit, command and the alternative of the same run."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from bot.bench import doors, fire, memory, turns
from bot.bench.arena import commit, machine

Say = Callable[[str], None]


class _Measure(Protocol):
    def __call__(self, *, quick: bool, say: Say) -> Awaitable[str]:
        """One figure as a table."""


async def _fire(*, quick: bool, say: Say) -> str:
    outcome = await fire.trial(fire.Trial(seconds=20 if quick else 180, seed=7), say)
    deeds = ", ".join(f"{name} ×{n}" for name, n in sorted(outcome.hazards.items()))
    broken = sum(len(found) for found in outcome.verdict.violations.values())
    quiet = "never" if outcome.quiet_after is None else f"{outcome.quiet_after:.0f} s"
    return "\n".join(
        [
            "| under fire | |",
            "|---|---|",
            f"| messages accepted | {outcome.said + outcome.posted} |",
            f"| hazards | {deeds} |",
            f"| mishaps of the platform | {sum(outcome.mishaps.values())} |",
            f"| settled after the last hazard | {quiet} |",
            f"| breaches of an invariant | {broken} |",
            f"| verdict | {'holds' if outcome.ok else 'BROKEN'} |",
        ]
    )


_PARTS: Mapping[str, tuple[str, _Measure]] = {
    "doors": ("1 · Accepted durably: the front door (role web), commit before 200", doors.measure),
    "turns": ("2 · Whole turns over the sandbox, debounce 0", turns.measure),
    "worker": ("6 · The worker process", memory.measure),
    "fire": ("7 · kill -9, FLUSHALL, database restarts, at random, under load", _fire),
}


async def run(*, quick: bool, only: frozenset[str], say: Say) -> str:
    """Measure what is asked for (everything where nothing is named); markdown."""
    words = f"python -m bot.bench figures{' --quick' if quick else ''}{''.join(f' --only {name}' for name in sorted(only))}"
    found = [f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()} · `{words}`"]
    for name, (title, measure) in _PARTS.items():
        if not only or name in only:
            say(f"— {title}")
            found += [f"### {title}", await measure(quick=quick, say=say)]
    return "\n\n".join(found)
