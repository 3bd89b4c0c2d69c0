"""Recommending, measured beside its alternatives: what it finds, how fast, and that no hard limit is ever broken."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from bot.bench import recommend_journey, recommend_limits, recommend_speed
from bot.bench.arena import commit, machine
from bot.bench.nlu_plan import Say
from bot.bench.parts import measured
from bot.bench.recommend_plan import Bench, Plan, command

_PARTS: Mapping[str, tuple[str, Callable[[Bench], str]]] = {
    "journey": ("What households buy next", recommend_journey.measure),
    "speed": ("How fast, how large, how soon ready", recommend_speed.measure),
    "limits": ("Hard limits", recommend_limits.measure),
}


def run(plan: Plan, show: Say, say: Say, out: Path | None = None) -> int:
    """Measure each part; ``show`` gets a table as soon as it is there, ``out`` all of them. 1 where a part broke off."""
    parts = [
        (title, command(plan, part), partial(measure, Bench(plan, say)))
        for part in plan.parts
        for title, measure in [_PARTS[part]]
    ]
    return measured(parts, f"{machine()} · commit {commit()}", (show, say), out)
