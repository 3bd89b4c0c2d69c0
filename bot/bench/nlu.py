"""Understanding, measured beside its alternatives: the tables of BENCHMARKS.md about intents, slots, moods and encoders."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.bench import nlu_accuracy, nlu_robust, nlu_slots, nlu_speed
from bot.bench.arena import commit, machine
from bot.bench.nlu_ground import Ground
from bot.bench.nlu_plan import NONE, Plan, Say, command
from bot.bench.parts import measured
from bot.errors import AssistantError


def _moods(ground: Ground) -> str:
    return _beside(ground, "bot.bench.moods")


def _encoders(ground: Ground) -> str:
    named = [word for name in ground.plan.encoders if name != NONE for word in ("--only", name)]
    return _beside(ground, "bot.bench.encoders", named)


def _beside(ground: Ground, module: str, more: Sequence[str] = ()) -> str:
    """The tables that another measurement prints for ``--data``, in a process of its own; raises AssistantError."""
    words = [sys.executable, "-m", module, "--data", str(ground.plan.data), *more]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)  # noqa: S603  (our own words)
    if done.returncode:
        raise AssistantError(f"{module} ended with {done.returncode}")
    return done.stdout.strip()


_PARTS: Mapping[str, tuple[str, Callable[[Ground], str]]] = {
    "accuracy": ("Intents: how right, and how honest about it", nlu_accuracy.measure),
    "speed": ("Intents: how fast, how large, how soon ready", nlu_speed.measure),
    "slots": ("Slots, exactly", nlu_slots.measure),
    "robust": ("Intents under sloppy typing", nlu_robust.measure),
    "moods": ("Moods and urgency", _moods),
    "encoders": ("Encoders: the right answer among many", _encoders),
}


def run(plan: Plan, show: Say, say: Say, out: Path | None = None) -> int:
    """Measure each part; ``show`` gets a table as soon as it is there, ``out`` all of them. 1 where a part broke off."""
    ground = Ground(plan, say)
    parts = [(_PARTS[part][0], command(plan, part), partial(_PARTS[part][1], ground)) for part in plan.parts]
    return measured(parts, f"{machine()} · commit {commit()}", (show, say), out)
