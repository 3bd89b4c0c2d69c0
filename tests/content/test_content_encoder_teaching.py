"""How our own encoder is taught: nothing of what it is measured on, teachers asked once, and a small model from end to end."""
# ruff: noqa: PLC0415 - the library is not everywhere

import json
import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from content_engines import NEEDS_TRANSFORMERS, Letters

from bot.adapters.static import StaticEncoder
from bot.bench.encoders import costs, sample
from bot.teaching.encoder import corpus as taught_from
from bot.teaching.encoder.card import card
from bot.teaching.encoder.corpus import Base, Corpus, bases, corpus, held
from bot.teaching.encoder.recall import Recall, recall
from bot.teaching.encoder.teachers import target, taught
from bot.teaching.encoder.vocabulary import vocabulary

_BASE = Base(
    "tiny",
    {"a": "怎么退货", "b": "多久发货", "c": "能开发票吗", "d": "有赠品吗"},
    (("我要退货", "a"), ("几天发货", "b"), ("发票开一下", "c"), ("送东西么", "d")),
)


def data(folder: Path) -> Path:
    """The public data's files, a line or two each."""
    tables = {
        "queries/taobao_queries": ["1\t面霜 敏感肌", "2\t奶粉"],
        "sentiment/online_shopping_10_cats.train": [
            "cat\tlabel\ttext",
            "平板\t1\t屏幕很好，物流也快。客服不错",
            "书籍\t1\t这本书我看了三遍",
        ],
        "sentiment/waimai_10k": ["label\ttext", "1\t送得很快"],
        "sentiment/eprstmt.train_few_all": ["label\ttext", "0\t坏的"],
    }
    for name in ("afqmc_dev", "oppo_dev", "pawsx_zh_dev", "simclue_train_pair_1w"):
        tables[f"pairs/{name}"] = ["text1\ttext2\tlabel", "花呗怎么还\t怎么还花呗\t1"]
    stored = [{"kb_id": f"lcqmc-{number}", "question": f"第{number}个问题是什么"} for number in range(40)]
    queries = [{"kb_id": row["kb_id"], "query": row["question"].replace("什么", "啥")} for row in stored]
    tables["pairs/lcqmc_dev"] = [
        "text1\ttext2\tlabel",
        *(f"{row['question']}\t别的问法{number}\t0" for number, row in enumerate(stored)),
        *(f"{row['query']}\t再一种问法{number}\t0" for number, row in enumerate(queries)),
    ]
    lines = {
        "faq/lcqmc.kb": stored, "faq/lcqmc.queries": queries, "faq/oppo.kb": stored[:1], "faq/oppo.queries": queries[:1],
        "faq/shop": [{"question": "几点营业", "answer": "九点到六点"}],
        "crosswoz/val": [{"text": "你好"}], "crosswoz/test": [{"text": "帮我订一间房"}],
        "helpdesk/dialogues": [{"turns": [{"sender": "customer", "text": "@客服 卡住了。怎么办"}, {"sender": "helpdesk", "text": "请重启"}]}],
        "entities/taobao.train": [{"text": ["连", "衣", "裙"]}],
    }  # fmt: skip
    for name, rows in tables.items():
        _write(folder / f"{name}.tsv", rows)
    for name, found in lines.items():
        _write(folder / f"{name}.jsonl", [json.dumps(row, ensure_ascii=False) for row in found])
    return folder


def _write(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(autouse=True)
def _few_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taught_from, "own_training", lambda: (("我要退货", "return_goods"), ("第0个问题是啥", "chitchat")))


def test_nothing_is_learnt_of_what_is_measured(tmp_path: Path) -> None:
    learnt = corpus(data(tmp_path))
    measured = {text for base in bases(tmp_path) for text, _ in base.asked}
    measured |= {text for base in bases(tmp_path) for key, text in base.stored.items() if held(key)}
    assert 2 <= len(measured) <= 40
    assert measured.isdisjoint(learnt.texts)
    assert measured.isdisjoint(text for one, other, _ in learnt.pairs for text in (one, other))
    assert {"面霜 敏感肌", "屏幕很好，物流也快", "屏幕很好", "怎么办", "连衣裙", "九点到六点", "你好", "花呗怎么还"} <= set(
        learnt.texts
    )
    assert "请重启" not in learnt.texts, "only what customers say"
    assert learnt.texts[-learnt.own :][0] == "我要退货"
    assert len(set(learnt.texts)) == len(learnt.texts)
    assert corpus(tmp_path) == learnt, "the same on every call"


