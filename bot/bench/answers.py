"""Knowing, measured beside its alternatives: what is found, what is answered and how surely, and how fast."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from subprocess import SubprocessError

from bot.adapters.encoder import one_thread
from bot.adapters.segmenter import load_segmenter
from bot.bench import answers_judged, answers_retrieval
from bot.bench.answers_plan import Bench, Plan, command
from bot.bench.answers_speed import HEAD, library_speed, speed
from bot.bench.arena import commit, machine
from bot.bench.nlu_plan import Say, table
from bot.bench.parts import FAULTS, measured
from bot.settings import Settings


def _speed(bench: Bench) -> str:
    plan = bench.plan
    load_segmenter(Settings.from_environment().home)
    rows = speed(plan.data, plan.sizes, say=bench.say)
    bench.say(f"a whole library of {plan.library} …")
    built, p50, p99 = library_speed(plan.data, plan.library)
    whole = f"built in {built:.1f} s, `ask` p50 {1e3 * p50:.2f} ms, p99 {1e3 * p99:.2f} ms"
    return f"{table(HEAD, rows)}\n\nA whole library of {plan.library:,} phrasings (static encoder, no senses): {whole}."


_PARTS: Mapping[str, tuple[str, Callable[[Bench], str]]] = {
    "retrieval": ("Retrieval: the stored question that means the same", answers_retrieval.measure),
    "answering": ("Answering: what is answered, and how surely", answers_judged.measure),
    "speed": ("Retrieval: how fast, how large, how soon ready", _speed),
}


def run(plan: Plan, show: Say, say: Say, out: Path | None = None) -> int:
    """Measure each part; ``show`` gets a table as soon as it is there, ``out`` all of them. 1 where a part broke off."""
    one_thread()
    parts = [
        (title, command(plan, part), partial(measure, Bench(plan, say)))
        for part in plan.parts
        for title, measure in [_PARTS[part]]
    ]
    return measured(parts, f"{machine()} · commit {commit()}", (show, say), out, (*FAULTS, SubprocessError))
