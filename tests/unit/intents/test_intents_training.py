"""Teaching, storing and judging a model."""

import contextlib
import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intents_corpus import EXAMPLES, Letters

from intents.calibration import calibrate
from intents.linear import LinearModel
from intents.training import train


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return train(EXAMPLES, Letters())[0]


def test_a_model_knows_what_it_was_not_told(model: LinearModel) -> None:
    said = model.classify(["护手霜多少钱呀", "护手霜想退货", "护手霜还有现货吗"]).argmax(axis=1)
    assert [model.labels[one] for one in said] == ["ask_price", "return_goods", "ask_stock"]


def test_figures_come_from_sentences_not_seen() -> None:
    shown: list[tuple[str, int, int]] = []
    _, report = train(EXAMPLES, None, progress=lambda *told: shown.append(told))
    assert report.n == len(EXAMPLES)
    assert report.accuracy > 0.9
    assert report.macro_f1 > 0.9
    assert report.ece < 0.1
    assert set(report.per_label) == {label for _, label in EXAMPLES}
    assert {what for what, _, _ in shown} >= {"整理", "交叉验证", "训练"}


def test_the_same_examples_give_the_same_model(model: LinearModel) -> None:
    assert train(EXAMPLES, Letters())[0].dumps() == model.dumps()


def test_a_stored_model_says_the_same(model: LinearModel) -> None:
    stored = LinearModel.loads(model.dumps(), Letters())
    sentences = [text for text, _ in EXAMPLES[::7]] + ["", "???", "abc"]
    assert np.array_equal(stored.classify(sentences), model.classify(sentences))
    assert stored.threshold == model.threshold


def test_probabilities_are_probabilities(model: LinearModel) -> None:
    rows = model.classify(["面霜多少钱", "", "zzz", "啊" * 5000])
    assert rows.shape == (4, len(model.labels))
    assert np.allclose(rows.sum(axis=1), 1)
    assert (rows >= 0).all()
    assert model.classify([]).shape == (0, len(model.labels))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04broken", b"\x00" * 100])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="模型"):
        LinearModel.loads(data)


@given(where=st.floats(0, 1, exclude_max=True), cut=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_model_is_refused_or_whole(model: LinearModel, where: float, cut: bool) -> None:
    stored = bytearray(model.dumps())
    at = int(where * len(stored))
    stored[at:] = b"" if cut else bytes([stored[at] ^ 0xFF]) + stored[at + 1 :]
    with contextlib.suppress(ValueError):
        assert LinearModel.loads(bytes(stored)).labels


@pytest.mark.parametrize("told", [b"{'descr': (", b"{'descr': '<f4', 'shape': (1,", b"}{", b"\x00"])
def test_an_array_whose_head_is_broken_is_refused(told: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("head.npy", b"\x93NUMPY\x01\x00" + len(told).to_bytes(2, "little") + told)
    with pytest.raises(ValueError, match="模型"):
        LinearModel.loads(buffer.getvalue())


@pytest.mark.parametrize(
    ("examples", "reasons"),
    [
        ([], ["没有训练数据"]),
        ([("你好", "greet"), ("您好", "greet")], ["只有一个意图"]),
        ([("你好", "greet"), ("退货", "return_goods")], ["只有一条", "greet", "return_goods"]),
        ([("", "greet"), ("你好", "greet"), ("退", "a"), ("退货", "a"), ("换", "")], ["第 1、5 条"]),
        ([("", ""), ("你好", "greet")], ["第 1 条", "只有一个意图", "只有一条"]),
    ],
)
def test_data_that_cannot_teach_is_refused_with_every_reason(examples: list[tuple[str, str]], reasons: list[str]) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the reasons follow
        train(examples, None)
    for reason in reasons:
        assert reason in str(refused.value)


def test_two_labels_and_few_sentences_are_enough() -> None:
    model, report = train([("你好", "a"), ("您好", "a"), ("退货", "b"), ("我要退货", "b")], None)
    assert report.n == 4
    assert model.labels[int(model.classify(["要退货"]).argmax())] == "b"


def test_brand_words_travel_with_the_model() -> None:
    model, _ = train(EXAMPLES, None, words=("水光瓶",))
    assert LinearModel.loads(model.dumps()).words == ("水光瓶",)


def test_a_worker_loads_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys, intents; intents.normalize('在嗎'); print(any(n.split('.')[0] in ('sklearn', 'scipy') for n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("right_of_sure", [0.6, 0.8])
def test_scores_that_are_far_too_sure_are_brought_down_to_what_they_are_worth(right_of_sure: float) -> None:
    dice = np.random.default_rng(2)
    truth = np.zeros(3000, np.int64)
    sure = np.clip(dice.beta(1.0, 0.3, 3000), 0.55, 1 - 1e-6)
    margins = np.stack([np.log(sure), np.log1p(-sure)], axis=1)
    truth[dice.random(3000) >= right_of_sure] = 1
    found = calibrate(margins, truth).probabilities(margins).max(axis=1)
    assert abs(found.mean() - max(right_of_sure, 1 - right_of_sure)) < 0.06