def test_a_teacher_is_asked_once_for_each_text(tmp_path: Path) -> None:
    teacher, told = Letters(), []
    first = taught(teacher, ["退货", "发货", "退货"], tmp_path, told.append)
    again = taught(teacher, ["发货", "开票"], tmp_path, told.append)
    assert sorted(text for batch in teacher.passes for text in batch) == sorted(["退货", "发货", "开票"])
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    assert told == ["letters-1: 2 of 2 texts", "letters-1: 1 of 1 texts"]


def test_targets_are_of_length_one_and_keep_what_is_alike() -> None:
    chance = np.random.default_rng(0)
    rows = np.repeat(chance.normal(size=(60, 4)), 3, axis=0) @ chance.normal(size=(4, 32)) + 5
    made = target((rows + 0.01 * chance.normal(size=rows.shape)).astype(np.float32), 4)
    assert made.shape == (180, 4)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-4)
    assert (made[0] @ made[1]) > 0.99


def test_pieces_are_learnt_that_were_seen_often_enough() -> None:
    chosen = vocabulary(["退货"] * 6 + ["发票", "龘", "面霜", "面霜"], own=2)
    assert {"退", "退货", "\x02退货\x03", "面霜", "面"} <= set(chosen)
    assert not {"发票", "龘", "发"} & set(chosen), "seen once"
    assert len(set(chosen)) == len(chosen)


def _letters(texts: Sequence[str]) -> np.ndarray:
    rows = np.array([[text.count(sign) for sign in "退发票赠货"] for text in texts], np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_recall_is_the_share_of_answers_that_come_first() -> None:
    found = recall(_BASE, _letters)
    assert found.alone == 0.75, "nothing tells that 送东西 are 赠品"
    assert 0 <= found.words <= 1
    assert recall(_BASE, lambda texts: np.ones((len(texts), 3), np.float32)).alone == 0.25


def test_a_sample_holds_every_answer() -> None:
    few = sample(_BASE, stored=3, asked=2)
    assert set(few.stored) == {"a", "b", "c"}
    assert few.asked == _BASE.asked[:2]


def test_costs_are_told_as_numbers() -> None:
    told = costs("static", ["在吗", "多少钱"])
    assert told["dimensions"] == 256
    assert set(told) == {"dimensions", "start", "memory", "alone", "batch"}


def test_the_card_tells_what_was_learnt_and_how_good_it_is() -> None:
    told = card(Corpus(("a",), 1, (("a", "b", True),)), (10, 4, 7), {"tiny": (4, 2, Recall(0.5, 0.75, 0.25))})
    assert "| tiny | 4 | 2 | 0.500 | 0.750 | 0.250 |" in told
    assert not {one for _, one, _, _ in string.Formatter().parse(told) if one}, "nothing left open"


@NEEDS_TRANSFORMERS
@pytest.mark.filterwarnings("ignore")  # what the libraries warn of among themselves
def test_a_small_model_is_taught_written_and_served(tmp_path: Path) -> None:
    from bot.teaching.encoder.__main__ import export
    from bot.teaching.encoder.training import Lessons, Plan, Targets

    words = ["退货", "发货", "开票", "赠品", "面霜", "奶粉"]
    texts = tuple(f"{one}{other}{number}" for one in words for other in words for number in range(60))
    pairs = (*((text, text[2:4] + text[:2], True) for text in texts[:600]), (texts[0], texts[-1], False))
    seen = target(_letters(texts) + 0.1 * np.random.default_rng(0).normal(size=(len(texts), 5)).astype(np.float32), 4)
    told: list[str] = []
    learnt = Corpus(texts, 0, pairs)
    lessons = Lessons(vocabulary(texts, 0), learnt, Targets(seen, seen[:500], np.arange(500)), Plan(epochs=3, pair_epochs=1))
    lessons.distil(told.append)
    lessons.compare(told.append)
    export(lessons, tmp_path)
    engine = StaticEncoder(tmp_path)
    assert len(told) == 4
    assert float(told[2].split()[2].strip(",")) < float(told[0].split()[2].strip(",")), "it learns"
    assert np.allclose(engine.encode(texts[:9]), lessons.model.encode(list(texts[:9])), atol=2e-2)
    assert json.loads((tmp_path / "modules.json").read_text())[0]["type"] == "ngram_bag.NgramBag"
