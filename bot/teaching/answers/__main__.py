"""``python -m bot.teaching.answers``: learn matrices and weights again, tell how good they are on bases unseen, write them.

    python -m bot.teaching.answers [--check] [--encoders usem3,static]

Every base is judged by a matrix and weights that never saw it (five folds). ``--check`` writes nothing.
"""

import argparse
import pprint
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

import knowledge
from bot.adapters.answering import WEIGHTS, Answering, beside, static, written
from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content import OWN, read_folder
from bot.content.building import normalized
from bot.content.senses import senses_of
from bot.settings import Settings
from bot.teaching.answers.judging import School, learn, school
from bot.teaching.answers.lessons import Lesson, lessons
from bot.teaching.answers.matrix import Course, Matrix
from bot.teaching.answers.matrix import learn as learn_matrix
from knowledge.calibration import Judge, Linear
from knowledge.evaluation import Judged, answered_at_precision, figures
from knowledge.library import verdict
from knowledge.practice import ruler
from knowledge.scoring import Base, Material
from knowledge.senses import Senses
from knowledge.strangers import STRANGERS
from knowledge.words import Reader

_FOLDS: Final = 5
_SEED: Final = 0
_NUMBERS: Final = Path(knowledge.__file__).parent / "weights.py"


def main() -> int:
    """Teach; 0 where all went well."""
    asked = argparse.ArgumentParser(prog="python -m bot.teaching.answers", description=__doc__)
    asked.add_argument("--check", action="store_true", help="write nothing")
    asked.add_argument("--encoders", default="usem3,static", help="whose matrices are learnt; the first teaches the weights")
    told = asked.parse_args()
    one_thread()
    settings = Settings.from_environment()
    load_segmenter(settings.home)
    taught, matrices = lessons(), {}
    names = told.encoders.split(",")
    for name in names:
        encoder = encoder_of(name, settings.home, 100_000)
        courses = [_course(lesson, encoder) for lesson in taught]
        if name == names[0]:
            senses = senses_of(read_folder(OWN), encoder, ModelStore(settings.home))
            if senses is None:
                sys.stderr.write("the model of the demo brand is not trained yet: run daogou train\n")
                return 1
            full = _folded(taught, courses, encoder, senses)
            plain = [_school(lesson, encoder, None) for lesson in taught]
            judge, simple = _judged("with senses", taught, full, trees=True), _judged("plain", taught, plain, trees=False)
        matrices[name] = learn_matrix(courses, courses[0].asked.shape[1], _SEED)
    if not told.check:
        WEIGHTS.write_bytes(written(matrices, judge))
        _NUMBERS.write_text(_source(simple), "utf-8")
    return 0


def _vectors(texts: Sequence[str], encoder: Encoder) -> Matrix:
    read = [normalized(text) for text in texts]
    return beside(encoder.embed(read), static().encode(read))


def _course(lesson: Lesson, encoder: Encoder) -> Course:
    answered = [(question, right) for question, right in lesson.questions if right]
    owners = np.array((*lesson.owners, *range(len(lesson.told))))
    right = np.array([[owner in entries for owner in owners] for _, entries in answered])
    return Course(
        _vectors(lesson.asked, encoder),
        owners[: len(lesson.asked)],
        _vectors(lesson.told, encoder),
        _vectors([question for question, _ in answered], encoder),
        right,
    )


def _folded(taught: Sequence[Lesson], courses: Sequence[Course], encoder: Encoder, senses: Senses) -> list[School]:
    """Each base under a matrix that never saw it."""
    schools = []
    for fold in range(_FOLDS):
        matrix = learn_matrix([one for n, one in enumerate(courses) if n % _FOLDS != fold], courses[0].asked.shape[1], _SEED)
        answering = Answering(encoder, static(), matrix)
        schools += [(n, _school(lesson, answering, senses)) for n, lesson in enumerate(taught) if n % _FOLDS == fold]
        sys.stderr.write(f"fold {fold + 1} of {_FOLDS}\n")
    return [school for _, school in sorted(schools, key=lambda one: one[0])]


def _school(lesson: Lesson, embedder: Answering | Encoder, senses: Senses | None) -> School:
    material = Material(lesson.asked, lesson.owners, lesson.told, STRANGERS)
    return school(Base(material, Reader(normalized), embedder, senses), lesson.questions, _SEED)


def _judged(name: str, taught: Sequence[Lesson], schools: Sequence[School], *, trees: bool) -> Judge:
    """Tell the figures on every base under a judge that never saw it; the judge that learnt from all."""
    whole: list[Judged] = []
    for fold in range(_FOLDS):
        judge = learn([one for n, one in enumerate(schools) if n % _FOLDS != fold], trees=trees)
        for n, one in enumerate(schools):
            if n % _FOLDS == fold:
                judged = _asked(taught[n], one, judge)
                _tell(f"{name} · {taught[n].name}", judged)
                whole += judged
    _tell(f"{name} · all", whole)
    return learn(schools, trees=trees)


def _asked(lesson: Lesson, one: School, judge: Judge) -> list[Judged]:
    judged, measure = [], ruler(one.own, judge)
    for (question, right), put in zip(lesson.questions, one.asked, strict=True):
        ranked, likely = verdict(one.base.read(question), put.considered, judge, measure)
        best = likely[ranked[0]] if ranked else 0.0
        judged.append(Judged(frozenset(map(str, right)), tuple(map(str, ranked)), best, best >= knowledge.THRESHOLD))
    return judged


def _tell(name: str, judged: Sequence[Judged]) -> None:
    found = figures(judged)
    at = " ".join(f"{answered_at_precision(judged, p):.3f}@{p}" for p in (0.97, 0.95, 0.93, 0.9))
    sys.stdout.write(
        f"{name:28} n {found.n:5} recall@1 {found.recall_at_1:.3f} @3 {found.recall_at_3:.3f} ece {found.ece:.3f} "
        f"answered right {found.answered_right:.3f} at {found.precision:.3f} | {at}\n"
    )
    sys.stdout.flush()


def _source(simple: Judge) -> str:
    assert isinstance(simple.sure, Linear)
    head = _NUMBERS.read_text("utf-8").split("ORDER: Final")[0]
    told = {"ORDER": simple.order, "SURE": simple.sure.weights}
    return (
        head
        + "\n".join(f"{name}: Final = {pprint.pformat(value, width=110, compact=True)}" for name, value in told.items())
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
