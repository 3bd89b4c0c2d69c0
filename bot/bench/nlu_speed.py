"""How fast, how large and how soon ready: the recognizer with each encoder in a process on one core, and Rasa in the same run."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import orjson

from bot.bench.nlu_ground import Ground
from bot.bench.nlu_plan import NONE, table
from bot.bench.peer_process import BATCH, Inside
from bot.bench.peers import CLIENTS, Field, Race, race, workspace_model
from bot.content import OWN
from bot.errors import AssistantError, PeerError
from bot.peers.rasa_workspace import Recipe

_HEAD = (
    "recognizer with",
    "ready after",
    "resident",
    "p50",
    "p99",
    "verdicts/s, one by one",
    f"verdicts/s, by {BATCH}",
    "labels/s, one by one",
    f"labels/s, by {BATCH}",
)
_A_SECOND = 8_000
"""Texts a second of walking, for all four walks: more than is used up."""


@dataclass(frozen=True, slots=True)
class Run:
    """One encoder's process."""

    encoder: str
    startup: float
    """Seconds from spawn to the first possible answer, on the core that it is held to."""
    loaded: float
    """MB when it became ready."""
    resident: float
    """MB after the walks."""
    inside: Inside

    def row(self) -> tuple[str, ...]:
        """One line of the table."""
        within = self.inside
        rates = (within.verdicts, within.verdicts_batched, within.labels, within.labels_batched)
        return (
            "no encoder" if self.encoder == NONE else self.encoder,
            f"{self.startup:.1f} s",
            f"{self.loaded:.0f} → {self.resident:.0f} MB",
            f"{within.p50 * 1000:.2f} ms",
            f"{within.p99 * 1000:.2f} ms",
            *(f"{rate:.0f}" for rate in rates),
        )


def measure(ground: Ground) -> str:
    """Our table; with Rasa, the race and by how much each encoder is ahead of it in this very run."""
    texts = [text for pairs in ground.tests().values() for text, _ in pairs]
    runs, notes = [], []
    core = min(os.sched_getaffinity(0))
    for name in ground.encoders:
        ground.say(f"speed: {name}")
        try:
            runs.append(walked(ground, name, texts, core))
        except AssistantError as error:
            notes.append(f"{name}: not measured ({error})")
    parts = [table(_HEAD, (run.row() for run in runs))]
    if ground.plan.rasa != NONE:
        try:
            raced = _raced(ground, texts, core)
            parts += [raced.table(), _ahead(runs, raced)]
        except AssistantError as error:
            notes.append(f"Rasa: not measured ({error})")
    return "\n\n".join((*parts, *notes))


def walked(ground: Ground, name: str, texts: Sequence[str], core: int) -> Run:
    """One encoder in a process of its own, held to a core; raises PeerError where it does not come up."""
    seconds = ground.plan.seconds
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.npz"
        model.write_bytes(ground.retail(name).dumps())
        words = [str(model), "--encoder", name, "--workspace", str(ground.plan.workspace or OWN)]
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  (our own words)
            [sys.executable, "-m", "bot.bench.nlu_process", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            os.sched_setaffinity(process.pid, {core})
            ready = process.stdout.readline() == b"ready\n"
            startup = time.monotonic() - begun
            if not ready:
                raise PeerError("the process did not come up", "unstarted")
            asked = {"texts": varied(texts, max(len(texts), int(_A_SECOND * seconds))), "seconds": seconds}
            out, _ = process.communicate(orjson.dumps(asked) + b"\n", 600 + 8 * seconds)
        finally:
            process.kill()
            process.communicate()
    if not out:
        raise PeerError("the process broke off", "unstarted")
    found = orjson.loads(out)
    inside = Inside(**{one.name: float(found[one.name]) for one in fields(Inside)})
    return Run(name, startup, found["loaded"], found["resident"], inside)


def varied(texts: Sequence[str], n: int) -> list[str]:
    """``n`` texts, no two alike, so that no memory answers."""
    return [f"{texts[at % len(texts)]} {at // len(texts)}" for at in range(n)]


def _raced(ground: Ground, texts: Sequence[str], core: int) -> Race:
    recipe = Recipe(ground.plan.pipeline, ground.plan.epochs)
    workspace = ground.plan.workspace or OWN
    with tempfile.TemporaryDirectory() as forgotten:
        folder = (ground.plan.rasa_folder or Path(forgotten)) / "workspace"
        model = workspace_model(workspace, folder, ground.say, recipe)
        return race(texts, Field(model, workspace, core=core, seconds=ground.plan.seconds), ground.say)


def _ahead(runs: Sequence[Run], raced: Race) -> str:
    """By how much each encoder is faster than Rasa over HTTP, and how much smaller and sooner ready."""
    rasa = raced.rasa
    rows = [
        (
            run.row()[0],
            f"{rasa.one.p50 / run.inside.p50:.1f} ×",
            f"{rasa.one.p99 / run.inside.p99:.1f} ×",
            f"{run.inside.verdicts / rasa.one_rate:.1f} ×",
            f"{run.inside.verdicts_batched / rasa.many_rate:.1f} ×",
            f"{run.inside.labels_batched / rasa.many_rate:.1f} ×",
            f"{rasa.resident / run.resident:.1f} ×",
            f"{rasa.startup / run.startup:.1f} ×",
        )
        for run in runs
    ]
    head = (
        "ahead of Rasa",
        "p50",
        "p99",
        "one by one",
        f"verdicts, by {BATCH} : {CLIENTS} clients",
        "labels",
        "memory",
        "start-up",
    )
    return table(head, rows)
