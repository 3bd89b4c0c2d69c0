"""Train a brand's model, hold it against the live one, and let it go live or not: by ``daogou train``, or beside a worker.

``python -m bot.retraining`` does it in a process of its own for a worker that goes on answering: one JSON document on stdin
(`Job`), one on stdout (`Outcome`). Of several such processes one works, the others wait and find it done.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

import orjson

from bot.adapters.encoder import Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import alone
from bot.adapters.models import ModelStore, Progress
from bot.adapters.segmenter import load_segmenter
from bot.content.lessons import Lesson, ground, live
from intents import Gazetteer, LinearModel, Recognizer, gate
from intents.gate import Checked, Verdict
from intents.proof import Proof

_NICE = 10
"""How much a training beside a worker stands back."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process of its own is told."""

    lesson: Lesson
    home: str
    encoder: str
    """As ``DAOGOU_ENCODER`` has it."""
    against: str = ""
    """What answers now, for a line of models that has nothing live yet."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    outcome: Literal["live", "refused", "known", "failed"]
    """known: another process judged it before us."""
    model: str = ""
    """Fingerprint of the model that was asked for."""
    reasons: tuple[str, ...] = ()
    """In Chinese: why not, or what speaks for it."""
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A trained model with its proof and the verdict on it."""

    model: LinearModel
    proof: Proof
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Bench:
    """What training and judging are done with."""

    models: ModelStore
    encoder: Encoder
    progress: Progress | None = None


def train(lesson: Lesson, bench: Bench, *, force: bool = False) -> Judged:
    """Train now, judge, and let the model go live where it may, or must.

    Raises:
        ValueError: the sentences cannot teach anything.
    """
    with alone(bench.models.lock):
        model, proof = _taught(lesson, bench)
        verdict = _verdict(lesson, bench, (model, proof), "")
        _decide(lesson, bench, verdict, force=force)
        return Judged(model, proof, verdict)


def measured(lesson: Lesson, bench: Bench) -> Judged:
    """Train on sentences that are no brand's: nothing goes live. Raises ValueError like ``train``."""
    model, proof = _taught(lesson, bench)
    return Judged(model, proof, gate.first(proof))


def judge(lesson: Lesson, bench: Bench, against: str = "") -> Outcome:
    """For a release whose sentences nobody has judged yet; a model that was trained before is not trained again.

    Raises:
        ValueError: the sentences cannot teach anything.
    """
    wanted = lesson.fingerprint(bench.encoder)
    with alone(bench.models.lock):
        standing = bench.models.standings.of(lesson.line)
        if standing.asked == wanted and (standing.live or wanted in standing.refused):
            return Outcome("known", wanted)
        model, proof = bench.models.find(wanted, bench.encoder) or _taught(lesson, bench)
        verdict = _verdict(lesson, bench, (model, proof), against)
        _decide(lesson, bench, verdict, against=against)
        bench.models.standings.keep(lesson.line, replace(bench.models.standings.of(lesson.line), asked=wanted))
    figures = {"n": proof.report.n, "accuracy": proof.report.accuracy, "macro_f1": proof.report.macro_f1, "ece": proof.report.ece}
    return Outcome("live" if verdict.live else "refused", wanted, verdict.reasons, figures)


def _taught(lesson: Lesson, bench: Bench) -> tuple[LinearModel, Proof]:
    model, report = bench.models.train(lesson.examples, lesson.words, bench.encoder, bench.progress)
    return model, gate.proof_of(lesson.examples, report)


def _verdict(lesson: Lesson, bench: Bench, candidate: tuple[LinearModel, Proof], against: str) -> Verdict:
    """Against the live model of the line, or what answers in its place; alone where there is nothing to compare with."""
    model, proof = candidate
    wanted = lesson.fingerprint(bench.encoder)
    name = live(lesson, bench.models, bench.encoder) or against
    before = bench.models.find(name, bench.encoder) if name else None
    if name == wanted:
        return Verdict(True, ("例句和现在生效的模型一样",))
    if before is None or not gate.related(before[1], lesson.texts):
        return gate.first(proof)
    return gate.judge(proof, before[1], lesson.texts, _checked(lesson.check, before[0], model, bench.encoder))


def _checked(check: Sequence[tuple[str, str]], before: LinearModel, after: LinearModel, encoder: Encoder) -> Checked | None:
    """Both models on the workspace's own check set, as shoppers would hear them; None where there is no such set."""
    if not check:
        return None
    nothing = Gazetteer.build({})
    was, now = (
        [one.intent for one in Recognizer.of(model, nothing, encoder).recognize_many([text for text, _ in check])]
        for model in (before, after)
    )
    rows = list(zip(check, was, now, strict=True))
    lost = tuple((text, label, said) for (text, label), old, said in rows if old == label != said)
    return Checked(
        n=len(check),
        before=sum(old == label for (_, label), old, _ in rows),
        after=sum(said == label for (_, label), _, said in rows),
        lost=lost,
    )


def _decide(lesson: Lesson, bench: Bench, verdict: Verdict, against: str = "", *, force: bool = False) -> None:
    """Write down who is live now."""
    wanted, here = lesson.fingerprint(bench.encoder), ground(bench.encoder)
    standings = bench.models.standings
    standing = standings.of(lesson.line)
    if verdict.live or force:
        standings.keep(lesson.line, standing.won(wanted, here))
        return
    if against and not live(lesson, bench.models, bench.encoder):
        standing = standing.won(against, here)  # what goes on answering is live from now on, for every process
    standings.keep(lesson.line, standing.lost(wanted, verdict.reasons))


def main() -> int:
    """The process of its own."""
    told = orjson.loads(sys.stdin.buffer.read())
    lesson = told.pop("lesson")
    pairs = {name: tuple((text, label) for text, label in lesson.pop(name)) for name in ("examples", "check")}
    job = Job(lesson=Lesson(line=lesson["line"], words=tuple(lesson["words"]), **pairs), **told)
    with suppress(OSError):
        os.nice(_NICE)
    home = Path(job.home)
    load_segmenter(home)
    bench = Bench(ModelStore(home), encoder_of(job.encoder, home))
    try:
        found = judge(job.lesson, bench, job.against)
    except ValueError as error:
        found = Outcome("failed", job.lesson.fingerprint(bench.encoder), tuple(str(error).splitlines()))
    sys.stdout.buffer.write(orjson.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
