"""What teaches knowledge bases to answer: the bases themselves, the matrix, and the judge."""

import numpy as np
import pytest

from bot.adapters.answering import Answering, Words, static, taught, written
from bot.adapters.encoder import Encoder
from bot.errors import SettingsError
from bot.teaching.answers.judging import _forest, _linear, _order
from bot.teaching.answers.lessons import lessons
from bot.teaching.answers.matrix import Course, learn
from knowledge.calibration import Judge
from knowledge.features import NAMES, SCORE
from knowledge.practice import Trial
from knowledge.scoring import Considered

CHANCE = np.random.default_rng(0)


def test_every_lesson_has_questions_with_and_without_an_answer() -> None:
    found = lessons()
    assert len(found) >= 15
    for lesson in found:
        answerable = sum(bool(right) for _, right in lesson.questions)
        assert answerable >= 150
        assert len(lesson.questions) - answerable >= 50
        assert len(lesson.told) == max(lesson.owners) + 1


def _rows(n: int) -> np.ndarray:
    rows = CHANCE.normal(size=(n, 24)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_a_matrix_brings_questions_nearer_to_what_answers_them() -> None:
    asked, told = _rows(40), _rows(20)
    owners = np.repeat(np.arange(20), 2)
    turn = np.linalg.qr(CHANCE.normal(size=(24, 24)))[0].astype(np.float32)
    right = np.array([[owner == n for owner in (*owners, *range(20))] for n in range(20)])
    course = Course(asked, owners, told, (asked[::2] @ turn).astype(np.float32), right)

    def near(matrix: np.ndarray) -> float:
        questions = course.questions + course.questions @ matrix
        phrases = asked + asked @ matrix
        cosine = (questions * phrases[::2]).sum(axis=1) / np.linalg.norm(questions, axis=1) / np.linalg.norm(phrases[::2], axis=1)
        return float(cosine.mean())

    matrix = learn([course], 24)
    assert near(matrix) > near(np.zeros_like(matrix))
    assert (learn([course], 24) == matrix).all()


def _evidence(n: int) -> tuple[np.ndarray, np.ndarray]:
    features = CHANCE.random((n, len(NAMES)))
    features[:, -1] = 1.0
    right = (CHANCE.random(n) < 1 / (1 + np.exp(-(8 * features[:, 3] - 4)))).astype(float)
    return features, right


@pytest.mark.parametrize("teach", [_forest, _linear])
def test_a_judge_learns_what_matters_and_is_calibrated(teach: object) -> None:
    features, right = _evidence(1500)
    judge = Judge((0.0,) * len(NAMES), teach(features, right, np.ones(len(right))))  # type: ignore[operator]
    fresh, truth = _evidence(1500)
    likely = judge.likely(fresh)
    for low in (0.0, 0.25, 0.5, 0.75):
        inside = (likely >= low) & (likely < low + 0.25)
        assert abs(likely[inside].mean() - truth[inside].mean()) < 0.12


def test_the_order_puts_first_what_was_right() -> None:
    trials = []
    for _ in range(200):
        features = CHANCE.random((5, len(NAMES)))
        right = np.zeros(5)
        right[int(features[:, 2].argmax())] = 1.0
        trials.append(Trial("asked", Considered(tuple(range(5)), features, np.eye(5)), right))
    order = np.array(_order(trials))
    assert order[:SCORE].argmax() == 2
    assert not order[SCORE:].any()


def test_weights_come_back_from_their_file_as_they_were(tmp_path: object) -> None:
    features, right = _evidence(300)
    judge = Judge(tuple(CHANCE.random(len(NAMES)).tolist()), _forest(features, right, np.ones(300)))
    path = tmp_path / "answering.npz"  # type: ignore[operator]
    path.write_bytes(written({"static": np.zeros((512, 512), np.float32)}, judge))
    found = taught(Encoder(static()), path)
    assert found is not None
    assert found.judge.scores(features) == pytest.approx(judge.scores(features))
    assert found.judge.likely(features) == pytest.approx(judge.likely(features))
    assert found.embedder.embed(["能退吗"]).shape == (1, 512)


def test_broken_weights_say_what_to_do(tmp_path: object) -> None:
    path = tmp_path / "answering.npz"  # type: ignore[operator]
    path.write_bytes(b"PK no weights")
    with pytest.raises(SettingsError, match="坏了"):
        taught(Encoder(static()), path)


def test_an_encoder_that_was_never_taught_serves_as_it_is(tmp_path: object) -> None:
    assert taught(Encoder(static()), tmp_path / "nothing.npz") is None  # type: ignore[operator]


def test_words_and_sentences_have_length_one_or_nothing() -> None:
    words = Words(static()).embed(["退货", "\u0001"])
    assert np.linalg.norm(words, axis=1) == pytest.approx([1.0, 0.0], abs=1e-3)
    rows = Answering(Encoder(static()), static(), np.zeros((512, 512), np.float32)).embed(["能退吗", ""])
    assert np.linalg.norm(rows[0]) == pytest.approx(1.0, abs=1e-3)
