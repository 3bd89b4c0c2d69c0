"""Recommending, measured beside its alternatives: what it finds, how fast, and that no hard limit is ever broken."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.bench import recommend_journey, recommend_limits, recommend_speed
from bot.bench.arena import commit, machine
from bot.bench.nlu_plan import Say
from bot.bench.recommend_plan import Bench, Plan, command
from bot.errors import AssistantError

_PARTS: Mapping[str, tuple[str, Callable[[Bench], str]]] = {
    "journey": ("What households buy next", recommend_journey.measure),
    "speed": ("How fast, how large, how soon ready", recommend_speed.measure),
    "limits": ("Hard limits", recommend_limits.measure),
}


def run(plan: Plan, show: Say, say: Say, out: Path | None = None) -> int:
    """Measure each part; ``show`` gets a table as soon as it is there, ``out`` all of them. 1 where a part broke off."""
    told, code = [], 0
    head = f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()}"
    for part in plan.parts:
        title, measure = _PARTS[part]
        say(f"— {title}")
        try:
            found = measure(Bench(plan, say))
        except (AssistantError, OSError, ValueError) as error:
            found, code = f"not measured: {error}", 1
        told.append(f"### {title}\n\n{head} · `{command(plan, part)}`\n\n{found}\n")
        show(told[-1])
        if out is not None:
            out.write_text("\n".join(told), encoding="utf-8")
    return code
